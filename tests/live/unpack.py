"""Reads a packed figure back, as figure.js does."""

import numpy as np

DTYPES = {"f8": "<f8", "f4": "<f4", "u1": "u1"}


def unpack(figure, ref, **indices) -> np.ndarray:
    """The array behind a reference, in the frame at these indices of its sliders' positions."""
    counts = {s["name"]: len(s["values"]) for s in figure.scene["sliders"] if "values" in s}
    shape = [counts[name] for name in ref["over"]] + ref["shape"]
    array = np.frombuffer(
        figure.frames, DTYPES[ref["dtype"]], count=int(np.prod(shape)), offset=ref["offset"]
    )
    return array.reshape(shape)[tuple(indices[name] for name in ref["over"])]


def marks(figure, kind, panel=0) -> list[dict]:
    """The marks of one kind in a panel."""
    return [mark for mark in figure.scene["panels"][panel]["marks"] if mark["type"] == kind]
