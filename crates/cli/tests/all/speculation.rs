//! Guessing the next tokens changes how long a text takes, and nothing else.

use crate::{
    files::{TINY, golden_json, tiny},
    session::{Model, open_gpu, open_reference},
};
use engine::Speculate;
use ops::Backend;
use text::{Finish, Options, Sampling};

const MOST_TOKENS: u32 = 60;

fn greedy(max_tokens: u32) -> Options {
    Options { max_tokens, sampling: Sampling::GREEDY, ignore_stop: false }
}

/// Beginnings of a model's golden prompt, some with a part of it repeated.
fn prompts(name: &str) -> Vec<Vec<u32>> {
    let ids: Vec<u32> = golden_json(&format!("tiny/{name}.ids.json"));
    let mut prompts = Vec::new();
    for length in (4..ids.len()).step_by(5) {
        prompts.push(ids[..length].to_vec());
        prompts.push([&ids[..length], &ids[length / 3..length / 2 + 2]].concat());
    }
    prompts
}

/// Holds the texts with and without guesses against each other; gives the batches and the tokens that they wrote.
fn compare<B: Backend>(name: &str, mut model: Model<B>) -> (u64, u64) {
    for (number, prompt) in prompts(name).iter().enumerate() {
        let mut answer = |mode| {
            model.session.speculation().mode = mode;
            let answer = model.answer(prompt, &greedy(MOST_TOKENS));
            (answer.text, answer.outcome.generated_tokens, answer.outcome.finish)
        };
        let plain = answer(Speculate::Never);
        assert_eq!(answer(Speculate::Always), plain, "{name}, prompt {number}");
    }
    let speculation = model.session.speculation();
    (speculation.batches, speculation.written)
}

#[test]
fn the_tiny_models_write_the_same_with_guesses() {
    let (mut batches, mut written) = (0, 0);
    for name in TINY {
        let (more_batches, more_written) = compare(name, open_gpu(&tiny(name), 256));
        (batches, written) = (batches + more_batches, written + more_written);
    }
    assert!(written > batches + 100, "{written} tokens in {batches} batches: hardly a guess was right");
}

#[test]
fn the_reference_writes_the_same_with_guesses() {
    let (batches, written) = compare("smol", open_reference(&tiny("smol"), 256));
    assert!(written > batches, "{written} tokens in {batches} batches: no guess was right");
}

#[test]
fn guesses_keep_to_the_limits() {
    let prompt: Vec<u32> = golden_json("tiny/smol.ids.json");
    let mut model = open_gpu(&tiny("smol"), 96);
    model.session.speculation().mode = Speculate::Always;
    for most in [0, 1, 2, 3, 7, 19] {
        let outcome = model.answer(&prompt, &greedy(most)).outcome;
        assert_eq!((outcome.generated_tokens, outcome.finish), (most, Finish::Length));
    }
    let outcome = model.answer(&prompt, &greedy(1000)).outcome;
    assert_eq!(outcome.generated_tokens as usize, 96 - prompt.len());
}

#[test]
fn a_draw_is_never_guessed() {
    let prompt: Vec<u32> = golden_json("tiny/smol.ids.json");
    let mut model = open_gpu(&tiny("smol"), 256);
    model.session.speculation().mode = Speculate::Always;
    let sampling = Sampling { temperature: 0.5, top_k: 2, ..Sampling::GREEDY };
    model.answer(&prompt, &Options { max_tokens: 60, sampling, ignore_stop: false });
    assert_eq!(model.session.speculation().batches, 0);
}
