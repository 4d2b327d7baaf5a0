//! Which passage of the source supports a generated sentence.
//!
//! Lexical, computed from the texts alone: the share of the sentence's words, each weighted by how rare it is in the
//! source, that a passage of one or two neighbouring sentences holds. A passage that the sentence contradicts is not linked.
//! Nothing that the model says about its sources is used.

use crate::{
    grounding::comparison::Comparison,
    grounding::copies::{Suspect, is_closed},
    grounding::dates::days,
    grounding::names::{german_names, names_side_by_side},
    grounding::terms::{Kind, Term, terms},
    sentences::{is_question, sentences},
    units::Units,
};
use protocol::Passage;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Least score of a passage that is shown.
const THRESHOLD: f32 = 0.28;
/// The same, for a sentence in ideographs: single ones meet by chance.
const IDEOGRAPH_THRESHOLD: f32 = 0.38;
/// Least score of a passage that, with the sentence before it, also speaks of the question.
const ANSWER_THRESHOLD: f32 = 0.17;
/// Share of the question that such a passage holds.
const ON_QUESTION: f32 = 0.15;
/// From this score on a single word in common is enough.
const ALONE: f32 = 0.7;
/// What a neighbouring sentence must add to be taken into the passage.
const NEIGHBOUR_GAIN: f32 = 0.15;
/// How much the question's words count beside the answer's when passages are ranked.
const QUESTION_SHARE: f32 = 0.35;
/// Numbers and names weigh more: they are what a reader checks.
const FACT_WEIGHT: f32 = 1.5;
/// A single ideograph weighs less: it is in many words.
const IDEOGRAPH_WEIGHT: f32 = 0.5;
/// Most words of a sentence that are looked at: the bits of a mask.
const MOST_TERMS: usize = 64;
/// What a word counts of which the passage has only another form.
const STEM_SHARE: f32 = 0.8;
/// How many sentences before a passage may say what its "it" is.
const SHORTLY_BEFORE: usize = 4;
/// Least score of a copy; what has less is not looked at.
const LEAST_OF_COPY: f32 = 0.4;

/// Which passages may support a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Those that have enough of its words.
    Near,
    /// Those that it copies ([`Suspect::copies`]).
    Copies,
}

/// The source, indexed once for all sentences.
pub struct Index<'a> {
    text: &'a str,
    units: Units<'a>,
    passages: Vec<Range<usize>>,
    /// Where a word stands, by its key.
    postings: HashMap<String, Posting>,
    /// How many different words each sentence has, stop words aside.
    sizes: Vec<u32>,
    /// Whether a blank line or heading separates sentence `i` from the one before.
    breaks: Vec<bool>,
    /// The names of a German text.
    german_names: Option<HashSet<String>>,
    /// Words with a capital in one run of them, as "Isbel" and "Moar" of "Mr Isbel Moar".
    full_names: HashSet<(String, String)>,
    /// The former of them, and the latter.
    name_halves: [HashSet<String>; 2],
    /// Numbers of days with the concepts of their months.
    days_of_months: HashSet<(String, String)>,
}

/// Where a word stands.
#[derive(Default)]
struct Posting {
    /// The sentences that hold it, ascending.
    sentences: Vec<u32>,
    /// It has a capital somewhere.
    capital: bool,
    /// It has none somewhere.
    small: bool,
}

/// Words of a sentence as they are looked up.
pub struct Query {
    /// Each key once, with its weight.
    pub terms: Vec<(Term, f32)>,
    /// The weights together.
    pub total: f32,
}

