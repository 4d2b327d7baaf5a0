"""llama.cpp as the reference: tokenise, quantise, logits at every position, greedy continuation.

A thin layer over PyPI `llama-cpp-python`, which builds and vendors llama.cpp. Everything runs on the CPU, in one
sequence, with the KV cache in F32 and flash attention off, so that a model whose weights are F32 is computed in F32
throughout.

As a program it prints what `sotto tokenize` and `sotto logits` print, so that either can stand in for the other:

    python llama.py tokenize MODEL FILE
    python llama.py logits MODEL (--text FILE | --ids FILE) [--top 64]
    python llama.py f32 MODEL OUT
"""

import argparse
import ctypes
import hashlib
import json
import platform
from pathlib import Path

import llama_cpp as api
import numpy as np

# What llama.cpp says while it loads is noise here; a failure is raised as an exception below.
_quiet = api.llama_log_callback(lambda level, text, user: None)
api.llama_log_set(_quiet, ctypes.c_void_p(0))
api.llama_backend_init()


def sha256(path):
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions():
    """What a reader needs to rebuild the same reference: versions, and the CPU features the build used."""
    # The C interface tells llama.cpp's version; its commit is known to ggml alone ("-dirty" because the Python
    # package builds it as a submodule of its own).
    base = ctypes.CDLL(str(Path(api.__file__).parent / "lib" / "libggml-base.so"))
    base.ggml_commit.restype = ctypes.c_char_p
    return {
        "llama_cpp_python": api.__version__,
        "llama_cpp": api.llama_version().decode(),
        "llama_cpp_commit": base.ggml_commit().decode().removesuffix("-dirty"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "system": api.llama_print_system_info().decode().strip(" |"),
    }


def to_f32(source, target):
    """Dequantises every tensor of `source` to F32: `llama-quantize --allow-requantize SOURCE TARGET F32`."""
    params = api.llama_model_quantize_default_params()
    params.ftype = api.LLAMA_FTYPE_ALL_F32
    params.allow_requantize = True
    params.nthread = 2
    code = api.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(params))
    if code != 0:
        raise RuntimeError(f"llama_model_quantize returned {code} for {source}")


class Model:
    """One loaded model. `vocab_only` reads the tokenizer and no weights."""

    def __init__(self, path, vocab_only=False):
        params = api.llama_model_default_params()
        params.n_gpu_layers = 0
        params.vocab_only = vocab_only
        self.handle = api.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            raise RuntimeError(f"llama.cpp cannot load {path}")
        self.vocab = api.llama_model_get_vocab(self.handle)
        self.n_vocab = api.llama_vocab_n_tokens(self.vocab)

    def close(self):
        """Frees the model."""
        api.llama_model_free(self.handle)
        self.handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def metadata(self, key):
        """The value of a metadata key as llama.cpp prints it, or None."""
        buffer = ctypes.create_string_buffer(1 << 20)
        size = api.llama_model_meta_val_str(self.handle, key.encode(), buffer, len(buffer))
        return None if size < 0 else buffer.value.decode()

    def tokenize(self, data, special=True):
        """Token ids of the bytes `data`.

        BOS and EOS are added as the file's metadata says. `special`: text that spells a control token becomes it.
        """
        capacity = len(data) + 8
        ids = (api.llama_token * capacity)()
        count = api.llama_tokenize(self.vocab, data, len(data), ids, capacity, True, special)
        if count < 0:
            raise RuntimeError(f"tokenize returned {count}")
        return list(ids[:count])

    def piece(self, token):
        """The bytes of one token; control tokens are spelt out."""
        buffer = ctypes.create_string_buffer(256)
        size = api.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, True)
        if size < 0:
            raise RuntimeError(f"token {token} has {-size} bytes")
        return buffer.raw[:size]

    def is_end(self, token):
        """Whether generation stops at `token`."""
        return api.llama_vocab_is_eog(self.vocab, token)

    def context(self, length):
        """A fresh context that holds `length` tokens."""
        return Context(self, length)

    def logits(self, ids):
        """f32 logits [T, V] for the T tokens `ids`, read as one batch from an empty cache."""
        with self.context(len(ids)) as context:
            return context.decode(ids)


class Context:
    """A KV cache (F32) and the position in it."""

    def __init__(self, model, length):
        self.model = model
        self.position = 0
        params = api.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = length
        params.n_seq_max = 1
        params.n_threads = params.n_threads_batch = 2
        params.type_k = params.type_v = api.GGML_TYPE_F32
        params.flash_attn_type = api.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.offload_kqv = params.op_offload = False
        params.no_perf = True
        self.handle = api.llama_init_from_model(model.handle, params)
        if not self.handle:
            raise RuntimeError("llama.cpp cannot make a context")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        api.llama_free(self.handle)
        self.handle = None

    def decode(self, ids):
        """Appends `ids` to the cache; f32 logits [len(ids), V], row t being what follows ids[t]."""
        batch = api.llama_batch_init(len(ids), 0, 1)
        try:
            batch.n_tokens = len(ids)
            for index, token in enumerate(ids):
                batch.token[index] = token
                batch.pos[index] = self.position + index
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = 0
                batch.logits[index] = 1
            code = api.llama_decode(self.handle, batch)
            if code != 0:
                raise RuntimeError(f"llama_decode returned {code}")
        finally:
            api.llama_batch_free(batch)
        self.position += len(ids)
        pointer = api.llama_get_logits(self.handle)
        return np.ctypeslib.as_array(pointer, shape=(len(ids), self.model.n_vocab)).copy()


def log_softmax(logits):
    """Natural log-probabilities over the whole vocabulary, in f64, of f32 logits [..., V]."""
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=-1, keepdims=True)
    return wide - np.log(np.exp(wide).sum(axis=-1, keepdims=True))


def top(logprobs, count):
    """The `count` likeliest of one position as [[id, logprob], …], best first, equal ones by id."""
    order = np.argsort(-logprobs, kind="stable")[:count]
    return [[int(token), round(float(logprobs[token]), 7)] for token in order]


def lines(ids, logits, count):
    """One JSON line a position, in the form of `sotto logits`."""
    for position, (token, row) in enumerate(zip(ids, log_softmax(logits), strict=True)):
        yield json.dumps({"pos": position, "id": token, "top": top(row, count)}, separators=(",", ":"))


def main():
    parser = argparse.ArgumentParser(description="llama.cpp with the output forms of sotto")
    commands = parser.add_subparsers(dest="command", required=True)
    tokenize = commands.add_parser("tokenize", help="print a JSON array of token ids")
    tokenize.add_argument("model")
    tokenize.add_argument("file", type=Path)
    logits = commands.add_parser("logits", help="print one JSON line a position")
    logits.add_argument("model")
    source = logits.add_mutually_exclusive_group(required=True)
    source.add_argument("--text", type=Path)
    source.add_argument("--ids", type=Path)
    logits.add_argument("--top", type=int, default=64)
    f32 = commands.add_parser("f32", help="write the model with every tensor dequantised to F32")
    f32.add_argument("model")
    f32.add_argument("out")
    args = parser.parse_args()

    if args.command == "f32":
        to_f32(args.model, args.out)
        return
    with Model(args.model, vocab_only=args.command == "tokenize") as model:
        if args.command == "tokenize":
            print(json.dumps(model.tokenize(args.file.read_bytes())))
            return
        ids = json.loads(args.ids.read_text()) if args.ids else model.tokenize(args.text.read_bytes())
        for line in lines(ids, model.logits(ids), args.top):
            print(line)


if __name__ == "__main__":
    main()
