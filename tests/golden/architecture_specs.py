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
    # How to switch each feature off: options that replace the configuration's, or a part of the names of vectors, or a
    # function of the model.
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


def only_last_tap(model):
    """Switches short convolutions off: each position keeps what is its own."""
    for name, parameter in model.named_parameters():
        if name.endswith("conv.conv.weight"):
            parameter[..., :-1] = 0


PHI3 = GATED | {
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "num_hidden_layers": 2,
    "sliding_window": None,
}
SHORT_FACTORS = [1.0, 1.05, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5]
LONG_ROPE = rope(
    10000.0,
    rope_type="longrope",
    short_factor=SHORT_FACTORS,
    long_factor=[1.0, 1.5, 2.5, 4.0, 7.0, 12.0, 20.0, 32.0],
)
PHI4_ROPE = LONG_ROPE | {
    "partial_rotary_factor": 0.75,
    "short_factor": [1.2, 1.1, 1.4, 1.6, 2.0, 3.0],
    "long_factor": [1.0, 1.5, 2.5, 4.0, 8.0, 16.0],
    "original_max_position_embeddings": 1024,
}
GRANITE = GATED | {
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
    "embedding_multiplier": 3.0,
    "attention_multiplier": 0.15,
    "residual_multiplier": 0.6,
    "logits_scaling": 3.0,
    "rope_parameters": rope(10000.0),
}
GRANITE_OFF = {
    "factor of the embeddings": {"embedding_multiplier": 1.0},
    "factor of the scores": {"attention_multiplier": 0.25},
    "factor of the residuals": {"residual_multiplier": 1.0},
    "factor of the logits": {"logits_scaling": 1.0},
}
LLAMA4 = SMALL | {
    "intermediate_size_mlp": 64,
    "num_experts_per_tok": 1,
    "attention_chunk_size": 16,
    "attn_temperature_tuning": True,
    "floor_scale": 8,
    "attn_scale": 0.5,
    "use_qk_norm": True,
    "max_position_embeddings": 512,
    "rope_parameters": rope(500000.0),
}
LLAMA4_METADATA = {
    "attention.sliding_window": 16,
    "attention.temperature_length": 8,
    "attention.temperature_scale": 0.5,
}
# llama.cpp knows one size of chunk and one growth.
LLAMA4_OFF = {
    "chunks": {"attention_chunk_size": 8192},
    "growing scores": {"floor_scale": 8192, "attn_scale": 0.1},
    "norm of queries and keys": {"use_qk_norm": False},
}

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
    "phi3-short": Spec(
        "Phi 3 with long rope, in a context within what it was trained on: the short factors, and scaled sines.",
        "Phi3ForCausalLM",
        "Phi3Config",
        PHI3
        | {
            "max_position_embeddings": 4096,
            "original_max_position_embeddings": 1024,
            "rope_parameters": LONG_ROPE | {"original_max_position_embeddings": 1024},
        },
        seed=11,
        off={
            "short factors": {"rope_parameters": LONG_ROPE | {"short_factor": [1.0] * 8, "original_max_position_embeddings": 1024}},
            "scaled sines": {"rope_parameters": LONG_ROPE | {"attention_factor": 1.0, "original_max_position_embeddings": 1024}},
        },
    ),
    "phi3-long": Spec(
        "Phi 3 with long rope, in a context beyond the 32 positions that it was trained on: the long factors.",
        "Phi3ForCausalLM",
        "Phi3Config",
        PHI3
        | {
            "max_position_embeddings": 128,
            "original_max_position_embeddings": 32,
            "rope_parameters": LONG_ROPE | {"original_max_position_embeddings": 32},
        },
        seed=12,
        off={
            "long factors": {"rope_parameters": LONG_ROPE | {"long_factor": SHORT_FACTORS, "original_max_position_embeddings": 32}},
            "scaled sines": {"rope_parameters": LONG_ROPE | {"attention_factor": 1.0, "original_max_position_embeddings": 32}},
        },
    ),
    "phi4-mini": Spec(
        "Phi 4 mini: Phi 3 with two query heads a KV head, three quarters of each head rotated, and tied embeddings.",
        "Phi3ForCausalLM",
        "Phi3Config",
        PHI3
        | {
            "num_key_value_heads": 2,
            "tie_word_embeddings": True,
            "max_position_embeddings": 4096,
            "original_max_position_embeddings": 1024,
            "rope_parameters": PHI4_ROPE,
        },
        seed=13,
        off={"short factors": {"rope_parameters": PHI4_ROPE | {"short_factor": [1.0] * 6}}},
    ),
    "phi2": Spec(
        "Phi 2: attention and feed-forward side by side under one norm, half of each head rotated, biases everywhere.",
        "PhiForCausalLM",
        "PhiConfig",
        {
            "hidden_size": 32,
            "intermediate_size": 128,
            "num_attention_heads": 2,
            "num_hidden_layers": 3,
            "rope_parameters": rope(10000.0, partial_rotary_factor=0.5),
        },
        seed=14,
        off={"partial rope": {"rope_parameters": rope(10000.0, partial_rotary_factor=1.0)}},
    ),
    "granite": Spec(
        "Granite: factors on embeddings, scores, residuals and logits; tied.",
        "GraniteForCausalLM",
        "GraniteConfig",
        GRANITE | {"num_hidden_layers": 2},
        seed=15,
        gains={"embed_tokens": 6.0},
        off=GRANITE_OFF,
    ),
    "olmo2": Spec(
        "OLMo 2: norms after the blocks and none before; queries and keys normalised over all heads at once.",
        "Olmo2ForCausalLM",
        "Olmo2Config",
        {
            "hidden_size": 64,
            "intermediate_size": 64,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "num_hidden_layers": 2,
            "rope_parameters": rope(500000.0),
        },
        seed=16,
        off={"gains of the query and key norms": "self_attn."},
    ),
    "lfm2": Spec(
        "LFM 2: gated short convolutions, and attention in some layers, with queries and keys normalised.",
        "Lfm2ForCausalLM",
        "Lfm2Config",
        GATED
        | {
            "hidden_size": 32,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "num_hidden_layers": 5,
            "layer_types": ["conv", "conv", "full_attention", "conv", "full_attention"],
            "conv_L_cache": 3,
            "block_auto_adjust_ff_dim": False,
            "rope_parameters": rope(1000000.0),
        },
        seed=17,
        off={"convolution": only_last_tap, "gains of the query and key norms": "self_attn."},
    ),
    "qwen3moe": Spec(
        "Qwen 3 with experts: two of eight, their weights made to sum to one.",
        "Qwen3MoeForCausalLM",
        "Qwen3MoeConfig",
        SMALL
        | {
            "moe_intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_experts": 8,
            "num_experts_per_tok": 2,
            "norm_topk_prob": True,
            "rope_parameters": rope(1000000.0),
        },
        seed=18,
        off={
            "second expert": {"num_experts_per_tok": 1},
            "sum of one": {"norm_topk_prob": False},
            "gains of the query and key norms": "self_attn.",
        },
    ),
    "olmoe": Spec(
        "OLMoE: two of eight experts, weighted by their share of all; queries and keys normalised over all heads at once.",
        "OlmoeForCausalLM",
        "OlmoeConfig",
        {
            "hidden_size": 32,
            "intermediate_size": 32,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "num_hidden_layers": 2,
            "num_experts": 8,
            "num_experts_per_tok": 2,
            "norm_topk_prob": False,
            "rope_parameters": rope(10000.0),
        },
        seed=19,
        off={
            "second expert": {"num_experts_per_tok": 1},
            "share of all": {"norm_topk_prob": True},
            "gains of the query and key norms": "self_attn.",
        },
    ),
    "granitemoe": Spec(
        "Granite with experts: two of six, weighted between themselves.",
        "GraniteMoeForCausalLM",
        "GraniteMoeConfig",
        GRANITE
        | {
            "hidden_size": 32,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_local_experts": 6,
            "num_experts_per_tok": 2,
        },
        seed=20,
        gains={"embed_tokens": 6.0},
        off=GRANITE_OFF | {"second expert": {"num_experts_per_tok": 1}},
    ),
    "llama4": Spec(
        "Llama 4: three layers that see their own chunk of 16, then one that sees all, without rope and with scores "
        "that grow with the position; one of four experts beside one that all share. The converter leaves chunk and "
        "growth out: added here.",
        "Llama4ForCausalLM",
        "Llama4TextConfig",
        LLAMA4 | {"num_hidden_layers": 4, "intermediate_size": 32, "num_local_experts": 4},
        seed=21,
        experts_are_transposed=True,
        metadata=LLAMA4_METADATA,
        off=LLAMA4_OFF
        | {
            "the layer that sees all": {"layer_types": ["chunked_attention"] * 4},
            "layers without rope": {"no_rope_layers": [1, 1, 1, 1], "layer_types": ["chunked_attention"] * 3 + ["full_attention"]},
        },
        llama_cpp_lacks=("chunks", "growing scores"),
    ),
    "llama4-interleaved": Spec(
        "Llama 4 with experts in every second layer.",
        "Llama4ForCausalLM",
        "Llama4TextConfig",
        LLAMA4
        | {
            "num_hidden_layers": 5,
            "intermediate_size": 32,
            "num_local_experts": 8,
            "interleave_moe_layer_step": 2,
        },
        seed=22,
        experts_are_transposed=True,
        metadata=LLAMA4_METADATA,
        off=LLAMA4_OFF,
        llama_cpp_lacks=("chunks", "growing scores"),
    ),
}
