//! Which tensor gets which format.
//!
//! The mixtures are llama.cpp's, so that a type's name means the same here: where an error costs most (values, what
//! comes out of the feed-forward, the head), some layers get more bits.

use gguf::{Format, Metadata};

/// A type of file, by llama.cpp's name.
#[allow(non_camel_case_types)] // The names are ggml's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FileType {
    #[value(name = "f32")]
    F32,
    #[value(name = "f16")]
    F16,
    #[value(name = "bf16")]
    BF16,
    #[value(name = "q8_0")]
    Q8_0,
    #[value(name = "q4_0")]
    Q4_0,
    #[value(name = "q4_1")]
    Q4_1,
    #[value(name = "q5_0")]
    Q5_0,
    #[value(name = "q5_1")]
    Q5_1,
    #[value(name = "q4_k_s")]
    Q4_K_S,
    #[value(name = "q4_k_m")]
    Q4_K_M,
    #[value(name = "q5_k_s")]
    Q5_K_S,
    #[value(name = "q5_k_m")]
    Q5_K_M,
    #[value(name = "q6_k")]
    Q6_K,
}

impl FileType {
    /// The number of the type in `general.file_type`, and the format of most of its matrices.
    fn number_and_base(self) -> (u32, Format) {
        match self {
            Self::F32 => (0, Format::F32),
            Self::F16 => (1, Format::F16),
            Self::BF16 => (32, Format::BF16),
            Self::Q8_0 => (7, Format::Q8_0),
            Self::Q4_0 => (2, Format::Q4_0),
            Self::Q4_1 => (3, Format::Q4_1),
            Self::Q5_0 => (8, Format::Q5_0),
            Self::Q5_1 => (9, Format::Q5_1),
            Self::Q4_K_S => (14, Format::Q4_K),
            Self::Q4_K_M => (15, Format::Q4_K),
            Self::Q5_K_S => (16, Format::Q5_K),
            Self::Q5_K_M => (17, Format::Q5_K),
            Self::Q6_K => (18, Format::Q6_K),
        }
    }

    /// `general.file_type`.
    pub fn number(self) -> u32 {
        self.number_and_base().0
    }

    fn base(self) -> Format {
        self.number_and_base().1
    }
}

impl std::fmt::Display for FileType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// A type, and what it has to know of the model.
pub struct Recipe {
    kind: FileType,
    layers: usize,
    /// The layers that have values of their own, in order.
    value_layers: Vec<usize>,
    has_eight_experts: bool,
    is_tied: bool,
    knows_importance: bool,
}

impl Recipe {
    /// For a model of that metadata with tensors of those names.
    pub fn new<'a>(
        kind: FileType,
        metadata: &Metadata,
        names: impl Iterator<Item = &'a str> + Clone,
        knows_importance: bool,
    ) -> Self {
        let number = |key: &str| {
            let architecture = metadata.str("general.architecture").unwrap_or_default();
            metadata.u32(&format!("{architecture}.{key}")).unwrap_or(0) as usize
        };
        let mut value_layers: Vec<usize> =
            names.clone().filter(|name| is_values(name)).filter_map(layer_of).collect();
        value_layers.sort_unstable();
        Self {
            kind,
            layers: number("block_count"),
            value_layers,
            has_eight_experts: number("expert_count") == 8,
            is_tied: !names.clone().any(|name| name == "output.weight"),
            knows_importance,
        }
    }

    /// The format for a tensor that is stored as `stored`; vectors, and what is too small to matter, stay as they are.
    pub fn format(&self, name: &str, shape: &[usize], stored: Format) -> Format {
        let is_small = ["_norm.weight", "ffn_gate_inp.weight", "shortconv.conv.weight"];
        if shape.len() < 2 || !name.ends_with(".weight") || is_small.iter().any(|part| name.ends_with(part)) {
            return stored;
        }
        let columns = shape[shape.len() - 1];
        fitting(self.wanted(name, columns), columns)
    }

    fn wanted(&self, name: &str, columns: usize) -> Format {
        use FileType::{Q4_0, Q4_K_M, Q4_K_S, Q5_0, Q5_K_M};
        let base = self.kind.base();
        if matches!(base, Format::F32 | Format::F16 | Format::BF16) {
            return base;
        }
        let layer = layer_of(name).unwrap_or(0);
        let is_head = name == "output.weight" || (self.is_tied && name == "token_embd.weight");
        let is_early = layer < self.layers / 8;
        match self.kind {
            _ if is_head && (base == Format::Q8_0 || !columns.is_multiple_of(base.block_len())) => {
                Format::Q8_0
            }
            _ if is_head => Format::Q6_K,
            _ if self.has_eight_experts && (is_values(name) || name.ends_with("attn_k.weight")) => {
                Format::Q8_0
            }
            Q4_K_S | Q4_K_M if self.has_eight_experts && name.ends_with("attn_output.weight") => Format::Q5_K,
            Q4_K_M | Q5_K_M if is_values(name) => {
                let place = self.value_layers.partition_point(|&other| other < layer);
                if has_more_bits(place, self.value_layers.len()) { Format::Q6_K } else { base }
            }
            Q4_K_S if is_values(name) && self.value_layers.partition_point(|&other| other < layer) < 4 => {
                Format::Q5_K
            }
            Q4_K_M | Q5_K_M if name.contains("ffn_down") && has_more_bits(layer, self.layers) => Format::Q6_K,
            Q4_K_S if name.contains("ffn_down") && is_early => Format::Q5_K,
            Q4_0 if name.contains("ffn_down") && is_early && self.knows_importance => Format::Q4_1,
            Q5_0 if name.contains("ffn_down") && is_early && self.knows_importance => Format::Q5_1,
            _ => base,
        }
    }
}

