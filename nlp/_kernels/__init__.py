"""Compiled kernels: the only numba import; arrays in, arrays out."""
