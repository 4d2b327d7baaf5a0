"""Writes quantize.gguf: weights, and what ggml's reference makes of them.

    python quantize.py quantize.gguf

`weights` are F32, half of them as a layer's are, half with outliers, and a row of zeros. For each format F that PyPI gguf 0.19
can write there is a tensor `F`. The formats of 256 values it cannot write: for these ggml's own library does, that
of PyPI llama-cpp-python, and their tensors are the bar that our search is held to. `importance` is a value for each
column, and `F.important` what ggml makes of the weights with it.
"""

import ctypes
import sys
from pathlib import Path

import llama_cpp
import numpy as np
from gguf import GGMLQuantizationType as Type, GGUFWriter
from gguf.quants import quantize

ROWS, COLUMNS = 5, 1024
random = np.random.default_rng(20261126)
weights = random.normal(scale=0.02, size=(ROWS, COLUMNS)).astype(np.float32)
weights[2:4] *= np.exp(random.normal(size=(2, COLUMNS))).astype(np.float32)
weights[4] = 0
importance = np.exp(2 * random.normal(size=COLUMNS)).astype(np.float32)
ggml = ctypes.CDLL(str(Path(llama_cpp.__file__).parent / "lib" / "libggml-base.so"))


def by_ggml(kind, size, importance):
    """The bytes of `weights` in a format, [rows, bytes a row]."""
    out = np.zeros((ROWS, size), dtype=np.uint8)
    pointer = ctypes.c_void_p(None) if importance is None else importance.ctypes.data_as(ctypes.c_void_p)
    ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
    written = ggml.ggml_quantize_chunk(
        ctypes.c_int(kind.value), weights.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p),
        ctypes.c_int64(0), ctypes.c_int64(ROWS), ctypes.c_int64(COLUMNS), pointer,
    )  # fmt: skip
    assert written == out.nbytes
    return out


writer = GGUFWriter(sys.argv[1], "golden")
writer.add_tensor("weights", weights)
writer.add_tensor("importance", importance)
for name in ("F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"):
    writer.add_tensor(name, quantize(weights, Type[name]), raw_dtype=Type[name])
for name, size in {"Q4_K": 144, "Q5_K": 176, "Q6_K": 210}.items():
    writer.add_tensor(name, by_ggml(Type[name], COLUMNS // 256 * size, None), raw_dtype=Type[name])
for name, size in {"Q4_0": 18, "Q4_1": 20, "Q5_0": 22, "Q5_1": 24}.items():
    writer.add_tensor(f"{name}.important", by_ggml(Type[name], COLUMNS // 32 * size, importance), raw_dtype=Type[name])
for name, size in {"Q4_K": 144, "Q5_K": 176, "Q6_K": 210}.items():
    writer.add_tensor(f"{name}.important", by_ggml(Type[name], COLUMNS // 256 * size, importance), raw_dtype=Type[name])
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
