"""Writes blocks.gguf: random blocks of every format, and the values that PyPI gguf 0.19 reads from them.

    python make.py blocks.gguf

For each format F there is a tensor `F` of [2, columns] values and a tensor `F.values` of as many F32. Metadata
holds a key of every type, and for each format of 256 values a block `golden.hash.F`, of the values of 1024 blocks that the
test makes by the same generator: the codebooks are long. Scales are random finite f16 of all sizes, subnormals and negatives included.
"""

import sys

import numpy as np
from gguf import GGMLQuantizationType as Type, GGUFValueType as Kind, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

HALVES = {  # format: where its blocks hold an f16
    "F32": [], "F16": [0], "BF16": [], "Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "Q2_K": [80, 82], "Q3_K": [108], "IQ4_NL": [0], "IQ4_XS": [0], "IQ3_S": [0], "IQ3_XXS": [0], "IQ2_S": [0],
    "IQ2_XS": [0], "IQ2_XXS": [0], "IQ1_M": [], "IQ1_S": [0], "TQ1_0": [52], "TQ2_0": [64], "MXFP4": [],
}  # fmt: skip
ROWS = 2
random = np.random.default_rng(20261122)



def splitmix64(seed: int, count: int) -> np.ndarray:
    """As gguf::testing::Random."""
    state = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (state ^ state >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def fnv(words: np.ndarray) -> int:
    """FNV-1a, a word at a time."""
    hash = 0xCBF29CE484222325
    for word in words.tolist():
        hash = (hash ^ word) * 0x100000001B3 % 2**64
    return hash


writer = GGUFWriter(sys.argv[1], "golden")
for kind, value in {
    "uint8": 200, "int8": -100, "uint16": 60_000, "int16": -30_000, "uint32": 4_000_000_000, "int32": -2_000_000_000,
    "float32": 0.1, "bool": True, "string": "Sotto – 静かに", "uint64": 2**63 + 1, "int64": -(2**62), "float64": 0.1,
}.items():  # fmt: skip
    writer.add_key_value(f"golden.{kind}", value, Kind[kind.upper()])
writer.add_array("golden.strings", ["a", "", "Ġthe", "🦀"])
writer.add_array("golden.ints", [3, -1, 2**31 - 1])
writer.add_array("golden.floats", [0.5, -1000.25])
writer.add_array("golden.bools", [True, False, True])

for name in HALVES:
    length, size = GGML_QUANT_SIZES[Type[name]]
    if length == 256:
        blocks = splitmix64(Type[name], 1024 * size).astype(np.uint8).reshape(1024, size)
        for at in {1, 3, 81, size - 1}:
            if at < size:
                blocks[:, at] &= 0xBF  # No scale is infinite or not a number.
        values = dequantize(blocks, Type[name])
        writer.add_key_value(f"golden.hash.{name}", fnv(values.view(np.uint32).reshape(-1)), Kind.UINT64)

for name, halves in HALVES.items():
    length, size = GGML_QUANT_SIZES[Type[name]]
    columns = max(length, 64)
    blocks = random.integers(0, 256, (ROWS * columns // length, size), dtype=np.uint8)
    if name == "F32":
        blocks = random.normal(size=(len(blocks), 1)).astype(np.float32).view(np.uint8)
    if name == "BF16":
        blocks = random.normal(size=(len(blocks), 1)).astype(np.float32).view(np.uint8)[:, 2:].copy()
    if name == "IQ1_M":
        blocks[:, 55] &= 0xBF  # Its scale is finite.
    for at in halves:
        bits = random.integers(0, 0x7C00, len(blocks), dtype=np.uint16) | random.choice([0, 0x8000], len(blocks)).astype(np.uint16)
        blocks[:, at : at + 2] = bits.reshape(-1, 1).view(np.uint8)
    rows = blocks.reshape(ROWS, -1)
    writer.add_tensor(name, rows, raw_dtype=Type[name])
    writer.add_tensor(f"{name}.values", dequantize(rows, Type[name]).reshape(ROWS, columns))

writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
