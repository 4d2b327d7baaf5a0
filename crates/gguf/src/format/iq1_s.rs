//! `IQ1_S`: `x[i] = d (2 scale[i / 32] + 1) (t[i] ± 1/8)`, with `t[i]` of −1, 0, 1.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..34  | byte `k`: bits 0 to 7 of the pattern of values `8 k …` |
//! | 34..50 | u16 `g`: bits `3 k` to `3 k + 2` are bits 8 to 10 of the pattern of values `32 g + 8 k …`; bits 12 to 14 `scale[g]`; bit 15 is set where 1/8 is taken away |

use super::coded::{Coded, TERNARY, grid, sign};

/// What a code of the `IQ1` formats stands for.
pub(super) fn value(code: u8) -> f32 {
    f32::from(code & 3) - 1.0 + 0.125 * sign(code >> 2)
}

pub(super) fn dequantize(block: &[u8; 50], out: &mut [f32; 256]) {
    coded(block).values(out, |d, s| d * (2.0 * s + 1.0), value);
}

pub(super) fn coded(block: &[u8; 50]) -> Coded {
    let mut coded = Coded::new(block, 0);
    for (k, codes) in coded.codes.chunks_exact_mut(8).enumerate() {
        let (g, shift) = (k / 4, k % 4 * 3);
        let rest = u16::from_le_bytes([block[34 + 2 * g], block[35 + 2 * g]]);
        coded.scales[2 * g..][..2].fill((rest >> 12 & 7) as u8);
        let pattern = GRID[usize::from(block[2 + k]) | usize::from(rest >> shift & 7) << 8];
        TERNARY.write(pattern, if rest >> 15 == 1 { 0xff } else { 0 }, codes);
    }
    coded
}

/// The 2048 patterns that `IQ1_S` and `IQ1_M` know: `grid`.
pub(super) const GRID: [u16; 2048] = grid(
    TERNARY,
    "\
    555241580a2024158054138a6802a82aa180a20241580541280244545251500a20280288810080280a30a20a88bbaaa009aa\
    b0002200a0aac8280a80041580541288080541241580a80380890a8008a2805412415802842455805410c22c0a02a86200a2\
    428aaa2a802efa80808282000a202482aa82028a0802a0b9809bab8a02acea982aeaaaa3c7beaeabbb28e08b22abac3de029\
    20220022028aa8aba028208000a2a40e2ab32202b22a00180418aaa88280221041580551280290541245580a8020328aa302\
    482802452415802a028059054120a2808b8a28080a84200280282a862a2082baa280580280280380540400541241580a0024\
    15005410922800a828a2801a03415005412882805412415802202002aaa20002211ba8ea828aab1aaa8a070028a080208222\
    204800280084080aae0ba2aa2c02b8ab22aead7ab8b8e68a290ba2aa27b8a844c0a20284480482a8a280aa028ccc2a222afa\
    a90a8e8a20002000a28a880002080ab82a2a82ab0a082823a0abeb8babefbe2a0ab22a80a8a082ae2a001a2320c0af4aaeed\
    feb28ae2d8ebe7beaf7ff7fb6ed7abed96bf72fffb62af219e1ea82201aaebe048aa802b8ab028eaffab429e38084026c286\
    2f8aa04ab20020a280802eaa21002028a2a06a029c2898092882002a00c808310028808000c6a8aaaabb206aeba80aac2008\
    b679e20d2b9e012801e2aaed82511d5a4000a02800a8280280101a0228aa93ab2223480a90088100a82a2620184144150054\
    12ca280541241580aa0282aa78a021a280541241500a80241580541002200a042a22008800802a80a6a8e68baaaa080002a0\
    282e8c221280440541241590a8025158054168a080aaa2a20800a024158054128a0005412415802e028828a08128a280aa2a\
    aaa80bb820a0a2aa02822808aaa0828082009a8820220aebb0828b80a8abb42beaffab4a8feaaa022582866b0a036e08a020\
    828022a6260802a020aaaab2aaae2a9a0a2a808001020aa8220028e000541241580aa004158054129a6000a4aa20805a0001\
    d044412882805412415000802828ca2f02000000aaa082a0ab02ae2a2000288490829e410011b454150054108a2005412415\
    808842808882a0048000541041500a20041580541\
    ",
);
