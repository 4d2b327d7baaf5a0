//! Every architecture against PyPI `transformers` on the same weights, by the plain loops and by the GPU's kernels, prompts
//! read whole and token by token. `tests/golden/README.md` says how the files came about.

use crate::files::{golden, golden_json};
use gguf::Reader;
use gpu::{DeviceOptions, Gpu, GpuBackend, Lanes};
use models::Model;
use ops::{Backend, CacheFormat, Head};
use reference::Reference;
use std::{fs, io::Cursor};

/// The largest difference of a logit, as a part of the range of all logits.
const MOST_DIFFERENCE: f32 = 1e-5;
/// Least share of positions whose likeliest token is the same.
const LEAST_EQUAL: f32 = 0.99;
/// Positions to reserve: more than any prompt has, and more than `phi3-long` was trained on.
const POSITIONS: usize = 64;

/// One model, and what is expected of it.
struct Case {
    name: String,
    file: Vec<u8>,
    model: Model,
    ids: Vec<u32>,
    logits: Vec<f32>,
}

fn cases() -> Vec<Case> {
    let folder = fs::read_dir(golden("architectures")).expect("the folder");
    let mut names: Vec<String> = folder
        .filter_map(|entry| {
            Some(entry.ok()?.file_name().into_string().ok()?.strip_suffix(".gguf")?.to_owned())
        })
        .collect();
    names.sort_unstable();
    names.into_iter().map(case).collect()
}

fn case(name: String) -> Case {
    let path = |suffix: &str| format!("architectures/{name}.{suffix}");
    let about: serde_json::Value = golden_json(&path("json"));
    let ids = serde_json::from_value(about["ids"].clone()).expect("ids");
    let bytes = fs::read(golden(&path("logits"))).expect("logits");
    let logits = bytes.as_chunks().0.iter().map(|&word| f32::from_le_bytes(word)).collect();
    let file = fs::read(golden(&path("gguf"))).expect("a model");
    let reader = pollster::block_on(Reader::open(Cursor::new(&file))).expect("a header");
    let model = Model::from_header(reader.header(), POSITIONS).unwrap_or_else(|e| panic!("{name}: {e}"));
    Case { name, file, model, ids, logits }
}

impl Case {
    /// Reads the weights onto `backend`.
    fn load(&self, backend: &mut impl Backend) {
        pollster::block_on(async {
            let reader = Reader::open(Cursor::new(&self.file)).await?;
            reader
                .read_tensors(1 << 20, async |tensor, first, bytes| -> Result<(), gguf::GgufError> {
                    backend.write_weight(&tensor.name, first, bytes).expect("a weight of the program");
                    Ok(())
                })
                .await
        })
        .expect("a whole file");
        pollster::block_on(backend.ready()).unwrap_or_else(|e| panic!("{}: {e}", self.name));
    }

    /// The logits of every position, `chunk` tokens at a time.
    fn run(&self, backend: &mut impl Backend, chunk: usize) -> Vec<f32> {
        let mut logits = Vec::new();
        for (i, ids) in self.ids.chunks(chunk).enumerate() {
            pollster::block_on(backend.forward(i * chunk, ids, Head::All)).expect("a step");
            logits.extend(pollster::block_on(backend.logits()).expect("logits"));
        }
        logits
    }

    /// What is wrong with `found`, if anything is.
    fn fault(&self, how: &str, found: &[f32]) -> Option<String> {
        if found.len() != self.logits.len() || found.iter().any(|x| !x.is_finite()) {
            return Some(format!("{}, {how}: {} logits, or not all finite", self.name, found.len()));
        }
        let most = self.logits.iter().copied().fold(f32::MIN, f32::max);
        let least = self.logits.iter().copied().fold(f32::MAX, f32::min);
        let differences = found.iter().zip(&self.logits).map(|(a, b)| (a - b).abs() / (most - least));
        let difference = differences.fold(0.0, f32::max);
        let vocabulary = self.model.vocabulary;
        let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]));
        let rows = found.chunks(vocabulary).zip(self.logits.chunks(vocabulary));
        let equal = rows.filter(|(a, b)| best(a) == best(b)).count() as f32 / self.ids.len() as f32;
        println!(
            "{:<20} {how:<24} difference {difference:.1e}, top-1 equal {:.1}%",
            self.name,
            equal * 100.0
        );
        let holds = difference <= MOST_DIFFERENCE && equal >= LEAST_EQUAL;
        (!holds).then(|| format!("{}, {how}: difference {difference:.1e}, top-1 {equal}", self.name))
    }
}

#[track_caller]
fn hold(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} failed:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_architecture_has_a_reference() {
    let mut missing: Vec<&str> = Model::ARCHITECTURES.to_vec();
    for case in cases() {
        missing.retain(|&architecture| architecture != case.model.architecture);
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_loops_agree_with_transformers() {
    let mut faults = Vec::new();
    for case in cases() {
        let program = case.model.program.clone();
        let mut backend = Reference::new(program, POSITIONS, CacheFormat::F32).expect("a program");
        case.load(&mut backend);
        for chunk in [POSITIONS, 7] {
            let found = case.run(&mut backend, chunk);
            faults.extend(case.fault(&format!("by {chunk}"), &found));
        }
    }
    hold(faults);
}

fn kernels_agree(lanes: Lanes) {
    let options = DeviceOptions { lanes: Some(lanes), ..DeviceOptions::default() };
    let gpu = pollster::block_on(Gpu::open(&options)).expect("an adapter");
    let mut faults = Vec::new();
    for case in cases() {
        let backend = GpuBackend::new(gpu.clone(), &case.model.program, POSITIONS, CacheFormat::F32);
        let mut backend = pollster::block_on(backend).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        case.load(&mut backend);
        for chunk in [POSITIONS, 7, 1] {
            let found = case.run(&mut backend, chunk);
            faults.extend(case.fault(&format!("{lanes:?} by {chunk}"), &found));
        }
    }
    hold(faults);
}

#[test]
fn the_kernels_agree_without_lanes() {
    kernels_agree(Lanes::None);
}

#[test]
fn the_kernels_agree_by_subgroups() {
    kernels_agree(Lanes::Subgroup);
}

#[test]
fn the_kernels_agree_by_workgroups() {
    kernels_agree(Lanes::Workgroup);
}
