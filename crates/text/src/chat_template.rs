//! Conversation to prompt, by the template that the model file carries.

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

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said. Never read as markup: text that looks like a special token stays text.
    pub content: String,
}

/// A parsed chat template.
pub struct ChatTemplate;
