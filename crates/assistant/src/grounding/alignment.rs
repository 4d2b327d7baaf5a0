//! The words of a sentence, laid on those of a passage that it may copy.

use crate::{grounding::terms::is_stop, words::words};
use std::{iter, ops::Range};

/// Most words that a copy leaves out in one place.
const MOST_LEFT_OUT: usize = 2;
/// Most words of a text that are compared.
const MOST_WORDS: usize = 256;
/// Articles, "and" and "that", and what makes a perfect of a verb: "the town has voted to keep the ferry" and "town votes to keep its
/// ferry".
const LIGHT: [&str; 39] = [
    "a", "an", "and", "das", "dass", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen",
    "einer", "el", "et", "ha", "habe", "haben", "had", "han", "has", "hat", "have", "its", "la", "las", "le",
    "les", "los", "that", "the", "these", "this", "those", "und", "un", "y",
];
/// Words that stand for one another and change nothing.
const ALIKE: [&[&str]; 12] = [
    &["about", "approximately", "around", "roughly"],
    &["begin", "began", "begins", "start", "started", "starts"],
    &["big", "large"],
    &["called", "named"],
    &["intended", "meant", "supposed"],
    &["largely", "mainly", "mostly", "primarily"],
    &["many", "multiple", "several", "various"],
    &["almost", "nearly"],
    &["rarely", "seldom"],
    &["shop", "store"],
    &["use", "used", "uses", "using"],
    &["yourself", "yourselves"],
];
/// Forms of one word that endings do not tell.
const IRREGULAR: [&[&str]; 34] = [
    &["be", "are", "been", "is", "was", "were"],
    &["become", "became", "becomes"],
    &["break", "breaks", "broke", "broken"],
    &["bring", "brings", "brought"],
    &["build", "builds", "built"],
    &["buy", "bought", "buys"],
    &["choose", "chooses", "chose", "chosen"],
    &["come", "came", "comes"],
    &["do", "did", "does", "done"],
    &["draw", "drawn", "draws", "drew"],
    &["fall", "fallen", "falls", "fell"],
    &["find", "finds", "found"],
    &["get", "gets", "got"],
    &["give", "gave", "given", "gives"],
    &["go", "goes", "gone", "went"],
    &["grow", "grew", "grown", "grows"],
    &["hold", "held", "holds"],
    &["keep", "keeps", "kept"],
    &["know", "knew", "known", "knows"],
    &["lead", "leads", "led"],
    &["leave", "leaves", "left"],
    &["lose", "loses", "lost"],
    &["make", "made", "makes"],
    &["pay", "paid", "pays"],
    &["run", "ran", "runs"],
    &["say", "said", "says"],
    &["see", "saw", "seen", "sees"],
    &["sell", "sells", "sold"],
    &["send", "sends", "sent"],
    &["spend", "spends", "spent"],
    &["take", "taken", "takes", "took"],
    &["teach", "taught", "teaches"],
    &["think", "thinks", "thought"],
    &["write", "writes", "written", "wrote"],
];
/// Endings without which two forms of a word are the same, the longer first.
const ENDINGS: [&str; 12] = ["est", "ing", "ed", "em", "en", "er", "es", "et", "e", "n", "s", "t"];
/// Fewest letters that stand for a word.
const LEAST_ROOT: usize = 3;
/// What parts clauses.
const CLAUSE_ENDS: [char; 9] = [',', ';', ':', '(', ')', '–', '—', '、', '，'];
/// What parts sentences.
const SENTENCE_ENDS: [char; 7] = ['.', '!', '?', '。', '！', '？', '\n'];
/// Who speaks, and to whom.
const SPEAKERS: [&str; 14] =
    ["du", "i", "ich", "je", "me", "my", "nous", "our", "tu", "us", "vous", "we", "wir", "you"];
/// Of whom it is said.
const OTHERS: [&str; 17] = [
    "elle", "er", "he", "her", "him", "his", "ihr", "ihre", "il", "she", "sie", "sein", "seine", "their",
    "they", "your", "yours",
];

/// What makes a belief or a wish of its clause.
const HEDGES: [&str; 22] = [
    "allegedly",
    "angeblich",
    "believed",
    "claimed",
    "could",
    "creía",
    "creían",
    "croyait",
    "hoped",
    "might",
    "pensaba",
    "pensait",
    "perhaps",
    "planned",
    "quizá",
    "said",
    "should",
    "supposed",
    "supposedly",
    "thought",
    "vielleicht",
    "would",
];
/// What makes a condition of its sentence.
const CONDITIONS: [&str; 8] = ["falls", "if", "ob", "si", "sofern", "unless", "wenn", "whether"];

