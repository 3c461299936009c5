"""What a verdict line shows, so that it does not hang on the last bit of a float: which element, and which digits."""

import math

# The line must not hang on the last bit of a float, so these say what is taken for rounding.
ROUNDING = 0.1  # a difference of less than this part of the slack
SINGLE = 1e-6  # relative: a few units in the last place of a float32
NUMERICAL = 1e-5  # relative: what a sum of many float32 may lose
TINY = 1e-3  # a bound below this bounds an error, and which error depends on the processor


def closest_call(value: list[float], expected: list[float], slack: list[float], relation: str) -> int:
    """Index of the element nearest to breaking the relation; of those that only rounding tells apart, the first."""
    in_slacks = relation == "=" or min(slack) > 0  # else a relative slack would make the smallest number the worst
    room, rounding = [], []
    for v, e, s in zip(value, expected, slack, strict=True):
        distance = 0.0 if v == e else v - e  # infinity minus infinity would be nan
        distance *= -1 if "<" in relation else 1
        if relation in ("=", "!="):
            distance = abs(distance)
        scale = (s or math.inf) if in_slacks else 1.0
        size = max(abs(v), abs(e))
        if relation == "=":
            room.append(-distance / scale)
            rounding.append(ROUNDING + NUMERICAL * size / scale)
        else:
            room.append((distance + (s if relation in ("<=", ">=") else -s)) / scale)
            rounding.append(TINY * abs(room[-1]) + (ROUNDING * s + SINGLE * size) / scale)
    least = min(room)
    return next(i for i, (r, noise) in enumerate(zip(room, rounding, strict=True)) if r == least or r - noise <= least)


def equal_texts(value: float, expected: float, slack: float, relation: str, sampled: bool) -> tuple[str, str]:
    """Both numbers to the digits that the slack tells apart; a difference that is rounding is not shown."""
    difference = 0.0 if value == expected else abs(value - expected)
    rounding = difference <= max(ROUNDING * slack, NUMERICAL * max(abs(value), abs(expected)))
    if not sampled and (rounding or abs(expected) <= slack <= TINY):
        value = expected
    decimals = _digits(slack, expected, sampled)
    return _text(value, decimals), _text(expected, decimals)


def ordered_texts(value: float, expected: float, slack: float, relation: str, sampled: bool) -> tuple[str, str]:
    """Two digits of the distance, two of each number itself, and no more than the slack tells apart."""
    distance = abs(value - expected)
    if not math.isfinite(distance):
        return f"{value:.4g}", f"{expected:.4g}"
    strict = relation in ("<", ">", "!=")
    if not strict and (distance <= SINGLE * abs(expected) or (expected == 0 and distance <= SINGLE)):
        value = expected
    elif (relation[0] == "<" and 0 <= value < expected <= TINY) or (
        relation[0] == ">" and 0 >= value > expected >= -TINY
    ):
        value = 0.0
    most = _digits(slack, expected, sampled)
    of_distance = _decimals(distance)

    def text(number: float) -> str:
        digits = [1 - math.floor(math.log10(abs(number)))] if number else []
        digits += [of_distance + 1] if of_distance is not None else []
        decimals = max([*digits, 0] if abs(number) < 1e5 else digits)  # readers prefer 2337 to 2300
        return _text(number, decimals if most is None else min(decimals, most))

    short = f"{expected:.4g}"
    return text(value), short if float(short) == expected else text(expected)


def _digits(slack: float, number: float, sampled: bool) -> int | None:
    """Decimals that the slack tells apart; of a claim in single precision, none that its rounding reaches."""
    decimals = _decimals(slack / 10 if sampled else slack)
    if decimals is not None and slack >= 0.1 * SINGLE * abs(number) > 0:
        decimals = min(decimals, math.floor(-math.log10(0.5 * SINGLE * abs(number))))
    return decimals


def _decimals(resolution: float) -> int | None:
    """How many decimals tell numbers this far apart; None for a resolution of zero."""
    return math.ceil(-math.log10(resolution)) if resolution > 0 else None


def _text(number: float, decimals: int | None) -> str:
    """`number` to so many decimals; None: four digits."""
    if not math.isfinite(number) or number == 0:
        return str(number) if not math.isfinite(number) else "0"
    if decimals is None:
        return f"{number:.4g}"
    rounded = round(number, decimals)
    if rounded == 0:
        return "0"
    # A tiny number with a tiny tolerance reads better as 2.5e-13 than as a row of zeros, and a huge one as 2.5e+13.
    if 1e-4 <= abs(rounded) < 1e7:
        return f"{rounded:.{max(0, decimals)}f}"
    return f"{rounded:.3g}"
