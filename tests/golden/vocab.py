"""Makes tiny tokenizers, and llama.cpp's token ids for the corpus: for each way of cutting text into words, and for
SentencePiece.

    python vocab.py

A GGUF file names its pre-tokenizer in `tokenizer.ggml.pre`; the default model's is only one of them. Each file here
holds a vocabulary and no tensors. Those named after a pre-tokenizer hold the tiny models', with two traps: words that no
merge leads to (they are tokens only where the pre-tokenizer ignores merges, as Llama 3's does), and a user-defined token
(text that spells it always becomes it, unlike a control token). `uncut.gguf` was trained without any cutting, so
that its tokens reach over the ends of words and every way of cutting shows in the ids; it names no way, and
`uncut/WAY.ids.json` are its ids by each. `uncut/names.json` tells the other names under which llama.cpp knows a way.
`spm.gguf` is a SentencePiece vocabulary, with byte tokens, user-defined runs of whitespace, and equal scores;
`spm/*.ids.json` are its ids as Llama 2 reads text (the file as it is), as Gemma does (no space before a text), and as
Phi-3 does (its special tokens swallow the whitespace after them: llama.cpp knows it by `general.name`).
`stops.json` has special tokens of families, and which of them end an answer.
"""

import collections
import itertools
import json
import tempfile
from pathlib import Path

import gguf

import llama
import tiny

