// Written by `cargo xtask codegen` from crates/protocol. Do not edit.

/**
 * The GPU in use.
 */
export type AdapterInfo = {
/**
 * The adapter's name, as far as the browser tells it.
 */
name: string,
/**
 * No GPU: the kernels run on the processor, many times slower.
 */
software: boolean,
/**
 * The kernel variants in use.
 */
variants: Array<string>, };

/**
 * Languages that answers can be asked for in, by their BCP 47 tags.
 */
export type AnswerLanguage = "ar" | "cs" | "da" | "de" | "el" | "en" | "es" | "fi" | "fr" | "he" | "hi" | "hu" | "id" | "it" | "ja" | "ko" | "nb" | "nl" | "pl" | "pt" | "ro" | "ru" | "sv" | "tr" | "uk" | "vi" | "zh-Hans" | "zh-Hant";

/**
 * Reading a prompt whose beginning is in the context; medians.
 */
export type BenchAgain = {
/**
 * Tokens of the prompt.
 */
tokens: number,
/**
 * Tokens at its end that were replaced.
 */
replacedTokens: number,
/**
 * Seconds to the first token when nothing of it was there.
 */
freshSeconds: number,
/**
 * Seconds to the first token when only the end had to be read.
 */
againSeconds: number,
/**
 * The first by the second.
 */
ratio: number, };

/**
 * Writing with a long text in the context; medians.
 */
export type BenchDepth = {
/**
 * Tokens in the context.
 */
tokens: number,
/**
 * Tokens a second with one token in the context.
 */
emptyTokensPerSecond: number,
/**
 * Tokens a second with `tokens` in the context.
 */
deepTokensPerSecond: number,
/**
 * The second by the first.
 */
ratio: number, };

/**
 * What was measured.
 */
export type BenchFigures = {
/**
 * Tokens of each prompt.
 */
promptTokens: number,
/**
 * Tokens written after each.
 */
generatedTokens: number,
/**
 * Seconds to the very first token, of the run that does not count: kernels are compiled in it.
 */
coldFirstTokenSeconds: number,
/**
 * Every run that counts.
 */
runs: Array<BenchRun>,
/**
 * The median of each figure over the runs.
 */
median: BenchRun,
/**
 * How long a stop can go unheard.
 */
stop: BenchStop,
/**
 * What a full context costs, where it was measured.
 */
depth: BenchDepth | null,
/**
 * What a prompt costs that begins as the last one did, where it was measured.
 */
again: BenchAgain | null, };

/**
 * The model that was measured, and what it takes.
 */
export type BenchModel = {
/**
 * The file's own name for the model.
 */
name: string,
/**
 * Tokens of context that memory is reserved for.
 */
contextTokens: number,
/**
 * Bytes of weights on the GPU, where there is one.
 */
weightBytes: number | null,
/**
 * Kernels dispatched for one token, where there is a GPU.
 */
dispatchesPerToken: number | null,
/**
 * In a browser, bytes of WebAssembly memory at the end. It never shrinks, so this is also the most there was.
 */
heapBytes: number | null, };

/**
 * What to measure, and how often.
 */
export type BenchOptions = {
/**
 * Tokens of each prompt; at least 1.
 */
promptTokens: number,
/**
 * Tokens to write after each prompt; at least 2.
 */
generatedTokens: number,
/**
 * How often everything is measured; at least 1. A first run comes before, and does not count.
 */
runs: number,
/**
 * Also measure writing with so many tokens in the context, beside writing with one; 0 does not.
 */
depthTokens: number,
/**
 * Also measure reading so many tokens, and again with the last 40 of them replaced; at least 41, and 0 does not.
 */
againTokens: number, };

/**
 * What was measured, and on what.
 */
export type BenchReport = {
/**
 * Sotto's version.
 */
version: string,
/**
 * What the engine was compiled for: `linux x86_64`, or `browser wasm32`.
 */
system: string,
/**
 * What it ran on.
 */
adapter: AdapterInfo,
/**
 * The driver and its version; empty in a browser.
 */
driver: string,
/**
 * The model that ran.
 */
model: BenchModel,
/**
 * Seconds from the request for the file to a model that answers.
 */
loadSeconds: number,
/**
 * What most of these were spent on.
 */
load: LoadTimes,
/**
 * What was measured.
 */
figures: BenchFigures, };

/**
 * One run, or the median of several.
 */
