//! Preview hosts.

use tripledash_core::address::PreviewAddress;
use tripledash_core::budget::build_address;
use tripledash_core::host::Host;
use tripledash_core::resolve::{Resolved, resolve};
use tripledash_core::split::split;

use super::{SNAPSHOT, text};

pub(crate) fn run(input: &[u8]) {
    let text = text(input);
    let base = &SNAPSHOT.base;
    for whole in [format!("{text}.tripledash.localhost"), text.to_string()] {
        let Ok(host) = whole.parse::<Host>() else {
            continue;
        };
        if let Ok(address) = PreviewAddress::parse(&host, base) {
            assert_eq!(address.host(base), host.to_string());
            assert!(address.origin(base).starts_with("http://"));
        }
        let resolved = resolve(&host, &SNAPSHOT);
        let Resolved::Preview(preview) = &resolved else {
            continue;
        };
        let again = preview.address(&SNAPSHOT.workspace).host(base);
        assert_eq!(again, host.to_string());
        assert!(SNAPSHOT.workspace.previews.contains_key(&preview.preview));
        // The host that is sent can be written into a message.
        if let Ok(sent) = preview.host_sent(&SNAPSHOT) {
            assert!(http::HeaderValue::from_str(&sent).is_ok(), "{sent:?}");
        }
    }
    // Whatever a person pastes.
    if let Ok(found) = split(&text, &SNAPSHOT) {
        let _ = format!("{found:?}");
    }
    let built = build_address(&SNAPSHOT, Some(&text), "main", None, "/");
    if let Some(url) = built.url {
        let host = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split([':', '/']).next())
            .unwrap();
        let resolved = resolve(&host.parse().unwrap(), &SNAPSHOT);
        let Resolved::Preview(preview) = resolved else {
            panic!("{url} is an address of ours: {resolved:?}");
        };
        assert_eq!(preview.preview, "main", "{url}");
    }
}
