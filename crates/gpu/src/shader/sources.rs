//! The files of `shaders/`, by the names that `#import` uses.

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../shaders/", $name, ".wgsl")))),*]
    };
}

/// Name and text of every WGSL file.
pub(crate) const SOURCES: &[(&str, &str)] = sources![
    "add",
    "argmax",
    "attention",
    "attention_join",
    "attention_many",
    "attention_one",
    "cache/f32",
    "cache/q8_0",
    "choose",
    "embed",
    "finish/add",
    "finish/qkv",
    "finish/store",
    "finish/swiglu",
    "lib/advance",
    "lib/attention",
    "lib/bytes",
    "lib/choice",
    "lib/fifth_bit",
    "lib/keys",
    "lib/nibbles",
    "lib/rows",
    "lib/shape",
    "lib/step",
    "lib/super_scale",
    "lib/workgroup_sum",
    "matmul",
    "matmul_tiled",
    "matvec",
    "quant/bf16",
    "quant/f16",
    "quant/f32",
    "quant/q4_0",
    "quant/q4_1",
    "quant/q4_k",
    "quant/q5_0",
    "quant/q5_1",
    "quant/q5_k",
    "quant/q6_k",
    "quant/q8_0",
    "pick",
    "quantise_kv",
    "rank",
    "rms_norm",
    "rope",
    "store_kv",
    "swiglu",
];
