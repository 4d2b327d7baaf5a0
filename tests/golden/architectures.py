"""Makes a tiny random model of every architecture, and the logits that PyPI `transformers` gives for it.

    python architectures.py LLAMA_CPP [NAME …]

`transformers` builds each model from a configuration and a seed and is the reference, in f32, with its plain ("eager")
attention and no cache. llama.cpp's own converter (LLAMA_CPP is its source folder) writes the same weights to GGUF. Matrices are
rounded to f16 before both, so that the file holds exactly the weights that the reference ran on. Each model is also run
with one feature after the other switched off, which shows that the logits depend on it, and by llama.cpp from the file.
"""

import argparse
import copy
import dataclasses
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers

import converter
import llama
from architecture_specs import SPECS
from byte_level import CONTROL, train_tokenizer

HERE = Path(__file__).parent
VOCAB = 288
POSITIONS = 48
# A feature that changes the logits by less than this part of their range is not tested by the file.
LEAST_CHANGE = 1e-2
# Routers that cannot tell two experts apart make a coin's toss of the reference.
LEAST_ROUTER_GAP = 1e-4
# Where llama.cpp is further from the reference than this part of the range, the specification has to say why.
LLAMA_CPP_BOUND = 1e-3

GAINS = {
    "q_proj": 1.5,
    "k_proj": 1.5,
    "qkv_proj": 1.3,
    "o_proj": 2.0,
    "out_proj": 2.0,
    "dense": 2.0,
    "down_proj": 2.0,
    "fc2": 2.0,
    "output_linear": 2.0,
    "embed_tokens": 2.5,
    "lm_head": 2.5,
    "router": 2.5,
    "mlp.gate.": 2.5,
}


def build(spec, overrides=None):
    """A model of the specification with fresh weights."""
    options = {"vocab_size": VOCAB, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 0}
    options |= copy.deepcopy(spec.config) | copy.deepcopy(overrides or {})
    config = getattr(transformers, spec.config_class)(**options)
    model = getattr(transformers, spec.model_class)._from_config(config, attn_implementation="eager", dtype=torch.float32)
    return model.eval()


def fan_in(spec, name, parameter):
    """How many products one output of a matrix adds up."""
    if parameter.ndim == 3 and "experts" in name and spec.experts_are_transposed:
        return parameter.shape[1]
    return parameter.shape[-1]


@torch.no_grad()
def randomise(model, spec):
    """Draws every weight so that it matters: attention looks somewhere, norms are not all ones, biases not zero."""
    chance = torch.Generator().manual_seed(spec.seed)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=chance)
        if parameter.ndim > 1:
            gain = next((gain for part, gain in (spec.gains | GAINS).items() if part in name), 1.0)
            parameter.copy_((noise * gain / fan_in(spec, name, parameter) ** 0.5).half().float())
        elif name.endswith(".bias"):
            parameter.copy_(0.3 * noise)
        else:
            # A norm's gain starts at 1, or at 0 where the architecture adds the 1.
            parameter.add_(0.25 * noise)
            if any(part in name for part in ("q_norm", "k_norm", "q_layernorm", "k_layernorm")):
                parameter.add_(0.5)


@torch.no_grad()
def logits(model, ids):
    """f32 logits [T, V]."""
    return model(torch.tensor([ids]), use_cache=False).logits[0].float().numpy()


@torch.no_grad()
def without_feature(spec, state, off, ids):
    """The logits with one feature switched off, the weights being the same otherwise."""
    model = build(spec, off if isinstance(off, dict) else None)
    fresh = {name: parameter.clone() for name, parameter in model.named_parameters()}
    model.load_state_dict(state, strict=False)
    if callable(off):
        off(model)
    if isinstance(off, str):
        # Named weights as they were before randomise: a norm that only normalises, a bias of zero.
        for name, parameter in model.named_parameters():
            if off in name and parameter.ndim == 1:
                parameter.copy_(torch.zeros_like(parameter) if name.endswith(".bias") else fresh[name])
    return logits(model, ids)


@torch.no_grad()
def router_gap(model, spec, ids):
    """The smallest distance between the last expert chosen and the first one not, over all layers and positions."""
    gaps = []

    def watch(module, inputs, _):
        scores = torch.nn.functional.linear(inputs[0].reshape(-1, inputs[0].shape[-1]), module.weight)
        best = scores.sort(dim=-1, descending=True).values
        chosen = spec.config["num_experts_per_tok"]
        gaps.append((best[:, chosen - 1] - best[:, chosen]).min().item())

    experts = spec.config.get("num_experts", spec.config.get("num_local_experts"))
    shape = (experts, spec.config["hidden_size"])
    routers = [module for module in model.modules() if getattr(getattr(module, "weight", None), "shape", None) == shape]
    hooks = [router.register_forward_hook(watch) for router in routers]
    logits(model, ids)
    for hook in hooks:
        hook.remove()
    return min(gaps)


