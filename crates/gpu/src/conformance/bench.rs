//! Random inputs on a GPU, and what kernels make of them.

use crate::{
    cache::Cache,
    chooser::{Settings, ring},
    device::Gpu,
    kernel::{Dispatch, Extent, Kernels, Lanes},
    ops::{self as kernels, AttentionBuffers, NormShape, Ranked},
    planes::{self, Planes},
    product::Product,
    weights::Weight,
};
use bytemuck::{bytes_of, cast_slice};
use gguf::{
    Format,
    testing::{Random, random_blocks},
};
use half::f16;
use ops::{AttentionShape, BackendError, CacheFormat, Choice, LayerCache, Pairs, RopeShape};
use reference::ops as reference;
use wgpu::Buffer;

/// The position of the first token that a case chooses: some ring slots are before it, some after.
pub(super) const FIRST_DRAW: usize = 100;

/// Where a choice goes.
pub(super) struct Ends {
    pub(super) step: Buffer,
    pub(super) picked: Buffer,
    pub(super) token: Buffer,
    draws: usize,
}

/// Buffers of random numbers, and a way to run one dispatch over them. Keeps the kernels that it compiled.
pub struct Bench {
    pub(super) kernels: Kernels,
    pub(super) random: Random,
}

impl Bench {
    /// A bench on `gpu`.
    pub fn new(gpu: &Gpu) -> Self {
        Self { kernels: Kernels::new(gpu.clone()), random: Random::new(0x5077_0000) }
    }

