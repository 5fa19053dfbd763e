//! A nonce for one response.

use std::hash::{BuildHasher as _, RandomState};

/// A hundred and twenty-eight bits that no page can guess: keys of this process's own hashers,
/// which come from the system's random numbers, never leave it.
pub(in crate::response) fn fresh() -> String {
    let half = || RandomState::new().hash_one("nonce");
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_another() {
        assert_eq!(fresh().len(), 32);
        assert_ne!(fresh(), fresh());
    }
}
