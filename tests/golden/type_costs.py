"""What each type of `sotto quantize` costs, by llama.cpp's word: the table of docs/quantisation.md.

    python type_costs.py SOTTO MODEL [TYPE …] [--dither] [--windows N]

Makes each type of MODEL with the program SOTTO, and has llama.cpp dequantise it to F32 and run it over the text of
`perplexity.py`, window by window as there. `sotto quantize MODEL --report TEXT` prints the same by itself; on a machine without
a GPU this is quicker.

The default model has 4-bit weights already, and what a finer format loses of their few levels says little of weights that take
all values. `--dither` fills the gaps: it moves each weight by up to half a step either way, evenly, and takes that for the model.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import gguf
import numpy as np

import llama
import perplexity

TYPES = "q8_0 q6_k q5_k_m q5_1 q5_0 q4_k_m q4_k_s q4_1 q4_0".split()
WINDOW = 512


def log_probabilities(path, folder, windows):
    """For each window the f32 log-probabilities [256, V] of the tokens after its middle, of a file made F32."""
    f32 = folder / "f32.gguf"
    llama.to_f32(path, f32)
    with llama.Model(f32) as model:
        for tokens in windows:
            yield llama.log_softmax(model.logits(tokens)[WINDOW // 2 : -1]).astype(np.float32)
    f32.unlink()


def bits(path):
    """Bits a weight."""
    tensors = gguf.GGUFReader(path).tensors
    return 8 * sum(int(t.n_bytes) for t in tensors) / sum(int(t.n_elements) for t in tensors)


def dithered(sotto, model, path):
    """Writes a model in F32 whose weights, of formats that begin with their step, are anywhere in their step."""
    subprocess.run([sotto, "quantize", model, path, "--type", "f32"], check=True, capture_output=True)
    chance = np.random.default_rng(1)
    for old, new in zip(gguf.GGUFReader(model).tensors, gguf.GGUFReader(path, "r+").tensors, strict=True):
        if old.tensor_type in (gguf.GGMLQuantizationType.Q4_1, gguf.GGMLQuantizationType.Q8_0):
            block, size = gguf.GGML_QUANT_SIZES[old.tensor_type]
            steps = old.data.reshape(-1, size)[:, :2].copy().view(np.float16).astype(np.float32)
            values = new.data.reshape(-1, block)
            values += steps * chance.uniform(-0.5, 0.5, values.shape).astype(np.float32)
            new.data.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sotto")
    parser.add_argument("model", type=Path)
    parser.add_argument("types", nargs="*", default=TYPES)
    parser.add_argument("--dither", action="store_true")
    parser.add_argument("--windows", type=int, help="no more than so many, where a large vocabulary's logits fill the memory")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if args.dither:
            dithered(args.sotto, args.model, folder / "dithered.gguf")
            args.model = folder / "dithered.gguf"
        with llama.Model(args.model, vocab_only=True) as model:
            windows = list(perplexity.cut(model, model.tokenize(perplexity.text().encode()), WINDOW))[: args.windows]
        nexts = [tokens[WINDOW // 2 + 1 :] for tokens in windows]
        source = list(log_probabilities(args.model, folder, windows))
        for kind in [None, *args.types]:
            made = folder / "made.gguf" if kind else args.model
            if kind:
                subprocess.run([args.sotto, "quantize", args.model, made, "--type", kind], check=True, capture_output=True)
            surprise, kl, same, count = 0.0, 0.0, 0, 0
            for p, q, tokens in zip(source, log_probabilities(made, folder, windows) if kind else source, nexts, strict=True):
                surprise -= float(q[np.arange(len(tokens)), tokens].sum(dtype=np.float64))
                kl += float((np.exp(p) * (p - q)).sum(dtype=np.float64))
                same += int((p.argmax(axis=-1) == q.argmax(axis=-1)).sum())
                count += len(tokens)
            print(
                f"{kind or 'source':<8} {made.stat().st_size:>12,} {bits(made):>6.2f} {np.exp(surprise / count):>8.3f} "
                f"{kl / count:>9.2e} {100 * same / count:>6.2f}%",
                flush=True,
            )


if __name__ == "__main__":
    main()
