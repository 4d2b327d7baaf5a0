//! Conversation to prompt, by the template that the model file carries.

use crate::{
    Date, Specials, TextError, Tokenizer, families, seal::Seal, special_tokens, spelled::Piece,
    tokenizer::Encoding,
};
use gguf::Metadata;
use minijinja::{Environment, Error, ErrorKind, Value, syntax::SyntaxConfig, value::Kwargs};
use regex::{Captures, Regex};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Standing orders.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// What templates call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said. Never read as markup: text that looks like a special token stays text.
    pub content: String,
}

/// What a template may spend on one conversation: an instruction costs 1, so do 64 bytes of text that it makes. A
/// hostile one ends after some 10 ms and 64 MB.
const FUEL: u64 = 1_000_000;

/// A parsed chat template.
///
/// The language is Jinja as Hugging Face's libraries set it up: blocks trimmed, loop controls, Python's methods of
/// strings and dictionaries, `raise_exception`, `strftime_now`, `tojson`, and the tag `generation`, which marks what the
/// model writes and means nothing here. Models that can think before they answer are asked not to (`enable_thinking`).
pub struct ChatTemplate {
    environment: Environment<'static>,
    source: String,
    /// Whether a system message is part of the prompts it makes.
    takes_system: bool,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// The file's template, or that of the family its vocabulary is of; `today` is for templates that name the date.
    ///
    /// # Errors
    /// [`TextError::NoChatTemplate`]; [`TextError::Template`] if it is not valid.
    pub fn from_metadata(metadata: &Metadata, today: Date) -> Result<Self, TextError> {
        let tokens = metadata.opt_strings("tokenizer.ggml.tokens")?.unwrap_or_default();
        let source = match metadata.opt_str("tokenizer.chat_template")? {
            Some(source) => source,
            None => families::template(metadata, tokens).ok_or(TextError::NoChatTemplate)?,
        };
        let (bos, eos) = special_tokens::bos_and_eos(metadata, tokens.len())?;
        let text_of = |id: Option<u32>| id.map(|id| tokens[id as usize].clone()).unwrap_or_default();
        let mut template = Self {
            environment: environment(today).map_err(template_error)?,
            source: without_generation_tags(source),
            takes_system: true,
            bos: text_of(bos),
            eos: text_of(eos),
        };
        template.environment.template_from_str(&template.source).map_err(template_error)?;
        let [system, user] = [(Role::System, "1905"), (Role::User, "1906")]
            .map(|(role, content)| Message { role, content: content.into() });
        template.takes_system =
            template.render_as_is(&[system, user], true).is_ok_and(|prompt| prompt.contains("1905"));
        Ok(template)
    }

