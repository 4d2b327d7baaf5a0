//! Llama 2 and 3, Mistral, SmolLM2, TinyLlama and their kin (arXiv 2302.13971, 2307.09288, 2407.21783, 2310.06825): a
//! stack of pre-normalised blocks of grouped-query attention with rotary positions, and a gated feed-forward network.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::Stack,
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Pairs, Program, Span};

/// Reads a llama file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    if keys.opt_size("expert_count")?.unwrap_or(0) > 0 {
        return Err(ModelError::UnsupportedFeature("a mixture of experts in a llama".into()));
    }
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let span = match keys.opt_size("attention.sliding_window")? {
        None | Some(0) => Span::All,
        Some(width) => Span::Window(width),
    };

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Neighbours)?.with_frequencies(&mut file, &mut p)?;
    let w = Stack::from_gguf(&mut file, &mut p, &c, ffn)?;
    file.finish()?;

    let attention = AttentionShape { span, ..c.attention() };
    let mut x = p.embed(w.token_embd)?;
    for (l, block) in w.blocks.iter().enumerate() {
        let h = p.rms_norm(x, block.attn_norm, eps)?;
        let [q, k, v] = block.attn.qkv(&mut p, h)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = block.attn.attend(&mut p, l, [q, k, v], attention)?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, block.ffn_norm, eps)?;
        let fed = block.ffn.swiglu(&mut p, h)?;
        x = p.add(x, fed)?;
    }
    let logits = w.head.logits(&mut p, x, eps)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}
