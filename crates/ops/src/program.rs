//! A forward pass as a list of operations, built with every shape checked.

use crate::{AttentionShape, Gate, Op, RopeShape, Span};
use gguf::Format;
use std::fmt;

/// A tensor of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TensorId(pub usize);

/// How many rows an activation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// As many as the step has tokens.
    Tokens,
    /// As many as the step wants logits of.
    Head,
}

/// Where a tensor lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Storage {
    /// In the model file, under the tensor's name, with this many rows.
    Weight {
        /// Rows; 1 for a vector.
        rows: usize,
        /// How its values are stored.
        format: Format,
    },
    /// In scratch memory, as f32.
    Activation(Rows),
}

/// A tensor's name, place and width.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The name in the model file, or one that says what it is.
    pub name: String,
    /// Where it lives, and its rows.
    pub storage: Storage,
    /// Values a row.
    pub columns: usize,
}

/// What a layer keeps of every position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerCache {
    /// A key and a value, each of so many values (K · E).
    KeyValue(usize),
    /// The input of a convolution, of so many values (D).
    State(usize),
}

/// A shape or an order that does not fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{op}: {what}")]
pub struct ProgramError {
    /// The operation.
    pub op: &'static str,
    /// What does not fit.
    pub what: String,
}

/// Experts that a router may have.
const MOST_EXPERTS: usize = 1024;
/// Values that kernels for products take at a time.
const GROUP: usize = 32;

/// A forward pass.
#[derive(Clone, Debug, Default)]
pub struct Program {
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    cache: Vec<LayerCache>,
    logits: Option<TensorId>,
    head_start: usize,
}

impl Program {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// The operations, in order of execution.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Index of the first operation that only logits need.
    pub fn head_start(&self) -> usize {
        self.head_start
    }

    /// All tensors.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// One tensor.
    pub fn tensor(&self, id: TensorId) -> &Tensor {
        &self.tensors[id.0]
    }

    /// The cache it needs, layer by layer.
    pub fn cache(&self) -> &[LayerCache] {
        &self.cache
    }

    /// The logits `[head rows, V]`.
    ///
    /// # Errors
    /// When [`Program::head`] was never called.
    pub fn logits(&self) -> Result<TensorId, ProgramError> {
        self.logits.ok_or_else(|| ProgramError { op: "program", what: "has no head".into() })
    }

    /// The weights, with the ids they have here.
    pub fn weights(&self) -> impl Iterator<Item = (TensorId, &Tensor)> {
        self.tensors
            .iter()
            .enumerate()
            .filter(|(_, t)| matches!(t.storage, Storage::Weight { .. }))
            .map(|(i, t)| (TensorId(i), t))
    }

    /// Declares a weight matrix `[rows, columns]` of the model file; a vector has one row.
    pub fn weight(&mut self, name: &str, rows: usize, columns: usize, format: Format) -> TensorId {
        self.push(Tensor { name: name.into(), storage: Storage::Weight { rows, format }, columns })
    }

    /// See [`Op::Embed`].
    ///
    /// # Errors
    /// When `table` is no weight.
    pub fn embed(&mut self, table: TensorId) -> Result<TensorId, ProgramError> {
        self.matrix("embed", table)?;
        let out = self.activation("embedding", Rows::Tokens, self.columns(table));
        self.ops.push(Op::Embed { table, out });
        Ok(out)
    }

    /// See [`Op::RmsNorm`]; whole rows are normalised.
    ///
    /// # Errors
    /// When the widths of `x` and `gain` differ.
    pub fn rms_norm(&mut self, x: TensorId, gain: TensorId, eps: f32) -> Result<TensorId, ProgramError> {
        self.head_norm(x, Some(gain), self.columns(x), eps)
    }

    /// See [`Op::RmsNorm`].
    ///
    /// # Errors
    /// When the columns of `x` are no whole number of `width`, or `gain` is not as wide as that.
    pub fn head_norm(
        &mut self,
        x: TensorId,
        gain: Option<TensorId>,
        width: usize,
        eps: f32,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("rms_norm", x)?;
        if let Some(gain) = gain {
            self.vector("rms_norm", gain, width)?;
        }
        self.check(
            "rms_norm",
            width > 0 && width.is_multiple_of(4) && self.columns(x).is_multiple_of(width),
            || format!("runs of {width} in {} columns", self.columns(x)),
        )?;
        let out = self.activation("norm", rows, self.columns(x));
        self.ops.push(Op::RmsNorm { x, gain, width, eps, out });
        Ok(out)
    }