    /// The prompt as text; with `add_generation_prompt` it ends where the assistant is to speak.
    ///
    /// Contents stand in it as they are: use [`ChatTemplate::encode`] for ids, where they cannot pass for markup. Where
    /// the template has no place for a system message (it refuses it, or leaves it out), that stands in front of the
    /// first of the user's; and messages of one role that follow each other are one where it wants turns.
    ///
    /// # Errors
    /// [`TextError::Template`], for instance where the template refuses the order of roles.
    pub fn render(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String, TextError> {
        let mut messages = messages.to_vec();
        if let [Message { role: role @ Role::System, .. }, Message { role: Role::User, .. }, ..] =
            &mut messages[..]
            && !self.takes_system
        {
            *role = Role::User;
            join(&mut messages, 1);
        }
        self.render_as_is(&messages, add_generation_prompt).or_else(|error| {
            let turns = messages.len();
            for at in
                (1..turns).rev().filter(|&at| messages[at].role == messages[at - 1].role).collect::<Vec<_>>()
            {
                join(&mut messages, at);
            }
            if messages.len() < turns {
                self.render_as_is(&messages, add_generation_prompt)
            } else {
                Err(error)
            }
        })
    }

    fn render_as_is(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String, TextError> {
        let turn = |message: &Message| {
            Value::from_pairs([("role", message.role.name()), ("content", message.content.as_str())])
        };
        let context = Value::from_pairs([
            ("messages", messages.iter().map(turn).collect()),
            ("add_generation_prompt", Value::from(add_generation_prompt)),
            ("bos_token", Value::from(self.bos.as_str())),
            ("eos_token", Value::from(self.eos.as_str())),
            ("tools", Value::from(())),
            ("documents", Value::from(())),
            ("enable_thinking", Value::from(false)),
        ]);
        let template = self.environment.template_from_str(&self.source).map_err(template_error)?;
        template.render(context).map_err(template_error)
    }

    /// The prompt's ids, ending where the assistant is to speak, with BOS where the file wants it.
    ///
    /// They are those of the rendered text, except that no content gives a special token, whatever it spells.
    ///
    /// # Errors
    /// As [`ChatTemplate::render`].
    pub fn encode(&self, tokenizer: &Tokenizer, messages: &[Message]) -> Result<Vec<u32>, TextError> {
        let spelled = tokenizer.spelled();
        let contents = messages.iter().map(|message| message.content.as_str());
        let seal = Seal::absent_from(contents.chain(spelled.special_texts()).chain([self.source.as_str()]))
            .ok_or_else(|| TextError::Template("the text has every character there is".into()))?;
        let sealed: Vec<Message> = messages
            .iter()
            .map(|message| Message { role: message.role, content: seal.put(&message.content, spelled) })
            .collect();

        let rendered = self.render(&sealed, true)?;
        let mut encoding = Encoding::new(tokenizer);
        for piece in spelled.cut(&rendered, true) {
            match piece {
                Piece::Token(id) => encoding.push_token(id),
                Piece::Text(text) => encoding.push_text(&seal.remove(text), Specials::Plain),
            }
        }
        let mut ids = encoding.ids;
        if let Some(bos) = tokenizer.leading_bos()
            && ids.first() != Some(&bos)
        {
            ids.insert(0, bos);
        }
        Ok(ids)
    }
}

/// Makes the message at `at` a part of the one before.
fn join(messages: &mut Vec<Message>, at: usize) {
    let message = messages.remove(at);
    let before = &mut messages[at - 1].content;
    before.push_str("\n\n");
    before.push_str(&message.content);
}

fn environment(today: Date) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("tojson", to_json);
    environment.add_test("iterable", |value: &Value| !value.is_none() && value.try_iter().is_ok());
    environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    environment.add_function("strftime_now", move |format: String| -> Result<String, Error> {
        today.format(&format).map_err(|what| Error::new(ErrorKind::InvalidOperation, what))
    });
    Ok(environment)
}

/// JSON as Python writes it: what minijinja escapes for HTML stays as it is.
fn to_json(value: &Value, indent: Option<Value>, options: Kwargs) -> Result<String, Error> {
    // Nothing is ever escaped that is not ASCII, nor are keys sorted.
    let _: (Option<bool>, Option<bool>) = (options.get("ensure_ascii")?, options.get("sort_keys")?);
    let escaped = minijinja::filters::tojson(value, indent, options)?.to_string();
    let mut json = String::with_capacity(escaped.len());
    let mut rest = escaped.as_str();
    while let Some((before, after)) = rest.split_once('\\') {
        let (escape, length) = match after.get(..5) {
            Some("u003c") => ("<", 5),
            Some("u003e") => (">", 5),
            Some("u0026") => ("&", 5),
            Some("u0027") => ("'", 5),
            // What is escaped is ASCII.
            _ => (&rest[before.len()..before.len() + 2], 1),
        };
        json.push_str(before);
        json.push_str(escape);
        rest = &after[length..];
    }
    json.push_str(rest);
    Ok(json)
}

/// `source` with blocks that always hold in place of `{% generation %}`, which minijinja does not know.
fn without_generation_tags(source: &str) -> String {
    let tag = Regex::new(r"(\{%[-+]?\s*)(end)?generation(\s*[-+]?%\})")
        .expect("the pattern is a constant, and tested");
    let block = |found: &Captures<'_>| {
        let name = if found.get(2).is_some() { "endif" } else { "if true" };
        format!("{}{name}{}", &found[1], &found[3])
    };
    tag.replace_all(source, block).into_owned()
}

fn template_error(error: Error) -> TextError {
    let what = error.detail().map_or_else(|| error.to_string(), String::from);
    TextError::Template(error.line().map_or(what.clone(), |line| format!("line {line}: {what}")))
}
