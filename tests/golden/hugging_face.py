"""Makes two folders as Hugging Face has models, of models that are in `architectures/` too.

    python hugging_face.py

What `sotto quantize` makes of them in F16 has to be what llama.cpp's converter made: the same tensors, byte for byte.
"""

import json
import shutil
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

import architectures
from architecture_specs import SPECS
from byte_level import CONTROL, train_tokenizer

HERE = Path(__file__).parent
NAMES = ("llama-3", "qwen2")


def tokenizer(tokens, merges):
    """The tokenizer that the GGUF files have, as a tokenizer.json."""
    vocabulary = {token: index for index, token in enumerate(tokens)}
    result = Tokenizer(models.BPE(vocabulary, [tuple(merge.split(" ")) for merge in merges]))
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    result.decoder = decoders.ByteLevel()
    result.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROL])
    return result


def main():
    for name in NAMES:
        folder = HERE / "hugging-face" / name
        shutil.rmtree(folder, ignore_errors=True)
        model = architectures.build(SPECS[name])
        architectures.randomise(model, SPECS[name])
        # Vectors are no f16 numbers, as matrices are: they stay f32, and so the folder holds both.
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.data = parameter.data.to(torch.float16)
        model.save_pretrained(folder)
        tokenizer(*train_tokenizer(architectures.VOCAB)).save(str(folder / "tokenizer.json"))
        settings = {"chat_template": "{{ messages[0]['content'] }}", "add_bos_token": False}
        (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
        (folder / "generation_config.json").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
