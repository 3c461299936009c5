"""The bank of right answers: other people's styles, each an answer to one task of an exercise notebook.

One module for each notebook: ANSWERS = [(task, answer)].
"""

import importlib
import pkgutil

BANK = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").ANSWERS
    for module in pkgutil.iter_modules(__path__)
}
