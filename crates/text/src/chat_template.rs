//! Conversation to prompt, by the template that the model file carries.

use crate::{
    Date, Specials, TextError, Tokenizer, seal::Seal, special_tokens, spelled::Piece, tokenizer::Encoding,
};
use gguf::Metadata;
use minijinja::{Environment, Error, ErrorKind, Value, syntax::SyntaxConfig};

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

/// What models use that have `<|im_start|>` in their vocabulary and no template in their file.
const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + \
                      message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}\
                      {{ '<|im_start|>assistant\\n' }}{% endif %}";

/// What a template may spend on one conversation: an instruction costs 1, so do 64 bytes of text that it makes. A
/// hostile one ends after some 10 ms and 64 MB.
const FUEL: u64 = 1_000_000;

/// A parsed chat template.
///
/// The language is Jinja as Hugging Face's libraries set it up: blocks trimmed, loop controls, Python's methods of
/// strings and dictionaries, `raise_exception`, `strftime_now`, `tojson`.
pub struct ChatTemplate {
    environment: Environment<'static>,
    source: String,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// The file's template, or ChatML where the vocabulary has its tokens; `today` is for templates that name the date.
    ///
    /// # Errors
    /// [`TextError::NoChatTemplate`]; [`TextError::Template`] if it is not valid.
    pub fn from_metadata(metadata: &Metadata, today: Date) -> Result<Self, TextError> {
        let tokens = metadata.opt_strings("tokenizer.ggml.tokens")?.unwrap_or_default();
        let source = match metadata.opt_str("tokenizer.chat_template")? {
            Some(source) => source,
            None if tokens.iter().any(|token| token == "<|im_start|>") => CHATML,
            None => return Err(TextError::NoChatTemplate),
        };
        let (bos, eos) = special_tokens::bos_and_eos(metadata, tokens.len())?;
        let text_of = |id: Option<u32>| id.map(|id| tokens[id as usize].clone()).unwrap_or_default();
        let template = Self {
            environment: environment(today).map_err(template_error)?,
            source: source.into(),
            bos: text_of(bos),
            eos: text_of(eos),
        };
        template.environment.template_from_str(&template.source).map_err(template_error)?;
        Ok(template)
    }

    /// The prompt as text; with `add_generation_prompt` it ends where the assistant is to speak.
    ///
    /// Contents stand in it as they are: use [`ChatTemplate::encode`] for ids, where they cannot pass for markup.
    ///
    /// # Errors
    /// [`TextError::Template`], for instance where the template refuses the order of roles.
    pub fn render(&self, messages: &[Message], add_generation_prompt: bool) -> Result<String, TextError> {
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

fn environment(today: Date) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function("raise_exception", |message: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    environment.add_function("strftime_now", move |format: String| -> Result<String, Error> {
        today.format(&format).map_err(|what| Error::new(ErrorKind::InvalidOperation, what))
    });
    Ok(environment)
}

fn template_error(error: Error) -> TextError {
    let what = error.detail().map_or_else(|| error.to_string(), String::from);
    TextError::Template(error.line().map_or(what.clone(), |line| format!("line {line}: {what}")))
}
