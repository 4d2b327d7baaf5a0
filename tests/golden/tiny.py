"""Makes tiny llama models with random weights, and llama.cpp's log-probabilities for them.

    python tiny.py

They write nonsense, but they are whole: a byte-level tokenizer that works, a chat template, every format that
Sotto reads, every shape that the llama architecture may take. They let tests run end to end in no time.
Weights are drawn from a fixed seed and quantised by ggml itself; the reference is, as for the real model, llama.cpp on
the same weights dequantised to F32.
"""

import ctypes
import dataclasses
import json
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
from gguf import GGMLQuantizationType as Type

import llama
from byte_level import CONTROL, train_tokenizer
from make import GREEDY_TOKENS, TOP, continue_greedily, write_ids

HERE = Path(__file__).parent
VOCAB = 512
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
PROMPT = (
    "<|im_start|>user\nWhen did the ferry to Skarholm leave, and who counted the 24 crates of apples? 🍎<|im_end|>\n"
    "<|im_start|>assistant\n"
)


@dataclasses.dataclass(frozen=True)
class Shape:
    """One model: its sizes, and the format of each matrix by a part of its name (the first that fits)."""

    about: str
    formats: dict
    dim: int = 64
    ffn: int = 128
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 16
    tied: bool = True
    rope_freqs: bool = False
    freq_base: float = 10000.0
    add_bos: bool = False
    words: bool = False
    seed: int = 1


SHAPES = {
    "smol": Shape(
        "The default model in miniature: Q4_1 matrices, Q8_0 embeddings that are the head too, three query heads a KV "
        "head. It writes fragments of words, hardly ever single bytes or control tokens.",
        {"token_embd": Type.Q8_0, "": Type.Q4_1},
        dim=96,
        heads=6,
        freq_base=100000.0,
        words=True,
        seed=6,
    ),
    "floats": Shape(
        "F32, F16 and BF16; as many KV heads as query heads. Its greedy continuation stops by itself.",
        {"token_embd": Type.F16, "blk.0.ffn_up": Type.F32, "blk.0.attn_k": Type.F32, "blk.0": Type.F16, "": Type.BF16},
        kv_heads=4,
        ffn=96,
        seed=2,
    ),
    "legacy": Shape(
        "A layer each of Q8_0, Q4_0, Q4_1, Q5_0 and Q5_1; a head of its own; heads wider than dim/heads; eight query "
        "heads on one KV head; rope_freqs.weight as Llama 3 has it; BOS in front.",
        {
            "token_embd": Type.Q5_1,
            "blk.0": Type.Q8_0,
            "blk.1": Type.Q4_0,
            "blk.2": Type.Q4_1,
            "blk.3": Type.Q5_0,
            "blk.4": Type.Q5_1,
            "output.weight": Type.Q8_0,
        },
        layers=5,
        heads=8,
        kv_heads=1,
        tied=False,
        rope_freqs=True,
        add_bos=True,
        seed=10,
    ),
    "kquants": Shape(
        "Q4_K, Q5_K and Q6_K; four query heads on one KV head.",
        {
            "token_embd": Type.Q6_K,
            "attn_q": Type.Q4_K,
            "attn_k": Type.Q5_K,
            "attn_v": Type.Q6_K,
            "attn_output": Type.Q5_K,
            "ffn_gate": Type.Q5_K,
            "ffn_up": Type.Q4_K,
            "ffn_down": Type.Q6_K,
        },
        dim=256,
        ffn=256,
        layers=1,
        heads=4,
        kv_heads=1,
        head_dim=64,
        seed=6,
    ),
}