export type BenchRun = {
/**
 * Seconds from the prompt to the first token.
 */
firstTokenSeconds: number,
/**
 * Tokens of the prompt, by these seconds.
 */
prefillTokensPerSecond: number,
/**
 * Tokens written after the first, by the seconds from the first to the last.
 */
decodeTokensPerSecond: number, };

/**
 * Longest time in any run between two moments at which the engine hears of a stop. Whoever asks for the stop has its end
 * event at once; the GPU is free that much later at most.
 */
export type BenchStop = {
/**
 * While a prompt is read, in seconds.
 */
readingSeconds: number,
/**
 * While text is written, in seconds.
 */
writingSeconds: number, };

/**
 * How a cache keeps keys and values.
 */
export type CacheFormat = "f32" | "q8_0";

/**
 * Asks for the next turn of a conversation.
 */
export type ChatRequest = {
/**
 * The page that the conversation is about.
 */
source: Source | null,
/**
 * All turns so far, oldest first; the last one is the user's.
 */
turns: Array<Turn>,
/**
 * What the user wants of every answer.
 */
preferences: Preferences, };

/**
 * Code on a page or in an editor.
 */
export type Code = {
/**
 * The programming language as the page names it, such as `rust` or `js`; none where it does not.
 */
language: string | null, };

/**
 * One change of proofread text: units `start..end` of the original become `text`.
 */
export type Correction = {
/**
 * First unit in the original.
 */
start: number,
/**
 * One past the last unit; `start` where something is only inserted.
 */
end: number,
/**
 * What stands there afterwards; may be empty.
 */
text: string,
/**
 * What was wrong, as far as the two texts tell.
 */
reason: Reason,
/**
 * What it touches that must not change unasked.
 */
flag: FlagKind | null,
/**
 * Whether it is made unless the user decides otherwise. Never where there is a flag.
 */
suggested: boolean, };

/**
 * How a rewrite differs from its original, word by word, and what to know before it is applied.
 */
export type Diff = {
/**
 * `equal` and `delete` parts joined give the original; `equal` and `insert` parts, the rewrite.
 */
parts: Array<DiffPart>,
/**
 * Protected spans of the original that the rewrite changed or lost. Not empty: do not apply without asking.
 */
flags: Array<Flag>,
/**
 * Numbers, dates, addresses and names of the rewrite that the original lacks. Not empty: do not apply without asking.
 */
added: Array<Flag>,
/**
 * Sentences that did not come through as they should. One that is dropped or invented: do not apply without asking.
 */
notes: Array<Note>,
/**
 * Of proofread text, each change by itself, in order; empty for any other rewrite. All of them made give the rewrite.
 */
corrections: Array<Correction>, };

/**
 * Kinds of [`DiffPart`].
 */
export type DiffKind = "equal" | "delete" | "insert";

/**
 * A part of a [`Diff`].
 */
export type DiffPart = {
/**
 * Whether the text is in both, in the original alone, or in the rewrite alone.
 */
kind: DiffKind,
/**
 * The text.
 */
text: string, };

/**
 * What was wrong with a text that was withdrawn.
 */
export type Doubt = "unsupported" | "repetition" | "language";

/**
 * Why a request ended well.
 */
export type EndReason = "complete" | "length" | "cancelled" | "repetition";

/**
 * What the engine is doing, apart from any request.
 */
export type EngineState = { "state": "unloaded" } | { "state": "loading",
/**
 * Bytes there so far.
 */
bytes: number,
/**
 * Bytes in all; below 2^53, as every integer here.
 */
totalBytes: number, } | { "state": "compiling",
/**
 * Kernels ready so far.
 */
done: number,
/**
 * Kernels in all.
 */
total: number, } | { "state": "ready",
/**
 * The model that answers.
 */
model: ModelInfo,
/**
 * The GPU that it runs on.
 */
adapter: AdapterInfo, } | { "state": "failed",
/**
 * The cause.
 */
code: ErrorCode,
/**
 * The particulars, in English; the sentence for the user belongs to `code`.
 */
message: string, };

/**
 * An [`Event`] with the request it belongs to.
 */
export type Envelope = {
/**
 * The request's id.
 */
id: string,
/**
 * 0, 1, 2 … within the request.
 */
seq: number,
/**
 * What happened.
 */
event: Event, };

/**
 * A cause that the extension can name and act upon.
 */
