//! One case: random inputs, the kernel, the reference, the error between them.

use super::{
    bench::{Bench, FIRST_DRAW, quantised, rope_factors, unpacked},
    nmse,
};
use crate::{
    cache::Cache,
    kernel::Extent,
    ops::{self as kernels, Best, ExpertCounts, NormShape, Packed, Ranked},
    product::{Finish, Product},
};
use bytemuck::cast_slice;
use gguf::Format;
use ops::{AttentionShape, BackendError, CacheFormat, Choice, Gate, LayerCache, Pairs, Rows, Span};
use reference::ops as reference;
use std::f64::consts::TAU;

/// A kernel with the shapes to try it on. Letters as in `ops`.
#[allow(missing_docs)] // The fields are the shapes.
#[derive(Clone, Debug)]
pub enum Case {
    Embed {
        format: Format,
        tokens: usize,
        rows: usize,
        columns: usize,
    },
    /// `matvec` for one token; for more `matmul`, `matmul_few` or `matmul_tiled`, whichever suits the lanes and the number.
    MatMul {
        format: Format,
        tokens: usize,
        rows: usize,
        columns: usize,
    },
    /// `matmul_packed`, after `quantize`.
    MatMulPacked {
        format: Format,
        tokens: usize,
        rows: usize,
        columns: usize,
    },
    Quantize {
        tokens: usize,
        columns: usize,
    },
    /// The same onto what is there; for one token with the norm before it.
    MatMulAdd {
        tokens: usize,
        rows: usize,
        columns: usize,
    },
    /// The same for the last rows of x, with the norm before it.
    MatMulLast {
        tokens: usize,
        head_rows: usize,
        columns: usize,
    },
    /// Gate and up with what joins them.
    MatMulSwiGlu {
        tokens: usize,
        rows: usize,
        columns: usize,
    },
    /// Queries, keys and values, rotated and cached, or left as they are for a quantised cache; some of them or all.
    MatMulQkv {
        parts: [bool; 3],
        tokens: usize,
        position: usize,
        rotated: usize,
        pairs: Pairs,
        cache: CacheFormat,
    },
    /// Of runs of `width`; without a gain where there are several.
    RmsNorm {
        tokens: usize,
        columns: usize,
        width: usize,
    },
    LayerNorm {
        tokens: usize,
        columns: usize,
    },
    AddBias {
        tokens: usize,
        columns: usize,
    },
    GeGlu {
        tokens: usize,
        columns: usize,
    },
    Gelu {
        tokens: usize,
        columns: usize,
    },
    Scale {
        tokens: usize,
        columns: usize,
    },
    SoftCap {
        tokens: usize,
        columns: usize,
    },
    /// The middle third of each row; with `head_rows` only of the last ones.
    Columns {
        tokens: usize,
        head_rows: Option<usize>,
        columns: usize,
    },
    Temper {
        tokens: usize,
        columns: usize,
        position: usize,
    },
    ShortConv {
        tokens: usize,
        columns: usize,
        taps: usize,
        position: usize,
    },
    Route {
        tokens: usize,
        experts: usize,
        chosen: usize,
        gate: Gate,
    },
    /// Products with the experts that a route names, `shared` of the same x.
    Experts {
        format: Format,
        tokens: usize,
        experts: usize,
        chosen: usize,
        shared: bool,
    },
    Combine {
        tokens: usize,
        chosen: usize,
        columns: usize,
    },
    SwiGlu {
        tokens: usize,
        columns: usize,
    },
    Add {
        tokens: usize,
        columns: usize,
    },
    StoreKv {
        tokens: usize,
        columns: usize,
        position: usize,
    },
    /// Keys and values stored and quantised, and the ones before them as they were.
    QuantizeKv {
        tokens: usize,
        columns: usize,
        position: usize,
    },
    Rope {
        tokens: usize,
        heads: usize,
        head_dim: usize,
        rotated: usize,
        pairs: Pairs,
        position: usize,
    },
    /// With a cap of the scores where the span is not all.
    Attention {
        heads: usize,
        kv_heads: usize,
        head_dim: usize,
        tokens: usize,
        position: usize,
        span: Span,
        cache: CacheFormat,
    },
    /// Rows of random logits with ties and a NaN.
    Argmax {
        rows: usize,
        vocabulary: usize,
    },
    /// The greedy choice, several times over.
    Pick {
        vocabulary: usize,
    },
    /// The greedy choice of every row.
    PickRows {
        rows: usize,
        vocabulary: usize,
    },
    /// Random logits with ties and a NaN, ranked by chunks.
    Rank {
        vocabulary: usize,
        temperature: f32,
        repetition_penalty: f32,
    },
    /// The tokens chosen at many positions from the same ranked logits.
    Choose {
        vocabulary: usize,
        draws: usize,
        temperature: f32,
        top_k: u32,
        top_p: f32,
        repetition_penalty: f32,
    },
    /// How often each token is drawn: the total variation distance to the softmax.
    Draw {
        vocabulary: usize,
        draws: usize,
    },
}

