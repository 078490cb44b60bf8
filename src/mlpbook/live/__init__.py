"""Live figures: everything they draw was computed by torch, and they move without a kernel."""

from mlpbook.live.contour import contour
from mlpbook.live.explore import explore
from mlpbook.live.figure import LiveFigure
from mlpbook.live.playground import Playground
from mlpbook.live.scene import (
    Axis,
    Bars,
    Curve,
    Frames,
    HeatMap,
    Network,
    Panel,
    Points,
    Readout,
    Scene,
    Slope,
)

__all__ = [
    "explore",
    "contour",
    "LiveFigure",
    "Playground",
    "Scene",
    "Panel",
    "Axis",
    "Curve",
    "Points",
    "Slope",
    "HeatMap",
    "Bars",
    "Network",
    "Readout",
    "Frames",
]