    /// See [`Op::LayerNorm`].
    ///
    /// # Errors
    /// When the widths of `x`, `gain` and `bias` differ.
    pub fn layer_norm(
        &mut self,
        x: TensorId,
        gain: TensorId,
        bias: TensorId,
        eps: f32,
    ) -> Result<TensorId, ProgramError> {
        self.vector("layer_norm", gain, self.columns(x))?;
        self.vector("layer_norm", bias, self.columns(x))?;
        self.elementwise("layer_norm", x, |x, out| Op::LayerNorm { x, gain, bias, eps, out })
    }

    /// See [`Op::MatMul`].
    ///
    /// # Errors
    /// When the columns of `x` and `weight` differ.
    pub fn matmul(&mut self, x: TensorId, weight: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.rows("matmul", x)?;
        let out_columns = self.matrix("matmul", weight)?;
        let fits = self.columns(x) == self.columns(weight) && self.columns(x).is_multiple_of(GROUP);
        self.check("matmul", fits, || {
            format!(
                "x has {} columns, {} has {}",
                self.columns(x),
                self.tensor(weight).name,
                self.columns(weight)
            )
        })?;
        let name = format!("{}·x", self.tensor(weight).name);
        let out = self.activation(&name, rows, out_columns);
        self.ops.push(Op::MatMul { x, weight, out });
        Ok(out)
    }

    /// See [`Op::AddBias`].
    ///
    /// # Errors
    /// When the widths of `x` and `bias` differ.
    pub fn add_bias(&mut self, x: TensorId, bias: TensorId) -> Result<TensorId, ProgramError> {
        self.vector("add_bias", bias, self.columns(x))?;
        self.elementwise("add_bias", x, |x, out| Op::AddBias { x, bias, out })
    }

    /// See [`Op::Rope`].
    ///
    /// # Errors
    /// When `x` is no whole number of heads, or what is rotated is odd, nothing, or larger than a head.
    pub fn rope(
        &mut self,
        x: TensorId,
        shape: RopeShape,
        factors: Option<TensorId>,
    ) -> Result<TensorId, ProgramError> {
        let RopeShape { head_dim, rotated, .. } = shape;
        let fits = head_dim > 0
            && self.columns(x).is_multiple_of(head_dim)
            && head_dim.is_multiple_of(2)
            && rotated > 0
            && rotated.is_multiple_of(2)
            && rotated <= head_dim;
        self.check("rope", fits, || {
            format!("{rotated} of {head_dim} values a head in {} columns", self.columns(x))
        })?;
        if let Some(factors) = factors {
            self.vector("rope", factors, rotated / 2)?;
        }
        self.elementwise("rope", x, |x, out| Op::Rope { x, shape, factors, out })
    }

    /// See [`Op::StoreKv`].
    ///
    /// # Errors
    /// When key and value differ in width, or the layer's cache is taken.
    pub fn store_kv(&mut self, layer: usize, key: TensorId, value: TensorId) -> Result<(), ProgramError> {
        let width = self.columns(key);
        self.check("store_kv", width == self.columns(value), || {
            format!("key {width}, value {}", self.columns(value))
        })?;
        self.reserve("store_kv", layer, LayerCache::KeyValue(width))?;
        self.ops.push(Op::StoreKv { layer, key, value });
        Ok(())
    }

    /// See [`Op::Attention`].
    ///
    /// # Errors
    /// When heads, their width, a multiple of 4, and the cache do not fit together.
    pub fn attention(
        &mut self,
        layer: usize,
        query: TensorId,
        shape: AttentionShape,
    ) -> Result<TensorId, ProgramError> {
        let AttentionShape { heads, kv_heads, head_dim, span, .. } = shape;
        let cache = self.cache.get(layer).copied();
        let fits = kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && head_dim > 0
            && head_dim.is_multiple_of(4)
            && self.columns(query) == heads * head_dim
            && !matches!(span, Span::Window(0) | Span::Chunk(0))
            && cache == Some(LayerCache::KeyValue(kv_heads * head_dim));
        self.check("attention", fits, || {
            format!(
                "{heads} heads over {kv_heads} of {head_dim}, query {}, cache {cache:?}",
                self.columns(query)
            )
        })?;
        self.elementwise("attention", query, |query, out| Op::Attention { layer, query, shape, out })
    }

    /// See [`Op::Temper`].
    ///
    /// # Errors
    /// When `floor` is 0.
    pub fn temper(&mut self, x: TensorId, strength: f32, floor: usize) -> Result<TensorId, ProgramError> {
        self.check("temper", floor > 0, || "a floor of 0".into())?;
        self.elementwise("temper", x, |x, out| Op::Temper { x, strength, floor, out })
    }