export type ErrorCode = "no-webgpu" | "adapter-too-small" | "adapter-wrong" | "gpu-lost" | "out-of-memory" | "model-missing" | "model-corrupt" | "model-unsupported" | "not-a-model" | "parts-missing" | "model-present" | "download-cut" | "download-missing" | "download-wrong" | "disk-full" | "context-full" | "empty-selection" | "not-code" | "empty-page" | "field-gone" | "field-protected" | "language-unknown" | "no-comments" | "pdf-locked" | "pdf-without-text" | "pdf-unreadable" | "page-forbidden" | "file-forbidden" | "grant-needed" | "bad-request";

/**
 * What happened to a request.
 */
export type Event = { "type": "queued",
/**
 * How many.
 */
ahead: number, } | { "type": "context",
/**
 * UTF-16 units of the source that the model sees.
 */
usedUnits: number,
/**
 * UTF-16 units of the source.
 */
totalUnits: number,
/**
 * Where these stand in the source, ascending and apart.
 */
ranges: Array<SourceRange>, } | { "type": "step",
/**
 * What begins now.
 */
kind: StepKind,
/**
 * Its number among those of its kind, from 1.
 */
number: number,
/**
 * How many of its kind there are.
 */
of: number, } | { "type": "reading",
/**
 * Tokens read so far; those resident from before count.
 */
done: number,
/**
 * Tokens in all.
 */
total: number, } | { "type": "text",
/**
 * To be appended to what came before.
 */
text: string, } | { "type": "sentence" } & Sentence | { "type": "withdrawn",
/**
 * What was wrong with it.
 */
doubt: Doubt,
/**
 * What follows.
 */
instead: Instead, } | { "type": "diff" } & Diff | { "type": "done",
/**
 * Why it ended.
 */
reason: EndReason,
/**
 * What it cost.
 */
stats: Stats, } | { "type": "failed",
/**
 * The cause.
 */
code: ErrorCode,
/**
 * The particulars, in English; the sentence for the user belongs to `code`.
 */
message: string, };

/**
 * What can be asked about code.
 */
export type ExplainKind = "explain" | "comment";

/**
 * Asks about selected code.
 */
export type ExplainRequest = {
/**
 * The code.
 */
source: Source,
/**
 * What to do with it.
 */
kind: ExplainKind, };

/**
 * Why a file is refused.
 */
export type FileRefusal = {
/**
 * The cause.
 */
code: ErrorCode,
/**
 * The particulars, in English.
 */
message: string, };

/**
 * A model whose files have come whole.
 */
export type FileReport = {
/**
 * SHA-256 of each file, in lower-case hexadecimal.
 */
sha256: Array<string>,
/**
 * What the header says.
 */
facts: ModelFacts, };

/**
 * Whether a model fits a GPU.
 */
export type Fit = "fits" | "may-not" | "does-not";

/**
 * A span of generated text that the user should check.
 */
export type Flag = {
/**
 * First unit in the generated text (for a rewrite: in the original, where something was lost).
 */
start: number,
/**
 * One past the last unit.
 */
end: number,
/**
 * What kind of thing it is.
 */
kind: FlagKind,
/**
 * The text of the span.
 */
text: string, };

/**
 * Kinds of [`Flag`].
 */
export type FlagKind = "number" | "date" | "address" | "name" | "code" | "quote";

/**
 * What is known of a GPU before anything is loaded.
 */
export type GpuLimits = {
/**
 * Most bytes that a kernel may see of one buffer.
 */
bindingBytes: number,
/**
 * The machine's memory as the browser tells it, which is rounded and never more than a few GiB; none where it does not tell.
 */
memoryBytes: number | null, };

/**
 * What follows a text that was withdrawn.
 */
export type Instead = "another" | "key-passages" | "nearest-passages";

/**
 * What the engine can be asked for.
 */
export type Job = { "type": "summarize" } & SummarizeRequest | { "type": "chat" } & ChatRequest | { "type": "rewrite" } & RewriteRequest | { "type": "explain" } & ExplainRequest;

/**
 * One case of the conformance table.
 */
export type KernelCheck = {
/**
 * The case, as the table names it.
 */
name: string,
/**
 * Normalised mean squared error against the reference.
 */
error: number,
/**
 * The most that the table allows.
 */
bound: number,
/**
 * `error` is a number and within `bound`.
 */
passed: boolean, };

/**
 * Lengths of a summary, named as in the web's Summarizer API.
 */
