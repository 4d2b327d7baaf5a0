//! The numbers of operations that have many.

/// Which values of a head are rotated together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pairs {
    /// `(x[2i], x[2i+1])`: ggml's normal mode.
    #[default]
    Neighbours,
    /// `(x[i], x[i + rotated/2])`: ggml's NeoX mode.
    Halves,
}

/// The numbers of a rotation: `angle(position, i) = position · position_scale · base^(−2i/rotated) / factor[i]`
/// (arXiv 2104.09864).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RopeShape {
    /// E.
    pub head_dim: usize,
    /// How many of a head's values are rotated; the rest is copied.
    pub rotated: usize,
    /// Which of them together.
    pub pairs: Pairs,
    /// The base of the frequencies.
    pub base: f32,
    /// Multiplies the position (1 / the linear scaling factor).
    pub position_scale: f32,
    /// Multiplies the rotated values (LongRoPE's attention factor, arXiv 2402.13753).
    pub magnitude: f32,
}

impl RopeShape {
    /// Rotates whole heads of `head_dim`, neighbours together, by the plain angles of `base`.
    pub const fn new(head_dim: usize, base: f32) -> Self {
        Self {
            head_dim,
            rotated: head_dim,
            pairs: Pairs::Neighbours,
            base,
            position_scale: 1.0,
            magnitude: 1.0,
        }
    }
}

/// Which of the positions before it a token attends to; itself always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Span {
    /// All.
    #[default]
    All,
    /// So many, itself among them (arXiv 2004.05150).
    Window(usize),
    /// Those of its own chunk of so many positions (Llama 4).
    Chunk(usize),
}

impl Span {
    /// The first position that a token at `position` attends to.
    pub const fn first(self, position: usize) -> usize {
        match self {
            Self::All => 0,
            Self::Window(width) => (position + 1).saturating_sub(width),
            Self::Chunk(width) => position / width * width,
        }
    }
}

/// The numbers of an attention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionShape {
    /// H.
    pub heads: usize,
    /// K.
    pub kv_heads: usize,
    /// E.
    pub head_dim: usize,
    /// Multiplies the products of query and key. Usually `1/√E`.
    pub scale: f32,
    /// Where there is one, a score `s` becomes `cap · tanh(s / cap)` (Gemma 2, arXiv 2408.00118).
    pub softcap: Option<f32>,
    /// What is attended to.
    pub span: Span,
}

impl AttentionShape {
    /// Attends to everything with the scale `1/√E`.
    pub fn new(heads: usize, kv_heads: usize, head_dim: usize) -> Self {
        let scale = 1.0 / (head_dim as f32).sqrt();
        Self { heads, kv_heads, head_dim, scale, softcap: None, span: Span::All }
    }
}

/// How the logits of a router become the weights of the experts that it chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// A softmax over all experts.
    Softmax,
    /// A softmax over those chosen.
    ChosenSoftmax,
    /// A sigmoid of each (Llama 4).
    Sigmoid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_sees_itself_and_what_its_span_allows() {
        assert_eq!([0, 5, 99].map(|p| Span::All.first(p)), [0, 0, 0]);
        assert_eq!([0, 3, 4, 10].map(|p| Span::Window(4).first(p)), [0, 0, 1, 7]);
        assert_eq!([0, 3, 4, 10].map(|p| Span::Chunk(4).first(p)), [0, 0, 4, 8]);
    }
}