    /// See [`Op::ShortConv`]; `taps` is L.
    ///
    /// # Errors
    /// When the kernel does not suit `x`, or the layer's cache is taken.
    pub fn short_conv(
        &mut self,
        layer: usize,
        x: TensorId,
        kernel: TensorId,
        taps: usize,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("short_conv", x)?;
        let columns = self.columns(x) / 3;
        self.check("short_conv", taps > 0 && self.columns(x) == 3 * columns, || {
            format!("{taps} taps, {} columns", self.columns(x))
        })?;
        self.vector("short_conv", kernel, columns * taps)?;
        self.reserve("short_conv", layer, LayerCache::State(columns))?;
        let out = self.activation("convolution", rows, columns);
        self.ops.push(Op::ShortConv { layer, x, kernel, out });
        Ok(out)
    }

    /// See [`Op::SwiGlu`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn swiglu(&mut self, gate: TensorId, up: TensorId) -> Result<TensorId, ProgramError> {
        self.same_shape("swiglu", gate, up)?;
        self.elementwise("swiglu", gate, |gate, out| Op::SwiGlu { gate, up, out })
    }

    /// See [`Op::GeGlu`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn geglu(&mut self, gate: TensorId, up: TensorId) -> Result<TensorId, ProgramError> {
        self.same_shape("geglu", gate, up)?;
        self.elementwise("geglu", gate, |gate, out| Op::GeGlu { gate, up, out })
    }

    /// See [`Op::Gelu`].
    ///
    /// # Errors
    /// When `x` is a weight.
    pub fn gelu(&mut self, x: TensorId) -> Result<TensorId, ProgramError> {
        self.elementwise("gelu", x, |x, out| Op::Gelu { x, out })
    }

    /// See [`Op::Add`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn add(&mut self, a: TensorId, b: TensorId) -> Result<TensorId, ProgramError> {
        self.same_shape("add", a, b)?;
        self.elementwise("add", a, |a, out| Op::Add { a, b, out })
    }

    /// See [`Op::Scale`].
    ///
    /// # Errors
    /// When `x` is a weight.
    pub fn scale(&mut self, x: TensorId, factor: f32) -> Result<TensorId, ProgramError> {
        self.elementwise("scale", x, |x, out| Op::Scale { x, factor, out })
    }

    /// See [`Op::SoftCap`].
    ///
    /// # Errors
    /// When `cap` is not positive.
    pub fn softcap(&mut self, x: TensorId, cap: f32) -> Result<TensorId, ProgramError> {
        self.check("softcap", cap > 0.0, || format!("a cap of {cap}"))?;
        self.elementwise("softcap", x, |x, out| Op::SoftCap { x, cap, out })
    }

    /// See [`Op::Columns`].
    ///
    /// # Errors
    /// When `x` has no such columns, or they do not begin and end at a multiple of 4.
    pub fn columns_of(&mut self, x: TensorId, from: usize, count: usize) -> Result<TensorId, ProgramError> {
        let rows = self.rows("columns", x)?;
        let fits = from + count <= self.columns(x)
            && [from, count, self.columns(x)].iter().all(|columns| columns.is_multiple_of(4));
        self.check("columns", fits, || format!("{count} from {from} on, of {}", self.columns(x)))?;
        let out = self.activation("columns", rows, count);
        self.ops.push(Op::Columns { x, from, out });
        Ok(out)
    }

    /// See [`Op::Route`].
    ///
    /// # Errors
    /// When there are not so many experts.
    pub fn route(
        &mut self,
        logits: TensorId,
        chosen: usize,
        gate: Gate,
        scale: f32,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("route", logits)?;
        // One invocation looks at all of them for each that it chooses.
        let fits = (1..=self.columns(logits)).contains(&chosen) && self.columns(logits) <= MOST_EXPERTS;
        self.check("route", fits, || format!("{chosen} of {} experts", self.columns(logits)))?;
        let out = self.activation("route", rows, 2 * chosen);
        self.ops.push(Op::Route { logits, chosen, gate, scale, out });
        Ok(out)
    }

    /// See [`Op::Experts`].
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn experts(
        &mut self,
        x: TensorId,
        weight: TensorId,
        experts: usize,
        route: TensorId,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("experts", x)?;
        let (all, columns, chosen) =
            (self.matrix("experts", weight)?, self.columns(weight), self.columns(route) / 2);
        let fits = experts > 0
            && all.is_multiple_of(experts)
            && rows == self.rows("experts", route)?
            && [columns, chosen * columns].contains(&self.columns(x));
        self.check("experts", fits, || {
            format!("x has {} columns, {experts} experts have [{all}, {columns}]", self.columns(x))
        })?;
        let out = self.activation("experts", rows, chosen * (all / experts));
        self.ops.push(Op::Experts { x, weight, experts, route, out });
        Ok(out)
    }

    /// See [`Op::Combine`].
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn combine(&mut self, x: TensorId, route: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.rows("combine", x)?;
        let chosen = self.columns(route) / 2;
        let fits = rows == self.rows("combine", route)? && self.columns(x).is_multiple_of(chosen);
        self.check("combine", fits, || format!("{} columns of {chosen} experts", self.columns(x)))?;
        let out = self.activation("combined", rows, self.columns(x) / chosen);
        self.ops.push(Op::Combine { x, route, out });
        Ok(out)
    }

    /// Begins the head with the rows of `x` that logits are wanted of. See [`Op::LastRows`].
    ///
    /// # Errors
    /// When `x` has not one row a token.
    pub fn last_rows(&mut self, x: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.rows("last_rows", x)?;
        self.check("last_rows", rows == Rows::Tokens, || "the head has begun already".into())?;
        self.head_start = self.ops.len();
        let out = self.activation("last rows", Rows::Head, self.columns(x));
        self.ops.push(Op::LastRows { x, out });
        Ok(out)
    }

    /// Names the logits.
    ///
    /// # Errors
    /// When they do not come from [`Program::last_rows`].
    pub fn head(&mut self, logits: TensorId) -> Result<(), ProgramError> {
        let rows = self.rows("head", logits)?;
        self.check("head", rows == Rows::Head, || "logits must come from last_rows".into())?;
        self.logits = Some(logits);
        Ok(())
    }

    /// Adds an operation whose result has the shape of `x`.
    fn elementwise(
        &mut self,
        op: &'static str,
        x: TensorId,
        make: impl FnOnce(TensorId, TensorId) -> Op,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows(op, x)?;
        // Kernels work on four values at a time.
        self.check(op, self.columns(x).is_multiple_of(4), || format!("{} columns", self.columns(x)))?;
        let out = self.activation(op, rows, self.columns(x));
        self.ops.push(make(x, out));
        Ok(out)
    }

    /// Gives `layer` a cache.
    fn reserve(&mut self, op: &'static str, layer: usize, cache: LayerCache) -> Result<(), ProgramError> {
        let fits = self.cache.len() == layer;
        self.check(op, fits, || format!("layer {layer} after {}", self.cache.len()))?;
        self.cache.push(cache);
        Ok(())
    }

    fn push(&mut self, tensor: Tensor) -> TensorId {
        self.tensors.push(tensor);
        TensorId(self.tensors.len() - 1)
    }

    fn activation(&mut self, name: &str, rows: Rows, columns: usize) -> TensorId {
        self.push(Tensor { name: name.into(), storage: Storage::Activation(rows), columns })
    }

    fn columns(&self, id: TensorId) -> usize {
        self.tensor(id).columns
    }

    fn check(&self, op: &'static str, fits: bool, what: impl FnOnce() -> String) -> Result<(), ProgramError> {
        if fits { Ok(()) } else { Err(ProgramError { op, what: what() }) }
    }

    fn rows(&self, op: &'static str, id: TensorId) -> Result<Rows, ProgramError> {
        match self.tensor(id).storage {
            Storage::Activation(rows) => Ok(rows),
            Storage::Weight { .. } => {
                Err(ProgramError { op, what: format!("{} is a weight", self.tensor(id).name) })
            }
        }
    }

    fn matrix(&self, op: &'static str, id: TensorId) -> Result<usize, ProgramError> {
        match self.tensor(id).storage {
            Storage::Weight { rows, .. } => Ok(rows),
            Storage::Activation(_) => {
                Err(ProgramError { op, what: format!("{} is no weight", self.tensor(id).name) })
            }
        }
    }

    fn vector(&self, op: &'static str, id: TensorId, columns: usize) -> Result<(), ProgramError> {
        let rows = self.matrix(op, id)?;
        self.check(op, rows == 1 && self.columns(id) == columns, || {
            format!("{} is [{rows}, {}], not [{columns}]", self.tensor(id).name, self.columns(id))
        })
    }

    fn same_shape(&self, op: &'static str, a: TensorId, b: TensorId) -> Result<Rows, ProgramError> {
        let rows = self.rows(op, a)?;
        self.check(op, rows == self.rows(op, b)? && self.columns(a) == self.columns(b), || {
            format!("{} columns against {}", self.columns(a), self.columns(b))
        })?;
        Ok(rows)
    }
}

/// One line an operation, for reading and counting.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for op in &self.ops {
            writeln!(f, "{op:?}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let mut p = Program::new();
        let table = p.weight("table", 10, 32, Format::F32);
        let wide = p.weight("wide", 10, 64, Format::F32);
        let x = p.embed(table).expect("a weight");
        assert_eq!(p.matmul(x, wide).expect_err("32 against 64").op, "matmul");
        assert_eq!(p.rms_norm(x, table, 1e-5).expect_err("a matrix is no vector").op, "rms_norm");
        assert_eq!(
            p.attention(0, x, AttentionShape::new(2, 1, 16)).expect_err("no cache yet").op,
            "attention"
        );
        assert_eq!(p.head(x).expect_err("not from last_rows").op, "head");
        assert!(p.logits().is_err());
    }
}
