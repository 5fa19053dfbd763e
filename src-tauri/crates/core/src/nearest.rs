//! "Did you mean": the known names nearest to one that is not known.

/// How many changes a person's slip may be away: one for short words, a third of long ones.
fn tolerance(word: &str) -> usize {
    (word.chars().count() / 3).max(2)
}

/// The single known name that a person is likely to have meant, if any is near enough.
pub(crate) fn likely<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, name) = known
        .into_iter()
        .map(|name| (distance(word, name), name))
        .min_by_key(|(d, _)| *d)?;
    // A word that has nothing in common with the known one is no slip of it.
    (distance <= tolerance(word) && distance < name.chars().count()).then_some(name)
}

/// Up to `limit` known names, nearest first; among equally near ones in the order given.
pub(crate) fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Vec<String> {
    let mut ranked: Vec<_> = known
        .into_iter()
        .map(|name| (distance(word, name), name))
        .collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked
        .into_iter()
        .take(limit)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Changes from one word to the other, ignoring case: insert, remove, replace, or swap two
/// neighbours (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    // Bounds the work on words that a stranger sent.
    let letters = |word: &str| {
        word.chars()
            .take(128)
            .flat_map(char::to_lowercase)
            .collect::<Vec<_>>()
    };
    let (left, right) = (letters(left), letters(right));
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(right.len() + 1);
        row.push(i + 1);
        for (j, r) in right.iter().enumerate() {
            let replaced = last[j] + usize::from(l != r);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, wanted) in [
            ("main", "main", 0),
            ("mian", "main", 1),
            ("Main", "main", 0),
            ("", "main", 4),
            ("feature", "featrue", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), wanted, "{left} {right}");
            assert_eq!(distance(right, left), wanted, "{right} {left}");
        }
    }

    #[test]
    fn only_a_slip_is_likely() {
        assert_eq!(likely("tenats", ["tenants", "previews"]), Some("tenants"));
        assert_eq!(likely("color", ["colour", "name"]), Some("colour"));
        assert_eq!(likely("zzzzz", ["tenants", "previews"]), None);
        assert_eq!(likely("x", ["by"]), None);
    }
}
