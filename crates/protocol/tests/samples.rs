//! The samples in `tests/protocol/` are what goes over the ports: read and written again, they must not change.
//! tests/protocol/types.test.mjs holds the same files against the generated TypeScript.

use protocol::{WorkerCommand, WorkerMessage};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const COMMANDS: &str = include_str!("../../../tests/protocol/commands.json");
const MESSAGES: &str = include_str!("../../../tests/protocol/messages.json");

fn samples(json: &str) -> Vec<Value> {
    serde_json::from_str(json).unwrap()
}

#[track_caller]
fn assert_round_trip<T: Serialize + DeserializeOwned>(json: &str) {
    for sample in samples(json) {
        let message: T = serde_json::from_value(sample.clone()).unwrap_or_else(|e| panic!("{sample}: {e}"));
        assert_eq!(serde_json::to_value(message).unwrap(), sample);
    }
}

#[test]
fn commands_survive_a_round_trip() {
    assert_round_trip::<WorkerCommand>(COMMANDS);
}

#[test]
fn messages_survive_a_round_trip() {
    assert_round_trip::<WorkerMessage>(MESSAGES);
}

/// No field may be left out: a missing one is a message from another version, and is refused. Those that may be
/// `null` are the exception, as serde has it.
#[test]
fn a_missing_field_is_refused() {
    for (json, is_read) in [
        (COMMANDS, (|v| serde_json::from_value::<WorkerCommand>(v).is_ok()) as fn(Value) -> bool),
        (MESSAGES, |v| serde_json::from_value::<WorkerMessage>(v).is_ok()),
    ] {
        for sample in samples(json) {
            for field in sample.as_object().unwrap().keys() {
                let mut broken = sample.clone();
                broken.as_object_mut().unwrap().remove(field);
                assert!(!is_read(broken), "{sample} was read without `{field}`");
            }
        }
    }
}

#[test]
fn unknown_kinds_are_refused() {
    assert!(serde_json::from_str::<WorkerCommand>(r#"{"type":"format"}"#).is_err());
    assert!(serde_json::from_str::<WorkerMessage>(r#"{"type":"state","state":"asleep"}"#).is_err());
    assert!(
        serde_json::from_str::<WorkerMessage>(
            r#"{"type":"state","state":"failed","code":"other","message":""}"#
        )
        .is_err()
    );
}
