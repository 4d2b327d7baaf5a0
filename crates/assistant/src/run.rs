//! One job from request to last event.

use crate::{
    ask::add,
    chunks::fits,
    clean::{Bullets, Unwrap},
    doubts::doubt,
    draft::{Draft, Step, Stop},
    explain,
    failure::Failure,
    grounding::citations::{Index, Links},
    grounding::copies::CAREFUL_BELOW,
    grounding::flags::flags,
    key_passages::{key_passages, lead},
    language,
    long_summary::{self, Memory},
    notes::Note,
    preferences,
    prompts::{self, Shape},
    retrieval::{self, Part},
    rewrite,
    shown::Shown,
    units::Units,
    words::{Word, words},
};
use protocol::{
    ChatRequest, Doubt, EndReason, Event, Instead, Job, Preferences, Sentence, Source, SourceKind,
    SourceRange, Stats, SummarizeRequest, SummaryType,
};
use std::ops::Range;
use text::{Cancel, Finish, Flow, Generate, Message, Options, Outcome, Progress};

/// Most sentences of the page that stand in place of an answer.
const MOST_NEAREST: usize = 3;
/// An answer of so many telling words is too short to be a copy.
const FEW_WORDS: usize = 2;
/// Tokens kept free for the chat template's own marks.
const TEMPLATE_ROOM: u32 = 48;

/// Does `job` with `model`, and tells `emit` what happens. The last event is `Done` or `Failed`, and no event before it is.
///
/// `cancel` ends the job within one step of the model; what was written stays, marked as partial.
pub async fn run<G: Generate>(model: &mut G, job: &Job, cancel: &Cancel, emit: &mut dyn FnMut(Event)) {
    run_with(model, job, &mut Memory::default(), cancel, emit).await;
}

/// As [`run`], with what `memory` holds of a long text that was read before.
pub async fn run_with<G: Generate>(
    model: &mut G,
    job: &Job,
    memory: &mut Memory,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) {
    let ended = match job {
        Job::Summarize(request) => summarize(model, request, memory, cancel, emit).await,
        Job::Chat(request) => chat(model, request, cancel, emit).await,
        Job::Rewrite(request) => rewrite::rewrite(model, request, cancel, emit).await,
        Job::Explain(request) => explain::explain(model, request, cancel, emit).await,
    };
    emit(match ended {
        Ok((reason, stats)) => Event::Done { reason, stats },
        Err(failure) => failure.event(),
    });
}

/// How a job ended well, and what it cost.
pub(crate) type Ended = Result<(EndReason, Stats), Failure>;

async fn summarize<G: Generate>(
    model: &mut G,
    request: &SummarizeRequest,
    memory: &mut Memory,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let (source, wanted) = (&request.source, &request.preferences);
    check(source)?;
    preferences::check(wanted)?;
    let shape = prompts::shape(request.summary_type, request.length);
    let budget = summary_budget(model, &shape, wanted);
    if !fits(&source.text, budget, &|text| model.count_tokens(text)) {
        return long_summary::summarize(model, request, memory, cancel, emit).await;
    }
    let index = Index::new(&source.text);
    let language = language::to_answer_in(&source.text, wanted);
    let is_translation = language::is_other(&source.text, wanted);
    let quotes = quotes_for(model, source.text.trim(), &shape, wanted);
    let mut cost = Stats::default();
    for (place, task) in shape.tasks.iter().enumerate() {
        let (filter, draft) = if shape.list {
            (Filter::List(Bullets::default()), Draft::list(shape.sentences))
        } else {
            (Filter::Prose(Unwrap::new("")), Draft::new(shape.sentences))
        };
        let output = Output::new(filter, draft, Some(&index), None);
        let messages = ask_for_summary(model, source.text.trim(), &quotes, task, &shape, language, wanted);
        let written = generate(model, &messages, &shape.options, cancel, output, emit).await?;
        add(&mut cost, written.stats);
        let Some(doubt) = doubt(&written, &source.text, shape.sentences, is_translation) else {
            return Ok((written.reason, cost));
        };
        let is_last = place + 1 == shape.tasks.len();
        let instead = if is_last { Instead::KeyPassages } else { Instead::Another };
        emit(Event::Withdrawn { doubt, instead });
    }
    let mut shown = Shown { list: shape.sentences > 1, units: 0, emit };
    let passages = if request.summary_type == SummaryType::Headline {
        Vec::from_iter(lead(&source.text))
    } else {
        key_passages(&source.text, shape.sentences)
    };
    for note in passages {
        shown.tell(&note.text, note.passage);
    }
    Ok((EndReason::Complete, cost))
}