def difference(a, b, reference):
    """The largest |a - b| as a part of the range of the reference's logits."""
    return float(np.abs(a - b).max() / (reference.max() - reference.min()))


def features_of(spec, model):
    """{feature: how to switch it off}: the specification's own, and what every model has."""
    names = [name for name, parameter in model.named_parameters() if parameter.ndim == 1]
    features = dict(spec.off)
    if any("norm" in name for name in names):
        features["norm gains"] = "norm"
    if any(name.endswith(".bias") for name in names):
        features["biases"] = ".bias"
    return features


def run_llama_cpp(spec, path, state, ids, reference):
    """How far llama.cpp is from the reference; where it lacks features, from the reference without them too.

    It runs the file in F32: beside F16 matrices it rounds activations to f16 as well.
    """
    with tempfile.TemporaryDirectory() as temporary:
        f32 = Path(temporary) / path.name
        llama.to_f32(path, f32)
        with llama.Model(f32) as model:
            theirs = model.logits(ids)
    result = {"difference": difference(theirs, reference, reference)}
    if spec.llama_cpp_lacks:
        off = {}
        for feature in spec.llama_cpp_lacks:
            off |= spec.off[feature]
        result["lacks"] = list(spec.llama_cpp_lacks)
        result["difference_without"] = difference(theirs, without_feature(spec, state, off, ids), reference)
    return result


def make(name, spec, folder, tokenizer):
    """NAME.gguf, NAME.logits and NAME.json."""
    chance = np.random.default_rng(spec.seed)
    ids = [int(token) for token in chance.integers(len(CONTROL), VOCAB, POSITIONS)]
    model = build(spec)
    randomise(model, spec)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    reference = logits(model, ids)

    path = folder / f"{name}.gguf"
    with tempfile.TemporaryDirectory() as temporary:
        model.save_pretrained(temporary)
        converter.convert(Path(temporary), path, spec.about, (*tokenizer, len(CONTROL)), spec.metadata)
    (folder / f"{name}.logits").write_bytes(reference.astype("<f4").tobytes())

    record = {
        "about": spec.about,
        "model": spec.model_class,
        "config": spec.config,
        "added_metadata": spec.metadata,
        "seed": spec.seed,
        "ids": ids,
        "shape": list(reference.shape),
        "range": [float(reference.min()), float(reference.max())],
        "features": {},
        "made_with": {"transformers": transformers.__version__, "torch": torch.__version__},
    }
    for feature, off in features_of(spec, model).items():
        change = difference(without_feature(spec, state, off, ids), reference, reference)
        record["features"][feature] = change
        if not change > LEAST_CHANGE:
            raise SystemExit(f"{name}: the logits change by {change:.1e} of their range without {feature}")
    if "num_experts_per_tok" in spec.config:
        record["router_gap"] = router_gap(model, spec, ids)
        if not record["router_gap"] > LEAST_ROUTER_GAP:
            raise SystemExit(f"{name}: two experts are as near as {record['router_gap']:.1e}: take another seed")
    record["llama_cpp"] = run_llama_cpp(spec, path, state, ids, reference)
    if not record["llama_cpp"].get("difference_without", record["llama_cpp"]["difference"]) < LLAMA_CPP_BOUND:
        raise SystemExit(f"{name}: llama.cpp differs: {record['llama_cpp']}")
    members = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in record.items())
    (folder / f"{name}.json").write_text("{\n" + members + "\n}\n")
    print(f"{name}: {path.stat().st_size} bytes, {record['features']}, {record['llama_cpp']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("llama_cpp", type=Path, help="llama.cpp's source folder")
    parser.add_argument("names", nargs="*", help="which models (all)")
    args = parser.parse_args()
    converter.load(args.llama_cpp)
    torch.set_num_threads(1)
    folder = HERE / "architectures"
    folder.mkdir(exist_ok=True)
    tokenizer = train_tokenizer(VOCAB)
    for name in args.names or SPECS:
        make(name, SPECS[name], folder, tokenizer)


if __name__ == "__main__":
    main()
