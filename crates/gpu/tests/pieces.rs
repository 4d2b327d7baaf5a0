//! A program whose weights no single binding has room for, against the same program where there is room, on the adapter that the
//! environment gives.

use gguf::{Format, testing::random_blocks};
use gpu::{DeviceOptions, Gpu, GpuBackend, Lanes};
use ops::{AttentionShape, Backend, CacheFormat, Gate, Head, Program, RopeShape};

/// Without scales, and with all planes.
const FORMATS: [Format; 2] = [Format::F16, Format::Q6_K];
const WIDTH: usize = 256;
const VOCABULARY: usize = 1001;
const EXPERTS: usize = 5;

/// Bytes. In every format it cuts the table, in some all but the keys' and values' matrices, and what would be joined.
const LIMIT: u64 = 70_000;

/// A block of a llama.
fn program(format: Format) -> Program {
    let mut p = Program::new();
    let table = p.weight("table", VOCABULARY, WIDTH, format);
    let gain = p.weight("gain", 1, WIDTH, Format::F32);
    let (query, key) = (p.weight("query", WIDTH, WIDTH, format), p.weight("key", 64, WIDTH, format));
    let (value, out) = (p.weight("value", 64, WIDTH, format), p.weight("out", WIDTH, WIDTH, format));
    let (gate, up) = (p.weight("gate", 512, WIDTH, format), p.weight("up", 512, WIDTH, format));
    let down = p.weight("down", WIDTH, 512, format);
    // An odd number of rows each, so that a pair of rows may lie in two pieces.
    let router = p.weight("router", EXPERTS, WIDTH, Format::F32);
    let experts = p.weight("experts", EXPERTS * (WIDTH + 1), WIDTH, format);
    let mut build = || -> Result<(), ops::ProgramError> {
        let x = p.embed(table)?;
        let h = p.rms_norm(x, gain, 1e-5)?;
        let (q, k, v) = (p.matmul(h, query)?, p.matmul(h, key)?, p.matmul(h, value)?);
        let (q, k) = (p.rope(q, RopeShape::new(64, 1e4), None)?, p.rope(k, RopeShape::new(64, 1e4), None)?);
        p.store_kv(0, k, v)?;
        let mixed = p.attention(0, q, AttentionShape::new(4, 1, 64))?;
        let attended = p.matmul(mixed, out)?;
        let x = p.add(x, attended)?;
        let h = p.rms_norm(x, gain, 1e-5)?;
        let (g, u) = (p.matmul(h, gate)?, p.matmul(h, up)?);
        let f = p.swiglu(g, u)?;
        let f = p.matmul(f, down)?;
        let x = p.add(x, f)?;
        let chances = p.matmul(h, router)?;
        let route = p.route(chances, 4, Gate::Softmax, 1.0)?;
        let said = p.experts(h, experts, EXPERTS, route)?;
        let mixed = p.columns_of(said, 0, WIDTH)?;
        let x = p.add(x, mixed)?;
        let last = p.last_rows(x)?;
        let h = p.rms_norm(last, gain, 1e-5)?;
        let logits = p.matmul(h, table)?;
        p.head(logits)
    };
    build().expect("a program");
    p
}

/// Logits of the last token of prompts of several lengths and of one token after each, and the kernels dispatched for one token.
async fn logits(lanes: Lanes, largest_binding: Option<u64>, format: Format) -> (Vec<Vec<f32>>, usize) {
    let options = DeviceOptions { lanes: Some(lanes), largest_binding, ..DeviceOptions::default() };
    let gpu = Gpu::open(&options).await.expect("an adapter");
    let program = program(format);
    let mut backend = GpuBackend::new(gpu, &program, 80, CacheFormat::F32).await.expect("room for it");
    for (seed, (_, tensor)) in program.weights().enumerate() {
        let ops::Storage::Weight { rows, format } = tensor.storage else { panic!("a weight") };
        let blocks = rows * tensor.columns / format.block_len();
        let bytes = random_blocks(format, blocks, seed as u64);
        // In chunks that know nothing of pieces, as a stream has them.
        for (i, bytes) in bytes.chunks(14 * format.block_bytes()).enumerate() {
            backend.write_weight(&tensor.name, 14 * i as u64, bytes).expect("blocks in order");
        }
    }
    backend.ready().await.expect("weights that are whole");
    let mut all = Vec::new();
    for tokens in [1, 5, 64] {
        let ids: Vec<u32> = (0..tokens).map(|i| (i * 389 % VOCABULARY) as u32).collect();
        for (position, ids) in [(0, ids.as_slice()), (tokens, &[1000])] {
            backend.forward(position, ids, Head::Last).await.expect("a step");
            all.push(backend.logits().await.expect("logits"));
        }
    }
    (all, backend.dispatches_per_token())
}

fn hold(lanes: Lanes) {
    for format in FORMATS {
        let (whole, few) = pollster::block_on(logits(lanes, None, format));
        let (cut, more) = pollster::block_on(logits(lanes, Some(LIMIT), format));
        assert!(more > few, "{format}: nothing was cut");
        for (whole, cut) in whole.iter().zip(&cut) {
            let range = whole.iter().fold(0f32, |most, x| most.max(x.abs()));
            let off = whole.iter().zip(cut).fold(0f32, |most, (a, b)| most.max((a - b).abs()));
            assert_eq!([whole.len(), cut.len()], [VOCABULARY; 2]);
            assert!(range > 0.1 && off <= 1e-5 * range, "{format}: off by {off} of {range}");
        }
    }
}

#[test]
fn with_an_invocation_a_row() {
    hold(Lanes::None);
}

#[test]
fn with_a_subgroup_a_row() {
    hold(Lanes::Subgroup);
}

#[test]
fn with_a_workgroup_a_row() {
    hold(Lanes::Workgroup);
}
