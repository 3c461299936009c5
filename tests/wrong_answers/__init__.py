"""The bank of wrong answers: mistakes that people make, each as an answer to one task of an exercise notebook.

One module for each notebook: ANSWERS = [(task, answer, part of the hint that the student must see)].
"""

import importlib
import pkgutil

BANK = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").ANSWERS
    for module in pkgutil.iter_modules(__path__)
}
