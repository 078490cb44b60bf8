"""One visual language: the palette and the strokes that matplotlib and the live page share."""

from cycler import cycler

# Okabe & Ito's palette (blue, vermilion, bluish green), told apart by colour-blind readers;
# on a grey printer the dash tells the derivative from the value.
LIGHT = {
    "value": "#0068a8",
    "derivative": "#b84a00",
    "parameter": "#00775a",
    "second": "#8a3f8f",
    "third": "#7a6200",
    "ink": "#1f2328",
    "muted": "#57606a",
    "grid": "#e3e6ea",
    "paper": "#ffffff",
    "accent": "#f3f5f8",
    "low": "#0068a8",
    "high": "#c65200",
}

DARK = {
    "value": "#6cb8f0",
    "derivative": "#ff9d5c",
    "parameter": "#4ccfa6",
    "second": "#dba3e0",
    "third": "#e0c45c",
    "ink": "#e6edf3",
    "muted": "#a7b1bc",
    "grid": "#333a42",
    "paper": "#121212",
    "accent": "#1d2127",
    "low": "#4d9fdc",
    "high": "#f08a45",
}

# What a stroke means, the same in matplotlib and in SVG: (palette colour, dash pattern).
STROKES = {
    "value": ("value", None),
    "derivative": ("derivative", (6, 3)),
    "parameter": ("parameter", None),
    "muted": ("muted", (2, 3)),
}

# Several functions in one figure: each its own colour, the first one the value's.
SERIES = ("value", "second", "third", "muted")


def css_variables(palette: dict[str, str]) -> str:
    """Return the palette as CSS custom properties, ``--mlp-value: #0068a8; …``.

    >>> css_variables({"value": "#0068a8"})
    '--mlp-value: #0068a8;'
    """
    return " ".join(f"--mlp-{name}: {colour};" for name, colour in palette.items())


def matplotlib_style() -> dict[str, object]:
    """Return the rcParams of every matplotlib figure in the book.

    >>> matplotlib_style()["axes.spines.top"]
    False
    """
    ink, muted, grid, paper = (LIGHT[k] for k in ("ink", "muted", "grid", "paper"))
    return {
        "figure.figsize": (7.2, 2.8),
        "figure.dpi": 100,
        "savefig.dpi": 200,
        "figure.facecolor": paper,
        "figure.constrained_layout.use": True,
        "axes.facecolor": paper,
        "axes.edgecolor": muted,
        "axes.labelcolor": ink,
        "axes.titlecolor": ink,
        "axes.titlesize": 11,
        "axes.labelsize": 10,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": grid,
        "grid.linewidth": 0.8,
        "lines.linewidth": 2.0,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "font.size": 10,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "axes.prop_cycle": cycler(color=[LIGHT[name] for name in SERIES]),
        # Fixed salt and no creation date: the same figure gives the same bytes twice.
        "svg.hashsalt": "mlpbook",
    }
