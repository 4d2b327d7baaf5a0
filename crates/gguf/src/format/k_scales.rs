//! The eight 6-bit scales and minima of `Q4_K` and `Q5_K`, in twelve bytes.
//!
//! | bytes of `packed` | bits 0..4 | bits 4..6 | bits 6..8 |
//! |--------|-----------|-----------|-----------|
//! | `j`, 0..4      | `scale[j]` bits 0..4 | `scale[j]` bits 4..6 | `scale[j + 4]` bits 4..6 |
//! | `j + 4`, 4..8  | `min[j]` bits 0..4   | `min[j]` bits 4..6   | `min[j + 4]` bits 4..6 |
//! | `j + 8`, 8..12 | `scale[j + 4]` bits 0..4 | `min[j + 4]` bits 0..2 | `min[j + 4]` bits 2..4 |

/// Scale and minimum of sub-block `j`, 0..8; `packed` are the twelve bytes.
pub(super) fn scale_and_min(packed: &[u8], j: usize) -> (u8, u8) {
    if j < 4 {
        (packed[j] & 63, packed[j + 4] & 63)
    } else {
        (packed[j + 4] & 15 | packed[j - 4] >> 6 << 4, packed[j + 4] >> 4 | packed[j] >> 6 << 4)
    }
}
