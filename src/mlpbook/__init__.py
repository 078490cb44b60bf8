"""Multilayer perceptrons and activation functions, computed by torch and drawn live."""