    pub(super) fn random_floats(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.random.float(-1.0, 1.0)).collect()
    }

    pub(super) fn floats(&mut self, n: usize) -> (Vec<f32>, Buffer) {
        let values = self.random_floats(n);
        let buffer = self.upload(cast_slice(&values));
        (values, buffer)
    }

    /// Of a range where functions bend.
    pub(super) fn wide_floats(&mut self, n: usize) -> (Vec<f32>, Buffer) {
        let values: Vec<f32> = (0..n).map(|_| self.random.float(-9.0, 9.0)).collect();
        let buffer = self.upload(cast_slice(&values));
        (values, buffer)
    }

    pub(super) fn weight(
        &mut self,
        format: Format,
        rows: usize,
        columns: usize,
    ) -> Result<(Weight, Vec<f32>), BackendError> {
        self.stacked(format, rows, columns, [0; 2])
    }

    /// A weight of two parts where that is possible.
    pub(super) fn stacked(
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
        let mut planes = Planes::default();
        weight.write(gpu, 0, 0, above, &mut planes)?;
        // In two unequal pieces, as from a stream.
        let first = below.len() / format.block_bytes() / 3 / 2 * 2;
        let (piece, rest) = below.split_at(first * format.block_bytes());
        weight.write(gpu, 1, 0, piece, &mut planes)?;
        weight.write(gpu, 1, first as u64, rest, &mut planes)?;
        Ok((weight, values))
    }

    /// A rotation and its table for so many positions.
    pub(super) fn rotation(
        &self,
        head_dim: usize,
        rotated: usize,
        pairs: Pairs,
        positions: usize,
    ) -> (RopeShape, Buffer) {
        let (base, position_scale, magnitude) = (10_000.0, 0.5, 1.25);
        let shape = RopeShape { head_dim, rotated, pairs, base, position_scale, magnitude };
        let table = kernels::rotation(shape, Some(&rope_factors(shape)), positions);
        (shape, self.upload(cast_slice(&table)))
    }

    /// A cache whose first `position` keys and values are the ones given along, and room for `tokens` more.
    pub(super) fn cache(
        &mut self,
        position: usize,
        tokens: usize,
        width: usize,
        format: CacheFormat,
    ) -> Result<(Vec<f32>, Cache), BackendError> {
        let past = self.random_floats(position * width);
        let half = [past.as_slice(), &vec![0.0; tokens * width]].concat();
        let (cache, _) = self.filled(&half, &half, width, format)?;
        Ok((past, cache))
    }

    /// A cache that holds keys and values, and what it gives back of them.
    pub(super) fn filled(
        &self,
        keys: &[f32],
        values: &[f32],
        width: usize,
        format: CacheFormat,
    ) -> Result<(Cache, [Vec<f32>; 2]), BackendError> {
        let gpu = &self.kernels.gpu;
        let (positions, kept) = (keys.len() / width, LayerCache::KeyValue(width));
        if format == CacheFormat::F32 {
            let cache = Cache::new(gpu, 0, positions, kept, None)?;
            gpu.queue.write_buffer(&cache.rows, 0, cast_slice(&[keys, values].concat()));
            return Ok((cache, [keys.to_vec(), values.to_vec()]));
        }
        let cache = Cache::new(gpu, 0, positions, kept, Some(&Cache::fresh(gpu, positions, width)))?;
        let [(key_planes, keys), (value_planes, values)] = [quantised(keys), quantised(values)];
        gpu.queue.write_buffer(&cache.rows, 0, &[key_planes.quants, value_planes.quants].concat());
        let pairs = key_planes.scales.chunks(2).zip(value_planes.scales.chunks(2));
        let scales: Vec<u8> = pairs.flat_map(|(key, value)| [key, value].concat()).collect();
        if let Some(groups) = &cache.groups {
            gpu.queue.write_buffer(&groups.scales, 0, &scales);
        }
        Ok((cache, [keys, values]))
    }

    /// Keys, then values, that a quantised cache gives back.
    pub(super) async fn held(&self, cache: &Cache) -> Result<Vec<f32>, BackendError> {
        let Some(groups) = &cache.groups else { return Ok(Vec::new()) };
        let (rows, scales) = (self.download(&cache.rows).await?, self.download(&groups.scales).await?);
        let (quants, scales): (&[i8], &[u16]) = (cast_slice(&rows), cast_slice(&scales));
        let half = quants.len() / CacheFormat::GROUP / 2;
        let mut values = Vec::with_capacity(quants.len());
        for (i, quants) in quants.chunks(CacheFormat::GROUP).enumerate() {
            let scale = f16::from_bits(scales[2 * (i % half) + i / half]).to_f32();
            values.extend(quants.iter().map(|&quant| scale * f32::from(quant)));
        }
        Ok(values)
    }

    /// The product of `tokens` rows.
    pub(super) async fn multiply(
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
    pub(super) async fn multiply_rows(
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
        if rows <= kernels::few(product) && lanes != Lanes::None {
            let dispatch = match rows {
                1 => kernels::matvec(k, &step, product, norm)?,
                _ => kernels::matmul_few(k, &step, product, norm)?,
            };
            return self.run(&dispatch, extent, out).await;
        }
        let columns = product.weight.columns;
        let normalised = k.gpu.storage("normalised", (rows as usize * columns * size_of::<f32>()) as u64);
        let mut product = *product;
        let mut dispatches = Vec::new();
        if let Some((gain, eps)) = norm {
            let shape = NormShape { columns, width: columns, eps, rows: product.rows, last: product.last };
            dispatches.push(kernels::rms_norm(k, &step, [product.x, &normalised], Some(gain), shape)?);
            product = Product { x: &normalised, last: false, ..product };
        }
        match (rows, lanes) {
            (1, _) => dispatches.push(kernels::matvec(k, &step, &product, None)?),
            (_, Lanes::None) => dispatches.push(kernels::matmul(k, &step, &product)?),
            _ => dispatches.push(kernels::matmul_tiled(k, &step, &product)?),
        }
        self.run_all(&dispatches, extent, out).await
    }

    /// The attention by the kernels that suit the lanes, the number of tokens and the context.
    pub(super) async fn attend(
        &mut self,
        [query, out]: [&Buffer; 2],
        cache: &Cache,
        shape: AttentionShape,
        extent: Extent,
    ) -> Result<Vec<f32>, BackendError> {
        let step = self.step(extent.position as usize, extent.tokens as usize, 1);
        let k = &mut self.kernels;
        let positions = (extent.position + extent.tokens) as usize;
        let bytes = kernels::parts_bytes(shape, positions, extent.tokens as usize);
        let parts = k.gpu.storage("parts", bytes);
        let buffers = AttentionBuffers { query, out, parts: &parts };
        let mut dispatches = Vec::new();
        if k.gpu.adapter().lanes == Lanes::None || !kernels::suits_gpus(shape) {
            dispatches.push(kernels::attention(k, &step, buffers, cache, shape)?);
        } else {
            dispatches.extend(kernels::attention_one(k, &step, buffers, cache, shape)?);
            if !kernels::is_wide(shape) {
                dispatches.extend(kernels::attention_many(k, &step, buffers, cache, shape)?);
            }
        }
        self.run_all(&dispatches, extent, out).await
    }

    /// The buffers that say how to choose the token for position `end`.
    pub(super) fn choice(&self, choice: &Choice, end: usize) -> [Buffer; 2] {
        let settings = Settings::from(choice);
        [self.upload(bytes_of(&settings)), self.upload(cast_slice(&ring(&choice.recent, end)))]
    }

    /// Logits of which two are the largest, and one is none at all.
    pub(super) fn odd_logits(&mut self, vocabulary: usize) -> Vec<f32> {
        let mut logits = self.random_floats(vocabulary);
        logits[vocabulary / 3] = f32::NAN;
        let most = self.random.below(vocabulary);
        logits[most] = 2.0;
        logits[vocabulary - 1] = 2.0;
        logits
    }

    pub(super) fn ends(&self, draws: usize) -> Ends {
        Ends {
            step: self.step(FIRST_DRAW - 1, 1, 1),
            picked: self.output(draws),
            token: self.output(1),
            draws,
        }
    }

    /// Chooses one token after the other, always by `dispatches`. Gives none where what the next step finds is wrong.
    pub(super) async fn choose(
        &self,
        dispatches: &[Dispatch],
        ends: &Ends,
    ) -> Result<Vec<f32>, BackendError> {
        self.kernels.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..ends.draws {
                dispatches.iter().for_each(|dispatch| dispatch.encode(&mut pass, Extent::new(0, 1, 1)));
            }
        });
        let picked = self.download(&ends.picked).await?;
        let [token, step] = [self.download(&ends.token).await?, self.download(&ends.step).await?];
        let step: Vec<u32> = step.into_iter().map(f32::to_bits).collect();
        let is_ready = step == [(FIRST_DRAW + ends.draws - 1) as u32, 1, 1, ends.draws as u32]
            && token.iter().map(|t| t.to_bits()).eq(picked.last().map(|t| t.to_bits()));
        Ok(picked.into_iter().filter(|_| is_ready).map(|token| token.to_bits() as f32).collect())
    }

    /// The tokens that `choice` draws from the same logits.
    pub(super) async fn sample(
        &mut self,
        logits: &[f32],
        choice: &Choice,
        draws: usize,
    ) -> Result<Vec<f32>, BackendError> {
        let [settings, recent] = self.choice(choice, FIRST_DRAW);
        let (buffer, ends) = (self.upload(cast_slice(logits)), self.ends(draws));
        let ranked = Ranked::new(&self.kernels, logits.len());
        let (k, outputs) = (&mut self.kernels, [&ends.picked, &ends.token]);
        let rank = kernels::rank(k, [&settings, &recent, &buffer], &ranked, logits.len())?;
        let choose = kernels::choose(k, &ends.step, [&settings, &recent], &ranked, outputs, logits.len())?;
        self.choose(&[rank, choose], &ends).await
    }

    pub(super) fn step(&self, position: usize, tokens: usize, head_rows: usize) -> Buffer {
        let gpu = &self.kernels.gpu;
        let words = [position as u32, tokens as u32, head_rows as u32, 0];
        let buffer = gpu.step(size_of_val(&words) as u64);
        gpu.queue.write_buffer(&buffer, 0, cast_slice(&words));
        buffer
    }

    /// Exactly as long as the data, so that reading past it can be seen.
    pub(super) fn upload(&self, bytes: &[u8]) -> Buffer {
        let gpu = &self.kernels.gpu;
        let buffer = self.exact(bytes.len());
        gpu.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    pub(super) fn output(&self, n: usize) -> Buffer {
        self.exact(n * size_of::<f32>())
    }

    pub(super) fn exact(&self, bytes: usize) -> Buffer {
        self.kernels.gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("case"),
            size: bytes.max(4) as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    }

    pub(super) async fn run(
        &self,
        dispatch: &Dispatch,
        extent: Extent,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        self.run_all(std::slice::from_ref(dispatch), extent, out).await
    }

    pub(super) async fn run_all(
        &self,
        dispatches: &[Dispatch],
        extent: Extent,
        out: &Buffer,
    ) -> Result<Vec<f32>, BackendError> {
        self.kernels.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in dispatches.iter().filter(|dispatch| dispatch.applies(extent)) {
                dispatch.encode(&mut pass, extent);
            }
        });
        self.download(out).await
    }

    pub(super) async fn download(&self, buffer: &Buffer) -> Result<Vec<f32>, BackendError> {
        let gpu = &self.kernels.gpu;
        let back = gpu.readback("case", buffer.size());
        let mapping = gpu.submit_for([buffer, &back], buffer.size(), |_| {});
        Ok(bytemuck::pod_collect_to_vec(&mapping.finish(gpu).await?))
    }
}

/// What the bytes stand for.
pub(super) fn unpacked(bytes: &[i8], scales: &[[f32; 2]]) -> Vec<f32> {
    let groups = bytes.chunks(planes::GROUP).zip(scales);
    groups.flat_map(|(bytes, [d, _])| bytes.iter().map(move |&q| d * f32::from(q))).collect()
}

/// The factors of all cases' rotations.
pub(super) fn rope_factors(shape: RopeShape) -> Vec<f32> {
    (0..shape.rotated / 2).map(|i| 1.0 + i as f32 / 8.0).collect()
}

/// Rows in groups, and as floats again.
pub(super) fn quantised(rows: &[f32]) -> (Planes, Vec<f32>) {
    let blocks = reference::quantize_kv(rows);
    let mut floats = vec![0.0; rows.len()];
    Format::Q8_0.dequantize(&blocks, &mut floats);
    let mut planes = Planes::default();
    planes::planes(Format::Q8_0, &blocks, &mut planes);
    (planes, floats)
}