async fn chat<G: Generate>(
    model: &mut G,
    request: &ChatRequest,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let question = match request.turns.last() {
        Some(turn) if turn.role == protocol::Role::User && !turn.text.trim().is_empty() => turn.text.trim(),
        _ => return Err(Failure::NoQuestion),
    };
    preferences::check(&request.preferences)?;
    let options = prompts::chat_options();
    let (turns, wanted) = (&request.turns[..], &request.preferences);
    let Some(source) = &request.source else {
        let mut turns = turns;
        // The oldest turns go first when all do not fit.
        while budget(model, &prompts::chat(None, turns, wanted), options.max_tokens) == 0 {
            turns = later(turns).ok_or(Failure::DoesNotFit(model.context_tokens()))?;
        }
        let output = Output::new(Filter::None, Draft::new(usize::MAX), None, None);
        let written =
            generate(model, &prompts::chat(None, turns, wanted), &options, cancel, output, emit).await?;
        return Ok((written.reason, written.stats));
    };
    check(source)?;
    let index = Index::new(&source.text);
    let (part, turns) = see(model, &source.text, turns, wanted, options.max_tokens)?;
    tell_part(source, &part, emit);
    let may_copy = model.parameters() < CAREFUL_BELOW
        && source.code.is_none()
        && !language::is_other(&source.text, wanted);
    let mut messages = prompts::chat(Some(&part.text), turns, wanted);
    if may_copy {
        let nearest = |asked: &str| index.nearest(asked, 1).pop().map(|range| &source.text[range]);
        let quoting = prompts::chat(Some(&part.text), &prompts::quoting(turns, nearest), wanted);
        if budget(model, &quoting, options.max_tokens) > 0 {
            messages = quoting;
        }
    }
    // It announces what it quotes.
    let filter = if may_copy { Filter::Prose(Unwrap::announcement()) } else { Filter::None };
    let output = Output::new(filter, Draft::new(usize::MAX), Some(&index), Some(question));
    let written = generate(model, &messages, &options, cancel, output, emit).await?;
    let passages = if may_copy { in_place_of(&written, &index, question) } else { Vec::new() };
    if passages.is_empty() {
        return Ok((written.reason, written.stats));
    }
    emit(Event::Withdrawn { doubt: Doubt::Unsupported, instead: Instead::NearestPassages });
    let mut shown = Shown { list: passages.len() > 1, units: 0, emit };
    for range in passages {
        let note = Note::copied(&source.text, range);
        shown.tell(&note.text, note.passage);
    }
    Ok((EndReason::Complete, written.stats))
}

/// The sentences of the source that stand in place of an answer that copies none of it; none where the answer may stay: it was stopped, it
/// is in another language, or it is a word or two that those sentences have.
fn in_place_of(written: &Written, index: &Index<'_>, question: &str) -> Vec<Range<usize>> {
    let is_linked = written.sentences.iter().any(|sentence| sentence.passage.is_some());
    if is_linked || written.reason == EndReason::Cancelled || language::differs(&written.text, index.whole())
    {
        return Vec::new();
    }
    let nearest = index.nearest(question, MOST_NEAREST);
    let said: Vec<Word> = words(&written.text).filter(|word| !word.stop).take(FEW_WORDS + 1).collect();
    let has = |word: &Word| {
        nearest.iter().any(|range| words(&index.whole()[range.clone()]).any(|other| other.key == word.key))
    };
    if (1..=FEW_WORDS).contains(&said.len()) && said.iter().all(has) { Vec::new() } else { nearest }
}

/// Fails on a source without a letter or digit.
pub fn check(source: &Source) -> Result<(), Failure> {
    if source.text.chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    Err(match source.kind {
        SourceKind::Page => Failure::EmptyPage,
        SourceKind::Selection => Failure::EmptySelection,
    })
}

/// What of `text` a small model is shown with a summary's task: its key passages.
pub(crate) fn quotes_for<G: Generate>(
    model: &G,
    text: &str,
    shape: &Shape,
    wanted: &Preferences,
) -> Vec<Note> {
    let may_copy = model.parameters() < CAREFUL_BELOW && !language::is_other(text, wanted);
    if may_copy && shape.quotes > 0 { key_passages(text, shape.quotes) } else { Vec::new() }
}