impl<'a> Index<'a> {
    /// Indexes `text`. O(bytes).
    pub fn new(text: &'a str) -> Self {
        let passages = sentences(text);
        let mut postings: HashMap<String, Posting> = HashMap::new();
        let mut sizes = vec![0; passages.len()];
        let mut breaks = vec![true; passages.len()];
        let mut full_names = HashSet::new();
        let mut name_halves = [HashSet::new(), HashSet::new()];
        let mut days_of_months = HashSet::new();
        for (number, passage) in passages.iter().enumerate() {
            if number > 0 {
                breaks[number] = text[passages[number - 1].end..passage.start].contains('\n');
            }
            let body = &text[passage.clone()];
            let terms = terms(body);
            days_of_months.extend(days(body, &terms).into_iter().map(|day| (day.day, day.month)));
            for run in names_side_by_side(body, &terms) {
                for (at, former) in run.iter().enumerate() {
                    for latter in &run[at + 1..] {
                        name_halves[0].insert(former.key.clone());
                        name_halves[1].insert(latter.key.clone());
                        full_names.insert((former.key.clone(), latter.key.clone()));
                    }
                }
            }
            for term in terms {
                let posting = postings.entry(term.key).or_default();
                posting.capital |= matches!(term.kind, Kind::Name | Kind::First);
                posting.small |= term.kind == Kind::Word;
                sizes[number] += u32::from(posting.add(number as u32));
                for other in [term.stem, term.equal].into_iter().flatten() {
                    postings.entry(other).or_default().add(number as u32);
                }
            }
        }
        let german_names = german_names(text);
        Self {
            text,
            units: Units::new(text),
            passages,
            postings,
            sizes,
            breaks,
            german_names,
            full_names,
            name_halves,
            days_of_months,
        }
    }

    /// Whether the source holds a word of this key.
    pub fn holds(&self, key: &str) -> bool {
        self.postings.contains_key(key)
    }

    /// Whether the source holds a word of this key in some sentences, or shortly before.
    fn is_near(&self, key: &str, sentences: &Range<usize>) -> bool {
        let near = sentences.start.saturating_sub(SHORTLY_BEFORE)..sentences.end;
        self.postings.get(key).is_some_and(|posting| {
            let first = posting.sentences.partition_point(|&s| (s as usize) < near.start);
            posting.sentences.get(first).is_some_and(|&s| near.contains(&(s as usize)))
        })
    }

    /// Whether two names that stand side by side belong to two others: the source has the one before another name and the other behind one, and never these two together.
    pub fn mixes(&self, first: &Term, second: &Term) -> bool {
        let (a, b) = (&first.key, &second.key);
        self.is_name(first)
            && self.is_name(second)
            && !self.full_names.contains(&(a.clone(), b.clone()))
            && self.name_halves[0].contains(a)
            && self.name_halves[1].contains(b)
    }

    /// Whether the source speaks of that day of that month.
    pub fn has_day(&self, day: &str, month: &str) -> bool {
        self.days_of_months.contains(&(day.to_owned(), month.to_owned()))
    }