HERE = Path(__file__).parent
PRE_TOKENIZERS = ("gpt-2", "llama-bpe", "qwen2", "smollm")
# Each way of cutting, and its other names.
WAYS = {
    "default": (),
    "gpt-2": (
        "phi-2", "olmo", "mpt", "jais", "trillion", "granite-docling", "exaone4", "gigachat", "a.x-4.0", "mellum"
    ),
    "smollm": ("starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"),
    "llama-bpe": ("llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
    "dbrx": ("smaug-bpe", "chatglm-bpe"),
    "glm4": ("glm5",),
    "qwen2": (
        "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "kormo", "f2llmv2", "solar-open", "grok-2", "bailingmoe",
        "bailingmoe2", "llada-moe"
    ),
    "qwen35": (),
    "seed-coder": (),
    "tekken": (),
    "gpt-4o": ("llama4", "kanana2", "minimax-m2"),
    "deepseek-llm": (),
    "deepseek-coder": (),
    "deepseek-v3": ("hunyuan-dense", "joyai-llm"),
    "falcon": (),
    "bloom": ("poro-chat", "gpt3-finnish"),
    "viking": (),
    "minicpm5": (),
}  # fmt: skip
TEXTS = ("code", "emoji", "english", "marks", "mixture", "numbers", "scripts", "special", "urls")
UNCUT_TEXTS = (*TEXTS, "whitespace")
UNCUT_MERGES = 1500
SPM_CONTROL = ["<s>", "</s>", "<start_of_turn>", "<end_of_turn>", "<|user|>", "<|end|>", *tiny.CONTROL]
SPM_USER_DEFINED = ["<think>", "<b>", "\n\n", "\n\n\n", "  ", "   ", "\t"]
SPM_CHARACTERS = 150
SPM_MERGES = 800
SPM_READINGS = {
    "llama": lambda writer: writer.add_name("sotto vocabulary"),
    "gemma": lambda writer: (writer.add_name("sotto vocabulary"), writer.add_add_space_prefix(False)),
    "phi-3": lambda writer: writer.add_name("sotto vocabulary like phi-3's"),
}
# Special tokens of families, the first being EOS.
SPECIALS = (
    ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"),
    ("<|end_of_text|>", "<|start_header_id|>", "<|eot_id|>", "<|eom_id|>"),
    ("<|end_of_text|>", "<|start_of_role|>", "<reponame>", "<fim_pad>", "<end_of_utterance>"),
    ("<|endoftext|>", "<|user|>", "<|end|>", "</s>"),
    ("<|return|>", "<|end|>", "<|call|>", "<|start|>"),
    ("<|endoftext|>", "<|end|>", "<|calls|>", "<|flush|>"),
    ("<|endoftext|>", "<|end|>", "<|call|>"),
    ("<eos>", "<start_of_turn>", "<end_of_turn>", "</s>"),
    ("<eos>", "<turn|>", "<|tool_response>", "</s>"),
    ("<｜end▁of▁sentence｜>", "<｜User｜>", "<|EOT|>"),
    ("[EOS]", "[EOT]", "[PAD]", "[BOS]"),
    # Of several that pad or name a repository llama.cpp takes whichever its hash table has first.
    ("</s>", "<EOT>", "_<EOT>", "▁<EOT>", "<PAD>", "<fim-repo>", "[e~["),
    ("<|eos|>", "<|im_ended|>"),
)
UNREACHABLE = ["Ġbecause", "anti", "camel", "ĠGROUP", "123", "ĠÃ©", "!!!"]
USER_DEFINED = "<think>"


def tiny_vocabulary():
    """(tokens, types, merges): the tiny models' vocabulary with the two traps at its end."""
    tokens, merges = tiny.train_tokenizer(tiny.VOCAB)
    types = [gguf.TokenType.CONTROL] * len(tiny.CONTROL) + [gguf.TokenType.NORMAL] * (len(tokens) - len(tiny.CONTROL))
    extra = [token for token in UNREACHABLE if token not in tokens]
    tokens += [*extra, USER_DEFINED]
    types += [gguf.TokenType.NORMAL] * len(extra) + [gguf.TokenType.USER_DEFINED]
    return tokens, types, merges


def uncut_vocabulary():
    """(tokens, types, merges): trained on the corpus as one long word, with the two traps at its end."""
    text = "\n".join((HERE / "tokenizer" / f"{name}.txt").read_bytes().decode() for name in UNCUT_TEXTS)
    for control in tiny.CONTROL:
        text = text.replace(control, "\n")
    characters = tiny.byte_characters()
    word = tuple(characters[byte] for byte in text.encode())
    tokens, merges = [*tiny.CONTROL, *sorted(characters.values())], []
    while len(merges) < UNCUT_MERGES:
        pairs = collections.Counter(itertools.pairwise(word))
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        word = tiny.merge(word, best)
        merges.append(" ".join(best))
        if "".join(best) not in tokens:
            tokens.append("".join(best))
    types = [gguf.TokenType.CONTROL] * len(tiny.CONTROL) + [gguf.TokenType.NORMAL] * (len(tokens) - len(tiny.CONTROL))
    extra = [token for token in UNREACHABLE if token not in tokens]
    tokens += [*extra, USER_DEFINED]
    types += [gguf.TokenType.NORMAL] * len(extra) + [gguf.TokenType.USER_DEFINED]
    return tokens, types, merges


def write_vocabulary(path, pre, vocabulary, add_bos=None, eos=2):
    """Writes one GGUF file without tensors."""
    tokens, types, merges = vocabulary
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"sotto vocabulary {pre}" if pre else "sotto vocabulary uncut")
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    if pre:
        writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(eos)
    if add_bos is not None:
        writer.add_add_bos_token(add_bos)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def corpus_ids(path, names):
    """{name of a text: its ids}, and of the one with control tokens those where they stay text."""
    with llama.Model(path, vocab_only=True) as model:
        texts = {name: (HERE / "tokenizer" / f"{name}.txt").read_bytes() for name in names}
        ids = {name: model.tokenize(data) for name, data in texts.items()}
        ids["special plain"] = model.tokenize(texts["special"], special=False)
    return ids


def write_json(path, members):
    """A JSON object with a line for each member."""
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in members.items())
    path.write_text("{\n" + lines + "\n}\n")


def make_uncut(folder):
    """uncut.gguf, and its ids by every way of cutting under every name."""
    vocabulary = uncut_vocabulary()
    write_vocabulary(folder / "uncut.gguf", None, vocabulary)
    (folder / "uncut").mkdir(exist_ok=True)
    write_json(folder / "uncut/names.json", {way: list(names) for way, names in WAYS.items()})
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "vocabulary.gguf"
        for way, names in WAYS.items():
            write_vocabulary(path, way, vocabulary)
            ids = corpus_ids(path, UNCUT_TEXTS)
            write_json(folder / f"uncut/{way}.ids.json", ids)
            for name in names:
                write_vocabulary(path, name, vocabulary)
                if corpus_ids(path, UNCUT_TEXTS) != ids:
                    raise SystemExit(f"{name} is not {way}")