/// The number in `blk.12.`.
fn layer_of(name: &str) -> Option<usize> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}

fn is_values(name: &str) -> bool {
    name.ends_with("attn_v.weight") || name.ends_with("attn_qkv.weight")
}

/// The first and last eighth, and every third in between.
fn has_more_bits(place: usize, count: usize) -> bool {
    place < count / 8 || place >= 7 * count / 8 || (place - count / 8) % 3 == 2
}

/// The next format whose blocks make up a row.
fn fitting(format: Format, columns: usize) -> Format {
    if columns.is_multiple_of(format.block_len()) {
        return format;
    }
    let smaller = match format {
        Format::Q4_K => Format::Q5_0,
        Format::Q5_K => Format::Q5_1,
        Format::Q6_K => Format::Q8_0,
        _ => Format::F16,
    };
    fitting(smaller, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::Value;

    fn recipe(kind: FileType, names: &[&str], knows_importance: bool) -> Recipe {
        let metadata =
            [("general.architecture", Value::from("llama")), ("llama.block_count", Value::from(16u32))];
        Recipe::new(kind, &metadata.into_iter().collect(), names.iter().copied(), knows_importance)
    }

    #[test]
    fn some_layers_get_more_bits() {
        let names: Vec<String> = (0..16).map(|layer| format!("blk.{layer}.attn_v.weight")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["output.weight"]).collect();
        let recipe = recipe(FileType::Q4_K_M, &names, false);
        let format = |name: &str, columns| recipe.format(name, &[64, columns], Format::F16);
        let more = |part: &str| -> Vec<usize> {
            (0..16)
                .filter(|layer| format(&format!("blk.{layer}.{part}.weight"), 256) == Format::Q6_K)
                .collect()
        };
        assert_eq!(more("attn_v"), [0, 1, 4, 7, 10, 13, 14, 15]);
        assert_eq!(more("ffn_down"), more("attn_v"));
        assert!(more("ffn_up").is_empty());
        assert_eq!(format("output.weight", 256), Format::Q6_K);
        assert_eq!(format("token_embd.weight", 256), Format::Q4_K);
    }

    #[test]
    fn rows_that_are_no_whole_blocks_get_other_ones() {
        let recipe = recipe(FileType::Q4_K_M, &["token_embd.weight"], false);
        let format = |name: &str, columns| recipe.format(name, &[64, columns], Format::F16);
        assert_eq!(format("blk.3.ffn_up.weight", 576), Format::Q5_0);
        assert_eq!(format("blk.0.ffn_down.weight", 576), Format::Q8_0);
        assert_eq!(format("blk.3.ffn_up.weight", 40), Format::F16);
        assert_eq!(format("token_embd.weight", 576), Format::Q8_0, "the head, because there is no other");
    }

    #[test]
    fn vectors_and_small_matrices_stay() {
        let recipe = recipe(FileType::Q4_0, &["output.weight"], true);
        for (name, shape) in [
            ("blk.0.attn_norm.weight", &[64][..]),
            ("blk.0.attn_q.bias", &[64]),
            ("blk.0.ffn_gate_inp.weight", &[8, 64]),
            ("blk.0.shortconv.conv.weight", &[64, 3]),
        ] {
            assert_eq!(recipe.format(name, shape, Format::F32), Format::F32, "{name}");
        }
        assert_eq!(recipe.format("blk.1.ffn_down_exps.weight", &[4, 64, 64], Format::F16), Format::Q4_1);
        assert_eq!(recipe.format("blk.2.ffn_down.weight", &[64, 64], Format::F16), Format::Q4_0);
    }
}