    /// The source.
    pub fn whole(&self) -> &'a str {
        self.text
    }

    /// Whether the source holds a term in any form.
    pub fn has(&self, term: &Term) -> bool {
        [Some(&term.key), term.stem.as_ref(), term.equal.as_ref()]
            .into_iter()
            .flatten()
            .any(|key| self.holds(key))
    }

    /// How many sentences the source has.
    pub fn len(&self) -> usize {
        self.passages.len()
    }

    /// The text of some of its sentences; nothing, if there are none.
    pub fn text(&self, sentences: Range<usize>) -> &'a str {
        match self.passages.get(sentences) {
            Some([first, .., last]) => &self.text[first.start..last.end],
            Some([only]) => &self.text[only.clone()],
            _ => "",
        }
    }

    /// Whether a term is a name, as far as its capitals here and in the source tell.
    pub fn is_name(&self, term: &Term) -> bool {
        let is_proper = || match &self.german_names {
            Some(names) => names.contains(&term.key),
            None => true,
        };
        match term.kind {
            Kind::Name => is_proper(),
            Kind::First => self.postings.get(&term.key).is_some_and(|p| p.capital && !p.small) && is_proper(),
            _ => false,
        }
    }

    /// The passage that supports `sentence` best, of those that `links` allows, if one does. `question` is what the sentence
    /// answers, where there is one: of passages that hold the answer's words, the one that also speaks of the question wins.
    ///
    /// The score is `sum of w(t) over the sentence's words in the passage / sum of w(t) over all of them` with
    /// `w(t) = ln(1 + N / df(t))`, times 1.5 for numbers, days and names, and 0.5 for single ideographs; another form of a
    /// word counts 0.8 of it. A passage that the sentence contradicts ([`Comparison::contradicts`]) is no support, however well
    /// it scores, and a question is none. O(sentences of the source × words of the sentence) at worst.
    pub fn support(&self, sentence: &str, question: Option<&str>, links: Links) -> Option<Passage> {
        let suspect = match links {
            Links::Near => None,
            Links::Copies => Some(Suspect::new(sentence, question)?),
        };
        let answer = self.ask(sentence);
        if answer.query.total <= 0.0 {
            return None;
        }
        let question = question.map(|q| self.ask(q)).filter(|q| q.query.total > 0.0);
        let mut best: Option<(f32, usize, usize)> = None;
        // A question states nothing.
        let states = |s: usize| is_question(sentence) || !is_question(self.text(s..s + 1));
        let has_any = |s: usize| answer.held[s].exact | answer.held[s].stem != 0;
        let is_allowed = |passage: Range<usize>| {
            suspect.as_ref().is_none_or(|suspect| {
                answer.coverage(passage.clone()) > LEAST_OF_COPY
                    && suspect.copies(self.text(passage.clone()), |key| self.is_near(key, &passage))
            })
        };
        for first in (0..self.passages.len()).filter(|&s| has_any(s) && states(s)) {
            if is_allowed(first..first + 1) {
                offer(&mut best, self.rank(&answer, question.as_ref(), first..first + 1), first, first + 1);
            }
            for pair in [first.checked_sub(1).map(|before| before..first + 1), Some(first..first + 2)] {
                let is_one = |p: &Range<usize>| p.end <= self.passages.len() && !self.breaks[p.end - 1];
                let Some(pair) = pair.filter(|p| is_one(p) && is_allowed(p.clone())) else {
                    continue;
                };
                let together = self.rank(&answer, question.as_ref(), pair.clone());
                offer(&mut best, together - NEIGHBOUR_GAIN, pair.start, pair.end);
            }
        }
        let (_, start, end) = best?;
        let score = answer.coverage(start..end).clamp(0.0, 1.0);
        let before = start.saturating_sub(1);
        let on_question = question.as_ref().is_some_and(|q| q.coverage(before..end) >= ON_QUESTION);
        let has_ideographs = answer.query.terms.iter().any(|(term, _)| is_ideograph(&term.key));
        let least = match on_question {
            true => ANSWER_THRESHOLD,
            false if has_ideographs => IDEOGRAPH_THRESHOLD,
            false => THRESHOLD,
        };
        // One common word proves nothing, unless a question says what it is about.
        let is_lonely = !on_question && score < ALONE && answer.found(start..end) < 2
            || answer.query.terms.len() < 2 && question.is_none();
        let comparison = || Comparison::new(self, sentence, &answer, question.as_ref(), start..end);
        let is_verbatim =
            || suspect.as_ref().is_some_and(|suspect| suspect.is_verbatim(self.text(start..end)));
        (score >= least && !is_lonely && (is_verbatim() || !comparison().contradicts())).then(|| Passage {
            start: self.units.at(self.passages[start].start),
            end: self.units.at(self.passages[end - 1].end),
            score,
        })
    }

    /// Where the sentences of the source stand, in bytes, that have most of a question's words, each weighted as [`Self::support`] weights
    /// them: at most `most`, the best first, of equals the earlier, and none that has not half of what the best has. A heading answers nothing, and a
    /// question neither. O(sentences of the source × (words of the question + log sentences)).
    pub fn nearest(&self, question: &str, most: usize) -> Vec<Range<usize>> {
        let asked = self.ask(question);
        let states = |s: usize| is_closed(self.text(s..s + 1));
        let mut found: Vec<(usize, f32)> = (0..self.len())
            .map(|s| (s, asked.coverage(s..s + 1)))
            .filter(|&(s, share)| share > 0.0 && states(s))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let least = found.first().map_or(0.0, |best| best.1 / 2.0);
        found
            .into_iter()
            .take_while(|&(_, share)| share >= least)
            .take(most)
            .map(|(s, _)| self.passages[s].clone())
            .collect()
    }

    fn ask(&self, sentence: &str) -> Asked {
        let query = self.query(sentence);
        let held = self.held(&query);
        Asked { query, held }
    }

    fn query(&self, sentence: &str) -> Query {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let wanted =
            terms(sentence).into_iter().filter(|t| t.kind != Kind::Part && seen.insert(t.key.clone()));
        for term in wanted.take(MOST_TERMS) {
            let weight = match term.kind {
                Kind::Number | Kind::Date => FACT_WEIGHT,
                _ if self.is_name(&term) => FACT_WEIGHT,
                _ if is_ideograph(&term.key) => IDEOGRAPH_WEIGHT,
                _ => 1.0,
            } * self.rarity(&term);
            found.push((term, weight));
        }
        let total = found.iter().map(|(_, w)| w).sum();
        Query { terms: found, total }
    }

    /// `ln(1 + N / df)`; a word that the source lacks is taken to stand in one sentence.
    pub fn rarity(&self, term: &Term) -> f32 {
        let sentences = self.passages.len().max(1) as f32;
        let posting = self.postings.get(&term.key).or_else(|| self.postings.get(term.stem.as_ref()?));
        let with = posting.map_or(1, |posting| posting.sentences.len()).max(1) as f32;
        (1.0 + sentences / with).ln()
    }

    /// For each sentence of the source, which of the query's words it holds: bit `i` for `terms[i]`.
    fn held(&self, query: &Query) -> Vec<Held> {
        let mut held = vec![Held::default(); self.passages.len()];
        let standing =
            |key: Option<&String>| key.and_then(|key| self.postings.get(key)).map(|p| p.sentences.as_slice());
        for (bit, (term, _)) in query.terms.iter().enumerate() {
            for key in [Some(&term.key), term.equal.as_ref()] {
                for &sentence in standing(key).into_iter().flatten() {
                    held[sentence as usize].exact |= 1 << bit;
                }
            }
            for &sentence in standing(term.stem.as_ref()).into_iter().flatten() {
                held[sentence as usize].stem |= 1 << bit;
            }
        }
        held
    }

    /// What passages are compared by: coverage of the answer, then of the question, then brevity.
    fn rank(&self, answer: &Asked, question: Option<&Asked>, passage: Range<usize>) -> f32 {
        let question = question.map_or(0.0, |q| QUESTION_SHARE * q.coverage(passage.clone()));
        let size: u32 = self.sizes[passage.clone()].iter().sum();
        answer.coverage(passage) + question + 0.05 / (1.0 + size as f32)
    }
}

