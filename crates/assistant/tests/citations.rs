//! Which passage a sentence is linked to, on texts of several kinds: through whole jobs, as a surface sees it.

mod support;

use protocol::{
    ChatRequest, FlagKind, Job, Length, Preferences, Role, Sentence, Source, SourceKind, SummarizeRequest,
    SummaryType, Turn,
};
use support::{Script, cut, run, sentences};

const FERRY: &str = include_str!("corpus/ferry.txt");
const RECIPE: &str = include_str!("corpus/recipe.txt");
const COUNCIL: &str = include_str!("corpus/council.txt");
const SCIENCE: &str = include_str!("corpus/science.txt");
const FORUM: &str = include_str!("corpus/forum.txt");
const STORY: &str = include_str!("corpus/story.txt");
const MIXED: &str = include_str!("corpus/mixed.txt");

fn source(text: &str) -> Source {
    Source { kind: SourceKind::Page, title: String::new(), text: text.into(), language: None, code: None }
}

/// The sentences that a model's `answer` to `question` becomes.
fn answer(page: &str, question: &str, answer: &str) -> Vec<Sentence> {
    let turns = vec![Turn { role: Role::User, text: question.into() }];
    sentences(&run(
        &mut Script::new(answer),
        &Job::Chat(ChatRequest { source: Some(source(page)), turns, preferences: Preferences::default() }),
    ))
}

/// The first sentence of a summary of `page` that says `said`.
fn summarized(page: &str, said: &str) -> Sentence {
    let job = SummarizeRequest {
        source: source(page),
        summary_type: SummaryType::Tldr,
        length: Length::Long,
        preferences: Preferences::default(),
    };
    sentences(&run(&mut Script::new(said), &Job::Summarize(job))).remove(0)
}

fn passage(page: &str, sentence: &Sentence) -> Option<String> {
    sentence.passage.as_ref().map(|p| cut(page, p.start, p.end))
}

/// What the model of the demo answered, letter by letter (SmolLM2-135M-Instruct Q4_1, greedy, llama.cpp), to the
/// whole article, to its paragraphs alone, and to paragraphs between single line breaks.
#[test]
fn the_demos_answer_lands_in_the_last_paragraph() {
    for recorded in [
        "The new boat will be called the Petrel, a name chosen by the children of Hallay school to celebrate the island's new electric ferry.",
        "The new boat will be called the Petrel, a name chosen by the children of Hallay school to honor the islanders.",
        "The new boat will be called the Petrel.",
    ] {
        let found = answer(FERRY, "What will the new boat be called?", recorded);
        let last = FERRY.trim().rsplit_once("\n\n").expect("paragraphs").1;
        let passage = passage(FERRY, &found[0]).expect("supported");
        assert!(last.contains(&passage) && passage.contains("Petrel"), "{passage}");
        assert!(found[0].flags.is_empty(), "{:?}", found[0].flags);
    }
}

/// The key points that the model of the demo wrote, cut after the third as a short summary is.
#[test]
fn the_demos_key_points_are_linked_as_far_as_they_hold() {
    let recorded = "1. The island of Skerry Sound has switched to a battery-powered boat.\n2. The old boat burned down in 2024.\n3. The Tern carries twelve cars and 98 passengers over the four miles of water between Hallay and the mainland.\n4. The old boat was";
    let request = SummarizeRequest {
        source: source(FERRY),
        summary_type: SummaryType::KeyPoints,
        length: Length::Short,
        preferences: Preferences::default(),
    };
    let found = sentences(&run(&mut Script::new(recorded), &Job::Summarize(request)));
    assert_eq!(found.len(), 3);
    assert!(passage(FERRY, &found[0]).expect("supported").contains("swapped its old boat for a battery one"));
    let carries = found[2].passage.as_ref().expect("supported");
    assert!(cut(FERRY, carries.start, carries.end).starts_with("The Tern carries twelve cars"));
    let invented = found[1].passage.as_ref().map_or(0.0, |p| p.score);
    assert!(invented < carries.score, "{invented} for an invention, {} for a fact", carries.score);
}

