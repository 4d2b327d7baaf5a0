//! The cases.

use super::Case;
use crate::ops::{FEW, packs};
use gguf::Format;
use ops::{CacheFormat, Gate, Pairs, Span};

/// Every kernel × every format × the edges of its tiles.
pub fn table() -> Vec<Case> {
    let mut cases = brief_table();
    others(&mut cases);
    cases
}

/// The part of [`table`] that a browser has time for, which takes seconds to compile a pipeline on a software adapter: every kernel
/// and the decoding of every format, with one set of the constants that make another pipeline of a kernel.
pub fn brief_table() -> Vec<Case> {
    let mut cases = Vec::new();
    for format in TILED {
        tiles(&mut cases, format);
    }
    for tokens in [24, 25] {
        // So many rows that few tokens are enough for tiles.
        cases.push(Case::MatMul { format: Format::Q4_0, tokens, rows: 8193, columns: 32 });
    }
    for format in Format::ALL {
        cases.push(Case::MatMul { format, tokens: 1, rows: 67, columns: 512 });
        if packs(format) {
            for (tokens, rows, columns) in [(49, 67, 512), (65, 130, 256)] {
                cases.push(Case::MatMulPacked { format, tokens, rows, columns });
            }
        }
        for tokens in [1, 3] {
            cases.push(Case::Embed { format, tokens, rows: 33, columns: 512 });
        }
    }
    // Formats whose blocks are a group allow an odd number of groups a row.
    for format in [
        Format::F32,
        Format::F16,
        Format::Q8_0,
        Format::Q4_0,
        Format::Q4_1,
        Format::Q5_0,
        Format::Q5_1,
        Format::IQ4_NL,
    ] {
        cases.push(Case::MatMul { format, tokens: 1, rows: 33, columns: 96 });
        cases.push(Case::MatMul { format, tokens: 9, rows: 33, columns: 96 });
        if packs(format) {
            cases.push(Case::MatMulPacked { format, tokens: 49, rows: 33, columns: 96 });
        }
    }
    cases.push(Case::Quantize { tokens: 3, columns: 576 });
    for tokens in [1, 65] {
        over_rows(&mut cases, tokens, 576);
    }
    for tokens in [1, 2, 9, 65] {
        cases.push(Case::MatMulAdd { tokens, rows: 130, columns: 96 });
        cases.push(Case::MatMulAdd { tokens, rows: 33, columns: 576 });
        cases.push(Case::MatMulSwiGlu { tokens, rows: 130, columns: 256 });
        cases.push(Case::MatMulSwiGlu { tokens, rows: 67, columns: 512 });
        for parts in [[true; 3], [true, true, false], [false, false, true], [true, false, false]] {
            for pairs in [Pairs::Neighbours, Pairs::Halves] {
                let cache = CacheFormat::F32;
                cases.push(Case::MatMulQkv { parts, tokens, position: 70, rotated: 32, pairs, cache });
            }
        }
        let (parts, cache) = ([true; 3], CacheFormat::Q8_0);
        for pairs in [Pairs::Neighbours, Pairs::Halves] {
            cases.push(Case::MatMulQkv { parts, tokens, position: 70, rotated: 64, pairs, cache });
        }
    }
    for (tokens, head_rows) in [(1, 1), (7, 1), (65, 1), (7, 7), (65, 9)] {
        cases.push(Case::MatMulLast { tokens, head_rows, columns: 96 });
    }
    ropes(&mut cases, 64, 32);
    // Groups of 3 and 8 queries.
    for heads in [(9, 3, 64), (8, 1, 128), (2, 1, 32), (3, 1, 80)] {
        attentions(&mut cases, heads);
    }
    // Heads so wide that lanes cannot hold them.
    for (tokens, position) in [(1, 0), (1, 639), (1, 640), (1, 1300), (9, 0), (40, 700)] {
        let (heads, kv_heads, head_dim, cache) = (4, 1, 256, CacheFormat::F32);
        for span in [Span::All, Span::Window(512)] {
            cases.push(Case::Attention { heads, kv_heads, head_dim, tokens, position, span, cache });
        }
    }
    // Spans that begin inside a tile.
    for span in [Span::Window(100), Span::Chunk(300)] {
        spans(&mut cases, span);
    }
    routes(&mut cases, 65, 60, 8);
    for shared in [true, false] {
        experts(&mut cases, 9, 3, shared);
    }
    // An odd number of groups a position, and columns that fill no workgroup.
    cases.push(Case::QuantizeKv { tokens: 65, columns: 96, position: 33 });
    for (heads, kv_heads, head_dim) in [(9, 3, 64), (2, 1, 32)] {
        for (tokens, position) in [(1, 0), (1, 639), (1, 1300), (9, 0), (65, 100), (40, 1000), (65, 600)] {
            let (span, cache) = (Span::All, CacheFormat::Q8_0);
            cases.push(Case::Attention { heads, kv_heads, head_dim, tokens, position, span, cache });
        }
    }
    for vocabulary in [1000, 49_152] {
        choices(&mut cases, vocabulary);
    }
    cases.push(Case::Choose {
        vocabulary: 1000,
        draws: 500,
        temperature: 1.0,
        top_k: 0,
        top_p: 0.95,
        repetition_penalty: 1.1,
    });
    cases.push(Case::Draw { vocabulary: 10, draws: 2000 });
    cases
}