/// The conversation for a summary of `text`, with `quotes` of it if they fit.
pub(crate) fn ask_for_summary<G: Generate>(
    model: &G,
    text: &str,
    quotes: &[Note],
    task: &str,
    shape: &Shape,
    language: Option<&str>,
    wanted: &Preferences,
) -> Vec<Message> {
    if !quotes.is_empty() {
        let task = prompts::quoting_task(task, quotes.iter().map(|quote| quote.text.as_str()));
        let quoting = prompts::summary(text, &task, language, wanted);
        if budget(model, &quoting, shape.options.max_tokens) > 0 {
            return quoting;
        }
    }
    prompts::summary(text, task, language, wanted)
}

/// Tokens left for the page beside a summary's task, whatever its language.
pub(crate) fn summary_budget<G: Generate>(model: &G, shape: &Shape, wanted: &Preferences) -> u32 {
    let room = |task: &&str| {
        budget(
            model,
            &prompts::summary("", task, Some("Simplified Chinese"), wanted),
            shape.options.max_tokens,
        )
    };
    shape.tasks.iter().map(room).min().unwrap_or_default()
}

/// Tokens left for the page beside `messages` and `max_tokens` of answer.
pub(crate) fn budget<G: Generate>(model: &G, messages: &[Message], max_tokens: u32) -> u32 {
    let said: u32 = messages.iter().map(|m| model.count_tokens(&m.content) + 6).sum();
    model.context_tokens().saturating_sub(said).saturating_sub(max_tokens).saturating_sub(TEMPLATE_ROOM)
}

/// `turns` without the oldest question and its answer; none if only the last question is left.
fn later(turns: &[protocol::Turn]) -> Option<&[protocol::Turn]> {
    let next = turns.iter().skip(1).position(|t| t.role == protocol::Role::User)? + 1;
    Some(&turns[next..])
}

/// What of `page` and of `turns` goes to the model. The page stays whole if it fits beside the last question: old turns give way
/// to it. Of a longer page the passages go that the conversation is about, and of the conversation what leaves them half
/// of the context.
fn see<'t, G: Generate>(
    model: &G,
    page: &str,
    turns: &'t [protocol::Turn],
    wanted: &Preferences,
    max_tokens: u32,
) -> Result<(Part, &'t [protocol::Turn]), Failure> {
    let count = |text: &str| model.count_tokens(text);
    let room = |turns: &[protocol::Turn]| budget(model, &prompts::chat(Some(""), turns, wanted), max_tokens);
    let is_short = fits(page, room(&turns[turns.len() - 1..]), &count);
    let mut told = turns;
    loop {
        let room = room(told);
        let part = if !is_short {
            (room >= model.context_tokens() / 2 || later(told).is_none())
                .then(|| retrieval::relevant(page, turns, room, &count))
                .flatten()
        } else if fits(page, room, &count) {
            Some(Part::whole(page))
        } else {
            None
        };
        match (part, later(told)) {
            (Some(part), _) => return Ok((part, told)),
            (None, Some(rest)) => told = rest,
            (None, None) => return Err(Failure::DoesNotFit(model.context_tokens())),
        }
    }
}

/// Says so where the model does not see all of the source.
pub(crate) fn tell_part(source: &Source, part: &Part, emit: &mut dyn FnMut(Event)) {
    let units = Units::new(&source.text);
    let to_units =
        |range: &Range<usize>| SourceRange { start: units.at(range.start), end: units.at(range.end) };
    let ranges: Vec<SourceRange> = part.ranges.iter().map(to_units).collect();
    let used_units = ranges.iter().map(|range| range.end - range.start).sum();
    let total_units = units.at(source.text.len());
    if used_units < total_units {
        emit(Event::Context { used_units, total_units, ranges });
    }
}

/// What generated text passes through before it is shown.
pub(crate) enum Filter {
    None,
    List(Bullets),
    Prose(Unwrap),
}

impl Filter {
    fn push(&mut self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::List(bullets) => bullets.push(text),
            Self::Prose(unwrap) => unwrap.push(text),
        }
    }

    fn finish(&mut self) -> String {
        match self {
            Self::None => String::new(),
            Self::List(bullets) => bullets.finish(),
            Self::Prose(unwrap) => unwrap.finish(),
        }
    }
}

