//! Reads values back out of a text that a template may have made.

use std::collections::BTreeMap;

use super::{Piece, Template};

/// How many splits are tried before a text is said not to fit: templates of hosts need a handful.
const MOST_STEPS: usize = 20_000;

impl Template {
    /// The values with which this template makes `text`, or `None` where there are none.
    ///
    /// `fixed` gives the variables whose values are known. Any other takes letters, digits, hyphens
    /// and underscores, so that it never crosses a dot; `domain` takes dots too.
    ///
    /// ```
    /// # use tripledash_core::template::Template;
    /// let host: Template = "{tenant}.localhost:{port}".parse()?;
    /// let port = |name: &str| (name == "port").then(|| "3000".to_owned());
    /// assert_eq!(host.capture("acme.localhost:3000", &port).unwrap()["tenant"], "acme");
    /// assert!(host.capture("a.b.localhost:3000", &port).is_none());
    /// # Ok::<(), tripledash_core::template::InvalidTemplate>(())
    /// ```
    pub fn capture(
        &self,
        text: &str,
        fixed: &dyn Fn(&str) -> Option<String>,
    ) -> Option<BTreeMap<String, String>> {
        let mut search = Search {
            fixed,
            values: BTreeMap::new(),
            steps: 0,
        };
        search.fits(self.pieces(), text).then_some(search.values)
    }
}

struct Search<'f> {
    fixed: &'f dyn Fn(&str) -> Option<String>,
    values: BTreeMap<String, String>,
    steps: usize,
}

impl Search<'_> {
    fn fits(&mut self, pieces: &[Piece], text: &str) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return false;
        }
        let Some((piece, rest)) = pieces.split_first() else {
            return text.is_empty();
        };
        let (name, known) = match piece {
            Piece::Literal(literal) => (None, Some(literal.clone())),
            Piece::Environment { name, .. } => (None, (self.fixed)(&format!("env:{name}"))),
            Piece::Variable { name, .. } => {
                let known = (self.fixed)(name).or_else(|| self.values.get(name).cloned());
                (Some(name), known)
            }
        };
        match (known, name) {
            (Some(known), _) => text
                .strip_prefix(known.as_str())
                .is_some_and(|left| self.fits(rest, left)),
            (None, None) => false,
            (None, Some(name)) => {
                let allowed = |c: char| {
                    c.is_ascii_alphanumeric()
                        || matches!(c, '-' | '_')
                        || (c == '.' && name == "domain")
                };
                let longest = text.find(|c| !allowed(c)).unwrap_or(text.len());
                // Longest first, so that what follows takes the last place it can: the last `---`.
                for length in (1..=longest).rev() {
                    self.values.insert(name.clone(), text[..length].to_owned());
                    if self.fits(rest, &text[length..]) {
                        return true;
                    }
                    self.values.remove(name);
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_and_what_does_not() {
        for (template, text, tenant) in [
            ("{tenant}.a.dev", "acme.a.dev", Some("acme")),
            (
                "{tenant}---app.a.dev",
                "de---acme---app.a.dev",
                Some("de---acme"),
            ),
            ("{tenant}.{tenant}.dev", "acme.acme.dev", Some("acme")),
            ("{tenant}.{tenant}.dev", "acme.globex.dev", None),
            ("{tenant}.a.dev", ".a.dev", None),
            ("{tenant}.a.dev", "a.dev", None),
            ("{tenant}.a.dev", "acme.a.dev:80", None),
            ("a.dev", "a.dev", None),
        ] {
            let template: Template = template.parse().unwrap();
            let values = template.capture(text, &|_| None).unwrap_or_default();
            assert_eq!(
                values.get("tenant").map(String::as_str),
                tenant,
                "{template} {text}"
            );
        }
    }

    #[test]
    fn a_template_made_to_hurt_ends() {
        let template: Template = "{a}{b}{c}{d}{e}{f}.dev".parse().unwrap();
        assert!(template.capture(&"a".repeat(250), &|_| None).is_none());
    }

    proptest! {
        #[test]
        fn capture_of_render_is_the_identity(tenant in "[a-z0-9]{1,9}", city in "[a-z0-9]{1,9}") {
            let template: Template = "{city}.{tenant}---x.dev".parse().unwrap();
            let text = template.render(&|name| Some(if name == "city" { city.clone() } else { tenant.clone() })).unwrap();
            let values = template.capture(&text, &|_| None).unwrap();
            prop_assert_eq!(&values["tenant"], &tenant);
            prop_assert_eq!(&values["city"], &city);
        }
    }
}
