//! LFM2 (huggingface.co/LiquidAI/LFM2-1.2B, arXiv 2511.23404): gated short convolutions, and attention in some of the layers,
//! with queries and keys normalised head by head.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{GatedFfn, Head, Linear, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Pairs, Program, TensorId};

struct Layer {
    operator_norm: TensorId, // [D]
    operator: Operator,
    ffn_norm: TensorId, // [D]
    ffn: GatedFfn,
}

enum Operator {
    Attention {
        attn: Projections,
        q_norm: TensorId, // [E]
        k_norm: TensorId, // [E]
    },
    Convolution {
        in_proj: Linear,  // [3·D, D]
        kernel: TensorId, // [D, taps]
        out_proj: Linear, // [D, D]
    },
}

/// Reads an lfm2 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    keys.refuse("attention.sliding_window", "a sliding window in an LFM2")?;
    keys.refuse("expert_count", "a mixture of experts in an LFM2")?;
    // 0 where a layer is a convolution; the others have the same number.
    let kv_heads = keys.sizes("attention.head_count_kv")?;
    let most = kv_heads.iter().copied().max().unwrap_or(0);
    let c = Sizes::with_kv_heads(header, &keys, most)?;
    if kv_heads.len() != c.layers || kv_heads.iter().any(|&n| n != 0 && n != most) {
        return Err(ModelError::BadConfig(format!("{kv_heads:?} kv heads in {} layers", c.layers)));
    }
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let taps = keys.size("shortconv.l_cache")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, [ffn, taps, kv_heads[l]]))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head {
        // The file's name for the norm at the end.
        norm: file.vector(&mut p, "token_embd_norm.weight", c.dim)?,
        output: Head::output(&mut file, &mut p, &c, token_embd)?,
    };
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.operator_norm, eps)?;
        let mixed = match &layer.operator {
            Operator::Attention { attn, q_norm, k_norm } => {
                let [q, k, v] = attn.qkv(&mut p, h)?;
                let q = p.head_norm(q, Some(*q_norm), c.head_dim, eps)?;
                let k = p.head_norm(k, Some(*k_norm), c.head_dim, eps)?;
                let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
                attn.attend(&mut p, l, [q, k, v], c.attention())?
            }
            Operator::Convolution { in_proj, kernel, out_proj } => {
                let gated = in_proj.apply(&mut p, h)?;
                let convolved = p.short_conv(l, gated, *kernel, taps)?;
                out_proj.apply(&mut p, convolved)?
            }
        };
        x = p.add(x, mixed)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = layer.ffn.swiglu(&mut p, h)?;
        x = p.add(x, fed)?;
    }
    let logits = head.logits(&mut p, x, eps)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}

impl Layer {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        l: usize,
        c: &Sizes,
        [ffn, taps, kv_heads]: [usize; 3],
    ) -> Result<Self, ModelError> {
        let name = |part: &str| format!("blk.{l}.{part}");
        let operator = match kv_heads {
            0 => Operator::Convolution {
                in_proj: Linear::from_gguf(file, p, &name("shortconv.in_proj"), 3 * c.dim, c.dim)?,
                kernel: file.table(p, &name("shortconv.conv.weight"), c.dim, taps)?,
                out_proj: Linear::from_gguf(file, p, &name("shortconv.out_proj"), c.dim, c.dim)?,
            },
            _ => Operator::Attention {
                attn: Projections::from_gguf(file, p, l, c)?,
                q_norm: file.vector(p, &name("attn_q_norm.weight"), c.head_dim)?,
                k_norm: file.vector(p, &name("attn_k_norm.weight"), c.head_dim)?,
            },
        };
        Ok(Self {
            operator_norm: file.vector(p, &name("attn_norm.weight"), c.dim)?,
            operator,
            ffn_norm: file.vector(p, &name("ffn_norm.weight"), c.dim)?,
            ffn: GatedFfn::from_gguf(file, p, l, c.dim, ffn)?,
        })
    }
}
