"""Makes `perplexity.json`: what llama.cpp says of two texts, as its tool `perplexity` counts.

    python perplexity.py MODEL

MODEL is the default model, dequantised to F32 as for everything else. The text is cut into windows side by side, whose
first token gives way to BOS where the model has one; a shorter rest is left out. Of each window the second half counts:
the tokens after its middle, each given all that stands before it in the window.
"""

import argparse
import json
import tempfile
from pathlib import Path

import llama
import tiny

HERE = Path(__file__).parent
# Our own English texts, which were written to measure summaries by.
DOCUMENTS = ("bats", "bridge", "football", "gym-terms", "interview", "kettle", "mesh-forum", "notes")


def text():
    """About 3,000 tokens of English."""
    return "\n".join((HERE / f"../quality/documents/en-{name}.txt").read_text() for name in DOCUMENTS)


def cut(model, ids, window):
    """The windows of a text."""
    bos = llama.api.llama_vocab_bos(model.vocab) if llama.api.llama_vocab_get_add_bos(model.vocab) else None
    for start in range(0, len(ids) - window + 1, window):
        first = ids[start] if bos is None else bos
        yield [first, *ids[start + 1 : start + window]]


def window_sums(model, ids, window):
    """The sum of -log p over the tokens of each window that count."""
    sums = []
    for tokens in cut(model, ids, window):
        rows = llama.log_softmax(model.logits(tokens)[window // 2 : -1])
        sums.append(-float(sum(row[token] for row, token in zip(rows, tokens[window // 2 + 1 :], strict=True))))
    return sums


def record(path, data, window):
    """One text and one model, in F32."""
    with tempfile.TemporaryDirectory() as temporary:
        f32 = Path(temporary) / "f32.gguf"
        llama.to_f32(path, f32)
        with llama.Model(f32) as model:
            ids = model.tokenize(data.encode())
            return {"tokens": len(ids), "window": window, "sums": window_sums(model, ids, window)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="the default model")
    args = parser.parse_args()
    records = {
        "made_with": llama.versions(),
        "documents": DOCUMENTS,
        "smollm2": record(args.model, text(), 512),
        "legacy": record(HERE / "tiny/legacy.gguf", tiny.PROMPT, 20),
    }
    (HERE / "perplexity.json").write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
