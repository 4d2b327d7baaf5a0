//! Whether a model fits a GPU, as far as that can be known before it is loaded.

use protocol::{Fit, GpuLimits, ModelNeeds};

/// Holds what a model needs against what is known of the GPU.
pub fn fit(needs: &ModelNeeds, limits: &GpuLimits) -> Fit {
    let ModelNeeds { weight_bytes, cache_bytes, scratch_bytes, largest_binding_bytes } = *needs;
    if largest_binding_bytes > limits.binding_bytes {
        return Fit::DoesNot;
    }
    let all = weight_bytes.saturating_add(cache_bytes).saturating_add(scratch_bytes);
    match limits.memory_bytes {
        // The other half is the system's, the browser's and the page's.
        Some(memory) if all > memory / 2 => Fit::MayNot,
        _ => Fit::Fits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: ModelNeeds =
        ModelNeeds { weight_bytes: 90, cache_bytes: 9, scratch_bytes: 1, largest_binding_bytes: 50 };

    fn on(binding_bytes: u64, memory_bytes: Option<u64>) -> Fit {
        fit(&NEEDS, &GpuLimits { binding_bytes, memory_bytes })
    }

    #[test]
    fn a_limit_of_the_adapter_decides() {
        assert_eq!(on(50, Some(1000)), Fit::Fits);
        assert_eq!(on(49, Some(1000)), Fit::DoesNot);
        assert_eq!(on(49, None), Fit::DoesNot);
    }

    #[test]
    fn memory_is_a_guess_and_never_a_refusal() {
        assert_eq!(on(50, Some(200)), Fit::Fits);
        assert_eq!(on(50, Some(199)), Fit::MayNot);
        assert_eq!(on(50, Some(1)), Fit::MayNot);
        assert_eq!(on(50, None), Fit::Fits);
    }

    #[test]
    fn absurd_needs_overflow_nothing() {
        let absurd = ModelNeeds { weight_bytes: u64::MAX, cache_bytes: u64::MAX, ..NEEDS };
        assert_eq!(fit(&absurd, &GpuLimits { binding_bytes: 50, memory_bytes: Some(8) }), Fit::MayNot);
    }
}
