//! A forward pass as a list of operations, built with every shape checked.

use crate::Op;
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

/// The key/value cache that a program needs: `layers` times keys and values of `[S, width]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheShape {
    /// Layers with a cache.
    pub layers: usize,
    /// K · E.
    pub width: usize,
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

/// A forward pass.
#[derive(Clone, Debug, Default)]
pub struct Program {
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    cache: CacheShape,
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

    /// The cache it needs.
    pub fn cache(&self) -> CacheShape {
        self.cache
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

    /// See [`Op::RmsNorm`].
    ///
    /// # Errors
    /// When the widths of `x` and `gain` differ.
    pub fn rms_norm(&mut self, x: TensorId, gain: TensorId, eps: f32) -> Result<TensorId, ProgramError> {
        let rows = self.rows("rms_norm", x)?;
        self.vector("rms_norm", gain, self.columns(x))?;
        let out = self.activation("norm", rows, self.columns(x));
        self.ops.push(Op::RmsNorm { x, gain, eps, out });
        Ok(out)
    }

    /// See [`Op::MatMul`].
    ///
    /// # Errors
    /// When the columns of `x` and `weight` differ.
    pub fn matmul(&mut self, x: TensorId, weight: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.rows("matmul", x)?;
        let out_columns = self.matrix("matmul", weight)?;
        self.check("matmul", self.columns(x) == self.columns(weight), || {
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

    /// See [`Op::Rope`].
    ///
    /// # Errors
    /// When `x` is no whole number of heads, or `rotated` is odd or larger than a head.
    pub fn rope(
        &mut self,
        x: TensorId,
        head_dim: usize,
        rotated: usize,
        base: f32,
        position_scale: f32,
        factors: Option<TensorId>,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("rope", x)?;
        let fits = head_dim > 0
            && self.columns(x).is_multiple_of(head_dim)
            && rotated.is_multiple_of(2)
            && rotated <= head_dim;
        self.check("rope", fits, || {
            format!("{rotated} of {head_dim} values a head in {} columns", self.columns(x))
        })?;
        if let Some(factors) = factors {
            self.vector("rope", factors, rotated / 2)?;
        }
        let out = self.activation("rope", rows, self.columns(x));
        self.ops.push(Op::Rope { x, head_dim, rotated, base, position_scale, factors, out });
        Ok(out)
    }

    /// See [`Op::StoreKv`].
    ///
    /// # Errors
    /// When key and value differ in width from each other or from the cache of other layers.
    pub fn store_kv(&mut self, layer: usize, key: TensorId, value: TensorId) -> Result<(), ProgramError> {
        let width = self.columns(key);
        let fits = width == self.columns(value) && (self.cache.layers == 0 || self.cache.width == width);
        self.check("store_kv", fits, || {
            format!("key {width}, value {}, cache {}", self.columns(value), self.cache.width)
        })?;
        self.cache = CacheShape { layers: self.cache.layers.max(layer + 1), width };
        self.ops.push(Op::StoreKv { layer, key, value });
        Ok(())
    }

    /// See [`Op::Attention`].
    ///
    /// # Errors
    /// When heads, their width and the cache do not fit together.
    pub fn attention(
        &mut self,
        layer: usize,
        query: TensorId,
        heads: usize,
        kv_heads: usize,
        head_dim: usize,
        scale: f32,
    ) -> Result<TensorId, ProgramError> {
        let rows = self.rows("attention", query)?;
        let fits = layer < self.cache.layers
            && kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && self.columns(query) == heads * head_dim
            && self.cache.width == kv_heads * head_dim;
        self.check("attention", fits, || {
            format!(
                "{heads} heads over {kv_heads} of {head_dim}, query {}, cache {}",
                self.columns(query),
                self.cache.width
            )
        })?;
        let out = self.activation("attention", rows, self.columns(query));
        self.ops.push(Op::Attention { layer, query, heads, kv_heads, head_dim, scale, out });
        Ok(out)
    }

    /// See [`Op::SwiGlu`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn swiglu(&mut self, gate: TensorId, up: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.same_shape("swiglu", gate, up)?;
        let out = self.activation("swiglu", rows, self.columns(gate));
        self.ops.push(Op::SwiGlu { gate, up, out });
        Ok(out)
    }

    /// See [`Op::Add`].
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn add(&mut self, a: TensorId, b: TensorId) -> Result<TensorId, ProgramError> {
        let rows = self.same_shape("add", a, b)?;
        let out = self.activation("sum", rows, self.columns(a));
        self.ops.push(Op::Add { a, b, out });
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
        assert_eq!(p.attention(0, x, 2, 1, 16, 1.0).expect_err("no cache yet").op, "attention");
        assert_eq!(p.head(x).expect_err("not from last_rows").op, "head");
        assert!(p.logits().is_err());
    }
}
