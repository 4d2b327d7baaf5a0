"""The tiny models that `architectures.py` makes: configurations of PyPI `transformers`, and what each is there to show.

Sizes are as small as the feature allows. A window of 10 and 48 positions stand for a window of 4,096 and a book.
"""

import dataclasses

GATED = {"intermediate_size": 64}
SMALL = GATED | {"hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}


@dataclasses.dataclass(frozen=True)
class Spec:
    """One model."""

    about: str
    # Names in `transformers`.
    model_class: str
    config_class: str
    # Options of the configuration.
    config: dict
    seed: int
    # How to switch each feature off: options that replace the configuration's, or a part of the names of vectors.
    off: dict = dataclasses.field(default_factory=dict)
    # Metadata that the converter leaves out, without the architecture's prefix.
    metadata: dict = dataclasses.field(default_factory=dict)
    # Features of `off` that llama.cpp does not compute from such a file.
    llama_cpp_lacks: tuple = ()
    # Standard deviations of products, by a part of the matrix's name, before the general ones.
    gains: dict = dataclasses.field(default_factory=dict)
    # Whether experts are stored [expert, in, out].
    experts_are_transposed: bool = False


def rope(theta, **scaling):
    """A configuration's `rope_parameters`."""
    return {"rope_theta": theta, "rope_type": "default"} | scaling


SPECS = {
    "llama": Spec(
        "Llama 2: a head of its own, four query heads on two KV heads.",
        "LlamaForCausalLM",
        "LlamaConfig",
        {
            "hidden_size": 64,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "intermediate_size": 96,
            "num_hidden_layers": 2,
            "tie_word_embeddings": False,
            "rope_parameters": rope(10000.0),
        },
        seed=1,
        off={"the base of rope": {"rope_parameters": rope(500000.0)}},
    ),
    "llama-3": Spec(
        "Llama 3.x: tied, long-context rotary frequencies (rope_freqs.weight), heads wider than dim/heads.",
        "LlamaForCausalLM",
        "LlamaConfig",
        SMALL
        | {
            "num_hidden_layers": 3,
            "tie_word_embeddings": True,
            "max_position_embeddings": 512,
            "rope_parameters": rope(
                500.0,
                rope_type="llama3",
                factor=8.0,
                low_freq_factor=1.0,
                high_freq_factor=4.0,
                original_max_position_embeddings=64,
            ),
        },
        seed=2,
        off={"rope scaling": {"rope_parameters": rope(500.0)}},
    ),
    "llama-linear": Spec(
        "Linear rope scaling by 4; biases on queries, keys, values, the attention's output and the feed-forward.",
        "LlamaForCausalLM",
        "LlamaConfig",
        SMALL
        | {
            "num_hidden_layers": 3,
            "attention_bias": True,
            "mlp_bias": True,
            "rope_parameters": rope(10000.0, rope_type="linear", factor=4.0),
        },
        seed=3,
        off={"rope scaling": {"rope_parameters": rope(10000.0)}},
    ),
    "mistral": Spec(
        "Mistral: every layer sees a window of 10. The converter writes it as llama, without the window: added here.",
        "MistralForCausalLM",
        "MistralConfig",
        SMALL | {"num_hidden_layers": 3, "sliding_window": 10, "rope_parameters": rope(10000.0)},
        seed=4,
        off={"sliding window": {"sliding_window": None}},
        metadata={"attention.sliding_window": 10},
        llama_cpp_lacks=("sliding window",),
    ),
    "smollm3": Spec(
        "SmolLM3: every fourth layer has no rope.",
        "SmolLM3ForCausalLM",
        "SmolLM3Config",
        GATED
        | {
            "hidden_size": 64,
            "intermediate_size": 32,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "num_hidden_layers": 4,
            "rope_parameters": rope(2000000.0),
        },
        seed=5,
        off={"layers without rope": {"no_rope_layers": [1, 1, 1, 1]}, "rope": {"no_rope_layers": [0, 0, 0, 0]}},
    ),
    "qwen2": Spec(
        "Qwen 2: biases on queries, keys and values; tied.",
        "Qwen2ForCausalLM",
        "Qwen2Config",
        {
            "hidden_size": 64,
            "intermediate_size": 96,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "num_hidden_layers": 2,
            "tie_word_embeddings": True,
            "rope_parameters": rope(1000000.0),
        },
        seed=6,
    ),
    "qwen3": Spec(
        "Qwen 3: queries and keys normalised per head; heads wider than dim/heads.",
        "Qwen3ForCausalLM",
        "Qwen3Config",
        SMALL | {"num_hidden_layers": 3, "rope_parameters": rope(1000000.0)},
        seed=7,
        off={"gains of the query and key norms": "self_attn."},
    ),
    "gemma2": Spec(
        "Gemma 2: layers take turns between a window of 10 and all; attention scores and logits capped softly; norms "
        "before and after each block.",
        "Gemma2ForCausalLM",
        "Gemma2Config",
        SMALL
        | {
            "num_hidden_layers": 4,
            "query_pre_attn_scalar": 16,
            "sliding_window": 10,
            "attn_logit_softcapping": 3.0,
            "final_logit_softcapping": 10.0,
            "rope_parameters": rope(10000.0),
        },
        seed=8,
        off={
            "sliding window": {"sliding_window": 4096},
            "full layers": {"layer_types": ["sliding_attention"] * 4},
            "cap of the scores": {"attn_logit_softcapping": None},
            "cap of the logits": {"final_logit_softcapping": None},
        },
    ),
    "gemma3": Spec(
        "Gemma 3: five layers of a window of 10 with a rope of their own, then one that sees all, its rope scaled by 8; "
        "queries and keys normalised.",
        "Gemma3ForCausalLM",
        "Gemma3TextConfig",
        SMALL
        | {
            "num_hidden_layers": 7,
            "query_pre_attn_scalar": 16,
            "sliding_window": 10,
            "rope_parameters": {
                "sliding_attention": rope(10000.0),
                "full_attention": rope(1000000.0, rope_type="linear", factor=8.0),
            },
        },
        seed=9,
        off={
            "sliding window": {"sliding_window": 4096},
            "the layer that sees all": {"layer_types": ["sliding_attention"] * 7},
            "rope of the windows": {
                "rope_parameters": {
                    "sliding_attention": rope(1000000.0),
                    "full_attention": rope(1000000.0, rope_type="linear", factor=8.0),
                }
            },
            "rope scaling": {
                "rope_parameters": {"sliding_attention": rope(10000.0), "full_attention": rope(1000000.0)}
            },
            "gains of the query and key norms": "self_attn.",
        },
    ),
    "phi3": Spec(
        "Phi 3: queries, keys and values in one matrix, gate and up in one; a window of 10.",
        "Phi3ForCausalLM",
        "Phi3Config",
        GATED
        | {
            "hidden_size": 64,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "num_hidden_layers": 2,
            "sliding_window": 10,
            "rope_parameters": rope(10000.0),
        },
        seed=10,
        off={"sliding window": {"sliding_window": None}},
        llama_cpp_lacks=("sliding window",),
    ),
}
