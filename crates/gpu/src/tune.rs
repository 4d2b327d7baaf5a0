//! Which kernels suit an adapter, by a short measurement.

use crate::{
    device::Gpu,
    kernel::{Activations, Dispatch, Extent, Kernels, Lanes},
    ops::{self, Packed},
    product::{Finish, Product},
    weights::Weight,
};
use ::ops::{BackendError, Rows};
use gguf::Format;
use std::{fmt, str::FromStr};

/// Rows of the weight that is multiplied, as in a small model.
const ROWS: usize = 4096;
/// Its columns.
const COLUMNS: usize = 2048;
/// Tokens of the prompt.
const TOKENS: usize = 512;
/// Seconds of work in a submission that are enough to tell kernels apart, and few enough for no frame to be late.
const SECONDS: f64 = 0.025;
/// Most dispatches in a submission.
const MOST: usize = 8192;
/// How often each kernel is measured. The quickest run counts: what disturbs a run only makes it longer.
const ROUNDS: usize = 3;
/// How much quicker a kernel must be to take the place of the usual one. That reading by bytes is not exact is paid for by
/// this, too.
const WORTH: f64 = 1.25;

/// What suits an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// Who shares a row in a matrix-vector product.
    pub lanes: Lanes,
    /// What a prompt's activations are.
    pub activations: Activations,
}

impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lanes = match self.lanes {
            Lanes::None => "none",
            Lanes::Subgroup => "subgroup",
            Lanes::Workgroup => "workgroup",
        };
        let activations = match self.activations {
            Activations::F32 => "f32",
            Activations::Int8 => "int8",
        };
        write!(f, "{lanes} {activations}")
    }
}

/// No tuning is written like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no tuning is written like this; measure again")]
pub struct BadTuning;

impl FromStr for Tuning {
    type Err = BadTuning;

    fn from_str(text: &str) -> Result<Self, BadTuning> {
        let (lanes, activations) = text.split_once(' ').ok_or(BadTuning)?;
        let lanes = match lanes {
            "none" => Lanes::None,
            "subgroup" => Lanes::Subgroup,
            "workgroup" => Lanes::Workgroup,
            _ => return Err(BadTuning),
        };
        let activations = match activations {
            "f32" => Activations::F32,
            "int8" => Activations::Int8,
            _ => return Err(BadTuning),
        };
        Ok(Self { lanes, activations })
    }
}

impl Gpu {
    /// What the device does now.
    pub fn tuning(&self) -> Tuning {
        Tuning { lanes: self.adapter.lanes, activations: self.adapter.activations }
    }

    /// The same device with these kernels. Lanes of subgroups are passed over where the adapter has none.
    #[must_use]
    pub fn tuned(mut self, tuning: Tuning) -> Self {
        if self.adapter.lanes == Lanes::Subgroup || tuning.lanes != Lanes::Subgroup {
            self.adapter.lanes = tuning.lanes;
        }
        self.adapter.activations = tuning.activations;
        self
    }

    /// Measures what suits the adapter, with products of a size that small models have; `clock` gives seconds. An
    /// adapter without lanes is not measured: software, which has nothing to share a row among. Takes about half a second, and compiles
    /// five kernels.
    ///
    /// # Errors
    /// When the GPU refuses the work.
    pub async fn tune(&self, clock: &dyn Fn() -> f64) -> Result<Tuning, BackendError> {
        let given = self.tuning();
        if given.lanes == Lanes::None {
            return Ok(given);
        }
        let bench = Bench::new(self, clock)?;
        let lanes = match given.lanes {
            Lanes::Subgroup => bench.quicker(Lanes::Subgroup, Lanes::Workgroup, Bench::vector).await?,
            other => other,
        };
        let activations = bench.quicker(Activations::F32, Activations::Int8, Bench::prompt).await?;
        Ok(Tuning { lanes, activations })
    }
}

/// A product, multiplied again and again.
struct Bench<'a> {
    gpu: &'a Gpu,
    clock: &'a dyn Fn() -> f64,
    weight: Weight,
    x: wgpu::Buffer,
    out: wgpu::Buffer,
    step: wgpu::Buffer,
    back: wgpu::Buffer,
}

