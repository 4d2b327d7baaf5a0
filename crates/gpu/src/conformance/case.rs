//! One case: random inputs, the kernel, the reference, the error between them.

use super::nmse;
use crate::{
    device::Gpu,
    kernel::{Dispatch, Kernels},
    ops::{self as kernels, AttentionShape, RopeShape},
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
    /// `matvec` for one token, `matmul` for more.
    MatMul {
        format: Format,
        tokens: usize,
        rows: usize,
        columns: usize,
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
    LastRows {
        tokens: usize,
        head_rows: usize,
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
            Self::StoreKv { .. } | Self::LastRows { .. } | Self::Argmax { .. } => 0.0,
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
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                Ok(nmse(&found, &reference::embed(&values, columns, &ids)))
            }
            Self::MatMul { format, tokens, rows, columns } => {
                let (weight, values) = bench.weight(format, rows, columns)?;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, 1), bench.output(tokens * rows));
                let k = &mut bench.kernels;
                let dispatch = match tokens {
                    1 => kernels::matvec(k, &x_buffer, &weight, &out)?,
                    _ => kernels::matmul(k, &step, &x_buffer, &weight, &out, Rows::Tokens)?,
                };
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                let expected = match tokens {
                    1 => reference::matvec(&x, &values),
                    _ => reference::matmul(&x, &values, columns),
                };
                Ok(nmse(&found, &expected))
            }
            Self::RmsNorm { tokens, columns } => {
                let ((x, x_buffer), (gain, gain_buffer)) =
                    (bench.floats(tokens * columns), bench.floats(columns));
                let out = bench.output(tokens * columns);
                let buffers = [&x_buffer, &gain_buffer, &out];
                let dispatch = kernels::rms_norm(&mut bench.kernels, buffers, columns, 1e-5, Rows::Tokens)?;
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                Ok(nmse(&found, &reference::rms_norm(&x, &gain, 1e-5)))
            }
            Self::SwiGlu { tokens, columns } => {
                let n = tokens * columns;
                let ((gate, gate_buffer), (up, up_buffer)) = (bench.floats(n), bench.floats(n));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(n));
                let buffers = [&gate_buffer, &up_buffer, &out];
                let dispatch = kernels::swiglu(&mut bench.kernels, &step, buffers, columns)?;
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                Ok(nmse(&found, &reference::swiglu(&gate, &up)))
            }
            Self::Add { tokens, columns } => {
                let n = tokens * columns;
                let ((a, a_buffer), (b, b_buffer)) = (bench.floats(n), bench.floats(n));
                let (step, out) = (bench.step(0, tokens, 1), bench.output(n));
                let dispatch =
                    kernels::add(&mut bench.kernels, &step, [&a_buffer, &b_buffer, &out], columns)?;
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                Ok(nmse(&found, &reference::add(&a, &b)))
            }
            Self::LastRows { tokens, head_rows, columns } => {
                let (x, x_buffer) = bench.floats(tokens * columns);
                let (step, out) = (bench.step(0, tokens, head_rows), bench.output(head_rows * columns));
                let dispatch = kernels::last_rows(&mut bench.kernels, &step, [&x_buffer, &out], columns)?;
                let found = bench.run(&dispatch, tokens, head_rows, &out).await?;
                Ok(nmse(&found, &reference::last_rows(&x, columns, head_rows)))
            }
            Self::StoreKv { tokens, columns, position } => {
                let n = tokens * columns;
                let ((key, key_buffer), (value, value_buffer)) = (bench.floats(n), bench.floats(n));
                let past = bench.random_floats(position * columns);
                let room = vec![0.0; n];
                let cache = [past.as_slice(), room.as_slice()].concat();
                let step = bench.step(position, tokens, 1);
                let (keys, values) = (bench.upload(cast_slice(&cache)), bench.upload(cast_slice(&cache)));
                let from = [&key_buffer, &value_buffer];
                let dispatch = kernels::store_kv(&mut bench.kernels, &step, from, [&keys, &values], columns)?;
                let mut found = bench.run(&dispatch, tokens, 1, &keys).await?;
                found.extend(bench.download(&values).await?);
                let (mut keys, mut values) = (past.clone(), past);
                reference::store_kv(&mut keys, &key, columns, position);
                reference::store_kv(&mut values, &value, columns, position);
                keys.extend(values);
                Ok(nmse(&found, &keys))
            }
            Self::Rope { tokens, heads, head_dim, rotated, position } => {
                let columns = heads * head_dim;
                let (x, x_buffer) = bench.floats(tokens * columns);
                let factors: Vec<f32> = (0..rotated / 2).map(|i| 1.0 + i as f32 / 8.0).collect();
                let shape = RopeShape { head_dim, rotated, base: 10_000.0, position_scale: 0.5 };
                let table = kernels::rotation(shape, Some(&factors), position + tokens);
                let rotation = bench.upload(cast_slice(&table));
                let (step, out) = (bench.step(position, tokens, 1), bench.output(tokens * columns));
                let buffers = [&x_buffer, &rotation, &out];
                let dispatch = kernels::rope(&mut bench.kernels, &step, buffers, columns, shape)?;
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
                let shape = reference::RopeShape {
                    head_dim,
                    rotated,
                    base: 10_000.0,
                    position_scale: shape.position_scale,
                };
                Ok(nmse(&found, &reference::rope(&x, columns, shape, Some(&factors), position)))
            }
            Self::Attention { heads, kv_heads, head_dim, tokens, position } => {
                let (q, q_buffer) = bench.floats(tokens * heads * head_dim);
                let cached = (position + tokens) * kv_heads * head_dim;
                let ((keys, keys_buffer), (values, values_buffer)) =
                    (bench.floats(cached), bench.floats(cached));
                let (step, out) = (bench.step(position, tokens, 1), bench.output(q.len()));
                let scale = 4.0 / (head_dim as f32).sqrt(); // Sharper than usual: uniform inputs give flat scores.
                let dispatch = kernels::attention(
                    &mut bench.kernels,
                    &step,
                    [&q_buffer, &keys_buffer, &values_buffer, &out],
                    AttentionShape { heads, kv_heads, head_dim, scale },
                )?;
                let found = bench.run(&dispatch, tokens, 1, &out).await?;
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
                let mut found = bench.run(&dispatch, 1, 1, &picked).await?;
                found.extend(bench.download(&tokens).await?);
                found.extend(bench.download(&step).await?);
                let found: Vec<f32> = found.iter().map(|f| f.to_bits() as f32).collect();
                let expected = reference::argmax(&logits) as f32;
                Ok(nmse(&found, &[expected, expected, 4.0, 1.0, 1.0, 1.0]))
            }
        }
    }
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
        let blocks = rows * columns / format.block_len();
        let bytes = random_blocks(format, blocks, self.random.bits());
        let mut values = vec![0.0; rows * columns];
        format.dequantize(&bytes, &mut values);
        let gpu = &self.kernels.gpu;
        let mut weight = Weight::new(gpu, "case", format, rows, columns)?;
        // In two uneven parts, as from a stream.
        let cut = blocks / 3 * format.block_bytes();
        weight.write(gpu, 0, &bytes[..cut])?;
        weight.write(gpu, blocks as u64 / 3, &bytes[cut..])?;
        Ok((weight, values))
    }

    fn step(&self, position: usize, tokens: usize, head_rows: usize) -> Buffer {
        self.upload(cast_slice(&[position as u32, tokens as u32, head_rows as u32, 0]))
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

    async fn run(
        &self,
        dispatch: &Dispatch,
        tokens: usize,
        head_rows: usize,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        let gpu = &self.kernels.gpu;
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            dispatch.encode(&mut pass, tokens as u32, head_rows as u32);
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