impl Case {
    /// The kernel and its shapes.
    pub fn name(&self) -> String {
        format!("{self:?}")
    }

    /// The largest normalised mean squared error allowed.
    pub fn bound(&self) -> f64 {
        match self {
            // Nothing is computed: every bit must arrive.
            Self::StoreKv { .. } | Self::Columns { .. } => 0.0,
            // The tokens themselves.
            Self::Argmax { .. } | Self::Pick { .. } | Self::PickRows { .. } | Self::Choose { .. } => 0.0,
            // Chance: about √(vocabulary / (2π · draws)) is to be expected.
            Self::Draw { vocabulary, draws } => 2.0 * (*vocabulary as f64 / (TAU * *draws as f64)).sqrt(),
            _ => 1e-7,
        }
    }

    /// The normalised mean squared error of the kernel on the bench's GPU.
    ///
    /// # Errors
    /// When the GPU refuses the work.
    pub async fn error(&self, bench: &mut Bench) -> Result<f64, BackendError> {
        match *self {
            Self::Embed { format, tokens, rows, columns } => {
                let (weight, values) = bench.weight(format, rows, columns)?;
                let ids: Vec<u32> = (0..tokens).map(|_| bench.random.below(rows) as u32).collect();
                let (step, ids_buffer) = (bench.step(0, tokens, 1), bench.upload(cast_slice(&ids)));
                let out = bench.output(tokens * columns);
                let dispatch =
                    kernels::embed(&mut bench.kernels, &step, &ids_buffer, &weight.pieces[0], &out)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::embed(&values, columns, &ids)))
            }
            Self::MatMul { format, tokens, rows, columns } => {
                let (weight, values) = bench.weight(format, rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let out = bench.output(tokens * rows);
                let product = Product::new(&x_buffer, &weight.pieces[0], Finish::Store(&out));
                let found = bench.multiply(&product, None, 0, tokens, &out).await?;
                let expected = match tokens {
                    1 => reference::matvec(&x, &values),
                    _ => reference::matmul(&x, &values, columns),
                };
                Ok(nmse(&found, &expected))
            }
            Self::MatMulPacked { format, tokens, rows, columns } => {
                let (weight, values) = bench.weight(format, rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * rows));
                let k = &mut bench.kernels;
                let packed = Packed::new(k, tokens * columns);
                let quantize = kernels::quantize(k, &step, &x_buffer, &packed, columns)?;
                let product = Product::new(&x_buffer, &weight.pieces[0], Finish::Store(&out));
                let multiply = kernels::matmul_packed(k, &step, &product, &packed)?;
                let found = bench.run_all(&[quantize, multiply], Extent::new(0, tokens, 1), &out).await?;
                let (bytes, scales) = reference::quantize(&x);
                Ok(nmse(&found, &reference::matmul(&unpacked(&bytes, &scales), &values, columns)))
            }
            Self::Quantize { tokens, columns } => {
                let (x, x_buffer) = bench.floats(tokens * columns);
                let packed = Packed::new(&bench.kernels, tokens * columns);
                let step = bench.step(0, tokens, 1);
                let dispatch = kernels::quantize(&mut bench.kernels, &step, &x_buffer, &packed, columns)?;
                let words = bench.run(&dispatch, Extent::new(0, tokens, 1), &packed.quants).await?;
                let scales: Vec<[f32; 2]> =
                    bytemuck::pod_collect_to_vec(&bench.download(&packed.scales).await?);
                let found = unpacked(cast_slice(&words), &scales);
                let (bytes, expected) = reference::quantize(&x);
                let sums = |scales: &[[f32; 2]]| scales.iter().map(|s| s[1]).collect::<Vec<_>>();
                let sums = nmse(&sums(&scales), &sums(&expected));
                Ok(sums.max(nmse(&found, &unpacked(&bytes, &expected))))
            }
            Self::MatMulAdd { tokens, rows, columns } => {
                let (weight, values) = bench.weight(Format::Q4_1, rows, columns)?;
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let (residual, out) = bench.floats(tokens * rows);
                let product = Product::new(&x_buffer, &weight.pieces[0], Finish::Add(&out));
                let found = bench.multiply(&product, Some((&gain_buffer, 1e-5)), 0, tokens, &out).await?;
                let x = reference::rms_norm(&x, Some(&gain), columns, 1e-5);
                Ok(nmse(&found, &reference::add(&residual, &reference::matmul(&x, &values, columns))))
            }
            Self::MatMulLast { tokens, head_rows, columns } => {
                let (weight, values) = bench.weight(Format::Q8_0, 67, columns)?;
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let out = bench.output(head_rows * 67);
                let product = Product {
                    last: true,
                    rows: Rows::Head,
                    ..Product::new(&x_buffer, &weight.pieces[0], Finish::Store(&out))
                };
                let extent = Extent::new(0, tokens, head_rows);
                let found = bench.multiply_rows(&product, Some((&gain_buffer, 1e-5)), extent, &out).await?;
                let last = reference::last_rows(&x, columns, head_rows);
                let last = reference::rms_norm(&last, Some(&gain), columns, 1e-5);
                Ok(nmse(&found, &reference::matmul(&last, &values, columns)))
            }
            Self::MatMulSwiGlu { tokens, rows, columns } => {
                let (weight, values) = bench.weight(Format::Q4_K, 2 * rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let out = bench.output(tokens * rows);
                let product = Product::new(&x_buffer, &weight.pieces[0], Finish::SwiGlu(&out));
                let found = bench.multiply(&product, None, 0, tokens, &out).await?;
                let (gate, up) = values.split_at(rows * columns);
                let half = |weight: &[f32]| reference::matmul(&x, weight, columns);
                Ok(nmse(&found, &reference::swiglu(&half(gate), &half(up))))
            }
            Self::MatMulQkv { parts, tokens, position, rotated, pairs, cache } => {
                // Three heads of queries, one of keys and values.
                let (head_dim, columns, widths) = (64, 96, [192, 64, 64]);
                let rows = |i: usize| if parts[i] { widths[i] } else { 0 };
                let all = rows(0) + rows(1) + rows(2);
                let first_pairs = [rows(0) as u32 / 2, (rows(0) + rows(1)) as u32 / 2];
                let (weight, values) = bench.stacked(Format::Q4_0, all, columns, first_pairs)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let query = bench.output(tokens * widths[0]);
                let (shape, table) = bench.rotation(head_dim, rotated, pairs, position + tokens);
                let (past, cache) = bench.cache(position, tokens, widths[1], cache)?;
                let product = Product::new(
                    &x_buffer,
                    &weight.pieces[0],
                    Finish::Qkv {
                        rotation: (parts[0] || parts[1]).then_some((&table, shape)),
                        query: parts[0].then_some(&query),
                        cache: (parts[1] || parts[2]).then_some(&cache),
                    },
                );
                let mut found = bench.multiply(&product, None, position, tokens, cache.target()).await?;
                if parts[0] {
                    found.extend(bench.download(&query).await?);
                }
                let product = |first: usize, rows: usize| {
                    reference::matmul(&x, &values[first * columns..(first + rows) * columns], columns)
                };
                let factors = rope_factors(shape);
                let rotate =
                    |x: &[f32], columns| reference::rope(x, columns, shape, Some(&factors), position);
                // Fresh rows lie at the front, and nothing before them.
                let (past, at) = if cache.groups.is_some() { (Vec::new(), 0) } else { (past, position) };
                let (mut keys, mut values) = (past.clone(), past);
                if parts[1] {
                    let key = rotate(&product(rows(0), widths[1]), widths[1]);
                    reference::store_kv(&mut keys, &key, widths[1], at);
                }
                if parts[2] {
                    let value = product(rows(0) + rows(1), widths[2]);
                    reference::store_kv(&mut values, &value, widths[2], at);
                }
                keys.resize((position + tokens) * widths[1], 0.0);
                values.resize((position + tokens) * widths[1], 0.0);
                keys.extend(values);
                if parts[0] {
                    keys.extend(rotate(&product(0, widths[0]), widths[0]));
                }
                Ok(nmse(&found, &keys))
            }
            Self::RmsNorm { tokens, columns, width } => {
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(width));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let has_gain = width == columns;
                let shape = NormShape { columns, width, eps: 1e-5, rows: Rows::Tokens, last: false };
                let (k, gain_buffer) = (&mut bench.kernels, has_gain.then_some(&gain_buffer));
                let dispatch = kernels::rms_norm(k, &step, [&x_buffer, &out], gain_buffer, shape)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                let gain = has_gain.then_some(gain.as_slice());
                Ok(nmse(&found, &reference::rms_norm(&x, gain, width, 1e-5)))
            }
            Self::LayerNorm { tokens, columns } => {
                let (mut x, (gain, gain_buffer)) =
                    (bench.random_floats(tokens * columns), bench.floats(columns));
                // Far from zero, where sums of squares lose what matters.
                x.iter_mut().for_each(|x| *x += 30.0);
                let (x_buffer, (bias, bias_buffer)) = (bench.upload(cast_slice(&x)), bench.floats(columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &gain_buffer, &bias_buffer, &out]);
                let dispatch = kernels::layer_norm(k, &step, buffers, columns, 1e-5, Rows::Tokens)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::layer_norm(&x, &gain, &bias, 1e-5)))
            }
            Self::AddBias { tokens, columns } => {
                let ((x, x_buffer), (bias, bias_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &bias_buffer, &out]);
                let dispatch = kernels::add_bias(k, &step, buffers, columns, Rows::Tokens)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::add_bias(&x, &bias)))
            }
            Self::SwiGlu { tokens, columns } => {
                let [(gate, gate_buffer), (up, up_buffer)] = [0; 2].map(|_| bench.floats(tokens * columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let buffers = [&gate_buffer, &up_buffer, &out];
                let dispatch = kernels::swiglu(&mut bench.kernels, &step, buffers, columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::swiglu(&gate, &up)))
            }
            Self::GeGlu { tokens, columns } => {
                let [(gate, gate_buffer), (up, up_buffer)] =
                    [0; 2].map(|_| bench.wide_floats(tokens * columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let buffers = [&gate_buffer, &up_buffer, &out];
                let dispatch = kernels::geglu(&mut bench.kernels, &step, buffers, columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::geglu(&gate, &up)))
            }
            Self::Gelu { tokens, columns } => {
                let (x, x_buffer) = bench.wide_floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let dispatch = kernels::gelu(&mut bench.kernels, &step, [&x_buffer, &out], columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::gelu(&x)))
            }
            Self::Scale { tokens, columns } => {
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &out]);
                let dispatch = kernels::scale(k, &step, buffers, 1.7, columns, Rows::Tokens)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::scale(&x, 1.7)))
            }
            Self::SoftCap { tokens, columns } => {
                let (x, x_buffer) = bench.wide_floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &out]);
                let dispatch = kernels::softcap(k, &step, buffers, 5.0, columns, Rows::Tokens)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::softcap(&x, 5.0)))
            }
            Self::Columns { tokens, head_rows, columns } => {
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (from, count) = (columns / 3, columns / 3);
                let wanted = head_rows.unwrap_or(tokens);
                let rows = if head_rows.is_some() { Rows::Head } else { Rows::Tokens };
                let (step, out) = (bench.step(0, tokens, wanted), bench.output(wanted * count));
                let (k, buffers, range) = (&mut bench.kernels, [&x_buffer, &out], from..from + count);
                let dispatch =
                    kernels::columns(k, &step, buffers, columns, range, rows, head_rows.is_some())?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, wanted), &out).await?;
                let last = reference::last_rows(&x, columns, wanted);
                Ok(nmse(&found, &reference::columns(&last, columns, from, count)))
            }
            Self::Temper { tokens, columns, position } => {
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (step, out) = (bench.step(position, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &out]);
                let dispatch = kernels::temper(k, &step, buffers, 0.3, 16, columns)?;
                let found = bench.run(&dispatch, Extent::new(position, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::temper(&x, columns, 0.3, 16, position)))
            }
            Self::ShortConv { tokens, columns, taps, position } => {
                let ((x, x_buffer), (kernel, kernel_buffer)) =
                    (bench.floats(3 * tokens * columns), bench.floats(taps * columns));
                let mut past = bench.random_floats(position * columns);
                let kept = LayerCache::State(columns);
                let cache = Cache::new(&bench.kernels.gpu, 0, position + tokens, kept, None)?;
                bench.kernels.gpu.queue.write_buffer(&cache.rows, 0, cast_slice(&past));
                let (step, out) = (bench.step(position, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &kernel_buffer, &out]);
                let dispatch = kernels::short_conv(k, &step, buffers, &cache, taps)?;
                let mut found = bench.run(&dispatch, Extent::new(position, tokens, 1), &out).await?;
                found.extend(bench.download(&cache.rows).await?);
                let mut expected = reference::short_conv(&mut past, &x, &kernel, columns, position);
                expected.extend(past);
                Ok(nmse(&found, &expected))
            }
            Self::Route { tokens, experts, chosen, gate } => {
                let mut logits = bench.random_floats(tokens * experts);
                // Some are alike.
                logits.copy_within(..experts / 2, experts.div_ceil(2));
                let buffer = bench.upload(cast_slice(&logits));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * 2 * chosen));
                let k = &mut bench.kernels;
                let dispatch = kernels::route(k, &step, [&buffer, &out], experts, chosen, gate, 1.5)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                let expected = reference::route(&logits, experts, chosen, gate, 1.5);
                // A wrong number is no small error.
                let numbers = |route: &[f32]| -> Vec<f32> {
                    route.chunks(2 * chosen).flat_map(|row| &row[..chosen]).copied().collect()
                };
                match numbers(&found) == numbers(&expected) {
                    true => Ok(nmse(&found, &expected)),
                    false => Ok(f64::INFINITY),
                }
            }
            Self::Experts { format, tokens, experts, chosen, shared } => {
                // An odd number of rows an expert.
                let (rows, columns) = (67, 256);
                let (weight, values) = bench.weight(format, experts * rows, columns)?;
                let x_rows = if shared { tokens } else { tokens * chosen };
                let (x, x_buffer) = bench.floats(x_rows * columns);
                let route: Vec<f32> =
                    (0..tokens * 2 * chosen).map(|_| bench.random.below(experts) as f32).collect();
                let route_buffer = bench.upload(cast_slice(&route));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * chosen * rows));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &route_buffer, &out]);
                let counts = ExpertCounts { rows, chosen, shared };
                let pieces = weight.pieces.iter();
                let dispatches = pieces.map(|piece| kernels::experts(k, &step, buffers, piece, counts));
                let dispatches = dispatches.collect::<Result<Vec<_>, _>>()?;
                let found = bench.run_all(&dispatches, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::experts(&x, &values, columns, experts, &route, chosen)))
            }
            Self::Combine { tokens, chosen, columns } => {
                let ((x, x_buffer), (route, route_buffer)) =
                    (bench.floats(tokens * chosen * columns), bench.floats(tokens * 2 * chosen));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&x_buffer, &route_buffer, &out]);
                let dispatch = kernels::combine(k, &step, buffers, chosen, columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::combine(&x, &route, chosen)))
            }
            Self::Add { tokens, columns } => {
                let [(a, a_buffer), (b, b_buffer)] = [0; 2].map(|_| bench.floats(tokens * columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let (k, buffers) = (&mut bench.kernels, [&a_buffer, &b_buffer, &out]);
                let dispatch = kernels::add(k, &step, buffers, columns, Rows::Tokens)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::add(&a, &b)))
            }
            Self::StoreKv { tokens, columns, position } => {
                let n = tokens * columns;
                let ((key, key_buffer), (value, value_buffer)) = (bench.floats(n), bench.floats(n));
                let (past, cache) = bench.cache(position, tokens, columns, CacheFormat::F32)?;
                let step = bench.step(position, tokens, 1);
                let from = [&key_buffer, &value_buffer];
                let dispatch = kernels::store_kv(&mut bench.kernels, &step, from, &cache)?;
                let found = bench.run(&dispatch, Extent::new(position, tokens, 1), &cache.rows).await?;
                let (mut keys, mut values) = (past.clone(), past);
                reference::store_kv(&mut keys, &key, columns, position);
                reference::store_kv(&mut values, &value, columns, position);
                keys.extend(values);
                Ok(nmse(&found, &keys))
            }
            Self::QuantizeKv { tokens, columns, position } => {
                let [mut key, value] = [0; 2].map(|_| bench.random_floats(tokens * columns));
                key[..CacheFormat::GROUP].fill(0.0);
                let [key_buffer, value_buffer] = [&key, &value].map(|rows| bench.upload(cast_slice(rows)));
                let (past, cache) = bench.cache(position, tokens, columns, CacheFormat::Q8_0)?;
                let step = bench.step(position, tokens, 1);
                let k = &mut bench.kernels;
                let store = kernels::store_kv(k, &step, [&key_buffer, &value_buffer], &cache)?;
                let dispatches: Vec<_> =
                    [store].into_iter().chain(kernels::quantize_kv(k, &step, &cache)?).collect();
                bench.run_all(&dispatches, Extent::new(position, tokens, 1), &cache.rows).await?;
                let found = bench.held(&cache).await?;
                let expected: Vec<f32> =
                    [&past, &key, &past, &value].iter().flat_map(|rows| quantised(rows).1).collect();
                Ok(nmse(&found, &expected))
            }
            Self::Rope { tokens, heads, head_dim, rotated, pairs, position } => {
                let columns = heads * head_dim;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (shape, table) = bench.rotation(head_dim, rotated, pairs, position + tokens);
                let (step, out) = (bench.step(position, tokens, 1), bench.output(tokens * columns));
                let buffers = [&x_buffer, &table, &out];
                let dispatch = kernels::rope(&mut bench.kernels, &step, buffers, columns, shape)?;
                let found = bench.run(&dispatch, Extent::new(position, tokens, 1), &out).await?;
                let factors = rope_factors(shape);
                Ok(nmse(&found, &reference::rope(&x, columns, shape, Some(&factors), position)))
            }
            Self::Attention { heads, kv_heads, head_dim, tokens, position, span, cache } => {
                let (q, q_buffer) = bench.floats(tokens * heads * head_dim);
                let positions = position + tokens;
                let width = kv_heads * head_dim;
                let [keys, values] = [0; 2].map(|_| bench.random_floats(positions * width));
                let (cache, [keys, values]) = bench.filled(&keys, &values, width, cache)?;
                let out = bench.output(q.len());
                let scale = 4.0 / (head_dim as f32).sqrt(); // Sharper than usual: uniform inputs give flat scores.
                let softcap = (span != Span::All).then_some(2.0);
                let shape = AttentionShape { heads, kv_heads, head_dim, scale, softcap, span };
                let extent = Extent::new(position, tokens, 1);
                let found = bench.attend([&q_buffer, &out], &cache, shape, extent).await?;
                Ok(nmse(&found, &reference::attention(&q, &keys, &values, shape, position)))
            }
            Self::Argmax { rows, vocabulary } => {
                let logits: Vec<f32> = (0..rows).flat_map(|_| bench.odd_logits(vocabulary)).collect();
                let buffer = bench.upload(cast_slice(&logits));
                let best = Best::new(&bench.kernels, rows, vocabulary);
                let dispatch = kernels::argmax(&mut bench.kernels, &buffer, &best, vocabulary)?;
                let ids = bench.run(&dispatch, Extent::new(0, rows, rows), &best.ids).await?;
                let (mut found, mut expected) = (Vec::new(), Vec::new());
                for (ids, row) in ids.chunks(best.slices).zip(logits.chunks(vocabulary)) {
                    let slices = reference::argmax(row, best.slices);
                    found.extend(ids[..slices.len()].iter().map(|id| id.to_bits() as f32));
                    expected.extend(slices.iter().map(|token| token.0 as f32));
                }
                Ok(nmse(&found, &expected))
            }
            Self::Pick { vocabulary } => {
                let logits = bench.odd_logits(vocabulary);
                let buffer = bench.upload(cast_slice(&logits));
                let ends = bench.ends(3);
                let best = Best::new(&bench.kernels, 1, vocabulary);
                let argmax = kernels::argmax(&mut bench.kernels, &buffer, &best, vocabulary)?;
                let outputs = [&ends.picked, &ends.token];
                let pick = kernels::pick(&mut bench.kernels, &ends.step, &best, outputs)?;
                let found = bench.choose(&[argmax, pick], &ends).await?;
                let expected = reference::pick(&reference::argmax(&logits, best.slices));
                Ok(nmse(&found, &[expected as f32; 3]))
            }
            Self::PickRows { rows, vocabulary } => {
                let logits: Vec<f32> = (0..rows).flat_map(|_| bench.odd_logits(vocabulary)).collect();
                let (buffer, picked) = (bench.upload(cast_slice(&logits)), bench.output(rows));
                let best = Best::new(&bench.kernels, rows, vocabulary);
                let argmax = kernels::argmax(&mut bench.kernels, &buffer, &best, vocabulary)?;
                let pick = kernels::pick_rows(&mut bench.kernels, &best, &picked)?;
                bench.run(&argmax, Extent::new(0, rows, rows), &picked).await?;
                let found = bench.run(&pick, Extent::new(0, rows, rows), &picked).await?;
                let found: Vec<f32> = found.into_iter().map(|id| id.to_bits() as f32).collect();
                let pick = |row| reference::pick(&reference::argmax(row, best.slices)) as f32;
                let expected: Vec<f32> = logits.chunks(vocabulary).map(pick).collect();
                Ok(nmse(&found, &expected))
            }
            Self::Rank { vocabulary, temperature, repetition_penalty } => {
                let logits = bench.odd_logits(vocabulary);
                let recent = (0..64).map(|_| bench.random.below(vocabulary) as u32).collect();
                let choice = Choice { temperature, repetition_penalty, recent, ..Choice::GREEDY };
                let [settings, recent] = bench.choice(&choice, FIRST_DRAW);
                let buffer = bench.upload(cast_slice(&logits));
                let ranked = Ranked::new(&bench.kernels, vocabulary);
                let inputs = [&settings, &recent, &buffer];
                let dispatch = kernels::rank(&mut bench.kernels, inputs, &ranked, vocabulary)?;
                let ids = bench.run(&dispatch, Extent::new(0, 1, 1), &ranked.ids).await?;
                let mass = bench.download(&ranked.mass).await?;
                let (mut found, mut expected) = (Vec::new(), Vec::new());
                for (c, chunk) in reference::rank(&logits, &choice).iter().enumerate() {
                    let mut sum = 0.0;
                    for (r, &(id, logit)) in chunk.iter().enumerate() {
                        let at = c * reference::CHUNK + r;
                        if ids[at].to_bits() != id {
                            return Ok(f64::INFINITY);
                        }
                        if !logit.is_nan() {
                            sum += ((logit - chunk[0].1) * choice.sharpness()).exp();
                            found.push(mass[at]);
                            expected.push(sum);
                        }
                    }
                }
                Ok(nmse(&found, &expected))
            }
            Self::Choose { vocabulary, draws, temperature, top_k, top_p, repetition_penalty } => {
                // As far apart as a model's: were all tokens alike, f32 could not tell in which one the sum passes u.
                // Every logit is there twice.
                let mut logits: Vec<f32> =
                    bench.random_floats(vocabulary).into_iter().map(|x| 16.0 * x * x * x).collect();
                logits.copy_within(..vocabulary / 2, vocabulary.div_ceil(2));
                let seed = bench.random.bits();
                let mut choice =
                    Choice { temperature, top_k, top_p, repetition_penalty, seed, ..Choice::GREEDY };
                let found = bench.sample(&logits, &choice, draws).await?;
                let expected: Vec<f32> = (FIRST_DRAW..FIRST_DRAW + draws)
                    .map(|position| {
                        let token = reference::choose(&reference::rank(&logits, &choice), &choice, position);
                        choice.note(token);
                        token as f32
                    })
                    .collect();
                Ok(nmse(&found, &expected))
            }
            Self::Draw { vocabulary, draws } => {
                let logits = bench.random_floats(vocabulary);
                let weights: Vec<f64> = logits.iter().map(|&x| f64::from(x).exp()).collect();
                let total: f64 = weights.iter().sum();
                let choice = Choice { temperature: 1.0, ..Choice::GREEDY };
                let mut share = vec![0.0; vocabulary];
                for token in bench.sample(&logits, &choice, draws).await? {
                    share[token as usize] += 1.0 / draws as f64;
                }
                let off: f64 = share.iter().zip(&weights).map(|(s, w)| (s - w / total).abs()).sum();
                Ok(off / 2.0)
            }
        }
    }
}
