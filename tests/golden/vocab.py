"""Makes tiny tokenizers, one for each way of cutting text into words, and llama.cpp's token ids for the corpus.

    python vocab.py

A GGUF file names its pre-tokenizer in `tokenizer.ggml.pre`; the default model's is only one of them. Each file here
holds the tiny models' vocabulary and no tensors, with two traps: words that no merge leads to (they are tokens only
where the pre-tokenizer ignores merges, as Llama 3's does), and a user-defined token (text that spells it always
becomes it, unlike a control token).
"""

import json
from pathlib import Path

import gguf

import llama
import tiny

HERE = Path(__file__).parent
PRE_TOKENIZERS = ("gpt-2", "llama-bpe", "qwen2", "smollm")
TEXTS = ("code", "emoji", "english", "marks", "mixture", "numbers", "scripts", "special", "urls")
UNREACHABLE = ["Ġbecause", "anti", "camel", "ĠGROUP", "123", "ĠÃ©", "!!!"]
USER_DEFINED = "<think>"


def vocabulary():
    """(tokens, types, merges): the tiny models' vocabulary with the two traps at its end."""
    tokens, merges = tiny.train_tokenizer(tiny.VOCAB)
    types = [gguf.TokenType.CONTROL] * len(tiny.CONTROL) + [gguf.TokenType.NORMAL] * (len(tokens) - len(tiny.CONTROL))
    extra = [token for token in UNREACHABLE if token not in tokens]
    tokens += [*extra, USER_DEFINED]
    types += [gguf.TokenType.NORMAL] * len(extra) + [gguf.TokenType.USER_DEFINED]
    return tokens, types, merges


def write_vocabulary(path, pre):
    """Writes one GGUF file without tensors."""
    tokens, types, merges = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"sotto vocabulary {pre}")
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(pre == "llama-bpe")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    folder = HERE / "vocab"
    folder.mkdir(exist_ok=True)
    for pre in PRE_TOKENIZERS:
        path = folder / f"{pre}.gguf"
        write_vocabulary(path, pre)
        with llama.Model(path, vocab_only=True) as model:
            texts = {text: (HERE / "tokenizer" / f"{text}.txt").read_bytes() for text in TEXTS}
            ids = {text: model.tokenize(data) for text, data in texts.items()}
            ids["special plain"] = model.tokenize(texts["special"], special=False)
        members = ",\n".join(f'  "{text}": {json.dumps(each, separators=(",", ":"))}' for text, each in ids.items())
        path.with_suffix(".ids.json").write_text("{\n" + members + "\n}\n")


if __name__ == "__main__":
    main()