def spm_vocabulary():
    """(tokens, types, scores): trained on the corpus, word by word; the score of a piece is minus its rank, halved and
    rounded, so that two pieces at a time have the same."""
    text = "\n".join((HERE / "tokenizer" / f"{name}.txt").read_bytes().decode() for name in TEXTS)
    # llama.cpp cannot read tokens that hold a NUL.
    for control in [*SPM_CONTROL, "\0"]:
        text = text.replace(control, "\n")
    characters = [c for c, _ in collections.Counter(text.replace(" ", "▁")).most_common(SPM_CHARACTERS) if c.isprintable()]
    words = collections.Counter(tuple("▁" + word) for line in text.splitlines() for word in line.split(" "))
    pieces = []
    while len(pieces) < SPM_MERGES:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        words = {tiny.merge(word, best): count for word, count in words.items()}
        if "".join(best) not in pieces:
            pieces.append("".join(best))
    kinds = [
        (["<unk>"], gguf.TokenType.UNKNOWN),
        (SPM_CONTROL, gguf.TokenType.CONTROL),
        (SPM_USER_DEFINED, gguf.TokenType.USER_DEFINED),
        ([f"<0x{byte:02X}>" for byte in range(256)], gguf.TokenType.BYTE),
        ([t for t in dict.fromkeys([*pieces, *characters]) if t not in SPM_USER_DEFINED], gguf.TokenType.NORMAL),
    ]
    tokens = [token for tokens, _ in kinds for token in tokens]
    types = [kind for tokens, kind in kinds for _ in tokens]
    normal = types.index(gguf.TokenType.NORMAL)
    scores = [0.0] * normal + [-float(rank // 2) for rank in range(len(tokens) - normal)]
    return tokens, types, scores


def write_spm(path, vocabulary, reading):
    """Writes one GGUF file without tensors."""
    tokens, types, scores = vocabulary
    writer = gguf.GGUFWriter(path, "llama")
    reading(writer)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_scores(scores)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_spm(folder):
    """spm.gguf, and its ids by every way of reading."""
    vocabulary = spm_vocabulary()
    write_spm(folder / "spm.gguf", vocabulary, SPM_READINGS["llama"])
    (folder / "spm").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "vocabulary.gguf"
        for name, reading in SPM_READINGS.items():
            write_spm(path, vocabulary, reading)
            write_json(folder / f"spm/{name}.ids.json", corpus_ids(path, (*TEXTS, "turns")))


def make_stops(folder):
    """stops.json: for each family's special tokens those that end an answer."""
    bytes_ = sorted(tiny.byte_characters().values())
    stops = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "vocabulary.gguf"
        for names in SPECIALS:
            types = [gguf.TokenType.CONTROL] * len(names) + [gguf.TokenType.NORMAL] * len(bytes_)
            write_vocabulary(path, "gpt-2", ([*names, *bytes_], types, ["a b"]), eos=0)
            with llama.Model(path, vocab_only=True) as model:
                stops.append({"tokens": names, "stops": [id for id in range(model.n_vocab) if model.is_end(id)]})
    lines = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in stops)
    (folder / "stops.json").write_text("[\n" + lines + "\n]\n")


def main():
    folder = HERE / "vocab"
    folder.mkdir(exist_ok=True)
    for pre in PRE_TOKENIZERS:
        path = folder / f"{pre}.gguf"
        write_vocabulary(path, pre, tiny_vocabulary(), add_bos=pre == "llama-bpe")
        write_json(path.with_suffix(".ids.json"), corpus_ids(path, TEXTS))
    make_uncut(folder)
    make_spm(folder)
    make_stops(folder)


if __name__ == "__main__":
    main()
