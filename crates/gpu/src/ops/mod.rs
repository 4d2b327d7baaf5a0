//! One operation a file, under the same stem as its kernel and its reference: which variant, which bindings, how many
//! workgroups.

mod add;
mod add_bias;
mod argmax;
mod attention;
mod attention_join;
mod attention_many;
mod attention_one;
mod choose;
mod columns;
mod combine;
mod embed;
mod experts;
mod geglu;
mod gelu;
mod layer_norm;
mod matmul;
mod matmul_few;
mod matmul_packed;
mod matmul_tiled;
mod matvec;
mod pick;
mod quantize;
mod quantize_kv;
mod rank;
mod rms_norm;
mod rope;
mod route;
mod scale;
mod short_conv;
mod softcap;
mod store_kv;
mod swiglu;
mod temper;

pub(crate) use add::add;
pub(crate) use add_bias::add_bias;
pub(crate) use argmax::{Best, argmax};
pub(crate) use attention::{AttentionBuffers, attention, is_wide, suits_gpus};
pub(crate) use attention_join::{attention_join, parts_bytes};
pub(crate) use attention_many::attention_many;
pub(crate) use attention_one::attention_one;
pub(crate) use choose::choose;
pub(crate) use columns::columns;
pub(crate) use combine::combine;
pub(crate) use embed::embed;
pub(crate) use experts::{ExpertCounts, experts};
pub(crate) use geglu::geglu;
pub(crate) use gelu::gelu;
pub(crate) use layer_norm::layer_norm;
pub(crate) use matmul::matmul;
pub(crate) use matmul_few::{FEW, few, matmul_few};
pub(crate) use matmul_packed::{matmul_packed, packs};
pub(crate) use matmul_tiled::matmul_tiled;
pub(crate) use matvec::matvec;
pub(crate) use pick::{pick, pick_rows};
pub(crate) use quantize::{Packed, quantize};
pub(crate) use quantize_kv::quantize_kv;
pub(crate) use rank::{Ranked, rank};
pub(crate) use rms_norm::{NormShape, rms_norm};
pub(crate) use rope::{rope, rotating, rotation};
pub(crate) use route::route;
pub(crate) use scale::scale;
pub(crate) use short_conv::short_conv;
pub(crate) use softcap::softcap;
pub(crate) use store_kv::store_kv;
pub(crate) use swiglu::swiglu;
pub(crate) use temper::temper;

use attention_join::SPLIT_TOKENS;

use crate::kernel::{Bind, Count, Dispatch, Kernel, Kernels};
use ops::{BackendError, Rows};

/// Lanes of the workgroups that work element by element.
const ELEMENTS: u32 = 32;

/// One invocation for each of `width` elements of every row.
fn elementwise(width: usize, rows: Rows) -> [Count; 2] {
    [Count::Fixed((width as u32).div_ceil(ELEMENTS)), Count::Rows(rows, 1)]
}

/// `kernel` in the variant for these rows: `shaders/lib/rows.wgsl`.
fn of_rows(kernel: Kernel, rows: Rows) -> Kernel {
    match rows {
        Rows::Tokens => kernel,
        Rows::Head => kernel.define("HEAD", 1),
    }
}

/// `kernel` with one invocation for every four of `columns` of every row.
fn over_rows(
    kernels: &mut Kernels,
    kernel: Kernel,
    binds: &[Bind<'_>],
    columns: usize,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let width = columns / 4;
    let kernel = of_rows(kernel.constant("WIDTH", width as u32), rows);
    kernels.dispatch(&kernel, binds, elementwise(width, rows))
}
