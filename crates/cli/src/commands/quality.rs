//! `sotto quality MODEL FOLDER`: how good the summaries of a folder's texts are.

use crate::{
    any_backend::AnyBackend,
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    texts,
};
use anyhow::{Context, Result, bail};
use assistant::quality::{Summary, Sums};
use engine::Session;
use protocol::{Event, Job, Length, Preferences, Source, SourceKind, SummarizeRequest, SummaryType};
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{BufWriter, Write, stdout},
    mem,
    path::{Path, PathBuf},
};
use text::{Cancel, Finish, Flow, Generate, GenerateError, Message, Options, Outcome, Progress};

/// Which texts.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// A folder of texts, `.txt` each.
    folder: PathBuf,
    /// Writes what the model said to this file, a summary a line, as JSON.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

const TYPES: [SummaryType; 4] =
    [SummaryType::KeyPoints, SummaryType::Tldr, SummaryType::Teaser, SummaryType::Headline];
const LENGTHS: [Length; 3] = [Length::Short, Length::Medium, Length::Long];

/// What the model said for one summary: to every wording of its task, whether it was needed or not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    document: &'a str,
    summary_type: SummaryType,
    length: Length,
    said: &'a [Said],
}

/// One answer, as far as its limit goes.
#[derive(Serialize)]
struct Said {
    /// What was asked, after the text.
    task: String,
    text: String,
    /// The model ended it, and not the limit.
    ended: bool,
}

/// Hands everything on to the session, and keeps what it says. What the assistant does not want any more is kept as well.
struct Recorder<'s> {
    session: &'s mut Session<AnyBackend>,
    /// Answers all tasks but that of this place, from 0, with nothing, so that the assistant asks in other words; none answers all.
    only: Option<usize>,
    /// Tasks so far.
    asked: usize,
    said: Vec<Said>,
}

impl Generate for Recorder<'_> {
    fn count_tokens(&self, text: &str) -> u32 {
        self.session.count_tokens(text)
    }

    fn parameters(&self) -> u64 {
        self.session.parameters()
    }

    fn context_tokens(&self) -> u32 {
        self.session.context_tokens()
    }

    async fn generate(
        &mut self,
        messages: &[Message],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let place = self.asked;
        self.asked += 1;
        if self.only.is_some_and(|only| only != place) {
            return Ok(Outcome {
                finish: Finish::Stop,
                prompt_tokens: 0,
                reused_tokens: 0,
                generated_tokens: 0,
                first_token_seconds: 0.0,
                decode_seconds: 0.0,
            });
        }
        let mut text = String::new();
        let mut is_enough = false;
        let mut listen = |progress: Progress<'_>| {
            if let Progress::Text(more) = progress {
                text.push_str(more);
            }
            is_enough = is_enough || listener(progress) == Flow::Stop;
            Flow::Continue
        };
        let outcome = self.session.generate(messages, options, cancel, &mut listen).await?;
        let last = messages.last().map_or("", |message| message.content.as_str());
        let task = last.rsplit('\n').next().unwrap_or_default().to_owned();
        self.said.push(Said { task, text, ended: outcome.finish == Finish::Stop });
        Ok(outcome)
    }
}

/// Summarises every text in every shape, and prints a table: a line a type, and a line for all.
///
/// # Errors
/// When a text cannot be read, the model fails, or the record cannot be written.
pub async fn run(args: Args) -> Result<()> {
    let paths = texts_in(&args.folder)?;
    let mut session = model::load(&args.model).await?;
    let mut record = match &args.record {
        Some(path) => {
            let name = path.display();
            Some(BufWriter::new(File::create(path).with_context(|| format!("{name} could not be written"))?))
        }
        None => None,
    };
    let mut progress = ProgressLine::of_tokens("Summarising");
    let total = (paths.len() * TYPES.len() * LENGTHS.len()) as u64;
    let mut done = 0;
    let mut sums = TYPES.map(|_| Sums::default());
    let mut all = Sums::default();
    for path in &paths {
        let text = texts::read(path)?;
        let document = path.file_stem().unwrap_or_default().to_string_lossy();
        for (summary_type, sums) in TYPES.into_iter().zip(&mut sums) {
            for length in LENGTHS {
                progress.show(done, total);
                done += 1;
                let source = Source {
                    kind: SourceKind::Page,
                    title: String::new(),
                    text: text.clone(),
                    language: None,
                    code: None,
                };
                let request =
                    SummarizeRequest { source, summary_type, length, preferences: Preferences::default() };
                let mut recorder = Recorder { session: &mut session, only: None, asked: 0, said: Vec::new() };
                let summary = summarize(&mut recorder, &request).await?;
                sums.add(&summary);
                all.add(&summary);
                if let Some(file) = &mut record {
                    let said = everything(&mut recorder, &request).await?;
                    let record = Record { document: &document, summary_type, length, said: &said };
                    writeln!(file, "{}", serde_json::to_string(&record)?)?;
                }
                if interrupt::requested() {
                    return Ok(());
                }
            }
        }
    }
    progress.clear();
    if let Some(mut file) = record {
        file.flush()?;
    }
    let mut out = stdout().lock();
    writeln!(out, "{:<12}{}", "", Sums::HEADER)?;
    for (summary_type, sums) in TYPES.iter().zip(&sums) {
        writeln!(out, "{:<12}{sums}", name(*summary_type))?;
    }
    Ok(writeln!(out, "{:<12}{all}", "all")?)
}

/// What the model says to every wording of the task: to those that were not needed it is asked now.
async fn everything(recorder: &mut Recorder<'_>, request: &SummarizeRequest) -> Result<Vec<Said>> {
    loop {
        let place = recorder.said.len();
        (recorder.only, recorder.asked) = (Some(place), 0);
        summarize(recorder, request).await?;
        if recorder.said.len() == place {
            return Ok(mem::take(&mut recorder.said));
        }
    }
}

async fn summarize(recorder: &mut Recorder<'_>, request: &SummarizeRequest) -> Result<Summary> {
    let cancel = Cancel::default();
    let job = Job::Summarize(request.clone());
    let mut events = Vec::new();
    assistant::run(recorder, &job, &cancel, &mut |event| {
        if interrupt::requested() {
            cancel.cancel();
        }
        events.push(event);
    })
    .await;
    if let Some(Event::Failed { message, .. }) = events.last() {
        bail!("{message}");
    }
    Ok(Summary::of(request, &events))
}

/// The texts of a folder, by name.
fn texts_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let name = folder.display();
    let entries = fs::read_dir(folder).with_context(|| format!("the folder {name} could not be read"))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    if paths.is_empty() {
        bail!("the folder {name} holds no .txt file; name one that does");
    }
    Ok(paths)
}

fn name(summary_type: SummaryType) -> &'static str {
    match summary_type {
        SummaryType::KeyPoints => "key points",
        SummaryType::Tldr => "TL;DR",
        SummaryType::Teaser => "teaser",
        SummaryType::Headline => "headline",
    }
}
