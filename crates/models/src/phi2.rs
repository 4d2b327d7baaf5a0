//! Phi-2 (huggingface.co/microsoft/phi-2): attention and feed-forward network side by side behind one norm, a part of each head
//! rotated, biases everywhere.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Head, Linear, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Pairs, Program, ProgramError, TensorId};

/// `(x − mean) / √(var + eps) · gain + bias`.
#[derive(Clone, Copy)]
struct Norm {
    gain: TensorId, // [D]
    bias: TensorId, // [D]
}

struct Layer {
    attn_norm: Norm,
    attn: Projections,
    ffn_up: Linear,   // [F, D]
    ffn_down: Linear, // [D, F]
}

/// Reads a phi2 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, ffn))
        .collect::<Result<Vec<_>, _>>()?;
    let output_norm = Norm::from_gguf(&mut file, &mut p, "output_norm", c.dim)?;
    let output = Linear {
        weight: Head::output(&mut file, &mut p, &c, token_embd)?,
        bias: file.opt_vector(&mut p, "output.bias", c.vocabulary)?,
    };
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = layer.attn_norm.apply(&mut p, x, eps)?;
        let [q, k, v] = layer.attn.qkv(&mut p, h)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = layer.attn.attend(&mut p, l, [q, k, v], c.attention())?;
        let up = layer.ffn_up.apply(&mut p, h)?;
        let bent = p.gelu(up)?;
        let fed = layer.ffn_down.apply(&mut p, bent)?;
        x = p.add(x, attended)?;
        x = p.add(x, fed)?;
    }
    let last = p.last_rows(x)?;
    let h = output_norm.apply(&mut p, last, eps)?;
    let logits = output.apply(&mut p, h)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}

impl Norm {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        name: &str,
        dim: usize,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            gain: file.vector(p, &format!("{name}.weight"), dim)?,
            bias: file.vector(p, &format!("{name}.bias"), dim)?,
        })
    }

    fn apply(self, p: &mut Program, x: TensorId, eps: f32) -> Result<TensorId, ProgramError> {
        p.layer_norm(x, self.gain, self.bias, eps)
    }
}

impl Layer {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        l: usize,
        c: &Sizes,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            attn_norm: Norm::from_gguf(file, p, &format!("blk.{l}.attn_norm"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            ffn_up: Linear::from_gguf(file, p, &format!("blk.{l}.ffn_up"), ffn, c.dim)?,
            ffn_down: Linear::from_gguf(file, p, &format!("blk.{l}.ffn_down"), c.dim, ffn)?,
        })
    }
}
