//! Qwen 2 and 2.5 (arXiv 2407.10671): llama with biases on queries, keys and values, and rotated halves.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::Stack,
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Pairs, Program};

/// Reads a qwen2 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    keys.refuse("attention.sliding_window", "a sliding window in a Qwen 2")?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let w = Stack::from_gguf(&mut file, &mut p, &c, ffn)?;
    file.finish()?;

    let mut x = p.embed(w.token_embd)?;
    for (l, block) in w.blocks.iter().enumerate() {
        let h = p.rms_norm(x, block.attn_norm, eps)?;
        let [q, k, v] = block.attn.qkv(&mut p, h)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = block.attn.attend(&mut p, l, [q, k, v], c.attention())?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, block.ffn_norm, eps)?;
        let fed = block.ffn.swiglu(&mut p, h)?;
        x = p.add(x, fed)?;
    }
    let logits = w.head.logits(&mut p, x, eps)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}