#[test]
fn answers_land_on_the_sentence_that_answers() {
    for (page, question, said, expected) in [
        (
            FERRY,
            "Who had the idea for the spring arm?",
            "A retired crane driver, Isbel Moar, drew it.",
            "Isbel Moar",
        ),
        (FERRY, "What did the diesel ferry cost a year?", "It cost £386,000.", "£386,000"),
        (FERRY, "How long does charging take?", "It takes nine minutes.", "nine minutes"),
        (RECIPE, "How long must the loaf rest?", "You should wait a full day before cutting it.", "full day"),
        (RECIPE, "How hot is the oven?", "Heat it to 240 °C.", "240 °C"),
        (COUNCIL, "When is the next meeting?", "The next one is on 12 October.", "12 October"),
        (COUNCIL, "What did the tank cost?", "£1,240.", "£1,240"),
        (
            SCIENCE,
            "What causes the hum?",
            "Tiny avalanches of sand that are too small to be seen cause it.",
            "avalanches too small to see",
        ),
        (FORUM, "When is the fix out?", "Version 6.2.3 fixes it and comes out on Thursday.", "6.2.3"),
        (
            STORY,
            "What moved the clock?",
            "The tide lifted a stone on a chain, and the stone sank every hour.",
            "tide lifted the stone",
        ),
        (MIXED, "佐藤惠子卖多少本书？", "她只卖一百本书。", "一百本书"),
    ] {
        let found = answer(page, question, said);
        let passage = passage(page, &found[0]).unwrap_or_else(|| panic!("no passage for {said:?}"));
        assert!(passage.contains(expected), "{said:?} was linked to {passage:?}");
    }
}

#[test]
fn paraphrases_find_their_passage() {
    for (page, said, expected) in [
        (FERRY, "The crossing takes 26 minutes, which is 2 minutes slower.", "twenty-six minutes"),
        (FERRY, "One of the two engineers moved to a southern shipyard.", "shipyard in the south"),
        (COUNCIL, "Renting a full plot will cost £46 from January.", "£46"),
        (SCIENCE, "Researchers buried 42 sensors in the ridge for eleven weeks.", "forty-two sensors"),
        (FORUM, "Unplugging the dock before closing the lid avoids the bug.", "Unplug the dock"),
    ] {
        let found = summarized(page, said);
        let passage = passage(page, &found).unwrap_or_else(|| panic!("no passage for {said:?}"));
        assert!(passage.contains(expected), "{said:?} was linked to {passage:?}");
    }
}

#[test]
fn inventions_have_no_passage() {
    for (page, said) in [
        (FERRY, "Whales often follow tourists around Greenland's icebergs."),
        (SCIENCE, "The government announced new taxes for farmers in Portugal."),
        (RECIPE, "The football match ended without goals."),
        (STORY, "Electric cars are cheaper than trains."),
    ] {
        let found = summarized(page, said);
        assert_eq!(passage(page, &found), None, "{said:?}");
    }
}

#[test]
fn facts_that_the_source_lacks_are_flagged() {
    let found = summarized(
        FERRY,
        "In 1998 Captain Jon Flett paid £900 to Harold Pinkerton at www.example.net on 9 August.",
    );
    let flags: Vec<(&str, FlagKind)> = found.flags.iter().map(|f| (f.text.as_str(), f.kind)).collect();
    assert_eq!(
        flags,
        [
            ("1998", FlagKind::Number),
            ("£900", FlagKind::Number),
            ("Harold Pinkerton", FlagKind::Name),
            ("www.example.net", FlagKind::Address),
            ("9 August", FlagKind::Date),
        ]
    );
}

#[test]
fn a_wrong_number_costs_score() {
    let right = summarized(FERRY, "The new boat starts carrying passengers on 3 May.");
    let wrong = summarized(FERRY, "The new boat starts carrying passengers on 14 May.");
    let score = |s: &Sentence| s.passage.as_ref().map_or(0.0, |p| p.score);
    assert!(score(&right) > score(&wrong) + 0.2, "{} {}", score(&right), score(&wrong));
    assert_eq!(wrong.flags.len(), 1, "{:?}", wrong.flags);
}

