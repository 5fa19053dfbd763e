//! Path patterns: a source, and paths on the lines after it.

use tripledash_core::pattern::{GaveUp, Mode, Params, Pattern, ValuePattern, compile, names};
use tripledash_core::trace::ParamValue;

use super::text;

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let mut lines = text.split('\n');
    let source = lines.next().unwrap_or_default();
    let paths: Vec<&str> = lines.take(4).collect();
    for mode in [Mode::App, Mode::Proxy] {
        let Ok(pattern) = Pattern::parse(source, mode) else {
            continue;
        };
        assert_eq!(pattern.as_str(), source);
        for path in &paths {
            let told = pattern.try_matches(path);
            assert_eq!(told, pattern.try_matches(path), "one answer for one path");
            let Ok(Some(params)) = told else { continue };
            captured(source, path, &params);
            if mode == Mode::Proxy {
                put_together(source, path, &params);
            }
        }
        if let Some(costly) = pattern.costly() {
            assert_eq!(
                pattern.try_matches(&costly.example),
                Err(GaveUp),
                "{source:?}"
            );
            if let Some(instead) = &costly.instead {
                let mended = Pattern::parse(instead, mode).unwrap();
                assert!(mended.try_matches(&costly.example).is_ok(), "{instead:?}");
            }
        }
    }
    if let Ok(value) = ValuePattern::parse(source) {
        for path in &paths {
            if let Ok(Some(params)) = value.try_matches(path) {
                captured(source, path, &params);
            }
        }
        let _ = value.costly();
    }
}

/// Everything captured stands in the path.
fn captured(source: &str, path: &str, params: &Params) {
    for value in params.values() {
        let values = match value {
            ParamValue::One(value) => std::slice::from_ref(value),
            ParamValue::Many(values) => values,
        };
        for value in values {
            assert!(
                path.contains(value.as_str()),
                "{source:?} captured {value:?} of {path:?}"
            );
        }
    }
}

/// Where all of a path is either written in the source or captured, and each name is there once,
/// the source put together again is the path: but for case, and one slash at the end.
fn put_together(source: &str, path: &str, params: &Params) {
    let Ok(mut named) = names(source) else { return };
    let count = named.len();
    named.sort();
    named.dedup();
    // A bare group, such as `{/x}?`, captures nothing.
    if source.contains(['{', '(']) || named.len() != count {
        return;
    }
    let Ok(made) = compile(source, params) else {
        return;
    };
    let (made, path) = (made.to_lowercase(), path.to_lowercase());
    let longer = |one: &str, other: &str| one.strip_suffix('/') == Some(other);
    assert!(
        made == path || longer(&made, &path) || longer(&path, &made),
        "{source:?} of {path:?} with {params:?} is {made:?}"
    );
}
