//! Which addresses belong to us, and what a window may navigate to.

use url::Url;

/// The engine's own addresses: the workbench page and every preview host below it.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    page: Url,
}

impl Bounds {
    /// The bounds around the page at this address.
    pub(crate) fn new(page: &Url) -> Self {
        Self { page: page.clone() }
    }

    /// Whether the address is the workbench page's own origin.
    pub(crate) fn is_page(&self, url: &Url) -> bool {
        url.origin() == self.page.origin()
    }

    /// Whether the address is a preview host of this engine.
    pub(crate) fn is_preview(&self, url: &Url) -> bool {
        let (Some(host), Some(base)) = (url.host_str(), self.page.host_str()) else {
            return false;
        };
        url.scheme() == self.page.scheme()
            && url.port_or_known_default() == self.page.port_or_known_default()
            && host
                .strip_suffix(base)
                .is_some_and(|prefix| prefix.len() > 1 && prefix.ends_with('.'))
    }

    /// Whether a document may be loaded from the address at all, in the window or in a frame of it.
    ///
    /// On Linux a navigation does not tell whose it is, and a tenant's page may hold frames from
    /// anywhere, so this goes by scheme: the web, and what pages make themselves. Files and the
    /// window's inner schemes are out.
    pub(crate) fn may_load(url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https" | "about" | "blob" | "data")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_previews_and_the_rest_are_told_apart() {
        let bounds = Bounds::new(&Url::parse("http://tripledash.localhost:7333/#token=x").unwrap());
        let cases = [
            ("http://tripledash.localhost:7333/", true, false),
            (
                "http://acme---main.tripledash.localhost:7333/x",
                false,
                true,
            ),
            (
                "http://acme---main.admin.tripledash.localhost:7333/",
                false,
                true,
            ),
            ("http://tripledash.localhost:7334/", false, false),
            (
                "https://acme---main.tripledash.localhost:7333/",
                false,
                false,
            ),
            ("http://eviltripledash.localhost:7333/", false, false),
            (
                "http://tripledash.localhost.evil.example:7333/",
                false,
                false,
            ),
            ("about:blank", false, false),
        ];
        for (text, page, preview) in cases {
            let url = Url::parse(text).unwrap();
            assert_eq!(
                (bounds.is_page(&url), bounds.is_preview(&url)),
                (page, preview),
                "{text}"
            );
        }
    }

    #[test]
    fn files_and_inner_schemes_are_never_loaded() {
        for text in [
            "file:///etc/passwd",
            "tauri://localhost/",
            "ipc://localhost/x",
            "javascript:0",
            "mailto:a@b.c",
        ] {
            assert!(!Bounds::may_load(&Url::parse(text).unwrap()), "{text}");
        }
        for text in [
            "http://x/",
            "https://x/",
            "about:srcdoc",
            "blob:http://x/1",
            "data:text/html,x",
        ] {
            assert!(Bounds::may_load(&Url::parse(text).unwrap()), "{text}");
        }
    }
}