/// From the model's text to events.
pub(crate) struct Output<'a> {
    filter: Filter,
    draft: Draft,
    source: Option<&'a Index<'a>>,
    question: Option<&'a str>,
    /// Only copies are linked.
    is_careful: bool,
    sentences: Vec<Sentence>,
    /// How many of them are near a passage, linked or not.
    near: usize,
    stop: Option<Stop>,
    /// The limit ended the text, perhaps in a word.
    is_cut: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(
        filter: Filter,
        draft: Draft,
        source: Option<&'a Index<'a>>,
        question: Option<&'a str>,
    ) -> Self {
        Self {
            filter,
            draft,
            source,
            question,
            is_careful: false,
            sentences: Vec::new(),
            near: 0,
            stop: None,
            is_cut: false,
        }
    }

    fn push(&mut self, text: &str, emit: &mut dyn FnMut(Event)) -> Flow {
        let clean = self.filter.push(text);
        let step = self.draft.push(&clean);
        self.tell(step, emit)
    }

    fn finish(&mut self, finish: Finish, emit: &mut dyn FnMut(Event)) {
        self.is_cut = finish == Finish::Length;
        let rest = self.filter.finish();
        let step = self.draft.push(&rest);
        self.tell(step, emit);
        let step = self.draft.finish();
        self.tell(step, emit);
    }

    fn tell(&mut self, step: Step, emit: &mut dyn FnMut(Event)) -> Flow {
        if !step.text.is_empty() {
            emit(Event::Text { text: step.text });
        }
        for range in step.sentences {
            let sentence = self.sentence(range);
            self.sentences.push(sentence.clone());
            emit(Event::Sentence(sentence));
        }
        if step.stop.is_some() {
            self.stop = step.stop;
        }
        if self.stop.is_some() { Flow::Stop } else { Flow::Continue }
    }

    fn sentence(&mut self, range: std::ops::Range<usize>) -> Sentence {
        let text = self.draft.shown();
        let units = Units::new(text);
        let (start, end) = (units.at(range.start), units.at(range.end));
        let mut flags = self.source.map(|s| flags(text, range.clone(), start, s)).unwrap_or_default();
        // Nobody knows what the last word was to be.
        flags.retain(|flag| !(self.is_cut && range.end == text.len() && flag.end == end));
        let sentence = &text[range];
        let support = |links| self.source.and_then(|s| s.support(sentence, self.question, links));
        let near = support(Links::Near);
        self.near += usize::from(near.is_some());
        let passage = if self.is_careful { support(Links::Copies) } else { near };
        Sentence { start, end, passage, flags }
    }
}

/// What the model wrote.
pub(crate) struct Written {
    /// The text, as it was shown.
    pub(crate) text: String,
    /// Its sentences.
    pub(crate) sentences: Vec<Sentence>,
    /// How many of them are near a passage, linked or not.
    pub(crate) near: usize,
    /// The last of them breaks off where it began to repeat itself.
    pub(crate) broken: bool,
    /// Why it ended.
    pub(crate) reason: EndReason,
    /// What it cost.
    pub(crate) stats: Stats,
}

/// Lets the model answer `messages`.
pub(crate) async fn generate<G: Generate>(
    model: &mut G,
    messages: &[Message],
    options: &Options,
    cancel: &Cancel,
    output: Output<'_>,
    emit: &mut dyn FnMut(Event),
) -> Result<Written, Failure> {
    if cancel.is_cancelled() {
        return Ok(Written {
            text: String::new(),
            sentences: Vec::new(),
            near: 0,
            broken: false,
            reason: EndReason::Cancelled,
            stats: Stats::default(),
        });
    }
    let mut output = output;
    output.is_careful = model.parameters() < CAREFUL_BELOW;
    let outcome = {
        let mut listener = |progress: Progress<'_>| match progress {
            Progress::Reading { done, total } => {
                emit(Event::Reading { done, total });
                Flow::Continue
            }
            Progress::Text(text) => output.push(text, emit),
        };
        model.generate(messages, options, cancel, &mut listener).await
    }?;
    output.finish(outcome.finish, emit);
    let reason = reason(&outcome, output.stop);
    Ok(Written {
        text: output.draft.shown().to_owned(),
        sentences: output.sentences,
        near: output.near,
        broken: output.draft.is_broken(),
        reason,
        stats: stats(&outcome),
    })
}

/// Why a text ended that was cut by `stop`, if it was.
pub fn reason(outcome: &Outcome, stop: Option<Stop>) -> EndReason {
    match (stop, outcome.finish) {
        (_, Finish::Cancelled) => EndReason::Cancelled,
        (Some(Stop::Repetition), _) => EndReason::Repetition,
        (Some(Stop::Enough), _) | (None, Finish::Stop | Finish::Listener) => EndReason::Complete,
        (None, Finish::Length) => EndReason::Length,
    }
}

/// What the model's work cost.
pub fn stats(outcome: &Outcome) -> Stats {
    Stats {
        prompt_tokens: outcome.prompt_tokens,
        reused_tokens: outcome.reused_tokens,
        generated_tokens: outcome.generated_tokens,
        first_token_seconds: outcome.first_token_seconds,
        decode_seconds: outcome.decode_seconds,
    }
}
