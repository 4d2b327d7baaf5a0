//! What a program takes of a GPU, worked out without one.

use crate::{
    backend::{GPU_TOKENS, HEAD_ROWS},
    ops::parts_bytes,
    planes::plane_bytes,
};
use ops::{CacheFormat, Op, Program, Rows, Storage};

/// Rows of activations, as wide as the widest, that a step works in at once, at most: the residual stream, its norm, a gated
/// product, queries, and what attention mixes.
const LIVE_ROWS: usize = 6;

/// What a program takes of a GPU, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// All weights, as planes.
    pub weights: u64,
    /// Keys and values of all layers.
    pub cache: u64,
    /// What a step works in: an estimate from above.
    pub scratch: u64,
    /// The largest buffer that a kernel sees whole, and that is not cut into pieces where a GPU binds less.
    pub largest_binding: u64,
}

impl Needs {
    /// What `program` takes with room for `positions` of context, kept in `cache`.
    pub fn of(program: &Program, positions: usize, cache: CacheFormat) -> Self {
        let planes = program.weights().filter_map(|(_, tensor)| match tensor.storage {
            Storage::Weight { rows, format } => {
                Some(plane_bytes(format, (rows * tensor.columns).div_ceil(format.block_len())))
            }
            Storage::Activation(_) => None,
        });
        let weights = planes.map(|plane| plane.quants + plane.scales + plane.high).sum();
        let layers = program.cache().iter().map(|&layer| positions as u64 * cache.row_bytes(layer) as u64);
        let widest = |wanted: Rows| {
            let columns = program.tensors().iter().filter_map(|tensor| match tensor.storage {
                Storage::Activation(rows) if rows == wanted => Some(tensor.columns),
                _ => None,
            });
            columns.max().unwrap_or(0)
        };
        let tokens = GPU_TOKENS.min(positions);
        let parts = program.ops().iter().filter_map(|op| match *op {
            Op::Attention { shape, .. } => Some(parts_bytes(shape, positions, tokens)),
            _ => None,
        });
        let parts = parts.max().unwrap_or(0);
        let steps = (LIVE_ROWS * tokens) as u64 * widest(Rows::Tokens) as u64;
        // Logits are kept twice: where they are made, and where they are read from.
        let logits = (2 * HEAD_ROWS.min(tokens)) as u64 * widest(Rows::Head) as u64;
        Self {
            weights,
            cache: layers.clone().sum(),
            scratch: (steps + logits) * size_of::<f32>() as u64 + parts,
            largest_binding: layers.max().unwrap_or(0).max(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::Format;
    use ops::AttentionShape;

    /// One layer of two heads of 32 over 64 dimensions, with a vocabulary of 256.
    fn program() -> Program {
        let mut p = Program::new();
        let table = p.weight("table", 256, 64, Format::Q8_0);
        let square = p.weight("square", 64, 64, Format::Q4_1);
        let x = p.embed(table).expect("embeds");
        let q = p.matmul(x, square).expect("multiplies");
        p.store_kv(0, q, q).expect("stores");
        let mixed = p.attention(0, q, AttentionShape::new(2, 2, 32)).expect("attends");
        let last = p.last_rows(mixed).expect("takes the last rows");
        let logits = p.matmul(last, table).expect("multiplies");
        p.head(logits).expect("ends");
        p
    }

    #[test]
    fn weights_count_once_and_as_planes() {
        let needs = Needs::of(&program(), 1024, CacheFormat::F32);
        // Q8_0 takes 34 bytes a block of 32, Q4_1 20.
        assert_eq!(needs.weights, 256 * 64 / 32 * 34 + 64 * 64 / 32 * 20);
    }

    #[test]
    fn the_cache_grows_with_the_context_and_shrinks_in_8_bits() {
        let of = |positions, format| Needs::of(&program(), positions, format);
        assert_eq!(of(1024, CacheFormat::F32).cache, 1024 * 2 * 64 * 4);
        assert_eq!(of(2048, CacheFormat::F32).cache, 2 * of(1024, CacheFormat::F32).cache);
        assert_eq!(of(1024, CacheFormat::Q8_0).cache, 1024 * 2 * 68);
    }

    #[test]
    fn a_layer_of_the_cache_is_bound_whole() {
        let of = |positions| Needs::of(&program(), positions, CacheFormat::F32).largest_binding;
        assert_eq!(of(16), 16 * 2 * 64 * 4);
        assert_eq!(of(1024), 1024 * 2 * 64 * 4);
    }

    #[test]
    fn so_is_what_splits_leave() {
        let mut p = Program::new();
        let table = p.weight("table", 256, 8 * 256, Format::Q8_0);
        let key = p.weight("key", 256, 8 * 256, Format::Q8_0);
        let x = p.embed(table).expect("embeds");
        let k = p.matmul(x, key).expect("multiplies");
        p.store_kv(0, k, k).expect("stores");
        p.attention(0, x, AttentionShape::new(8, 1, 256)).expect("attends");
        // Wide heads: every token of a step, eight heads, one split.
        let needs = Needs::of(&p, 512, CacheFormat::F32);
        assert_eq!(needs.largest_binding, 512 * 8 * (256 + 4) * 4);
    }

    #[test]
    fn a_step_is_as_wide_as_its_widest_row() {
        let needs = Needs::of(&program(), 1024, CacheFormat::F32);
        let parts = 64 * 2 * 4 * (32 + 4) * 4;
        assert_eq!(needs.scratch, (6 * 512 * 64 + 2 * 64 * 256) * 4 + parts);
        assert!(Needs::of(&program(), 8, CacheFormat::F32).scratch < needs.scratch);
    }
}
