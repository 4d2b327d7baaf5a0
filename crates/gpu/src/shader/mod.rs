//! WGSL sources and the linker that makes kernels of them.

mod link;
mod sources;

pub(crate) use link::link;
pub(crate) use sources::SOURCES;