/// Formats whose tiles a browser compiles. Of the others it compiles what decodes them: whole groups (`embed`), their quarters
/// (`matvec`) and bytes (`matmul_packed`).
const TILED: [Format; 6] = [Format::F32, Format::F16, Format::Q8_0, Format::Q4_0, Format::Q4_K, Format::Q6_K];

fn others(cases: &mut Vec<Case>) {
    for format in Format::ALL.into_iter().filter(|format| !TILED.contains(format)) {
        tiles(cases, format);
    }
    for (tokens, columns) in [(1, 32), (65, 1056)] {
        cases.push(Case::Quantize { tokens, columns });
    }
    over_rows(cases, 1, 64);
    over_rows(cases, 65, 2048);
    for tokens in [1, 2, 9, 65] {
        for parts in [[true; 3], [true, true, false], [false, false, true], [true, false, false]] {
            let (pairs, cache) = (Pairs::Neighbours, CacheFormat::F32);
            cases.push(Case::MatMulQkv { parts, tokens, position: 0, rotated: 64, pairs, cache });
        }
    }
    for head_dim in [64, 128] {
        ropes(cases, head_dim, head_dim);
    }
    // Groups of 1 query.
    attentions(cases, (4, 4, 64));
    // Spans of one position, at a split's edge and before everything.
    for span in [Span::Window(1), Span::Window(3000), Span::Chunk(64)] {
        spans(cases, span);
    }
    for (tokens, experts, chosen) in [(1, 4, 1), (3, 8, 2), (9, 128, 8)] {
        routes(cases, tokens, experts, chosen);
    }
    for (tokens, chosen, shared) in [(1, 1, true), (1, 2, false)] {
        experts(cases, tokens, chosen, shared);
    }
    for (tokens, columns, position) in [(1, 32, 3), (1, 192, 0), (3, 512, 5), (9, 2048, 7)] {
        cases.push(Case::QuantizeKv { tokens, columns, position });
    }
    for vocabulary in [1, 63, 64, 128_256] {
        choices(cases, vocabulary);
    }
}

fn tiles(cases: &mut Vec<Case>, format: Format) {
    // Row counts that fill no tile; columns of one block and of several.
    for (rows, columns, many) in [(1, 256, [1, 9, 65]), (67, 512, [2, 8, 49]), (130, 768, [1, 48, 65])] {
        for tokens in many {
            cases.push(Case::MatMul { format, tokens, rows, columns });
        }
    }
    // More rows than workgroups share.
    cases.push(Case::MatMul { format, tokens: 1, rows: 4101, columns: 256 });
}

/// What looks at each row of numbers alone.
fn over_rows(cases: &mut Vec<Case>, tokens: usize, columns: usize) {
    cases.push(Case::RmsNorm { tokens, columns, width: columns });
    cases.push(Case::RmsNorm { tokens, columns: 3 * columns, width: columns });
    cases.push(Case::LayerNorm { tokens, columns });
    cases.push(Case::AddBias { tokens, columns });
    cases.push(Case::SwiGlu { tokens, columns });
    cases.push(Case::GeGlu { tokens, columns });
    cases.push(Case::Gelu { tokens, columns });
    cases.push(Case::Add { tokens, columns });
    cases.push(Case::Scale { tokens, columns });
    cases.push(Case::SoftCap { tokens, columns });
    cases.push(Case::Temper { tokens, columns, position: 29 });
    cases.push(Case::Columns { tokens, head_rows: None, columns: 3 * columns });
    cases.push(Case::Columns { tokens, head_rows: Some(1), columns: 3 * columns });
    cases.push(Case::Combine { tokens, chosen: 3, columns });
    cases.push(Case::ShortConv { tokens, columns, taps: 3, position: 1 });
    cases.push(Case::ShortConv { tokens, columns, taps: 4, position: 7 });
    cases.push(Case::StoreKv { tokens, columns, position: 5 });
}

