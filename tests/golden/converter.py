"""llama.cpp's own converter, `convert_hf_to_gguf.py`, run on a folder that `transformers` saved.

It comes with the source package of PyPI `llama-cpp-python`, under `vendor/llama.cpp`; nothing of it is kept here. Only its
tokenizer step is replaced: it knows a tokenizer by the hash of what it does to a text, and ours is nobody's.
"""

import json
import sys
from pathlib import Path


def load(llama_cpp):
    """Makes the converter's modules importable from a folder of llama.cpp's source."""
    if not (Path(llama_cpp) / "convert_hf_to_gguf.py").is_file():
        raise SystemExit(f"{llama_cpp} holds no convert_hf_to_gguf.py")
    sys.path.insert(0, str(llama_cpp))


def convert(folder, out, about, tokenizer, extra):
    """Writes `out` in F16 (vectors, norms and routers in F32) from a saved model.

    `tokenizer` is (tokens, merges, count of control tokens); `extra` are metadata that the converter leaves out, as
    {key without its architecture: integer or float}.
    """
    import torch
    from conversion import ModelBase, ModelType, get_model_architecture, get_model_class

    # The converter brings its own, newer than PyPI's: nothing may have imported that one before.
    from conversion.base import gguf

    hparams = ModelBase.load_hparams(folder, False)
    base = get_model_class(get_model_architecture(hparams, ModelType.TEXT))
    tokens, merges, controls = tokenizer
    # Gemma's converter counts the words here, and takes as many rows of the embeddings.
    words = {"model": {"vocab": {token: index for index, token in enumerate(tokens)}}, "added_tokens": []}
    (folder / "tokenizer.json").write_text(json.dumps(words))

    class Converter(base):
        model_arch = base.model_arch

        def set_vocab(self):
            writer = self.gguf_writer
            writer.add_tokenizer_model("gpt2")
            writer.add_tokenizer_pre("smollm")
            writer.add_token_list(tokens)
            types = [gguf.TokenType.CONTROL] * controls + [gguf.TokenType.NORMAL] * (len(tokens) - controls)
            writer.add_token_types(types)
            writer.add_token_merges(merges)
            writer.add_eos_token_id(0)
            writer.add_add_bos_token(False)

        def set_gguf_parameters(self):
            super().set_gguf_parameters()
            self.gguf_writer.add_description(about)
            for key, value in extra.items():
                key = f"{self.gguf_writer.arch}.{key}"
                add = self.gguf_writer.add_float32 if isinstance(value, float) else self.gguf_writer.add_uint32
                add(key, value)

    with torch.inference_mode():
        # llama.cpp looks for some words in a vocabulary by what the model's name contains, so it has to say nothing.
        converter = Converter(folder, gguf.LlamaFileType.MOSTLY_F16, Path(out), eager=True, model_name="sotto reference")
        converter.write()