def rope_frequency_factors(shape):
    """Llama 3's divisors of the rotary frequencies: 1 for short waves, 8 for long ones, smooth between. f32 [E/2]."""
    factor, low, high, trained = 8.0, 1.0, 4.0, 512.0
    wave = 2 * np.pi * shape.freq_base ** (np.arange(0, shape.head_dim, 2) / shape.head_dim)
    smooth = (trained / wave - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(wave < trained / high, 1.0, np.where(wave > trained / low, factor, between)).astype(np.float32)


def weights(shape):
    """{name: f32 array}, a matrix being [rows, columns]."""
    chance = np.random.default_rng(shape.seed)

    def matrix(rows, columns, gain=1.0):
        return (chance.standard_normal((rows, columns)) * gain / np.sqrt(columns)).astype(np.float32)

    def norm():
        return (1 + 0.2 * chance.standard_normal(shape.dim)).astype(np.float32)

    # Queries and keys are large enough for attention to look somewhere, so that a wrong rotation is seen.
    q, kv = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    tensors = {"token_embd.weight": matrix(VOCAB, shape.dim, gain=2.5)}
    if shape.words:
        tensors["token_embd.weight"][: len(CONTROL) + 256] *= 0.25
    for layer in range(shape.layers):
        prefix = f"blk.{layer}."
        tensors |= {
            prefix + "attn_norm.weight": norm(),
            prefix + "attn_q.weight": matrix(q, shape.dim, gain=1.5),
            prefix + "attn_k.weight": matrix(kv, shape.dim, gain=1.5),
            prefix + "attn_v.weight": matrix(kv, shape.dim),
            prefix + "attn_output.weight": matrix(shape.dim, q, gain=2.0),
            prefix + "ffn_norm.weight": norm(),
            prefix + "ffn_gate.weight": matrix(shape.ffn, shape.dim),
            prefix + "ffn_up.weight": matrix(shape.ffn, shape.dim),
            prefix + "ffn_down.weight": matrix(shape.dim, shape.ffn, gain=2.0),
        }
    tensors["output_norm.weight"] = norm()
    if not shape.tied:
        tensors["output.weight"] = matrix(VOCAB, shape.dim, gain=2.5)
    if shape.rope_freqs:
        tensors["rope_freqs.weight"] = rope_frequency_factors(shape)
    return tensors


def quantise(array, kind):
    """The bytes [rows, bytes a row] of an f32 matrix in a format, as ggml's own quantiser makes them."""
    base = ctypes.CDLL(str(Path(llama_cpp.__file__).parent / "lib" / "libggml-base.so"))
    rows, columns = array.shape
    block, size = gguf.GGML_QUANT_SIZES[kind]
    out = np.zeros((rows, columns // block * size), dtype=np.uint8)
    base.ggml_quantize_chunk.restype = ctypes.c_size_t
    written = base.ggml_quantize_chunk(
        ctypes.c_int(kind.value),
        array.ctypes.data_as(ctypes.c_void_p),
        out.ctypes.data_as(ctypes.c_void_p),
        ctypes.c_int64(0),
        ctypes.c_int64(rows),
        ctypes.c_int64(columns),
        None,
    )
    if written != out.nbytes:
        raise RuntimeError(f"ggml wrote {written} bytes of {kind.name}, not {out.nbytes}")
    return out


def format_of(shape, name, array):
    """The format a tensor is stored in; vectors are always F32."""
    if array.ndim == 1:
        return Type.F32
    return next(kind for part, kind in shape.formats.items() if part in name)


def write_model(path, name, shape, tokenizer):
    """Writes one GGUF file."""
    tokens, merges = tokenizer
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"sotto tiny {name}")
    writer.add_description(shape.about)
    writer.add_context_length(4096)
    writer.add_embedding_length(shape.dim)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    if shape.head_dim * shape.heads != shape.dim:
        writer.add_key_length(shape.head_dim)
        writer.add_value_length(shape.head_dim)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_rope_freq_base(shape.freq_base)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCAB)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL] * len(CONTROL) + [gguf.TokenType.NORMAL] * (VOCAB - len(CONTROL)))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0 if shape.add_bos else 1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(shape.add_bos)
    writer.add_chat_template(TEMPLATE)
    for tensor, array in weights(shape).items():
        kind = format_of(shape, tensor, array)
        if kind == Type.F32:
            writer.add_tensor(tensor, array)
        else:
            writer.add_tensor(tensor, quantise(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_reference(path, temporary):
    """NAME.ids.json, NAME.top.jsonl and NAME.greedy.json beside a model NAME.gguf."""
    f32 = Path(temporary) / path.name
    llama.to_f32(path, f32)
    with llama.Model(f32) as model:
        ids = model.tokenize(PROMPT.encode())
        write_ids(path.with_suffix(".ids.json"), ids)
        text = "".join(line + "\n" for line in llama.lines(ids, model.logits(ids), TOP))
        path.with_suffix(".top.jsonl").write_text(text)
        after, gaps, stopped = continue_greedily(model, ids, GREEDY_TOKENS)
        greedy = {"ids": after, "stopped": stopped, "min_gap": min(gaps), "min_gap_at": gaps.index(min(gaps))}
        path.with_suffix(".greedy.json").write_text(json.dumps(greedy) + "\n")


def main():
    folder = HERE / "tiny"
    folder.mkdir(exist_ok=True)
    tokenizer = train_tokenizer(VOCAB)
    manifest = {"made_with": llama.versions(), "prompt": PROMPT, "models": {}}
    with tempfile.TemporaryDirectory() as temporary:
        for name, shape in SHAPES.items():
            path = folder / f"{name}.gguf"
            write_model(path, name, shape, tokenizer)
            make_reference(path, temporary)
            manifest["models"][name] = {"about": shape.about, "sha256": llama.sha256(path)}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
