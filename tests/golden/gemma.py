"""Makes `gemma3/`: what llama.cpp says of Gemma 3 270M, dequantised to F32 as for everything else.

    python gemma.py MODEL [--work FOLDER]

MODEL is gemma-3-270m-q4_k_m.gguf, which `cargo xtask install` fetches. Its windows have 512 positions, so the perplexity is counted
over windows of 1,024.
"""

import argparse
import json
import tempfile
from pathlib import Path

import llama
import make
import perplexity

HERE = Path(__file__).parent
PROMPTS = ("prose", "code")
MODEL_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
WINDOW = 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--work", type=Path, help="keep the F32 file here and use it again")
    args = parser.parse_args()
    if (found := llama.sha256(args.model)) != MODEL_SHA256:
        raise SystemExit(f"{args.model} has SHA-256 {found}, not {MODEL_SHA256}")

    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        f32 = work / "gemma3-f32.gguf"
        if not f32.exists():
            llama.to_f32(args.model, f32)
        folder = HERE / "gemma3"
        with llama.Model(f32) as model:
            positions = {}
            for name in PROMPTS:
                ids = model.tokenize((HERE / f"smollm2/{name}.txt").read_bytes())
                make.write_ids(folder / f"{name}.ids.json", ids)
                text = "".join(line + "\n" for line in llama.lines(ids, model.logits(ids), make.TOP))
                (folder / f"{name}.top.jsonl").write_text(text)
                positions[name] = len(ids)
            ids = model.tokenize(perplexity.text().encode())
            sums = perplexity.window_sums(model, ids, WINDOW)
        manifest = {
            "model": {"file": "gemma-3-270m-q4_k_m.gguf", "sha256": MODEL_SHA256},
            "reference": {"sha256": llama.sha256(f32)},
            "made_with": llama.versions(),
            "positions": positions,
        }
        record = {"tokens": len(ids), "window": WINDOW, "sums": sums}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
        (folder / "perplexity.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