export type Length = "short" | "medium" | "long";

/**
 * The stages of a load, one after the other. In a browser the GPU process works beside them, and what it has left to
 * do at the end shows in `ready_seconds`.
 */
export type LoadTimes = {
/**
 * Seconds to read and check what stands before the weights.
 */
headerSeconds: number,
/**
 * Seconds to lower the program: kernels handed to the compiler, memory reserved.
 */
prepareSeconds: number,
/**
 * Seconds to build the tokenizer and the chat template.
 */
tokenizerSeconds: number,
/**
 * Seconds to read the weights, repack them, and hand them to the GPU.
 */
weightsSeconds: number,
/**
 * Seconds until all was compiled and uploaded, and a first step of each kind had run.
 */
readySeconds: number, };

/**
 * What a file's header says of the model in it.
 */
export type ModelFacts = {
/**
 * The file's own name for the model.
 */
name: string,
/**
 * `general.architecture` of the file.
 */
architecture: string,
/**
 * Tokens of context that the model was trained for.
 */
contextTokens: number,
/**
 * Values in all weights.
 */
parameters: number,
/**
 * The block format that most bytes are in.
 */
quantisation: string,
/**
 * `general.license` of the file, where it has one.
 */
licence: string | null,
/**
 * What it takes of a GPU.
 */
needs: ModelNeeds, };

/**
 * Where a model lies.
 */
export type ModelFile = { "in": "package",
/**
 * Its address.
 */
url: string, } | { "in": "storage",
/**
 * Their names there, in the order of the parts: one, unless the model is split over several files.
 */
names: Array<string>, };

/**
 * The loaded model.
 */
export type ModelInfo = {
/**
 * The file's own name for the model.
 */
name: string,
/**
 * `general.architecture` of the file.
 */
architecture: string,
/**
 * Tokens of context that memory is reserved for.
 */
contextTokens: number,
/**
 * Bytes of weights on the GPU.
 */
weightBytes: number,
/**
 * Bytes of WebAssembly memory after loading. It never shrinks, so this is also the most there was.
 */
heapBytes: number, };

/**
 * What a model takes of a GPU, worked out from its header.
 */
export type ModelNeeds = {
/**
 * Bytes of weights.
 */
weightBytes: number,
/**
 * Bytes of keys and values for the context that memory is reserved for.
 */
cacheBytes: number,
/**
 * Bytes that a step works in, at most.
 */
scratchBytes: number,
/**
 * Bytes of the largest buffer that one kernel sees whole.
 */
largestBindingBytes: number, };

/**
 * A sentence to look at.
 */
export type Note = {
/**
 * What became of it.
 */
kind: NoteKind,
/**
 * First unit in the original; in the rewrite for an invented one.
 */
start: number,
/**
 * One past the last unit.
 */
end: number,
/**
 * The text of the sentence.
 */
text: string, };

/**
 * Kinds of [`Note`].
 */
export type NoteKind = "dropped" | "invented" | "kept";

/**
 * A passage of the source text.
 */
export type Passage = {
/**
 * First unit of the passage in the source's text.
 */
start: number,
/**
 * One past its last unit.
 */
end: number,
/**
 * How well it supports the sentence, 0 to 1.
 */
score: number, };

/**
 * What the user wants of every summary and answer, as the settings have it. Rewrites keep the language of their text, and have
 * instructions of their own.
 */
export type Preferences = {
/**
 * The language to answer in; none: that of the page, or of the question.
 */
language: AnswerLanguage | null,
/**
 * What to mind, in the user's own words, at most [`Preferences::LONGEST_INSTRUCTIONS`] UTF-16 units.
 */
instructions: string | null, };

/**
 * Why a [`Correction`] was made. Told from the two texts alone, so that it is never the model's excuse.
 */
export type Reason = "spelling" | "grammar" | "punctuation" | "capitalisation" | "spacing" | "word-choice" | "wording";

/**
 * One job for the engine.
 */
export type Request = {
/**
 * Chosen by the surface, unique among its requests (a UUID).
 */
id: string,
/**
 * What to do.
 */
job: Job, };

/**
 * Asks for another wording of `text`.
 */
