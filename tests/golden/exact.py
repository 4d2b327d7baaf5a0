"""The llama forward pass in f64, written from the papers: how far from exact is llama.cpp itself?

    python exact.py MODEL --ids FILE [--top 64]

Prints what `sotto logits` prints. Every weight is dequantised by PyPI `gguf`, everything after that is numpy in f64.
It shares no code with llama.cpp or with Sotto, so the two references vouch for each other.
"""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np

import llama


def load(path):
    """(metadata, {name: f64 array}), a matrix being [rows, columns]."""
    reader = gguf.GGUFReader(path)
    keys = {name: field.contents() for name, field in reader.fields.items() if not name.startswith("tokenizer.")}
    return keys, {t.name: gguf.dequantize(t.data, t.tensor_type).astype(np.float64) for t in reader.tensors}


def rms_norm(x, weight, epsilon):
    """x / sqrt(mean(x²) + ε) · weight, over the last axis."""
    return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + epsilon) * weight


def rotate(x, base, factors):
    """Rotary embedding of x [T, heads, E]: neighbouring pairs turn by position · base^(-2i/E) / factor."""
    tokens, _, width = x.shape
    angles = np.arange(tokens)[:, None] * base ** (-np.arange(0, width, 2) / width) / factors
    cos, sin = np.cos(angles)[:, None, :], np.sin(angles)[:, None, :]
    even, odd = x[..., 0::2], x[..., 1::2]
    return np.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1).reshape(x.shape)


def attention(q, k, v):
    """Causal softmax(q kᵀ / √E) v: q [T, H, E], k and v [T, K, E] → [T, H·E]; H/K query heads share a KV head."""
    tokens, heads, width = q.shape
    group = heads // k.shape[1]
    k, v = np.repeat(k, group, axis=1), np.repeat(v, group, axis=1)
    scores = np.einsum("the,she->hts", q, k) / np.sqrt(width)
    scores[:, np.triu(np.ones((tokens, tokens), dtype=bool), 1)] = -np.inf
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return np.einsum("hts,she->the", weights, v).reshape(tokens, -1)


def plain(_, x, w):
    """x wᵀ: what a matrix of the file does to activations."""
    return x @ w.T


def forward(keys, tensors, ids, product=plain):
    """f64 logits [T, V]; `product(name, x, w)` is told which matrix it multiplies by."""
    heads, kv_heads = keys["llama.attention.head_count"], keys["llama.attention.head_count_kv"]
    epsilon = keys["llama.attention.layer_norm_rms_epsilon"]
    base = keys.get("llama.rope.freq_base", 10000.0)
    factors = tensors.get("rope_freqs.weight", np.ones(()))
    x = tensors["token_embd.weight"][ids]
    for layer in range(keys["llama.block_count"]):
        w = {name.split(".")[2]: tensor for name, tensor in tensors.items() if name.startswith(f"blk.{layer}.")}
        times = lambda name, x: product(f"blk.{layer}.{name}", x, w[name])
        h = rms_norm(x, w["attn_norm"], epsilon)
        q, k, v = (times(name, h).reshape(len(ids), n, -1) for name, n in (("attn_q", heads), ("attn_k", kv_heads), ("attn_v", kv_heads)))
        x = x + times("attn_output", attention(rotate(q, base, factors), rotate(k, base, factors), v))
        h = rms_norm(x, w["ffn_norm"], epsilon)
        gate = times("ffn_gate", h)
        x = x + times("ffn_down", gate / (1 + np.exp(-gate)) * times("ffn_up", h))
    head = tensors.get("output.weight", tensors["token_embd.weight"])
    return product("output", rms_norm(x, tensors["output_norm.weight"], epsilon), head)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--ids", type=Path, required=True)
    parser.add_argument("--top", type=int, default=64)
    args = parser.parse_args()
    ids = json.loads(args.ids.read_text())
    for line in llama.lines(ids, forward(*load(args.model), ids), args.top):
        print(line)


if __name__ == "__main__":
    main()
