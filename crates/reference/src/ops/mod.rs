//! One operation a file, under the same stem as its kernel. All slices are row-major.

mod add;
mod argmax;
mod attention;
mod choose;
mod embed;
mod last_rows;
mod matmul;
mod matvec;
mod pick;
mod quantize;
mod quantize_kv;
mod rank;
mod rms_norm;
mod rope;
mod store_kv;
mod swiglu;

pub use add::add;
pub use argmax::argmax;
pub use attention::{AttentionShape, attention};
pub use choose::choose;
pub use embed::embed;
pub use last_rows::last_rows;
pub use matmul::matmul;
pub use matvec::matvec;
pub use pick::pick;
pub use quantize::quantize;
pub use quantize_kv::quantize_kv;
pub use rank::{CHUNK, Ranked, rank};
pub use rms_norm::rms_norm;
pub use rope::{RopeShape, rope};
pub use store_kv::store_kv;
pub use swiglu::swiglu;