export type RewriteRequest = {
/**
 * What the field holds. It is data: whatever it says, the model is told to rewrite it.
 */
text: string,
/**
 * How to rewrite it.
 */
tone: Tone,
/**
 * What the user wants, in their own words, at most [`RewriteRequest::LONGEST_INSTRUCTION`] UTF-16 units; with
 * [`Tone::Own`], and only then.
 */
instruction: string | null,
/**
 * 0 for the likeliest wording; any other number for another one, the same each time.
 */
attempt: number, };

/**
 * Who speaks in a [`Turn`].
 */
export type Role = "user" | "assistant";

/**
 * How every kernel fared against its reference on this adapter.
 */
export type SelfTestReport = {
/**
 * The adapter tested.
 */
adapter: AdapterInfo,
/**
 * One entry a case of the conformance table.
 */
checks: Array<KernelCheck>, };

/**
 * A sentence of the generated text.
 */
export type Sentence = {
/**
 * First unit of the sentence in the generated text.
 */
start: number,
/**
 * One past its last unit.
 */
end: number,
/**
 * The passage of the source that supports it; none means that nothing was found.
 */
passage: Passage | null,
/**
 * Numbers, dates, addresses and names in it that the source lacks.
 */
flags: Array<Flag>, };

/**
 * Text that the user's gesture handed over.
 */
export type Source = {
/**
 * Whether this is a whole page or a part that the user selected.
 */
kind: SourceKind,
/**
 * The page's title; may be empty.
 */
title: string,
/**
 * The text itself. Passages are offsets into it.
 */
text: string,
/**
 * BCP 47 tag that the page declares, where it does.
 */
language: string | null,
/**
 * What is known of the code that the text is; none for prose.
 */
code: Code | null, };

/**
 * Where a [`Source`] came from.
 */
export type SourceKind = "page" | "selection";

/**
 * Part of the source text.
 */
export type SourceRange = {
/**
 * First unit of it.
 */
start: number,
/**
 * One past its last unit.
 */
end: number, };

/**
 * What a request cost.
 */
export type Stats = {
/**
 * Tokens of the prompt.
 */
promptTokens: number,
/**
 * Of these, the ones that were resident from an earlier request and not read again.
 */
reusedTokens: number,
/**
 * Tokens written.
 */
generatedTokens: number,
/**
 * Seconds from the start of the work to the first token of text.
 */
firstTokenSeconds: number,
/**
 * Seconds from the first token to the last.
 */
decodeSeconds: number, };

/**
 * Kinds of [`Event::Step`].
 */
export type StepKind = "part" | "merging";

/**
 * Asks for a summary of `source`.
 */
export type SummarizeRequest = {
/**
 * What to summarise.
 */
source: Source,
/**
 * The summary's shape.
 */
summaryType: SummaryType,
/**
 * The summary's length.
 */
length: Length,
/**
 * What the user wants of every answer.
 */
preferences: Preferences, };

/**
 * Shapes of a summary, named as in the web's Summarizer API.
 */
export type SummaryType = "key-points" | "tldr" | "teaser" | "headline";

/**
 * Ways to rewrite; the first three are named as in the web's Rewriter API.
 */
export type Tone = "as-is" | "more-formal" | "more-casual" | "shorter" | "longer" | "simpler" | "list" | "proofread" | "own";

/**
 * One turn of a conversation.
 */
export type Turn = {
/**
 * Who spoke.
 */
role: Role,
/**
 * What was said.
 */
text: string, };

/**
 * What the offscreen document tells the worker.
 */
export type WorkerCommand = { "type": "start" } & WorkerOptions | { "type": "request" } & Request | { "type": "cancel",
/**
 * The request's id.
 */
id: string, } | { "type": "unload" } | { "type": "selfTest" } | { "type": "bench" } & BenchOptions;

/**
 * What the worker tells the offscreen document.
 */
export type WorkerMessage = { "type": "state" } & EngineState | { "type": "event" } & Envelope | { "type": "selfTest" } & SelfTestReport | { "type": "bench" } & BenchReport | { "type": "benchFailed",
/**
 * The particulars, in English.
 */
message: string, };

/**
 * Where the model is and how to run it.
 */
export type WorkerOptions = {
/**
 * The model's GGUF file.
 */
model: ModelFile,
/**
 * Most tokens of context to reserve memory for; the model's own limit applies too.
 */
contextTokens: number,
/**
 * How keys and values are kept in GPU memory.
 */
cache: CacheFormat,
/**
 * Whether pages that were read may be put aside on the disk, as long as the worker lives.
 */
keepPrefixes: boolean, };
