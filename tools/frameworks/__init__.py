"""Run the files of book/frameworks in PyTorch, JAX, TensorFlow and MXNet, compare their answers and store them."""
