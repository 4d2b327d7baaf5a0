//! Rotary positions as files describe them.

use crate::{ModelError, keys::Keys, tensors::Tensors};
use ops::{Pairs, Program, RopeShape, TensorId};

/// A rotation with its factors.
#[derive(Clone, Copy)]
pub(crate) struct Rope {
    pub(crate) shape: RopeShape,
    pub(crate) factors: Option<TensorId>, // [rotated / 2]
}

impl Rope {
    /// `rope.*`: how much of a head is rotated, the base, linear scaling, the magnitude. Factors are for the architecture to add.
    pub(crate) fn from_gguf(keys: &Keys<'_>, head_dim: usize, pairs: Pairs) -> Result<Self, ModelError> {
        let scaling = keys.opt_str("rope.scaling.type")?.unwrap_or("linear");
        let factor = match scaling {
            // The factors of long rope are tensors.
            "none" | "longrope" => 1.0,
            // The first is the older name; 0 stands for none.
            "linear" => {
                let old = keys.opt_float("rope.scale_linear")?;
                let factor = keys.opt_float("rope.scaling.factor")?.or(old);
                factor.filter(|&factor| factor != 0.0).unwrap_or(1.0)
            }
            other => return Err(ModelError::UnsupportedFeature(format!("rope scaling of the type {other}"))),
        };
        if factor <= 0.0 || !factor.is_finite() {
            return Err(ModelError::BadConfig(format!("a rope scaling factor of {factor}")));
        }
        let base = keys.opt_float("rope.freq_base")?.unwrap_or(10_000.0);
        let shape = RopeShape {
            rotated: keys.opt_size("rope.dimension_count")?.unwrap_or(head_dim),
            pairs,
            position_scale: 1.0 / factor,
            magnitude: keys.opt_float("rope.scaling.attn_factor")?.unwrap_or(1.0),
            ..RopeShape::new(head_dim, base)
        };
        Ok(Self { shape, factors: None })
    }

    /// The same with the factors of Llama 3's long contexts, where the file has them.
    pub(crate) fn with_frequencies(
        self,
        file: &mut Tensors<'_>,
        p: &mut Program,
    ) -> Result<Self, ModelError> {
        let factors = file.opt_vector(p, "rope_freqs.weight", self.shape.rotated / 2)?;
        Ok(Self { factors, ..self })
    }

    /// `x` rotated.
    pub(crate) fn apply(self, p: &mut Program, x: TensorId) -> Result<TensorId, ModelError> {
        Ok(p.rope(x, self.shape, self.factors)?)
    }
}
