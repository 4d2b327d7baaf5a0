//! Prefixes put aside and taken up again: bit for bit, and by nobody but the same model.

use crate::{
    files::{golden_json, tiny},
    session::{open_gpu, open_reference},
};
use engine::{PrefixError, Session};
use ops::{Backend, Head};
use std::io::Cursor;
use text::{Options, Sampling};

/// Tokens of the prefix.
const PREFIX: usize = 30;

fn prompt() -> Vec<u32> {
    golden_json("tiny/smol.ids.json")
}

/// Reads a prefix and what follows, then the same with the prefix's rows taken away and put back in between.
fn logits_are_the_same(mut backend: impl Backend) {
    let prompt = prompt();
    let (prefix, rest) = prompt.split_at(PREFIX);
    let other: Vec<u32> = prompt.iter().rev().copied().collect();
    let [before, after] = pollster::block_on(async {
        backend.forward(0, prefix, Head::None).await?;
        let mut parts = Vec::new();
        for part in 0..backend.cache_layout().parts {
            parts.push(backend.read_cache(part, PREFIX).await?);
        }
        backend.forward(PREFIX, rest, Head::Last).await?;
        let before = backend.logits().await?;
        backend.forward(0, &other, Head::None).await?;
        for (part, rows) in parts.iter().enumerate() {
            backend.write_cache(part, rows)?;
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
    logits_are_the_same(open_gpu(&tiny("smol"), 256).session.into_backend());
    logits_are_the_same(open_reference(&tiny("smol"), 256).session.into_backend());
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
    let options = Options { max_tokens: 24, sampling: Sampling::GREEDY, ignore_stop: false };
    let mut first = open_gpu(&tiny("smol"), 256);
    let before = first.answer(&prompt(), &options);
    let bytes = save(&mut first.session);
    assert_eq!(bytes.len() as u64, first.session.prefix_bytes(first.session.resident().len()));

    let mut second = open_gpu(&tiny("smol"), 256);
    restore(&mut second.session, &bytes).expect("the same model");
    assert_eq!(second.session.resident(), first.session.resident());
    let after = second.answer(&prompt(), &options);
    assert_eq!(after.outcome.reused_tokens as usize, prompt().len() - 1);
    assert_eq!(after.text, before.text);
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
