"""Ways to write ReLU in PyTorch, the leaky ones with slope ¼."""

import torch
import torch.nn.functional as F

zero = torch.tensor(0.0)
quarter = torch.tensor(0.25)

SPELLINGS = {
    "relu(x)": lambda x: torch.relu(x),
    "maximum(x, 0)": lambda x: torch.maximum(x, zero),
    "maximum(0, x)": lambda x: torch.maximum(zero, x),
    "clip(x, 0)": lambda x: torch.clamp(x, min=0),
    "where(x > 0, x, 0)": lambda x: torch.where(x > 0, x, zero),
    "(x + |x|) / 2": lambda x: (x + torch.abs(x)) / 2,
    "leaky_relu(x)": lambda x: F.leaky_relu(x, 0.25),
    "prelu(x)": lambda x: F.prelu(x, quarter),
}
