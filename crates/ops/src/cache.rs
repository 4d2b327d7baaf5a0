//! How keys and values are kept.

use crate::{BackendError, LayerCache, Op, Program};

/// How a cache keeps keys and values.
#[allow(non_camel_case_types)] // The name is ggml's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheFormat {
    /// As they are, 4 bytes each.
    #[default]
    F32,
    /// In groups of 32 neighbours of a head, `x ≈ scale · quant`: one f16 and 32 × i8, 34 bytes a group.
    Q8_0,
}

impl CacheFormat {
    /// Values of a group of [`CacheFormat::Q8_0`].
    pub const GROUP: usize = 32;

    /// Bytes of one position of a layer. What is no key or value is kept as it is.
    pub const fn row_bytes(self, layer: LayerCache) -> usize {
        match (self, layer) {
            (Self::F32, LayerCache::KeyValue(width)) => 2 * width * size_of::<f32>(),
            (Self::Q8_0, LayerCache::KeyValue(width)) => 2 * (width + width / Self::GROUP * 2),
            (_, LayerCache::State(width)) => width * size_of::<f32>(),
        }
    }

    /// Fails where a head of `program` is no whole number of groups.
    ///
    /// # Errors
    /// [`BackendError::UnsupportedCache`].
    pub fn check(self, program: &Program) -> Result<(), BackendError> {
        let odd = |op: &Op| match *op {
            Op::Attention { shape, .. } if !shape.head_dim.is_multiple_of(Self::GROUP) => {
                Some(shape.head_dim)
            }
            _ => None,
        };
        match program.ops().iter().find_map(odd) {
            Some(head_dim) if self == Self::Q8_0 => Err(BackendError::UnsupportedCache(format!(
                "q8_0 wants heads of a multiple of {} values, and this model's have {head_dim}; choose f32",
                Self::GROUP
            ))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AttentionShape;
    use gguf::Format;

    fn attending(head_dim: usize) -> Program {
        let mut program = Program::new();
        let table = program.weight("table", 64, 2 * head_dim, Format::F32);
        let x = program.embed(table).expect("embeds");
        program.store_kv(0, x, x).expect("stores");
        program.attention(0, x, AttentionShape::new(2, 2, head_dim)).expect("attends");
        program
    }

    #[test]
    fn heads_must_be_whole_groups() {
        for head_dim in [32, 64, 96] {
            assert_eq!(CacheFormat::Q8_0.check(&attending(head_dim)), Ok(()));
        }
        for head_dim in [16, 48, 80] {
            assert_eq!(CacheFormat::F32.check(&attending(head_dim)), Ok(()));
            let refused = CacheFormat::Q8_0.check(&attending(head_dim)).expect_err("no whole groups");
            assert!(matches!(&refused, BackendError::UnsupportedCache(why) if why.contains("choose f32")));
        }
    }

    #[test]
    fn a_group_takes_34_bytes() {
        assert_eq!(CacheFormat::F32.row_bytes(LayerCache::KeyValue(64)), 512);
        assert_eq!(CacheFormat::Q8_0.row_bytes(LayerCache::KeyValue(64)), 2 * 2 * 34);
    }
}
