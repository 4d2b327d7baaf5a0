//! Which operations of a program become one kernel.
//!
//! A product takes in the norm before it and what is done with its result: the residual added, the gate, the rotation and
//! the cache. Products of the same activations whose weights have the same format are stacked into one. An operation
//! that fuses with nothing runs by itself, so that a program of any form runs.

use crate::planes;
use ops::{Op, Program, RopeShape, Rows, Storage, TensorId};
use std::collections::{HashMap, HashSet};

/// What one stage of a plan does.
#[derive(Debug, PartialEq)]
pub(crate) enum Unit {
    Single(Op),
    Product(Product),
}

/// `finish(weights · norm(x))`.
#[derive(Debug, PartialEq)]
pub(crate) struct Product {
    pub(crate) x: TensorId,
    /// Of `x`, which has a row for every token, only the last rows are wanted.
    pub(crate) last: bool,
    pub(crate) norm: Option<Norm>,
    /// One above the other.
    pub(crate) weights: Vec<TensorId>,
    pub(crate) rows: Rows,
    pub(crate) finish: Finish,
}

/// As [`Op::RmsNorm`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Norm {
    pub(crate) gain: TensorId,
    pub(crate) eps: f32,
    /// Where the normalised rows go, if they are worked out apart.
    pub(crate) out: TensorId,
}

/// What becomes of a product.
#[derive(Debug, PartialEq)]
pub(crate) enum Finish {
    Store {
        out: TensorId,
    },
    /// `out` takes the place of `to`.
    Add {
        to: TensorId,
        out: TensorId,
    },
    SwiGlu {
        out: TensorId,
    },
    /// The weights are those for the queries, the keys and the values, as far as each is there.
    Qkv {
        layer: usize,
        rope: Option<Rope>,
        query: Option<TensorId>,
        key: bool,
        value: bool,
    },
}

/// As [`Op::Rope`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rope {
    pub(crate) shape: RopeShape,
    pub(crate) factors: Option<TensorId>,
}

impl Unit {
    /// The activations that it reads or writes.
    pub(crate) fn operands(&self) -> Vec<TensorId> {
        match self {
            Self::Single(op) => {
                let mut operands = op.reads();
                operands.extend(op.result());
                operands
            }
            Self::Product(product) => {
                let mut operands = vec![product.x];
                operands.extend(product.norm.map(|norm| norm.out));
                match product.finish {
                    Finish::Store { out } | Finish::SwiGlu { out } => operands.push(out),
                    Finish::Add { to, out } => operands.extend([to, out]),
                    Finish::Qkv { query, .. } => operands.extend(query),
                }
                operands
            }
        }
    }
}

/// The program's units: those before the head, and those of the head. A weight that no single binding of `limit` bytes has room
/// for is multiplied in several pieces, of which each writes some columns: it is neither joined to others nor attended.
pub(crate) fn fuse(program: &Program, limit: u64) -> [Vec<Unit>; 2] {
    let mut fuser = Fuser::new(program, limit);
    let (mut body, mut head) = (Vec::new(), Vec::new());
    for i in 0..program.ops().len() {
        if !fuser.done.contains(&i)
            && let Some(unit) = fuser.unit(i)
        {
            if i < program.head_start() { body.push(unit) } else { head.push(unit) }
        }
    }
    [body, head]
}

struct Fuser<'a> {
    program: &'a Program,
    /// Bytes of the largest binding.
    limit: u64,
    /// The operations that read each tensor.
    readers: HashMap<TensorId, Vec<usize>>,
    /// The operation that makes each tensor.
    maker: HashMap<TensorId, usize>,
    /// Operations that are part of a unit already.
    done: HashSet<usize>,
    /// Norms that are part of the products after them, by their result; with what they normalise.
    norms: HashMap<TensorId, (TensorId, Norm)>,
    /// Last rows, with what they are rows of.
    last: HashMap<TensorId, TensorId>,
}

/// Where a product of the attention goes. In the order of stacking.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Destination {
    Query,
    Key,
    Value,
}

