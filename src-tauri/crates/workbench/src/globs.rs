//! Patterns that choose names, as `.gitignore` has them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Which names are chosen: those that fit a pattern, less those that fit one with `!` before it.
/// Without a pattern of the first kind, all.
#[derive(Debug, Clone)]
pub(crate) struct Globs {
    wanted: Option<GlobSet>,
    unwanted: GlobSet,
}

impl Globs {
    /// Reads patterns. One that is none fits the text that it is.
    pub(crate) fn new(patterns: &[String]) -> Self {
        let (out, wanted): (Vec<&str>, Vec<&str>) = patterns
            .iter()
            .map(String::as_str)
            .partition(|pattern| pattern.starts_with('!'));
        let out: Vec<&str> = out.iter().map(|pattern| &pattern[1..]).collect();
        Self {
            wanted: (!wanted.is_empty()).then(|| set(&wanted)),
            unwanted: set(&out),
        }
    }

    /// Whether a name is chosen.
    pub(crate) fn match_any(&self, name: &str) -> bool {
        let wanted = |set: &GlobSet| set.is_match(name);
        self.wanted.as_ref().is_none_or(wanted) && !self.unwanted.is_match(name)
    }
}

fn set(patterns: &[&str]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = |text: &str| GlobBuilder::new(text).literal_separator(true).build();
        let literal = || glob(&globset::escape(pattern));
        if let Ok(glob) = glob(pattern).or_else(|_| literal()) {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

#[cfg(test)]
mod tests {
    use super::Globs;

    #[test]
    fn patterns_choose_names() {
        let names = [
            "main",
            "release/1",
            "release/1/fix",
            "dependabot/npm/x",
            "a[b",
        ];
        for (patterns, chosen) in [
            (&[][..], &[0, 1, 2, 3, 4][..]),
            (&["release/*"], &[1]),
            (&["release/**"], &[1, 2]),
            (&["!dependabot/**"], &[0, 1, 2, 4]),
            (&["main", "release/*", "!release/1"], &[0]),
            (&["a[b"], &[4]),
        ] {
            let patterns: Vec<String> = patterns.iter().map(|&text| text.to_owned()).collect();
            let globs = Globs::new(&patterns);
            let found: Vec<usize> = (0..names.len())
                .filter(|&at| globs.match_any(names[at]))
                .collect();
            assert_eq!(found, chosen, "{patterns:?}");
        }
    }
}