#[test]
fn a_repeated_question_does_not_draw_the_link_away() {
    let found = answer(
        FERRY,
        "When will the second electric ferry start carrying passengers?",
        "The second electric ferry will start carrying passengers on 3 May.",
    );
    assert!(passage(FERRY, &found[0]).expect("supported").contains("3 May"));
}

#[test]
fn offsets_hold_behind_wide_characters() {
    let found = answer(MIXED, "When does the café open?", "Das Café öffnet um 8:30 Uhr.");
    assert_eq!(
        passage(MIXED, &found[0]).expect("supported"),
        "Das Café öffnet um 8:30 Uhr und schließt um 17 Uhr."
    );
}

#[test]
fn a_copy_that_denies_in_one_clause_is_linked() {
    let page = "The hut has twelve beds, takes no bookings and costs 8 euros a night.";
    assert_eq!(passage(page, &summarized(page, page)).as_deref(), Some(page));
}

/// Numbers, units, days and lengths of time, whatever the language.
#[test]
fn the_same_fact_in_other_words_is_linked() {
    for (page, said) in [
        (
            "Die Basis hält das Wasser bis zu 45 Minuten warm.",
            "Die Basis hält es eine Dreiviertelstunde warm.",
        ),
        (
            "New kettles are guaranteed for three years, used ones for twelve months.",
            "Used kettles are guaranteed for 1 year.",
        ),
        ("Le phare a cent quarante-deux marches et une lampe.", "The phare has 142 marches."),
        ("Die Turnhalle kostet 2,1 Millionen Euro.", "Die Turnhalle kostet 2.100.000 Euro."),
        ("昨年は約2万1千人が動物園を訪れた。", "昨年は21,000人が動物園に来ました。"),
    ] {
        assert_eq!(passage(page, &summarized(page, said)).as_deref(), Some(page), "{said:?}");
    }
}

#[test]
fn what_the_passage_says_otherwise_is_not_linked() {
    for (page, said) in [
        ("The hut takes no bookings in summer.", "The hut takes bookings in summer."),
        ("The hut takes bookings in summer.", "The hut takes no bookings in summer."),
        ("A bed in the hut costs 8 euros. The taxi back costs 25 euros.", "A bed in the hut costs 25 euros."),
        ("Frau Meier warns that the heating fails.", "Herr Maier warns that the heating fails."),
        ("Movalia runs the bicycles for Harrow.", "Harrow runs the bicycles for Movalia."),
        // The number of something else.
        ("The monthly fee is £42, or £31 for students.", "Students pay £42."),
        ("La R2 se vende por 35 euros; la R3 cuesta 49.", "La R3 se vende por 35 euros."),
        (
            "The showers stay hot for twenty minutes instead of eight.",
            "The showers stay hot for eight minutes.",
        ),
        ("The pool is open every day but Tuesday.", "The pool is open on Monday."),
        // Somebody else's doing.
        (
            "We may exclude a guest at once. He may then ask Ruth Okafor for a review.",
            "Ruth Okafor may exclude a guest at once.",
        ),
        (
            "Before him I had Jakob, who left for a job with turbines. Then came Ada.",
            "Ada left for a job with turbines.",
        ),
        (
            "園長の西村さんは動物は夜のほうが元気だと話す。教授の西川さんは反対だ。",
            "園長の西川さんは動物は夜のほうが元気だと話す。",
        ),
        // The one for the other.
        (
            "The best seller was the hake; the squid, once first, fell to third place.",
            "The squid was the best seller and the hake fell to third place.",
        ),
        ("The manual is for rim brakes; disc brakes are set otherwise.", "The manual is for disc brakes."),
        // Denied, or only for somebody.
        ("The filter may be washed; the kettle may not.", "The kettle and the filter may be washed."),
        ("The motion to make Wednesday free was rejected.", "Yes, Wednesday will be free."),
        ("サウナは大人だけが使えます。", "サウナは子どもも使えます。"),
    ] {
        assert_eq!(passage(page, &summarized(page, said)), None, "{said:?} of {page:?}");
    }
}
