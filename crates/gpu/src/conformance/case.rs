//! One case: random inputs, the kernel, the reference, the error between them.

use super::nmse;
use crate::{
    cache::Cache,
    device::Gpu,
    kernel::{Dispatch, Extent, Kernels, Lanes},
    ops::{self as kernels, AttentionShape, RopeShape},
    planes,
    product::{Finish, Product},
    weights::Weight,
};
use bytemuck::cast_slice;
use gguf::{
    Format,
    testing::{Random, random_blocks},
};
use ops::{BackendError, Rows};
use reference::ops as reference;
use wgpu::Buffer;

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
    /// `matvec` for one token; for more `matmul` or `matmul_tiled`, whichever suits the lanes.
    MatMul {
        format: Format,
        tokens: usize,
        rows: usize,
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
    /// Queries, keys and values, rotated and cached; some of them or all.
    MatMulQkv {
        parts: [bool; 3],
        tokens: usize,
        position: usize,
        rotated: usize,
    },
    RmsNorm {
        tokens: usize,
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
    Rope {
        tokens: usize,
        heads: usize,
        head_dim: usize,
        rotated: usize,
        position: usize,
    },
    Attention {
        heads: usize,
        kv_heads: usize,
        head_dim: usize,
        tokens: usize,
        position: usize,
    },
    Argmax {
        vocabulary: usize,
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
            Self::StoreKv { .. } | Self::Argmax { .. } => 0.0,
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
                let dispatch = kernels::embed(&mut bench.kernels, &step, &ids_buffer, &weight, &out)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::embed(&values, columns, &ids)))
            }
            Self::MatMul { format, tokens, rows, columns } => {
                let (weight, values) = bench.weight(format, rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let out = bench.output(tokens * rows);
                let product = Product::new(&x_buffer, &weight, Finish::Store(&out));
                let found = bench.multiply(&product, None, 0, tokens, &out).await?;
                let expected = match tokens {
                    1 => reference::matvec(&x, &values),
                    _ => reference::matmul(&x, &values, columns),
                };
                Ok(nmse(&found, &expected))
            }
            Self::MatMulAdd { tokens, rows, columns } => {
                let (weight, values) = bench.weight(Format::Q4_1, rows, columns)?;
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let (residual, out) = bench.floats(tokens * rows);
                let product = Product::new(&x_buffer, &weight, Finish::Add(&out));
                let found = bench.multiply(&product, Some((&gain_buffer, 1e-5)), 0, tokens, &out).await?;
                let x = reference::rms_norm(&x, &gain, 1e-5);
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
                    ..Product::new(&x_buffer, &weight, Finish::Store(&out))
                };
                let extent = Extent::new(0, tokens, head_rows);
                let found = bench.multiply_rows(&product, Some((&gain_buffer, 1e-5)), extent, &out).await?;
                let last = reference::last_rows(&x, columns, head_rows);
                let last = reference::rms_norm(&last, &gain, 1e-5);
                Ok(nmse(&found, &reference::matmul(&last, &values, columns)))
            }
            Self::MatMulSwiGlu { tokens, rows, columns } => {
                let (weight, values) = bench.weight(Format::Q4_K, 2 * rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let out = bench.output(tokens * rows);
                let product = Product::new(&x_buffer, &weight, Finish::SwiGlu(&out));
                let found = bench.multiply(&product, None, 0, tokens, &out).await?;
                let (gate, up) = values.split_at(rows * columns);
                let half = |weight: &[f32]| reference::matmul(&x, weight, columns);
                Ok(nmse(&found, &reference::swiglu(&half(gate), &half(up))))
            }
            Self::MatMulQkv { parts, tokens, position, rotated } => {
                // Three heads of queries, one of keys and values.
                let (head_dim, columns, widths) = (64, 96, [192, 64, 64]);
                let rows = |i: usize| if parts[i] { widths[i] } else { 0 };
                let all = rows(0) + rows(1) + rows(2);
                let first_pairs = [rows(0) as u32 / 2, (rows(0) + rows(1)) as u32 / 2];
                let (weight, values) = bench.stacked(Format::Q4_0, all, columns, first_pairs)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let query = bench.output(tokens * widths[0]);
                let (shape, table) = bench.rotation(head_dim, rotated, position + tokens);
                let (past, cache) = bench.cache(position, tokens, widths[1])?;
                let product = Product::new(
                    &x_buffer,
                    &weight,
                    Finish::Qkv {
                        head_dim,
                        rotation: (parts[0] || parts[1]).then_some((&table, shape)),
                        query: parts[0].then_some(&query),
                        cache: (parts[1] || parts[2]).then_some(&cache),
                    },
                );
                let mut found = bench.multiply(&product, None, position, tokens, &cache.buffer).await?;
                if parts[0] {
                    found.extend(bench.download(&query).await?);
                }
                let product = |first: usize, rows: usize| {
                    reference::matmul(&x, &values[first * columns..(first + rows) * columns], columns)
                };
                let (shape, factors) = reference_rope(shape);
                let rotate =
                    |x: &[f32], columns| reference::rope(x, columns, shape, Some(&factors), position);
                let (mut keys, mut values) = (past.clone(), past);
                if parts[1] {
                    let key = rotate(&product(rows(0), widths[1]), widths[1]);
                    reference::store_kv(&mut keys, &key, widths[1], position);
                }
                if parts[2] {
                    reference::store_kv(
                        &mut values,
                        &product(rows(0) + rows(1), widths[2]),
                        widths[2],
                        position,
                    );
                }
                keys.resize((position + tokens) * widths[1], 0.0);
                values.resize((position + tokens) * widths[1], 0.0);
                keys.extend(values);
                if parts[0] {
                    keys.extend(rotate(&product(0, widths[0]), widths[0]));
                }
                Ok(nmse(&found, &keys))
            }
            Self::RmsNorm { tokens, columns } => {
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * columns));
                let buffers = [&x_buffer, &gain_buffer, &out];
                let k = &mut bench.kernels;
                let dispatch = kernels::rms_norm(k, &step, buffers, columns, 1e-5, Rows::Tokens, false)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::rms_norm(&x, &gain, 1e-5)))
            }
            Self::SwiGlu { tokens, columns } => {
                let n = tokens * columns;
                let ((gate, gate_buffer), (up, up_buffer)) = (bench.floats(n), bench.floats(n));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(n));
                let buffers = [&gate_buffer, &up_buffer, &out];
                let dispatch = kernels::swiglu(&mut bench.kernels, &step, buffers, columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::swiglu(&gate, &up)))
            }
            Self::Add { tokens, columns } => {
                let n = tokens * columns;
                let ((a, a_buffer), (b, b_buffer)) = (bench.floats(n), bench.floats(n));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(n));
                let dispatch =
                    kernels::add(&mut bench.kernels, &step, [&a_buffer, &b_buffer, &out], columns)?;
                let found = bench.run(&dispatch, Extent::new(0, tokens, 1), &out).await?;
                Ok(nmse(&found, &reference::add(&a, &b)))
            }
            Self::StoreKv { tokens, columns, position } => {
                let n = tokens * columns;
                let ((key, key_buffer), (value, value_buffer)) = (bench.floats(n), bench.floats(n));
                let (past, cache) = bench.cache(position, tokens, columns)?;
                let step = bench.step(position, tokens, 1);
                let from = [&key_buffer, &value_buffer];
                let dispatch = kernels::store_kv(&mut bench.kernels, &step, from, &cache)?;
                let found = bench.run(&dispatch, Extent::new(position, tokens, 1), &cache.buffer).await?;
                let (mut keys, mut values) = (past.clone(), past);
                reference::store_kv(&mut keys, &key, columns, position);
                reference::store_kv(&mut values, &value, columns, position);
                keys.extend(values);
                Ok(nmse(&found, &keys))
            }
            Self::Rope { tokens, heads, head_dim, rotated, position } => {
                let columns = heads * head_dim;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (shape, table) = bench.rotation(head_dim, rotated, position + tokens);
                let (step, out) = (bench.step(position, tokens, 1), bench.output(tokens * columns));
                let buffers = [&x_buffer, &table, &out];
                let dispatch = kernels::rope(&mut bench.kernels, &step, buffers, columns, shape)?;
                let found = bench.run(&dispatch, Extent::new(position, tokens, 1), &out).await?;
                let (shape, factors) = reference_rope(shape);
                Ok(nmse(&found, &reference::rope(&x, columns, shape, Some(&factors), position)))
            }
            Self::Attention { heads, kv_heads, head_dim, tokens, position } => {
                let (q, q_buffer) = bench.floats(tokens * heads * head_dim);
                let positions = position + tokens;
                let ((keys, _), (values, _)) = (
                    bench.floats(positions * kv_heads * head_dim),
                    bench.floats(positions * kv_heads * head_dim),
                );
                let cache = bench.filled(&keys, &values, kv_heads * head_dim)?;
                let out = bench.output(q.len());
                let scale = 4.0 / (head_dim as f32).sqrt(); // Sharper than usual: uniform inputs give flat scores.
                let shape = AttentionShape { heads, kv_heads, head_dim, scale };
                let extent = Extent::new(position, tokens, 1);
                let found = bench.attend([&q_buffer, &out], &cache, shape, extent).await?;
                let shape = reference::AttentionShape { heads, kv_heads, head_dim, scale };
                Ok(nmse(&found, &reference::attention(&q, &keys, &values, shape, position)))
            }
            Self::Argmax { vocabulary } => {
                let (mut logits, _) = bench.floats(vocabulary);
                let most = bench.random.below(vocabulary);
                logits[most] = 2.0;
                logits[vocabulary - 1] = 2.0; // A tie: the first wins.
                let logits_buffer = bench.upload(cast_slice(&logits));
                let (step, picked, tokens) = (bench.step(3, 1, 1), bench.output(1), bench.output(1));
                let buffers = [&logits_buffer, &picked, &tokens];
                let dispatch = kernels::argmax(&mut bench.kernels, &step, buffers, vocabulary)?;
                let mut found = bench.run(&dispatch, Extent::new(3, 1, 1), &picked).await?;
                found.extend(bench.download(&tokens).await?);
                found.extend(bench.download(&step).await?);
                let found: Vec<f32> = found.iter().map(|f| f.to_bits() as f32).collect();
                let expected = reference::argmax(&logits) as f32;
                Ok(nmse(&found, &[expected, expected, 4.0, 1.0, 1.0, 1.0]))
            }
        }
    }
}

