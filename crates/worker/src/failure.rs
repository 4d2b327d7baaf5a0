//! Why a model could not be loaded, as a code that the extension knows and a sentence that a person understands.

use engine::LoadError;
use gguf::GgufError;
use models::ModelError;
use ops::BackendError;
use protocol::ErrorCode;

/// The code for a failure to load. The sentence is the error's own.
pub fn explain(error: &LoadError) -> ErrorCode {
    match error {
        LoadError::File(error) => file(error),
        LoadError::Model(ModelError::File(error)) => file(error),
        LoadError::Model(ModelError::UnsupportedArchitecture(_) | ModelError::UnsupportedFeature(_)) => {
            ErrorCode::ModelUnsupported
        }
        LoadError::Model(_) => ErrorCode::ModelCorrupt,
        LoadError::Text(text::TextError::UnsupportedTokenizer(_)) => ErrorCode::ModelUnsupported,
        LoadError::Text(_) => ErrorCode::ModelCorrupt,
        LoadError::Backend(BackendError::NoAdapter(_)) => ErrorCode::NoWebgpu,
        LoadError::Backend(BackendError::DeviceLost(_)) => ErrorCode::GpuLost,
        LoadError::Backend(BackendError::OutOfMemory(_)) => ErrorCode::OutOfMemory,
        LoadError::Backend(BackendError::TooSmall(_)) => ErrorCode::AdapterTooSmall,
        LoadError::Backend(BackendError::UnsupportedCache(_)) => ErrorCode::ModelUnsupported,
        LoadError::Backend(BackendError::Refused(_)) => ErrorCode::AdapterWrong,
    }
}

fn file(error: &GgufError) -> ErrorCode {
    match error {
        GgufError::Io(_) => ErrorCode::ModelMissing,
        GgufError::NotGguf => ErrorCode::NotAModel,
        GgufError::PartAlone { .. } => ErrorCode::PartsMissing,
        GgufError::UnsupportedVersion(_) | GgufError::UnsupportedFormat { .. } => ErrorCode::ModelUnsupported,
        _ => ErrorCode::ModelCorrupt,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_apart() {
        assert_eq!(explain(&GgufError::NotGguf.into()), ErrorCode::NotAModel);
        assert_eq!(explain(&GgufError::Io("404".into()).into()), ErrorCode::ModelMissing);
        let mamba = ModelError::UnsupportedArchitecture("mamba".into());
        assert_eq!(explain(&mamba.into()), ErrorCode::ModelUnsupported);
        assert_eq!(explain(&BackendError::NoAdapter("null".into()).into()), ErrorCode::NoWebgpu);
    }
}