/// A word that is compared.
pub struct Key {
    /// As a source is searched for it.
    pub key: String,
    /// What its forms share.
    pub root: String,
    /// It says something about a subject; a single ideograph is no word.
    pub tells: bool,
    /// It is who speaks, or who is spoken to.
    pub is_speaker: bool,
    /// The first of a sentence.
    opens: bool,
    /// The first of a clause: behind a comma or the like.
    begins: bool,
    is_number: bool,
    /// It makes a belief of its clause.
    is_hedge: bool,
    /// It makes a condition of all of its sentence.
    is_condition: bool,
    is_person: bool,
}

/// The words of `text` that are compared, in order: not articles and their like. O(bytes).
pub fn keys(text: &str) -> Vec<Key> {
    let mut end = 0;
    let (mut opens, mut begins) = (true, true);
    let mut found = Vec::new();
    for word in words(text).take(MOST_WORDS) {
        let between = &text[end..word.range.start];
        opens |= end > 0 && between.contains(SENTENCE_ENDS);
        begins |= opens || between.contains(CLAUSE_ENDS);
        end = word.range.end;
        let lower = text[word.range.clone()].to_lowercase();
        // "UN" is no article.
        let is_acronym = lower.len() > 1 && !text[word.range.clone()].chars().any(char::is_lowercase);
        if is_acronym || !LIGHT.contains(&lower.as_str()) {
            let tells = !is_stop(&word, &lower)
                && word.key.chars().nth(1).is_some()
                && lower != "one"
                && lower != "ones";
            // "We're" and "we are".
            let key = word.key.split('\'').next().unwrap_or_default().to_owned();
            let alike = ALIKE
                .iter()
                .chain(&IRREGULAR)
                .find(|alike| alike.contains(&lower.as_str()))
                .map(|alike| alike[0]);
            let root = alike.unwrap_or(if tells { root(&key) } else { &key }).to_owned();
            let is = |list: &[&str]| list.contains(&lower.as_str());
            found.push(Key {
                key,
                root,
                opens,
                begins,
                tells,
                is_number: word.number || lower == "one",
                is_hedge: is(&HEDGES),
                is_condition: is(&CONDITIONS),
                is_speaker: is(&SPEAKERS),
                is_person: is(&SPEAKERS) || is(&OTHERS),
            });
            (opens, begins) = (false, false);
        }
    }
    found
}

/// What "votes" and "voted" share, "steigt" and "steigen".
fn root(key: &str) -> &str {
    let cut = |ending: &&str| key.strip_suffix(*ending).filter(|root| root.len() >= LEAST_ROOT);
    ENDINGS.iter().find_map(cut).unwrap_or(key)
}

/// Which words of a sentence stand in a passage, and where.
pub struct Alignment<'a> {
    said: &'a [Key],
    held: &'a [Key],
    /// Places in `said`, with those in `held`; both ascend.
    common: Vec<(usize, usize)>,
}

impl<'a> Alignment<'a> {
    /// Lays `said` on `held`. O(words of the one × words of the other × words of a sentence), of which there are few ([`MOST_WORDS`]).
    pub fn new(said: &'a [Key], held: &'a [Key]) -> Self {
        Self { said, held, common: common(said, held) }
    }

    /// How many words are in common.
    pub fn len(&self) -> usize {
        self.common.len()
    }

    /// Whether the passage goes on in the clause that the sentence ends with.
    pub fn breaks_off(&self) -> bool {
        self.common.last().is_some_and(|&(_, end)| self.held.get(end + 1).is_some_and(|word| !word.begins))
    }

    /// Whether a telling word stands in both, but in another place.
    pub fn moves(&self) -> bool {
        let is_left = |at: &usize| !self.common.iter().any(|(ours, _)| ours == at);
        (0..self.said.len()).filter(is_left).any(|at| {
            let word = &self.said[at];
            word.tells && self.held.iter().any(|other| other.root == word.root)
        })
    }

    /// Whether a telling word, a number or a person that is not in common stands where the passage has another.
    pub fn replaces(&self) -> bool {
        let both = |(ours, theirs): &(Range<usize>, Range<usize>), is: fn(&Key) -> bool| {
            self.said[ours.clone()].iter().any(is) && self.held[theirs.clone()].iter().any(is)
        };
        let is_another = |gap: &_| {
            both(gap, |word| word.tells)
                || both(gap, |word| word.is_number)
                || both(gap, |word| word.is_person)
        };
        self.gaps().iter().any(is_another)
    }

