//! What the model is told to rewrite a piece of a text.
//!
//! Each tone has an order and examples of pieces, as turns that have been: a small model follows examples better than orders.
//! The examples are as long as the pieces (a sentence or three), keep every fact, and neither greet nor thank where the
//! original does not: what they add, the model adds to every piece. They all come before the piece, so that the engine's
//! cache of them serves every piece of the text.

use protocol::Tone;
use text::{Message, Options, Role, Sampling};

const SYSTEM: &str = "You rewrite text. You keep its meaning, its language and every fact in it.";
/// Standing order of the user's own instructions.
const OWN_SYSTEM: &str =
    "You rewrite text as the user tells you. Your answer is the rewritten text and nothing else.";

/// The conversation for a rewrite of `piece`.
pub fn piece(piece: &str, tone: Tone) -> Vec<Message> {
    let (order, examples) = examples(tone);
    let mut messages = vec![message(Role::System, SYSTEM)];
    for (before, after) in examples {
        messages.push(message(Role::User, format!("{order}\n\n{before}")));
        messages.push(message(Role::Assistant, *after));
    }
    messages.push(message(Role::User, format!("{order}\n\n{piece}")));
    messages
}

/// The conversation for a rewrite of `text` as the user's own `instruction` says. The instruction and the text stand in
/// turns of their own, so that no text can pass for a part of an instruction.
pub fn own(text: &str, instruction: &str) -> Vec<Message> {
    vec![
        message(Role::System, OWN_SYSTEM),
        message(Role::User, instruction),
        message(Role::Assistant, "Please send me the text to rewrite."),
        message(Role::User, text),
    ]
}

/// Limits of the rewrite of a text of `tokens` tokens: as long again as the tone may need, and a few. `attempt` 0 takes the
/// likeliest wording.
pub fn options(tokens: u32, tone: Tone, attempt: u32) -> Options {
    let room = match tone {
        Tone::Shorter | Tone::Proofread => tokens / 4,
        Tone::AsIs | Tone::MoreFormal | Tone::MoreCasual | Tone::Simpler | Tone::List => tokens / 2,
        Tone::Longer | Tone::Own => tokens.saturating_mul(2),
    };
    let sampling = match attempt {
        0 => Sampling::GREEDY,
        // Enough to differ, little enough to stay with the text.
        seed => {
            Sampling { temperature: 0.7, top_k: 40, top_p: 0.9, repetition_penalty: 1.0, seed: seed.into() }
        }
    };
    Options { max_tokens: tokens.saturating_add(room).saturating_add(24), sampling, ignore_stop: false }
}

/// An order, and what it made of some pieces.
fn examples(tone: Tone) -> (&'static str, &'static [(&'static str, &'static str)]) {
    match tone {
        Tone::AsIs => (
            "Say this in other words:",
            &[
                (
                    "The heating in room 4 is broken again and it is freezing. Can someone fix it today?",
                    "Room 4's heating has failed again, and it is freezing in there. Could somebody repair it today?",
                ),
                (
                    "I was on a train, so I missed your call yesterday.",
                    "I missed your call yesterday because I was on a train.",
                ),
                (
                    "The shop on Mill Street is closed until 6 June.",
                    "Until 6 June the shop on Mill Street is closed.",
                ),
            ],
        ),
        Tone::MoreFormal => (
            "Rewrite this in a formal, polite style:",
            &[
                (
                    "the heating in room 4 is broken again and its freezing. can someone fix it today?",
                    "The heating in room 4 is broken again, and it is freezing. Could someone please fix it today?",
                ),
                (
                    "sorry i missed ur call yesterday, i was on a train",
                    "I apologise for missing your call yesterday, as I was on a train.",
                ),
                (
                    "We don't want to wait any longer for the 20 chairs.",
                    "We do not wish to wait any longer for the 20 chairs.",
                ),
                ("hey Tom, whats the plan for friday?", "Dear Tom, what is the plan for Friday?"),
            ],
        ),
        Tone::MoreCasual => (
            "Rewrite this in a casual, friendly style:",
            &[
                (
                    "We regret to inform you that the picnic on Sunday has been cancelled owing to the rain.",
                    "Sorry, the picnic on Sunday is cancelled because of the rain.",
                ),
                (
                    "I would be grateful if you could return the book to me by 5 May.",
                    "Could you give me back the book by 5 May? Thanks!",
                ),
                ("Would you be able to attend the dinner?", "Can you come to the dinner?"),
            ],
        ),
        Tone::Shorter => (
            "Make this shorter:",
            &[
                (
                    "I am writing to you today in order to ask whether it would be possible for you to send me the photos that you took on Friday.",
                    "Could you send me the photos you took on Friday?",
                ),
                (
                    "Due to the fact that the lift is out of order at the moment, everybody will need to use the stairs until it has been repaired.",
                    "The lift is out of order, so please use the stairs until it is repaired.",
                ),
                ("The next bus leaves at 9:40.", "The next bus leaves at 9:40."),
            ],
        ),
        Tone::Longer => (
            "Say this at greater length, without new facts:",
            &[
                (
                    "The lift is broken. Please use the stairs.",
                    "Unfortunately, the lift is broken at the moment and cannot be used. Please be so kind as to use the stairs until it is working again.",
                ),
                (
                    "Could you send me the photos from Friday?",
                    "I would like to have the photos from Friday, and I would be very glad if you could send them to me. Could you do that?",
                ),
            ],
        ),
        Tone::Simpler => (
            "Rewrite this in simple words and short sentences:",
            &[
                (
                    "Owing to unforeseen circumstances, the commencement of the course has been postponed until 4 March.",
                    "Something came up. So the course will start on 4 March.",
                ),
                (
                    "Applicants are required to submit the completed form prior to their appointment.",
                    "Please fill in the form. Send it before your appointment.",
                ),
                ("The bus leaves at nine.", "The bus leaves at nine."),
            ],
        ),
        Tone::List => (
            "Turn this into a list, one point a line:",
            &[
                (
                    "Please buy bread and two litres of milk. The keys are under the mat, and the dog needs a walk at six.",
                    "- Buy bread and two litres of milk\n- The keys are under the mat\n- The dog needs a walk at six",
                ),
                (
                    "The course starts on 4 March and costs £30.",
                    "- The course starts on 4 March\n- It costs £30",
                ),
            ],
        ),
        Tone::Proofread => (
            "Correct the spelling and grammar. Change nothing else:",
            &[
                (
                    "he dont know were the keys is, i think there in the kichen",
                    "He doesn't know where the keys are. I think they're in the kitchen.",
                ),
                ("The train leaves at 9:40 from platform 2.", "The train leaves at 9:40 from platform 2."),
                (
                    "Thanks for you're help yesterday, it realy made a diference to all of us and we wont forget it.",
                    "Thanks for your help yesterday, it really made a difference to all of us and we won't forget it.",
                ),
                (
                    "could you tell me wich shops is open on sunday?",
                    "Could you tell me which shops are open on Sunday?",
                ),
            ],
        ),
        // Has its own conversation.
        Tone::Own => ("Rewrite this:", &[]),
    }
}

fn message(role: Role, content: impl Into<String>) -> Message {
    Message { role, content: content.into() }
}