impl<'a> Bench<'a> {
    fn new(gpu: &'a Gpu, clock: &'a dyn Fn() -> f64) -> Result<Self, BackendError> {
        // All weights and activations are zero, which takes no kernel less time.
        let weight = Weight::new(gpu, &[("tuning", ROWS)], Format::Q4_0, COLUMNS, [0; 2])?;
        let floats = |width: usize| gpu.storage("tuning", (TOKENS * width * size_of::<f32>()) as u64);
        let words = [0, TOKENS as u32, 1, 0];
        let step = gpu.step(size_of_val(&words) as u64);
        gpu.queue.write_buffer(&step, 0, bytemuck::cast_slice(&words));
        let back = gpu.readback("tuning", 4);
        Ok(Self { gpu, clock, weight, x: floats(COLUMNS), out: floats(ROWS), step, back })
    }

    fn product(&self) -> Product<'_> {
        Product {
            x: &self.x,
            last: false,
            weight: &self.weight.pieces[0],
            rows: Rows::Tokens,
            finish: Finish::Store(&self.out),
        }
    }

    /// `usual`, unless `other` is worth more.
    async fn quicker<T: Copy>(
        &self,
        usual: T,
        other: T,
        dispatches: impl Fn(&Self, T) -> Result<(Vec<Dispatch>, Extent), BackendError>,
    ) -> Result<T, BackendError> {
        let kernels = [dispatches(self, usual)?, dispatches(self, other)?];
        let mut times = [1; 2];
        for ((dispatches, extent), times) in kernels.iter().zip(&mut times) {
            *times = self.times_that_tell(dispatches, *extent).await?;
        }
        let mut least = [f64::INFINITY; 2];
        for _ in 0..ROUNDS {
            for (i, (dispatches, extent)) in kernels.iter().enumerate() {
                let seconds = self.seconds(dispatches, *extent, times[i]).await?;
                least[i] = least[i].min(seconds / times[i] as f64);
            }
        }
        Ok(if least[1] * WORTH < least[0] { other } else { usual })
    }

    /// A matrix-vector product.
    fn vector(&self, lanes: Lanes) -> Result<(Vec<Dispatch>, Extent), BackendError> {
        let mut kernels = self.kernels(Tuning { lanes, activations: Activations::F32 });
        let dispatch = ops::matvec(&mut kernels, &self.step, &self.product(), None)?;
        Ok((vec![dispatch], Extent::new(0, 1, 1)))
    }

    /// A prompt's product.
    fn prompt(&self, activations: Activations) -> Result<(Vec<Dispatch>, Extent), BackendError> {
        let mut kernels = self.kernels(Tuning { activations, ..self.gpu.tuning() });
        let k = &mut kernels;
        let dispatches = match activations {
            Activations::F32 => vec![ops::matmul_tiled(k, &self.step, &self.product())?],
            Activations::Int8 => {
                let packed = Packed::new(k, TOKENS * COLUMNS);
                let quantize = ops::quantize(k, &self.step, &self.x, &packed, COLUMNS)?;
                vec![quantize, ops::matmul_packed(k, &self.step, &self.product(), &packed)?]
            }
        };
        Ok((dispatches, Extent::new(0, TOKENS, 1)))
    }

    fn kernels(&self, tuning: Tuning) -> Kernels {
        Kernels::new(self.gpu.clone().tuned(tuning))
    }

    /// How many times the dispatches make a submission that is long enough to tell.
    async fn times_that_tell(&self, dispatches: &[Dispatch], extent: Extent) -> Result<usize, BackendError> {
        self.seconds(dispatches, extent, 1).await?; // Compiles.
        let mut times = 1;
        while times < MOST && self.seconds(dispatches, extent, times).await? < SECONDS {
            times *= 2;
        }
        Ok(times)
    }

    /// Seconds that the dispatches take so many times.
    async fn seconds(
        &self,
        dispatches: &[Dispatch],
        extent: Extent,
        times: usize,
    ) -> Result<f64, BackendError> {
        let start = (self.clock)();
        let mapping = self.gpu.submit_for([&self.out, &self.back], self.back.size(), |encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..times {
                dispatches.iter().for_each(|dispatch| dispatch.encode(&mut pass, extent));
            }
        });
        mapping.finish(self.gpu).await?;
        Ok((self.clock)() - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuning_is_read_as_it_was_written() {
        for lanes in [Lanes::None, Lanes::Subgroup, Lanes::Workgroup] {
            for activations in [Activations::F32, Activations::Int8] {
                let tuning = Tuning { lanes, activations };
                assert_eq!(tuning.to_string().parse(), Ok(tuning));
            }
        }
        for damaged in ["", "subgroup", "subgroup f16", "lanes int8", "subgroup int8 "] {
            assert_eq!(damaged.parse::<Tuning>(), Err(BadTuning));
        }
    }
}