/// A product on its way into an attention.
struct Route {
    product: usize,
    weight: TensorId,
    destination: Destination,
    layer: usize,
    /// The rotation on the way, and its operation.
    rope: Option<(usize, Rope)>,
    /// The query.
    out: TensorId,
}

impl<'a> Fuser<'a> {
    fn new(program: &'a Program, limit: u64) -> Self {
        let mut readers: HashMap<TensorId, Vec<usize>> = HashMap::new();
        let mut maker = HashMap::new();
        for (i, op) in program.ops().iter().enumerate() {
            for id in op.reads() {
                readers.entry(id).or_default().push(i);
            }
            if let Some(id) = op.result() {
                maker.insert(id, i);
            }
        }
        Self {
            program,
            limit,
            readers,
            maker,
            done: HashSet::new(),
            norms: HashMap::new(),
            last: HashMap::new(),
        }
    }

    fn op(&self, i: usize) -> &'a Op {
        &self.program.ops()[i]
    }

    fn readers(&self, id: TensorId) -> &[usize] {
        self.readers.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The only operation that reads `id`, if there is one.
    fn reader(&self, id: TensorId) -> Option<usize> {
        match *self.readers(id) {
            [only] if self.program.logits() != Ok(id) => Some(only),
            _ => None,
        }
    }

    /// The unit that begins with operation `i`; nothing where the operation becomes part of later ones.
    fn unit(&mut self, i: usize) -> Option<Unit> {
        let products_only = |id| self.readers(id).iter().all(|&r| matches!(self.op(r), Op::MatMul { .. }));
        match *self.op(i) {
            Op::LastRows { x, out } => {
                let fits = |&r: &usize| match self.op(r) {
                    Op::MatMul { .. } => true,
                    &Op::RmsNorm { x, gain: Some(_), width, out, .. } => {
                        width == self.program.tensor(x).columns && products_only(out)
                    }
                    _ => false,
                };
                if !self.readers(out).iter().all(fits) {
                    return Some(Unit::Single(self.op(i).clone()));
                }
                self.last.insert(out, x);
                None
            }
            Op::RmsNorm { x, gain: Some(gain), width, eps, out }
                if width == self.program.tensor(x).columns && products_only(out) =>
            {
                self.norms.insert(out, (x, Norm { gain, eps, out }));
                None
            }
            Op::MatMul { x, weight, out } => Some(Unit::Product(self.product(i, x, weight, out))),
            ref op => Some(Unit::Single(op.clone())),
        }
    }

    fn product(&mut self, i: usize, x: TensorId, weight: TensorId, out: TensorId) -> Product {
        let (from, norm) = self.norms.get(&x).map_or((x, None), |&(from, norm)| (from, Some(norm)));
        let rows = match self.program.tensor(x).storage {
            Storage::Activation(rows) => rows,
            Storage::Weight { .. } => Rows::Tokens, // Programs are checked: a product's x is an activation.
        };
        let (weights, finish) = self
            .gated(i, x)
            .or_else(|| self.attended(i, x))
            .or_else(|| self.added(i, weight, out))
            .unwrap_or((vec![weight], Finish::Store { out }));
        let last = self.last.get(&from);
        Product { x: *last.unwrap_or(&from), last: last.is_some(), norm, weights, rows, finish }
    }

    /// Gate and up with what joins them.
    fn gated(&mut self, i: usize, x: TensorId) -> Option<(Vec<TensorId>, Finish)> {
        let join = self.reader(self.op(i).result()?)?;
        let Op::SwiGlu { gate, up, out } = *self.op(join) else { return None };
        let weight_of = |id: TensorId| match *self.op(*self.maker.get(&id)?) {
            Op::MatMul { x: same, weight, .. } if same == x && self.reader(id) == Some(join) => Some(weight),
            _ => None,
        };
        let weights = vec![weight_of(gate)?, weight_of(up)?];
        if !self.stackable(&weights) {
            return None;
        }
        let parts = [self.maker[&gate], self.maker[&up], join];
        self.done.extend(parts);
        Some((weights, Finish::SwiGlu { out }))
    }

    /// The product together with those of its siblings that go the same way into an attention.
    fn attended(&mut self, i: usize, x: TensorId) -> Option<(Vec<TensorId>, Finish)> {
        let first = self.route(i)?;
        let mut routes = vec![first];
        for &sibling in self.readers(x) {
            let is_free = sibling != i && !self.done.contains(&sibling);
            let Some(route) = is_free.then(|| self.route(sibling)).flatten() else { continue };
            let rope = |route: &Route| route.rope.map(|(_, rope)| rope);
            let first_rope = routes.iter().find_map(rope);
            let mut weights: Vec<TensorId> = routes.iter().map(|r| r.weight).collect();
            weights.push(route.weight);
            if route.layer == routes[0].layer
                && routes.iter().all(|r| r.destination != route.destination)
                && (first_rope.is_none() || rope(&route).is_none() || rope(&route) == first_rope)
                && self.stackable(&weights)
            {
                routes.push(route);
            }
        }
        routes.sort_by(|a, b| a.destination.partial_cmp(&b.destination).unwrap_or(std::cmp::Ordering::Equal));
        for route in &routes {
            self.done.insert(route.product);
            self.done.extend(route.rope.map(|(op, _)| op));
            if route.destination != Destination::Query {
                self.done.extend(self.reader(route.out));
            }
        }
        let goes = |d: Destination| routes.iter().find(|r| r.destination == d);
        let finish = Finish::Qkv {
            layer: routes[0].layer,
            rope: routes.iter().find_map(|r| r.rope.map(|(_, rope)| rope)),
            query: goes(Destination::Query).map(|r| r.out),
            key: goes(Destination::Key).is_some(),
            value: goes(Destination::Value).is_some(),
        };
        Some((routes.iter().map(|r| r.weight).collect(), finish))
    }

    /// How the product `i` goes into an attention: a query or a key by way of a rotation, a value directly. Keys and
    /// values only where both of them go this way, for one operation stores both.
    fn route(&self, i: usize) -> Option<Route> {
        let route = self.half_route(i)?;
        if route.destination != Destination::Query {
            let Op::StoreKv { key, value, .. } = *self.op(self.reader(route.out)?) else { return None };
            let key = self.half_route(self.product_behind(key)?)?;
            let value = self.half_route(self.product_behind(value)?)?;
            if (key.destination, value.destination) != (Destination::Key, Destination::Value) {
                return None;
            }
        }
        Some(route)
    }

    fn half_route(&self, i: usize) -> Option<Route> {
        let Op::MatMul { weight, out: product, .. } = *self.op(i) else { return None };
        if !self.fits(&[weight]) {
            return None;
        }
        let next = self.reader(product)?;
        let (out, rope) = match *self.op(next) {
            Op::Rope { shape, factors, out, .. } => (out, Some((next, Rope { shape, factors }))),
            _ => (product, None),
        };
        let (destination, layer) = match *self.op(self.reader(out)?) {
            Op::Attention { query, layer, .. } if query == out && rope.is_some() => {
                (Destination::Query, layer)
            }
            Op::StoreKv { key, layer, .. } if key == out && rope.is_some() => (Destination::Key, layer),
            Op::StoreKv { value, layer, .. } if value == out && rope.is_none() => (Destination::Value, layer),
            _ => return None,
        };
        Some(Route { product: i, weight, destination, layer, rope, out })
    }

    /// The product that `id` is, or is a rotation of.
    fn product_behind(&self, id: TensorId) -> Option<usize> {
        let maker = *self.maker.get(&id)?;
        match *self.op(maker) {
            Op::MatMul { .. } => Some(maker),
            Op::Rope { x, .. } => self.maker.get(&x).copied(),
            _ => None,
        }
    }

    /// The product with the addition after it, where nothing needs the other summand any more.
    fn added(&mut self, i: usize, weight: TensorId, out: TensorId) -> Option<(Vec<TensorId>, Finish)> {
        let add = self.reader(out)?;
        let Op::Add { a, b, out: sum } = *self.op(add) else { return None };
        let to = if a == out { b } else { a };
        let made_before = self.maker.get(&to).is_some_and(|&maker| maker < i);
        if to == out || !made_before || self.is_read(to, i, add) {
            return None;
        }
        self.done.insert(add);
        Some((vec![weight], Finish::Add { to, out: sum }))
    }

    /// Whether operation `from` or a later one, but not `except`, reads `id`: itself, or by way of a norm that is part of
    /// it.
    fn is_read(&self, id: TensorId, from: usize, except: usize) -> bool {
        self.readers(id).iter().any(|&reader| {
            let folded = match *self.op(reader) {
                Op::RmsNorm { out, .. } | Op::LastRows { out, .. } => self.is_read(out, from, except),
                _ => false,
            };
            folded || reader >= from && reader != except
        })
    }

    /// Whether the weights can lie one above the other in one buffer that a kernel can reach.
    fn stackable(&self, weights: &[TensorId]) -> bool {
        let storage = |id: TensorId| match self.program.tensor(id).storage {
            Storage::Weight { rows, format } => Some((format, self.program.tensor(id).columns, rows)),
            Storage::Activation(_) => None,
        };
        let Some((format, columns, _)) = storage(weights[0]) else { return false };
        let alike = weights.iter().all(|&id| {
            storage(id).is_some_and(|(f, c, rows)| {
                f == format && c == columns && planes::divides(format, rows * columns / format.block_len())
            })
        });
        alike && self.fits(weights)
    }

    /// Whether one binding has room for the weights.
    fn fits(&self, weights: &[TensorId]) -> bool {
        let bytes = |&id: &TensorId| match self.program.tensor(id).storage {
            Storage::Weight { rows, format } => {
                let blocks = rows * self.program.tensor(id).columns / format.block_len();
                planes::plane_bytes(format, blocks).quants
            }
            Storage::Activation(_) => 0,
        };
        weights.iter().map(bytes).sum::<u64>() <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::Format;
    use ops::AttentionShape;

    /// One block of a llama with the given format for its values.
    fn block(value_format: Format) -> Program {
        let mut p = Program::new();
        let w = |p: &mut Program, name: &str, rows, columns| p.weight(name, rows, columns, Format::Q4_0);
        let table = w(&mut p, "embed", 64, 32);
        let gain = p.weight("gain", 1, 32, Format::F32);
        let (wq, wk) = (w(&mut p, "q", 32, 32), w(&mut p, "k", 16, 32));
        let wv = p.weight("v", 16, 32, value_format);
        let (wo, up, gate) = (w(&mut p, "o", 32, 32), w(&mut p, "up", 64, 32), w(&mut p, "gate", 64, 32));
        let down = w(&mut p, "down", 32, 64);
        let x = p.embed(table).expect("embeds");
        let h = p.rms_norm(x, gain, 1e-5).expect("norms");
        let (q, k, v) =
            (p.matmul(h, wq).expect("q"), p.matmul(h, wk).expect("k"), p.matmul(h, wv).expect("v"));
        let q = p.rope(q, RopeShape::new(16, 1e4), None).expect("rotates");
        let k = p.rope(k, RopeShape::new(16, 1e4), None).expect("rotates");
        p.store_kv(0, k, v).expect("stores");
        let mixed = p.attention(0, q, AttentionShape::new(2, 1, 16)).expect("attends");
        let attended = p.matmul(mixed, wo).expect("o");
        let x = p.add(x, attended).expect("adds");
        let h = p.rms_norm(x, gain, 1e-5).expect("norms");
        let (g, u) = (p.matmul(h, gate).expect("gate"), p.matmul(h, up).expect("up"));
        let f = p.swiglu(g, u).expect("gates");
        let f = p.matmul(f, down).expect("down");
        let x = p.add(x, f).expect("adds");
        let last = p.last_rows(x).expect("last");
        let h = p.rms_norm(last, gain, 1e-5).expect("norms");
        let logits = p.matmul(h, table).expect("head");
        p.head(logits).expect("logits");
        p
    }

    /// The number of weights of each product, and a letter for its finish; other units by their name.
    fn sketch(units: &[Unit]) -> Vec<String> {
        units
            .iter()
            .map(|unit| match unit {
                Unit::Single(op) => op.name().to_owned(),
                Unit::Product(p) => {
                    let finish = match p.finish {
                        Finish::Store { .. } => "store",
                        Finish::Add { .. } => "add",
                        Finish::SwiGlu { .. } => "swiglu",
                        Finish::Qkv { .. } => "qkv",
                    };
                    let norm = if p.norm.is_some() { "norm " } else { "" };
                    format!("{norm}{} {finish}", p.weights.len())
                }
            })
            .collect()
    }

    #[test]
    fn a_block_becomes_five_units() {
        let [body, head] = fuse(&block(Format::Q4_0), u64::MAX);
        assert_eq!(sketch(&body), ["embed", "norm 3 qkv", "attention", "1 add", "norm 2 swiglu", "1 add"]);
        assert_eq!(sketch(&head), ["norm 1 store"]);
        assert!(matches!(&head[0], Unit::Product(Product { last: true, rows: Rows::Head, .. })));
    }

    #[test]
    fn what_a_binding_has_no_room_for_is_not_joined() {
        // Gate and up take 1,024 bytes each, queries, keys and values together as many.
        let [body, head] = fuse(&block(Format::Q4_0), 1100);
        let expected =
            ["embed", "norm 3 qkv", "attention", "1 add", "norm 1 store", "norm 1 store", "swiglu", "1 add"];
        assert_eq!(sketch(&body), expected);
        assert_eq!(sketch(&head), ["norm 1 store"]);
        // Queries and keys take 768 bytes, the values no less than 256 more.
        let [body, _] = fuse(&block(Format::Q4_0), 1000);
        assert_eq!(sketch(&body)[1..4], ["norm 2 qkv", "norm 1 qkv", "attention"].map(str::to_owned));
    }

    #[test]
    fn values_of_another_format_are_a_product_of_their_own() {
        let [body, _] = fuse(&block(Format::Q8_0), u64::MAX);
        assert_eq!(
            sketch(&body)[1..4],
            ["norm 2 qkv".to_owned(), "norm 1 qkv".to_owned(), "attention".to_owned()]
        );
    }

    #[test]
    fn what_is_needed_later_is_not_overwritten() {
        let mut p = Program::new();
        let table = p.weight("table", 64, 32, Format::F32);
        let square = p.weight("square", 32, 32, Format::F32);
        let x = p.embed(table).expect("embeds");
        let y = p.matmul(x, square).expect("multiplies");
        let z = p.add(x, y).expect("adds");
        let again = p.add(z, x).expect("adds");
        let last = p.last_rows(again).expect("last");
        let logits = p.matmul(last, table).expect("head");
        p.head(logits).expect("logits");
        let [body, _] = fuse(&p, u64::MAX);
        assert_eq!(sketch(&body), ["embed", "1 store", "add", "add"]);
    }

    #[test]
    fn a_product_does_not_overwrite_what_it_reads_by_way_of_its_norm() {
        let mut p = Program::new();
        let table = p.weight("table", 64, 32, Format::F32);
        let square = p.weight("square", 32, 32, Format::F32);
        let gain = p.weight("gain", 1, 32, Format::F32);
        let x = p.embed(table).expect("embeds");
        let h = p.rms_norm(x, gain, 1e-5).expect("norms");
        let y = p.matmul(h, square).expect("multiplies");
        let z = p.add(x, y).expect("adds");
        let last = p.last_rows(z).expect("last");
        let logits = p.matmul(last, table).expect("head");
        p.head(logits).expect("logits");
        let [body, _] = fuse(&p, u64::MAX);
        assert_eq!(sketch(&body), ["embed", "norm 1 store", "add"]);
    }
}
