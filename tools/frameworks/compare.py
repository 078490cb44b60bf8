"""Hold the answers of the frameworks against the reference, against each other, and against what is stored."""

import itertools

CLOSE = 1e-6
# What another processor may round differently: an ulp or two of float32, or of the 1 that erf is near.
ROUNDING = {"relative": 2**-22, "absolute": 2e-7}
# What every framework answers for itself.
FACTS = {"version", "date", "slope at zero", "defaults"}


def disagreements(results):
    """Yield a line for each number on which two of the results, by name, are not within 1e-6."""
    numbers = {name: dict(flat(result)) for name, result in results.items()}
    for (a, ours), (b, theirs) in itertools.combinations(numbers.items(), 2):
        for path in ours.keys() & theirs.keys():
            if path[0] not in FACTS and differ(ours[path], theirs[path], CLOSE):
                yield f"{a} and {b} disagree on {' '.join(map(str, path))}: {ours[path]} and {theirs[path]}"


def differ(ours, theirs, tolerance):
    """Tell whether two numbers are further apart; a derivative that does not exist has no number."""
    return None not in (ours, theirs) and not abs(ours - theirs) <= tolerance


def changes(new, old):
    """Yield a line for each place where a result is not what it was, but for rounding and the date."""
    new, old = dict(flat(new)), dict(flat(old))
    for path in new.keys() | old.keys():
        if path != ("date",) and changed(new.get(path), old.get(path)):
            yield f"{' '.join(map(str, path))}: {old.get(path)} is now {new.get(path)}"


def changed(new, old):
    if not (isinstance(new, float) and isinstance(old, float)):
        return new != old
    return not abs(new - old) <= ROUNDING["absolute"] + ROUNDING["relative"] * abs(old)


def flat(node, path=()):
    """Yield the path and the value of every leaf of nested dictionaries and lists.

    >>> list(flat({"a": [1, 2], "b": {"c": 3}}))
    [(('a', 0), 1), (('a', 1), 2), (('b', 'c'), 3)]
    """
    if not isinstance(node, (dict, list)):
        yield path, node
        return
    for key, child in node.items() if isinstance(node, dict) else enumerate(node):
        yield from flat(child, (*path, key))
