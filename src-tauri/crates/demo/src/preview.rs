//! The demo's previews: four that answer, one that is stopped.

/// One preview that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preview {
    HeaderRedesign,
    Main,
    Production,
    Protected,
}

impl Preview {
    /// In the order in which the workbench lists them: the one with something to find first.
    pub(crate) const ALL: [Self; 4] = [
        Self::HeaderRedesign,
        Self::Main,
        Self::Production,
        Self::Protected,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HeaderRedesign => "header-redesign",
            Self::Main => "main",
            Self::Production => "production",
            Self::Protected => "protected-by-deployment",
        }
    }

    pub(crate) fn redesigned(self) -> bool {
        self == Self::HeaderRedesign
    }
}
