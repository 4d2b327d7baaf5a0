//! Prefixes put aside and taken up again: bit for bit, and by nobody but the same model with the same kind of cache.

use crate::{
    files::{golden_json, tiny},
    session::{Model, open_gpu, open_gpu_with, open_reference_with},
};
use engine::{PrefixError, Session};
use gpu::{GpuBackend, Lanes};
use ops::{Backend, CacheFormat, Head};
use std::io::Cursor;
use text::{Options, Sampling};

/// Tokens of the prefix.
const PREFIX: usize = 30;

fn prompt() -> Vec<u32> {
    prompt_of("smol")
}

fn prompt_of(name: &str) -> Vec<u32> {
    golden_json(&format!("tiny/{name}.ids.json"))
}

/// The model whose heads are whole groups.
fn quantised(lanes: Option<Lanes>) -> Model<GpuBackend> {
    open_gpu_with(&tiny("kquants"), 256, lanes, CacheFormat::Q8_0)
}

/// Reads a prefix and what follows, then the same with the prefix's rows taken away and put back in between.
fn logits_are_the_same(mut backend: impl Backend, prompt: &[u32]) {
    let (prefix, rest) = prompt.split_at(PREFIX);
    let other: Vec<u32> = prompt.iter().rev().copied().collect();
    let [before, after] = pollster::block_on(async {
        backend.forward(0, prefix, Head::None).await?;
        let mut layers = Vec::new();
        for layer in 0..backend.cache_layout().row_bytes.len() {
            layers.push(backend.read_cache(layer, PREFIX).await?);
        }
        backend.forward(PREFIX, rest, Head::Last).await?;
        let before = backend.logits().await?;
        backend.forward(0, &other, Head::None).await?;
        for (layer, rows) in layers.iter().enumerate() {
            backend.write_cache(layer, rows)?;
        }
        backend.forward(PREFIX, rest, Head::Last).await?;
        Ok::<_, ops::BackendError>([before, backend.logits().await?])
    })
    .expect("two answers");
    let bits = |logits: Vec<f32>| logits.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(before), bits(after));
}

#[test]
fn logits_after_a_restored_prefix_are_the_same_bit_for_bit() {
    logits_are_the_same(open_gpu(&tiny("smol"), 256).session.into_backend(), &prompt());
    for (name, cache) in [("smol", CacheFormat::F32), ("kquants", CacheFormat::Q8_0)] {
        let reference = open_reference_with(&tiny(name), 256, cache).session.into_backend();
        logits_are_the_same(reference, &prompt_of(name));
    }
    for lanes in [Lanes::None, Lanes::Subgroup, Lanes::Workgroup] {
        logits_are_the_same(quantised(Some(lanes)).session.into_backend(), &prompt_of("kquants"));
    }
}

fn save<B: Backend>(session: &mut Session<B>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let write = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok(())
    };
    pollster::block_on(session.save_prefix(write)).expect("a prefix");
    bytes
}

fn restore<B: Backend>(session: &mut Session<B>, bytes: &[u8]) -> Result<(), PrefixError> {
    pollster::block_on(session.restore_prefix(Cursor::new(bytes)))
}

#[test]
fn another_session_of_the_model_goes_on_from_a_prefix() {
    goes_on(&prompt(), || open_gpu(&tiny("smol"), 256));
    goes_on(&prompt_of("kquants"), || quantised(None));
}

fn goes_on(prompt: &[u32], open: impl Fn() -> Model<GpuBackend>) {
    let options = Options { max_tokens: 24, sampling: Sampling::GREEDY, ignore_stop: false };
    let mut first = open();
    let before = first.answer(prompt, &options);
    let bytes = save(&mut first.session);
    assert_eq!(bytes.len() as u64, first.session.prefix_bytes(first.session.resident().len()));

    let mut second = open();
    restore(&mut second.session, &bytes).expect("the same model");
    assert_eq!(second.session.resident(), first.session.resident());
    let after = second.answer(prompt, &options);
    assert_eq!(after.outcome.reused_tokens as usize, prompt.len() - 1);
    assert_eq!(after.text, before.text);
}

#[test]
fn a_cache_of_another_format_is_refused() {
    let options = Options { max_tokens: 1, sampling: Sampling::GREEDY, ignore_stop: true };
    let (mut floats, mut groups) = (open_gpu(&tiny("kquants"), 256), quantised(None));
    let [of_floats, of_groups] = [&mut floats, &mut groups].map(|model| {
        model.answer(&prompt_of("kquants"), &options);
        save(&mut model.session)
    });
    assert_eq!(restore(&mut floats.session, &of_groups), Err(PrefixError::OtherLayout));
    assert_eq!(restore(&mut groups.session, &of_floats), Err(PrefixError::OtherLayout));
    // The format itself tells them apart, were rows of both as long as each other.
    let mut disguised = of_groups.clone();
    disguised[16..20].copy_from_slice(&of_floats[16..20]);
    assert_eq!(restore(&mut groups.session, &disguised), Err(PrefixError::OtherLayout));
    restore(&mut groups.session, &of_groups).expect("its own");
}

#[test]
fn what_does_not_belong_is_refused() {
    let options = Options { max_tokens: 1, sampling: Sampling::GREEDY, ignore_stop: true };
    let mut model = open_gpu(&tiny("smol"), 256);
    model.answer(&prompt(), &options);
    let bytes = save(&mut model.session);
    let resident = model.session.resident().to_vec();

    let mut other = open_gpu(&tiny("floats"), 256);
    assert_eq!(restore(&mut other.session, &bytes), Err(PrefixError::OtherModel));
    let mut short = open_gpu(&tiny("smol"), 8);
    assert_eq!(restore(&mut short.session, &bytes), Err(PrefixError::OtherLayout));

    let mut layout = bytes.clone();
    layout[16] ^= 1;
    assert_eq!(restore(&mut model.session, &layout), Err(PrefixError::OtherLayout));
    for damaged in [&b"GGUF"[..], &[0; 64], &bytes[..40]] {
        assert_eq!(restore(&mut model.session, damaged), Err(PrefixError::Damaged));
    }
    assert_eq!(model.session.resident(), resident, "a refused prefix changes nothing");
    assert_eq!(restore(&mut model.session, &bytes[..bytes.len() - 1]), Err(PrefixError::Damaged));
    assert!(model.session.resident().is_empty(), "half a prefix is none");
}
