//! What a measurement comes to. How long it takes is nobody's promise; what was read and written is.

use crate::{files::tiny, session::open_reference, sotto};
use engine::BenchError;
use protocol::BenchOptions;
use text::{Flow, GenerateError};

const SHORT: BenchOptions =
    BenchOptions { prompt_tokens: 20, generated_tokens: 4, runs: 2, depth_tokens: 100, again_tokens: 160 };

#[test]
fn every_figure_asked_for_is_there() {
    let mut session = open_reference(&tiny("smol"), 256).session;
    let mut told = Vec::new();
    let figures = pollster::block_on(engine::measure(&mut session, &SHORT, &mut |done, total| {
        told.push((done, total));
        Flow::Continue
    }))
    .expect("figures");
    assert_eq!((figures.prompt_tokens, figures.generated_tokens, figures.runs.len()), (20, 4, 2));
    assert!(figures.cold_first_token_seconds > 0.0);
    for run in figures.runs.iter().chain([&figures.median]) {
        assert!(run.first_token_seconds > 0.0 && run.decode_tokens_per_second > 0.0, "{run:?}");
    }
    let depth = figures.depth.expect("depth");
    assert_eq!(depth.tokens, 100);
    let again = figures.again.expect("again");
    assert_eq!((again.tokens, again.replaced_tokens), (160, 40));
    assert!(again.fresh_seconds > 0.0 && again.again_seconds > 0.0, "{again:?}");
    assert_eq!(again.ratio, again.fresh_seconds / again.again_seconds);
    // 3 runs, 2 times 3 at both depths, 2 times 2 prompts.
    assert_eq!((told.first(), told.last()), (Some(&(0, 13)), Some(&(12, 13))));
}

#[test]
fn a_quantised_cache_costs_one_dispatch_a_layer() {
    let dispatches = |cache: &str| {
        let how = ["--lanes", "subgroup", "--runs", "1", "--prompt-tokens", "4", "--generate", "2", "--json"];
        let model = tiny("kquants");
        let args = ["bench".as_ref(), model.as_os_str(), "--cache".as_ref(), cache.as_ref()];
        let json = sotto::stdout(args.into_iter().chain(how.map(AsRef::as_ref)));
        let report: protocol::BenchReport = serde_json::from_str(&json).expect("a report");
        assert!(report.adapter.variants.contains(&format!("cache: {cache}")), "{:?}", report.adapter);
        report.model.dispatches_per_token.expect("a GPU's")
    };
    // The model has one layer.
    assert_eq!(dispatches("q8_0"), dispatches("f32") + 1);
}

#[test]
fn what_was_not_asked_for_is_not_measured() {
    let mut session = open_reference(&tiny("smol"), 256).session;
    let options = BenchOptions { depth_tokens: 0, again_tokens: 0, ..SHORT };
    let figures =
        pollster::block_on(engine::measure(&mut session, &options, &mut |_, _| Flow::Continue)).unwrap();
    assert!(figures.depth.is_none() && figures.again.is_none());
}

#[test]
fn a_context_too_short_or_a_listener_that_has_enough_is_an_error() {
    let mut session = open_reference(&tiny("smol"), 64).session;
    let mut measure = |options: BenchOptions, flow| {
        pollster::block_on(engine::measure(&mut session, &options, &mut |_, _| flow))
            .expect_err("nothing to measure")
    };
    let long = BenchOptions { prompt_tokens: 62, ..SHORT };
    assert!(matches!(measure(long, Flow::Continue), BenchError::Short { asked: 4, written: 2 }));
    let longer = BenchOptions { prompt_tokens: 100, ..SHORT };
    let full = measure(longer, Flow::Continue);
    assert!(matches!(full, BenchError::Generate(GenerateError::ContextFull { .. })));
    assert!(matches!(measure(SHORT, Flow::Stop), BenchError::Stopped));
}
