"""What do activations in 8 bits cost, with a scale that is measured as they come, or one that is fixed beforehand?

    python activations.py MODEL

The forward pass of `exact.py`, in f64, in which what every matrix is multiplied by is rounded to 8 bits first. Dynamic: a
scale for every 32 neighbours (as Sotto and llama.cpp do it), or one for every token. Static: one scale a matrix, the
largest value, or the 99.9th percentile, that `smollm2/prose.txt` brings there. All are held to no rounding over
`smollm2/code.txt` and `smollm2/chat.txt`: mean KL over the whole vocabulary, and how many likeliest tokens stay.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import exact
import llama

HERE = Path(__file__).parent


def rounded(x, scale):
    """x in steps of `scale`, at most 127 of them from 0."""
    scale = np.where(scale == 0, 1, scale)
    return np.clip(np.round(x / scale), -127, 127) * scale


def by_group(_, x, w):
    """A scale for every 32 neighbours, as it comes."""
    groups = x.reshape(len(x), -1, 32)
    return rounded(groups, np.abs(groups).max(axis=-1, keepdims=True) / 127).reshape(x.shape) @ w.T


def by_token(_, x, w):
    """A scale for every token, as it comes."""
    return rounded(x, np.abs(x).max(axis=-1, keepdims=True) / 127) @ w.T


def fixed(scales):
    """The scales of another text."""
    return lambda name, x, w: rounded(x, scales[name]) @ w.T


def measure(keys, tensors, ids):
    """({matrix: scale} by the largest value, the same by the 99.9th percentile) of a text."""
    largest, most = {}, {}

    def watch(name, x, w):
        largest[name] = np.abs(x).max() / 127
        most[name] = np.percentile(np.abs(x), 99.9) / 127
        return x @ w.T

    exact.forward(keys, tensors, ids, watch)
    return largest, most


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    args = parser.parse_args()
    keys, tensors = exact.load(args.model)
    texts = {name: json.loads((HERE / f"smollm2/{name}.ids.json").read_text()) for name in ("prose", "code", "chat")}
    largest, most = measure(keys, tensors, texts.pop("prose"))
    references = {name: llama.log_softmax(exact.forward(keys, tensors, ids)) for name, ids in texts.items()}
    for name, product in {
        "dynamic, 32 neighbours": by_group,
        "dynamic, a token": by_token,
        "static, largest value": fixed(largest),
        "static, 99.9th percentile": fixed(most),
    }.items():
        kl, same, positions = 0.0, 0, 0
        for text, ids in texts.items():
            run, reference = llama.log_softmax(exact.forward(keys, tensors, ids, product)), references[text]
            kl += (np.exp(reference) * (reference - run)).sum()
            same += (run.argmax(axis=-1) == reference.argmax(axis=-1)).sum()
            positions += len(ids)
        print(f"{name:<26} mean KL {kl / positions:.2e}, {100 * same / positions:.2f}% of {positions} likeliest tokens the same", flush=True)


if __name__ == "__main__":
    main()
