//! One operation a file, under the same stem as its kernel and its reference: which variant, which bindings, how many
//! workgroups.

mod add;
mod argmax;
mod attention;
mod attention_join;
mod attention_many;
mod attention_one;
mod choose;
mod embed;
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
mod store_kv;
mod swiglu;

pub(crate) use add::add;
pub(crate) use argmax::{Best, argmax};
pub(crate) use attention::{AttentionBuffers, AttentionShape, attention};
pub(crate) use attention_join::{attention_join, parts_bytes};
pub(crate) use attention_many::attention_many;
pub(crate) use attention_one::attention_one;
pub(crate) use choose::choose;
pub(crate) use embed::embed;
pub(crate) use matmul::matmul;
pub(crate) use matmul_few::{FEW, few, matmul_few};
pub(crate) use matmul_packed::{matmul_packed, packs};
pub(crate) use matmul_tiled::matmul_tiled;
pub(crate) use matvec::matvec;
pub(crate) use pick::{pick, pick_rows};
pub(crate) use quantize::{Packed, quantize};
pub(crate) use quantize_kv::quantize_kv;
pub(crate) use rank::{Ranked, rank};
pub(crate) use rms_norm::rms_norm;
pub(crate) use rope::{RopeShape, rope, rotation};
pub(crate) use store_kv::store_kv;
pub(crate) use swiglu::swiglu;

use attention_join::{SPAN, SPLIT_TOKENS};

use crate::kernel::Count;
use ops::Rows;

/// Lanes of the workgroups that work element by element.
const ELEMENTS: u32 = 32;

/// One invocation for each of `width` elements of every row.
fn elementwise(width: usize, rows: Rows) -> [Count; 2] {
    [Count::Fixed((width as u32).div_ceil(ELEMENTS)), Count::Rows(rows, 1)]
}