fn ropes(cases: &mut Vec<Case>, head_dim: usize, rotated: usize) {
    for (tokens, position) in [(1, 0), (1, 1000), (65, 7)] {
        for pairs in [Pairs::Neighbours, Pairs::Halves] {
            cases.push(Case::Rope { tokens, heads: 3, head_dim, rotated, pairs, position });
        }
    }
}

/// Contexts around the number of lanes, and longer.
fn attentions(cases: &mut Vec<Case>, (heads, kv_heads, head_dim): (usize, usize, usize)) {
    for (tokens, position) in [
        (1, 0),
        (1, 31),
        (1, 32),
        (1, 500),
        (1, 639),
        (1, 640),
        (1, 1300),
        (9, 0),
        (33, 7),
        (65, 100),
        (9, 504),
        (40, 1000),
        (65, 600),
    ] {
        let (span, cache) = (Span::All, CacheFormat::F32);
        cases.push(Case::Attention { heads, kv_heads, head_dim, tokens, position, span, cache });
    }
}

fn spans(cases: &mut Vec<Case>, span: Span) {
    for (tokens, position) in [(1, 0), (1, 99), (1, 100), (1, 639), (1, 1300), (9, 60), (40, 1000), (65, 600)]
    {
        let (heads, kv_heads, head_dim, cache) = (4, 2, 64, CacheFormat::F32);
        cases.push(Case::Attention { heads, kv_heads, head_dim, tokens, position, span, cache });
    }
}

fn routes(cases: &mut Vec<Case>, tokens: usize, experts: usize, chosen: usize) {
    for gate in [Gate::Softmax, Gate::ChosenSoftmax, Gate::Sigmoid] {
        cases.push(Case::Route { tokens, experts, chosen, gate });
    }
}

fn experts(cases: &mut Vec<Case>, tokens: usize, chosen: usize, shared: bool) {
    for format in [Format::F16, Format::Q4_0, Format::Q4_K, Format::Q6_K] {
        cases.push(Case::Experts { format, tokens, experts: 8, chosen, shared });
    }
}

fn choices(cases: &mut Vec<Case>, vocabulary: usize) {
    cases.push(Case::Argmax { rows: 1, vocabulary });
    cases.push(Case::Argmax { rows: 3, vocabulary });
    cases.push(Case::Pick { vocabulary });
    cases.push(Case::PickRows { rows: 8, vocabulary });
    for (temperature, repetition_penalty) in [(0.0, 1.0), (0.7, 1.3)] {
        cases.push(Case::Rank { vocabulary, temperature, repetition_penalty });
    }
    let is_small = vocabulary <= 1000;
    for (temperature, top_k, top_p, repetition_penalty) in [
        (0.0, 0, 1.0, 1.3),
        (1.0, 0, 1.0, 1.0),
        (1.0, 1, 1.0, 1.0),
        (1.0, 5, 1.0, 1.1),
        (0.7, 40, 1.0, 1.0),
        (1.0, 0, 0.1, 1.0),
        (0.8, 40, 0.9, 1.1),
        (1.5, 700, 0.99, 1.2),
    ] {
        // Software adapters take milliseconds for each draw, and the reference sorts the vocabulary.
        let draws = if is_small { 24 } else { 3 };
        cases.push(Case::Choose { vocabulary, draws, temperature, top_k, top_p, repetition_penalty });
    }
}

/// Those of the cases that have other kernels where there are lanes than where there are none.
pub fn of_lanes(mut cases: Vec<Case>) -> Vec<Case> {
    cases.retain(|case| {
        matches!(
            case,
            Case::MatMul { .. }
                | Case::MatMulAdd { .. }
                | Case::MatMulLast { .. }
                | Case::MatMulSwiGlu { .. }
                | Case::MatMulQkv { .. }
                | Case::Attention { .. }
                | Case::Experts { .. }
        )
    });
    cases
}

/// Those of the cases that have other kernels where a workgroup adds up than where a subgroup does: products without tiles.
pub fn of_sums(mut cases: Vec<Case>) -> Vec<Case> {
    cases.retain(|case| match *case {
        Case::MatMul { tokens, .. }
        | Case::MatMulAdd { tokens, .. }
        | Case::MatMulSwiGlu { tokens, .. }
        | Case::MatMulQkv { tokens, .. } => tokens <= FEW as usize,
        Case::MatMulLast { head_rows, .. } => head_rows <= FEW as usize,
        Case::Experts { .. } => true,
        _ => false,
    });
    cases
}
