//! The chat templates of families, for files that carry none.

use gguf::Metadata;

/// A family's template, and the tokens by which its vocabulary is known.
const BY_TOKENS: [(&[&str], &str); 8] = [
    (&["<|im_start|>", "<|im_end|>"], include_str!("families/chatml.jinja")),
    (&["<start_of_turn>", "<end_of_turn>"], include_str!("families/gemma.jinja")),
    (&["<|start_header_id|>", "<|eot_id|>"], include_str!("families/llama3.jinja")),
    (&["<|header_start|>", "<|eot|>"], include_str!("families/llama4.jinja")),
    (&["<|start_of_role|>", "<|end_of_role|>"], include_str!("families/granite.jinja")),
    (&["<|user|>", "<|assistant|>", "<|end|>"], include_str!("families/phi.jinja")),
    (&["<｜User｜>", "<｜Assistant｜>"], include_str!("families/deepseek.jinja")),
    (&["[INST]", "[/INST]"], include_str!("families/mistral.jinja")),
];

/// Phi-2 marks turns with words.
const PHI2: &str = include_str!("families/phi2.jinja");

/// The template of the family that the file belongs to, if it is one of these.
pub(crate) fn template(metadata: &Metadata, tokens: &[String]) -> Option<&'static str> {
    let has = |wanted: &&str| tokens.iter().any(|token| token == wanted);
    let by_tokens =
        BY_TOKENS.iter().find(|(wanted, _)| wanted.iter().all(has)).map(|(_, template)| *template);
    let phi2 = metadata.opt_str("general.architecture").ok().flatten() == Some("phi2");
    by_tokens.or(phi2.then_some(PHI2))
}