    /// Whether the sentence leaves out what its clause makes of it, such as a belief, or a condition of the whole sentence.
    pub fn drops_hedge(&self) -> bool {
        let is_hedged = |theirs: Range<usize>| self.held[theirs].iter().any(|word| word.is_hedge);
        self.gaps().into_iter().any(|(_, theirs)| is_hedged(theirs)) || self.drops_condition()
    }

    /// Wherever it stands in the sentences that the first and the last word are of.
    fn drops_condition(&self) -> bool {
        let (Some(&(_, first)), Some(&(_, last))) = (self.common.first(), self.common.last()) else {
            return false;
        };
        let opening = (0..=first).rev().find(|&i| self.held[i].opens).unwrap_or(0);
        let end = (last + 1..self.held.len()).find(|&i| self.held[i].opens).unwrap_or(self.held.len());
        (opening..end)
            .any(|i| self.held[i].is_condition && !self.common.iter().any(|&(_, theirs)| theirs == i))
    }

    /// Whether it is clauses of the passage without any other word, and without a gap.
    pub fn is_verbatim(&self) -> bool {
        self.common.first().is_some_and(|&(_, at)| self.held[at].begins)
            && !self.breaks_off()
            && self.common.len() == self.said.len()
            && self.common.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1)
    }

    /// What is not in common: before the first word that is, where its clause has more; between two; and behind the last, as many words
    /// of the passage's sentence as are said there.
    fn gaps(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let (said, held) = (self.said, self.held);
        let (Some(&(first, at)), Some(&(last, end))) = (self.common.first(), self.common.last()) else {
            return Vec::new();
        };
        let opening = (0..=at).rev().find(|&i| held[i].begins).unwrap_or(at);
        let rest = held[end + 1..].iter().take(said.len() - last - 1).take_while(|word| !word.opens).count();
        let between = self.common.windows(2).map(|pair| (pair[0].0 + 1..pair[1].0, pair[0].1 + 1..pair[1].1));
        iter::once((0..first, opening..at))
            .chain(between)
            .chain([(last + 1..said.len(), end + 1..end + 1 + rest)])
            .collect()
    }
}

/// The longest subsequence of `said` that stands in `held` with no more than [`MOST_LEFT_OUT`] words in between, or whole
/// clauses; who is spoken of in a sentence is said at its beginning, so that it is entered there. Places in `said`, with those in `held`.
fn common(said: &[Key], held: &[Key]) -> Vec<(usize, usize)> {
    /// A word in common, the last of so many, and the one before.
    struct Link {
        place: (usize, usize),
        length: usize,
        before: Option<usize>,
    }
    let mut links: Vec<Link> = Vec::new();
    // The first word of each word's sentence, and of its clause.
    let first_of = |is_first: fn(&Key) -> bool| -> Vec<usize> {
        let first = |first: &mut usize, i: usize| {
            *first = if is_first(&held[i]) { i } else { *first };
            Some(*first)
        };
        (0..held.len()).scan(0, first).collect()
    };
    let (opening, beginning) = (first_of(|word| word.opens), first_of(|word| word.begins));
    // The end of the longest that ends at a word of `held`.
    let mut ends: Vec<Option<usize>> = vec![None; held.len()];
    for (at, word) in said.iter().enumerate() {
        for i in (0..held.len()).rev().filter(|&i| word.root == held[i].root) {
            let near = i.saturating_sub(MOST_LEFT_OUT + 1);
            let first = match &held[i] {
                Key { opens: true, .. } => near,
                Key { begins: true, .. } => opening[i],
                _ => near.max(beginning[i]),
            };
            let before = ends[first..i].iter().copied().flatten().max_by_key(|&link| links[link].length);
            let length = 1 + before.map_or(0, |link| links[link].length);
            if ends[i].is_none_or(|link| links[link].length <= length) {
                ends[i] = Some(links.len());
                links.push(Link { place: (at, i), length, before });
            }
        }
    }
    let last = ends.into_iter().flatten().max_by_key(|&link| links[link].length);
    let mut places: Vec<_> =
        iter::successors(last, |&link| links[link].before).map(|link| links[link].place).collect();
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_between_are_few_or_whole_clauses() {
        let common = |a, b| Alignment::new(&keys(a), &keys(b)).len();
        assert_eq!(common("one two three four five", "x one x three x five"), 3);
        assert_eq!(
            common("one two three four five", "one two x x x three four five"),
            3,
            "too much is left out"
        );
        assert_eq!(common("one two three four five", "one two x x x, three four five"), 5);
        assert_eq!(common("two three four", "one, two three. Two, a x, four"), 2, "another's subject");
        assert_eq!(common("", "one"), 0);
    }
}
