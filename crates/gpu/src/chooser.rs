//! The choice of the next token, without the processor.

use crate::{
    kernel::{Dispatch, Kernels},
    ops::{self, Best, Ranked},
};
use ::ops::{BackendError, Choice, MOST_VERIFIED, PENALTY_WINDOW};
use bytemuck::{Pod, Zeroable, bytes_of, cast_slice};
use wgpu::Buffer;

/// What the kernels read of a [`Choice`]: `shaders/lib/choice.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(crate) struct Settings {
    sharpness: f32,
    top_k: u32,
    top_p: f32,
    penalty: f32,
    relief: f32,
    seed_low: u32,
    seed_high: u32,
}

impl From<&Choice> for Settings {
    fn from(choice: &Choice) -> Self {
        Self {
            sharpness: choice.sharpness(),
            top_k: choice.top_k,
            top_p: choice.top_p,
            penalty: choice.repetition_penalty,
            relief: choice.repetition_penalty.recip(),
            seed_low: choice.seed as u32,
            seed_high: (choice.seed >> 32) as u32,
        }
    }
}

/// The recent tokens as a ring, the token of position `p` at `p % PENALTY_WINDOW`; the newest is before `end`.
pub(crate) fn ring(recent: &[u32], end: usize) -> [u32; PENALTY_WINDOW] {
    let mut ring = [u32::MAX; PENALTY_WINDOW];
    for (position, &token) in (0..end).rev().zip(recent.iter().rev()).take(PENALTY_WINDOW) {
        ring[position % PENALTY_WINDOW] = token;
    }
    ring
}

/// What a choice is made from, and where it goes.
pub(crate) struct Ends {
    pub(crate) logits: Buffer,
    pub(crate) step: Buffer,
    pub(crate) picked: Buffer,
    pub(crate) tokens: Buffer,
    pub(crate) vocabulary: usize,
}

/// Chooses tokens by two dispatches: one pair for greedy choices, one for all others.
pub(crate) struct Chooser {
    ends: Ends,
    argmax: Dispatch,
    pick: Dispatch,
    pick_rows: Dispatch,
    /// Compiled when it is first wanted: most jobs are greedy.
    sampling: Option<Sampling>,
    is_greedy: bool,
}

struct Sampling {
    settings: Buffer,
    /// See [`ring`].
    recent: Buffer,
    dispatches: [Dispatch; 2],
}

impl Chooser {
    pub(crate) fn new(kernels: &mut Kernels, ends: Ends) -> Result<Self, BackendError> {
        let best = Best::new(kernels, MOST_VERIFIED, ends.vocabulary);
        let argmax = ops::argmax(kernels, &ends.logits, &best, ends.vocabulary)?;
        let pick = ops::pick(kernels, &ends.step, &best, [&ends.picked, &ends.tokens])?;
        let pick_rows = ops::pick_rows(kernels, &best, &ends.picked)?;
        Ok(Self { ends, argmax, pick, pick_rows, sampling: None, is_greedy: true })
    }

    /// From here on tokens are chosen by `choice`, whose newest recent token is before position `end`.
    pub(crate) fn set(
        &mut self,
        kernels: &mut Kernels,
        choice: &Choice,
        end: usize,
    ) -> Result<(), BackendError> {
        self.is_greedy = choice.is_greedy();
        if !self.is_greedy {
            let sampling = match &mut self.sampling {
                Some(sampling) => sampling,
                none => none.insert(Sampling::new(kernels, &self.ends)?),
            };
            let queue = &kernels.gpu.queue;
            queue.write_buffer(&sampling.settings, 0, bytes_of(&Settings::from(choice)));
            queue.write_buffer(&sampling.recent, 0, cast_slice(&ring(&choice.recent, end)));
        }
        Ok(())
    }

    /// What chooses the token after the last row, and readies the next step.
    pub(crate) fn dispatches(&self) -> [&Dispatch; 2] {
        match &self.sampling {
            Some(Sampling { dispatches: [rank, choose], .. }) if !self.is_greedy => [rank, choose],
            _ => [&self.argmax, &self.pick],
        }
    }

    /// What picks the most likely token after every row.
    pub(crate) fn row_dispatches(&self) -> [&Dispatch; 2] {
        [&self.argmax, &self.pick_rows]
    }
}

impl Sampling {
    fn new(kernels: &mut Kernels, ends: &Ends) -> Result<Self, BackendError> {
        let settings = kernels.gpu.storage("choice", size_of::<Settings>() as u64);
        let recent = kernels.gpu.storage("recent", (PENALTY_WINDOW * size_of::<u32>()) as u64);
        let ranked = Ranked::new(kernels, ends.vocabulary);
        let rank = ops::rank(kernels, [&settings, &recent, &ends.logits], &ranked, ends.vocabulary)?;
        let outputs = [&ends.picked, &ends.tokens];
        let choose =
            ops::choose(kernels, &ends.step, [&settings, &recent], &ranked, outputs, ends.vocabulary)?;
        Ok(Self { settings, recent, dispatches: [rank, choose] })
    }
}
