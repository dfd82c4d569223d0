"""Models: tensors in, tensors out. Knows torch, NumPy and Numba; nothing of pages or messages."""