/// Which words of a query a text holds, as bits.
#[derive(Clone, Copy, Default)]
pub struct Held {
    exact: u64,
    /// In another form.
    stem: u64,
}

/// A query, and which of its words each sentence of the source holds.
pub struct Asked {
    /// The query.
    pub query: Query,
    held: Vec<Held>,
}

impl Asked {
    fn together(&self, passage: Range<usize>) -> Held {
        self.held[passage].iter().fold(Held::default(), |all, held| Held {
            exact: all.exact | held.exact,
            stem: all.stem | held.stem,
        })
    }

    /// Whether one of the sentences holds the term of this number.
    pub fn holds(&self, mut sentences: Range<usize>, bit: usize) -> bool {
        sentences.any(|s| self.held.get(s).is_some_and(|held| (held.exact | held.stem) >> bit & 1 == 1))
    }

    /// How many of the query's words and numbers the passage holds.
    fn found(&self, passage: Range<usize>) -> usize {
        let is_unit = |bit: usize| self.query.terms[bit].0.kind == Kind::Unit;
        (0..self.query.terms.len()).filter(|&bit| !is_unit(bit) && self.holds(passage.clone(), bit)).count()
    }

    /// Share of the query's weight that the passage holds, 0 to 1.
    pub fn coverage(&self, passage: Range<usize>) -> f32 {
        let held = self.together(passage);
        let weight: f32 = self
            .query
            .terms
            .iter()
            .enumerate()
            .map(|(bit, (_, weight))| {
                if held.exact >> bit & 1 == 1 {
                    *weight
                } else if held.stem >> bit & 1 == 1 {
                    STEM_SHARE * weight
                } else {
                    0.0
                }
            })
            .sum();
        weight / self.query.total.max(f32::MIN_POSITIVE)
    }
}

impl Posting {
    /// Notes a sentence; whether that is new. Sentences come in order.
    fn add(&mut self, sentence: u32) -> bool {
        let is_new = self.sentences.last() != Some(&sentence);
        if is_new {
            self.sentences.push(sentence);
        }
        is_new
    }
}

fn is_ideograph(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next().is_some_and(|c| matches!(c, '㐀'..='鿿' | '々')) && letters.next().is_none()
}

/// Keeps the better of `best` and the offer; of equals the earlier and shorter one, so that order of visit is no matter.
fn offer(best: &mut Option<(f32, usize, usize)>, rank: f32, start: usize, end: usize) {
    let better = best.is_none_or(|(r, s, e)| match rank.total_cmp(&r) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => (start, end) < (s, e),
        std::cmp::Ordering::Less => false,
    });
    if better {
        *best = Some((rank, start, end));
    }
}
