//! `Location` and its kin.

use http::HeaderValue;
use http::header::{CONTENT_LOCATION, HeaderName, LINK, LOCATION, REFRESH};

use super::{edited, values};

const FIELDS: [HeaderName; 6] = [
    LOCATION,
    CONTENT_LOCATION,
    REFRESH,
    LINK,
    HeaderName::from_static("x-action-redirect"),
    HeaderName::from_static("x-nextjs-redirect"),
];

pub(crate) fn run(input: &[u8]) {
    let Some((choice, rest)) = input.split_first() else {
        return;
    };
    let name = &FIELDS[usize::from(*choice) % FIELDS.len()];
    let lines = values(rest);
    for preview in ["main", "remote"] {
        let (after, edits) = edited(preview, 307, name, &lines);
        assert_eq!(after.len(), lines.len(), "a line stays a line");
        let told = edits
            .edits
            .iter()
            .filter(|edit| edit.field == name.as_str())
            .count();
        let changed = lines
            .iter()
            .zip(&after)
            .filter(|(before, after)| before != after);
        assert_eq!(changed.count(), told, "an edit a change");
        let (again, _) = edited(preview, 307, name, &after);
        assert_eq!(again, after, "once is enough");
        if *name != LOCATION {
            continue;
        }
        for (before, after) in lines
            .iter()
            .zip(&after)
            .filter(|(before, after)| before != after)
        {
            let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let (before, after) = (text(before), text(after));
            // Or one on the host that answers, where the scheme alone was in the way.
            let tail = match after.strip_prefix("http://") {
                Some(ours) => {
                    let end = ours.find(['/', '?', '#', '\\']).unwrap_or(ours.len());
                    let (authority, tail) = ours.split_at(end);
                    assert!(authority.ends_with(".tripledash.localhost:7333"), "{after}");
                    tail
                }
                None => &after,
            };
            // A browser takes a backslash for a slash, and no notice of a tab.
            let read = |text: &str| text.replace('\\', "/").replace('\t', "");
            let (before, tail) = (read(&before), read(tail));
            // What would read as a scheme stands behind `./`.
            let path = tail.strip_prefix("./").unwrap_or(&tail);
            assert!(
                before.trim_end().ends_with(path),
                "{before:?} keeps its path in {after:?}"
            );
        }
    }
}
