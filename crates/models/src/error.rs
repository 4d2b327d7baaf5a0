//! What can be wrong with a model, beyond its file format.

/// A model that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file's metadata cannot be used.
    #[error(transparent)]
    File(#[from] gguf::GgufError),
    /// The architecture is not implemented.
    #[error("models of the architecture {0} are not supported; supported: {supported}", supported = crate::Model::ARCHITECTURES.join(", "))]
    UnsupportedArchitecture(String),
    /// The model uses a feature that is not implemented.
    #[error("the model uses {0}, which is not supported")]
    UnsupportedFeature(String),
    /// A tensor that the architecture needs is absent.
    #[error("the model file lacks the tensor {0}")]
    MissingTensor(String),
    /// A tensor has not the shape that the configuration asks for.
    #[error("tensor {name} has the shape {found:?} instead of {expected:?}")]
    WrongShape {
        /// The tensor.
        name: String,
        /// As in the file.
        found: Vec<usize>,
        /// As the configuration has it.
        expected: Vec<usize>,
    },
    /// The configuration contradicts itself.
    #[error("the model's configuration is damaged: {0}")]
    BadConfig(String),
    /// The pieces do not fit together.
    #[error(transparent)]
    Program(#[from] ops::ProgramError),
}