/// A rotation for the reference, with the factors that all cases use.
fn reference_rope(shape: RopeShape) -> (reference::RopeShape, Vec<f32>) {
    let RopeShape { head_dim, rotated, base, position_scale } = shape;
    let factors = (0..rotated / 2).map(|i| 1.0 + i as f32 / 8.0).collect();
    (reference::RopeShape { head_dim, rotated, base, position_scale }, factors)
}

/// Buffers of random numbers, and a way to run one dispatch over them. Keeps the kernels that it compiled.
pub struct Bench {
    kernels: Kernels,
    random: Random,
}

impl Bench {
    /// A bench on `gpu`.
    pub fn new(gpu: &Gpu) -> Self {
        Self { kernels: Kernels::new(gpu.clone()), random: Random::new(0x5077_0000) }
    }

    fn random_floats(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.random.float(-1.0, 1.0)).collect()
    }

    fn floats(&mut self, n: usize) -> (Vec<f32>, Buffer) {
        let values = self.random_floats(n);
        let buffer = self.upload(cast_slice(&values));
        (values, buffer)
    }

    fn weight(
        &mut self,
        format: Format,
        rows: usize,
        columns: usize,
    ) -> Result<(Weight, Vec<f32>), BackendError> {
        self.stacked(format, rows, columns, [0; 2])
    }

    /// A weight of two parts where that is possible.
    fn stacked(
        &mut self,
        format: Format,
        rows: usize,
        columns: usize,
        first_pairs: [u32; 2],
    ) -> Result<(Weight, Vec<f32>), BackendError> {
        let blocks = rows * columns / format.block_len();
        let bytes = random_blocks(format, blocks, self.random.bits());
        let mut values = vec![0.0; rows * columns];
        format.dequantize(&bytes, &mut values);
        let gpu = &self.kernels.gpu;
        let above =
            if planes::divides(format, rows / 2 * columns / format.block_len()) { rows / 2 } else { 0 };
        let parts = [("above", above), ("below", rows - above)];
        let mut weight = Weight::new(gpu, &parts, format, columns, first_pairs)?;
        let (above, below) = bytes.split_at(above * columns / format.block_len() * format.block_bytes());
        weight.write(gpu, 0, 0, above)?;
        // In two unequal pieces, as from a stream.
        let first = below.len() / format.block_bytes() / 3 / 2 * 2;
        let (piece, rest) = below.split_at(first * format.block_bytes());
        weight.write(gpu, 1, 0, piece)?;
        weight.write(gpu, 1, first as u64, rest)?;
        Ok((weight, values))
    }

    /// A rotation and its table for so many positions.
    fn rotation(&self, head_dim: usize, rotated: usize, positions: usize) -> (RopeShape, Buffer) {
        let shape = RopeShape { head_dim, rotated, base: 10_000.0, position_scale: 0.5 };
        let table = kernels::rotation(shape, Some(&reference_rope(shape).1), positions);
        (shape, self.upload(cast_slice(&table)))
    }

    /// A cache whose first `position` keys and values are the ones given along, and room for `tokens` more.
    fn cache(
        &mut self,
        position: usize,
        tokens: usize,
        width: usize,
    ) -> Result<(Vec<f32>, Cache), BackendError> {
        let past = self.random_floats(position * width);
        let half = [past.as_slice(), &vec![0.0; tokens * width]].concat();
        let cache = self.filled(&half, &half, width)?;
        Ok((past, cache))
    }

    fn filled(&self, keys: &[f32], values: &[f32], width: usize) -> Result<Cache, BackendError> {
        let cache = Cache::new(&self.kernels.gpu, 0, keys.len() / width, width)?;
        let all = [keys, values].concat();
        self.kernels.gpu.queue.write_buffer(&cache.buffer, 0, cast_slice(&all));
        Ok(cache)
    }

    /// The product of `tokens` rows.
    async fn multiply(
        &mut self,
        product: &Product<'_>,
        norm: Option<(&Buffer, f32)>,
        position: usize,
        tokens: usize,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        self.multiply_rows(product, norm, Extent::new(position, tokens, 1), out).await
    }

    /// The product by the kernels that suit the lanes and the number of rows.
    async fn multiply_rows(
        &mut self,
        product: &Product<'_>,
        norm: Option<(&Buffer, f32)>,
        extent: Extent,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        let step = self.step(extent.position as usize, extent.tokens as usize, extent.head_rows as usize);
        let lanes = self.kernels.gpu.adapter().lanes;
        let rows = extent.rows(product.rows);
        let k = &mut self.kernels;
        if rows == 1 && lanes != Lanes::None {
            let dispatch = kernels::matvec(k, &step, product, norm)?;
            return self.run(&dispatch, extent, out).await;
        }
        let columns = product.weight.columns;
        let normalised = k.gpu.storage("normalised", (rows as usize * columns * size_of::<f32>()) as u64);
        let mut product = *product;
        let mut dispatches = Vec::new();
        if let Some((gain, eps)) = norm {
            let buffers = [product.x, gain, &normalised];
            dispatches.push(kernels::rms_norm(k, &step, buffers, columns, eps, product.rows, product.last)?);
            product = Product { x: &normalised, last: false, ..product };
        }
        dispatches.push(match (rows, lanes) {
            (1, _) => kernels::matvec(k, &step, &product, None)?,
            (_, Lanes::None) => kernels::matmul(k, &step, &product)?,
            _ => kernels::matmul_tiled(k, &step, &product)?,
        });
        self.run_all(&dispatches, extent, out).await
    }

    /// The attention by the kernels that suit the lanes, the number of tokens and the context.
    async fn attend(
        &mut self,
        buffers: [&Buffer; 2],
        cache: &Cache,
        shape: AttentionShape,
        extent: Extent,
    ) -> Result<Vec<f32>, BackendError> {
        let step = self.step(extent.position as usize, extent.tokens as usize, 1);
        let lanes = self.kernels.gpu.adapter().lanes;
        let [query, out] = buffers;
        let k = &mut self.kernels;
        let dispatches = if lanes == Lanes::None || !shape.suits_gpus() {
            vec![kernels::attention(k, &step, buffers, cache, shape)?]
        } else if extent.tokens > 1 {
            vec![kernels::attention_many(k, &step, buffers, cache, shape)?]
        } else if extent.position < kernels::WHOLE {
            vec![kernels::attention_one(k, &step, buffers, cache, shape)?]
        } else {
            let parts = k.gpu.storage("parts", kernels::parts_bytes(shape, cache.positions));
            vec![
                kernels::attention_one_split(k, &step, [query, &parts], cache, shape)?,
                kernels::attention_join(k, &step, [&parts, out], shape)?,
            ]
        };
        self.run_all(&dispatches, extent, out).await
    }

    fn step(&self, position: usize, tokens: usize, head_rows: usize) -> Buffer {
        let gpu = &self.kernels.gpu;
        let words = [position as u32, tokens as u32, head_rows as u32, 0];
        let buffer = gpu.step(size_of_val(&words) as u64);
        gpu.queue.write_buffer(&buffer, 0, cast_slice(&words));
        buffer
    }

    /// Exactly as long as the data, so that reading past it can be seen.
    fn upload(&self, bytes: &[u8]) -> Buffer {
        let gpu = &self.kernels.gpu;
        let buffer = self.exact(bytes.len());
        gpu.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    fn output(&self, n: usize) -> Buffer {
        self.exact(n * size_of::<f32>())
    }

    fn exact(&self, bytes: usize) -> Buffer {
        self.kernels.gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("case"),
            size: bytes.max(4) as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    }

    async fn run(&self, dispatch: &Dispatch, extent: Extent, out: &Buffer) -> Result<Vec<f32>, BackendError> {
        self.run_all(std::slice::from_ref(dispatch), extent, out).await
    }

    async fn run_all(
        &self,
        dispatches: &[Dispatch],
        extent: Extent,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        self.kernels.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in dispatches {
                dispatch.encode(&mut pass, extent);
            }
        });
        self.download(out).await
    }

    async fn download(&self, buffer: &Buffer) -> Result<Vec<f32>, BackendError> {
        let gpu = &self.kernels.gpu;
        let back = gpu.readback("case", buffer.size());
        gpu.submit(|encoder| {
            encoder.copy_buffer_to_buffer(buffer, 0, &back, 0, buffer.size());
        });
        Ok(bytemuck::pod_collect_to_vec(&gpu.read(&back).await?))
    }
}
