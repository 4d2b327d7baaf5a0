"""Makes every golden file of the default model from scratch, with llama.cpp as the reference.

    python make.py MODEL [--work FOLDER]

MODEL is SmolLM2-135M-Instruct.Q4_1.gguf. It is dequantised to F32 (540 MB, in FOLDER, a temporary one by default)
and that file is what is run: llama.cpp's own quantised path rounds activations to 8 bits, its F32 path does not.
"""

import argparse
import json
import tempfile
from pathlib import Path

import gguf
import jinja2

import corpus
import llama

HERE = Path(__file__).parent
TOP = 20
GREEDY_TOKENS = 48
PROMPTS = ("prose", "code", "chat")
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def render(template, messages, add_generation_prompt=True):
    """The prompt for `messages` by the file's own chat template, with the settings Hugging Face renders it with."""
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False)
    return environment.from_string(template).render(messages=messages, add_generation_prompt=add_generation_prompt)


def write_ids(path, ids):
    """A JSON array of token ids on one line."""
    path.write_text(json.dumps(ids) + "\n")


def make_logits(model, folder):
    """prose, code and chat: NAME.ids.json and NAME.top.jsonl from NAME.txt. Returns the number of positions of each."""
    messages = json.loads((folder / "chat.messages.json").read_text())
    (folder / "chat.txt").write_bytes(render(model.metadata("tokenizer.chat_template"), messages).encode())
    positions = {}
    for name in PROMPTS:
        ids = model.tokenize((folder / f"{name}.txt").read_bytes())
        write_ids(folder / f"{name}.ids.json", ids)
        text = "".join(line + "\n" for line in llama.lines(ids, model.logits(ids), TOP))
        (folder / f"{name}.top.jsonl").write_text(text)
        positions[name] = len(ids)
    return positions


def make_tokens(model, folder):
    """NAME.ids.json for every file; NAME.plain.json too where it matters that text which spells a control token stays text."""
    for name, data in corpus.generate().items():
        (folder / name).write_bytes(data)
    for path in sorted([*folder.glob("*.txt"), *folder.glob("*.bin")]):
        data = path.read_bytes()
        ids, plain = model.tokenize(data), model.tokenize(data, special=False)
        write_ids(path.with_suffix(".ids.json"), ids)
        if plain != ids:
            write_ids(path.with_suffix(".plain.json"), plain)


def continue_greedily(model, prompt, count):
    """At most `count` likeliest tokens after the ids `prompt`, and the gap in nats between the two best at each."""
    ids, gaps = [], []
    with model.context(len(prompt) + count) as context:
        row = context.decode(prompt)[-1]
        while True:
            best = llama.top(llama.log_softmax(row), 2)
            gaps.append(round(best[0][1] - best[1][1], 5))
            if model.is_end(best[0][0]):
                return ids, gaps, True
            ids.append(best[0][0])
            if len(ids) == count:
                return ids, gaps, False
            row = context.decode(ids[-1:])[-1]


def make_greedy(model, folder):
    """NAME.json for every prompt NAME.txt: what the model writes at temperature 0, and where that hangs by a thread."""
    for path in sorted(folder.glob("*.txt")):
        prompt = model.tokenize(path.read_bytes())
        ids, gaps, stopped = continue_greedily(model, prompt, GREEDY_TOKENS)
        result = {
            "prompt_ids": prompt,
            "ids": ids,
            "text": b"".join(map(model.piece, ids)).decode(),
            "stopped": stopped,
            "min_gap": min(gaps),
            "min_gap_at": gaps.index(min(gaps)),
            "gaps": gaps,
        }
        members = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in result.items())
        path.with_suffix(".json").write_text("{\n" + members + "\n}\n")


def all_f32(path):
    """Whether every tensor of a GGUF file is F32."""
    return all(tensor.tensor_type == gguf.GGMLQuantizationType.F32 for tensor in gguf.GGUFReader(path).tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--work", type=Path, help="keep the F32 file here and use it again")
    args = parser.parse_args()
    if (found := llama.sha256(args.model)) != MODEL_SHA256:
        raise SystemExit(f"{args.model} has SHA-256 {found}, not {MODEL_SHA256}")

    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        f32 = work / "smollm2-f32.gguf"
        if not f32.exists():
            partial = f32.with_suffix(".partial")
            llama.to_f32(args.model, partial)
            partial.rename(f32)
        if not all_f32(f32):
            raise SystemExit(f"{f32} holds tensors that are not F32")

        folder = HERE / "smollm2"
        with llama.Model(f32) as model:
            manifest = {
                "model": {"file": "SmolLM2-135M-Instruct.Q4_1.gguf", "sha256": MODEL_SHA256},
                "reference": {
                    "command": "llama-quantize --allow-requantize SmolLM2-135M-Instruct.Q4_1.gguf smollm2-f32.gguf F32",
                    "sha256": llama.sha256(f32),
                    "settings": "CPU, KV cache F32, flash attention off, one sequence, the prompt as one batch",
                },
                "made_with": llama.versions(),
                "top": TOP,
                "add_bos": bool(llama.api.llama_vocab_get_add_bos(model.vocab)),
                "positions": make_logits(model, folder),
            }
            make_tokens(model, HERE / "tokenizer")
            make_greedy(model, HERE / "greedy")
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
