//! What an app's own code says of how it finds its tenant.
//!
//! Only signs that hardly stand for anything else are read, in the one file where Next.js apps do
//! it. The probe has the last word.

/// How an app seems to find its tenant, and the file that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tenancy {
    /// Before the `---` of a subdomain: what is sent anyway.
    Prefix {
        /// The file.
        file: String,
    },
    /// The first label of `*.localhost`, whole.
    FirstLabel {
        /// The file.
        file: String,
    },
    /// Somewhere in the host.
    Host {
        /// The file.
        file: String,
    },
    /// The first segment of the path.
    Path {
        /// The file.
        file: String,
    },
}

// === impl Tenancy ===

impl Tenancy {
    /// Reads a middleware's source.
    pub(super) fn of(file: &str, text: &str) -> Option<Self> {
        let file = file.to_owned();
        let code: Vec<&str> = text
            .lines()
            .map(str::trim_start)
            .filter(|line| {
                !line.starts_with("//") && !line.starts_with('*') && !line.starts_with("/*")
            })
            .collect();
        let code = code.join("\n");
        let has = |sign: &str| code.contains(sign);
        let splits = ["'---'", "\"---\"", "`---`"].iter().any(|sign| has(sign));
        let reads_host = [
            "'host'",
            "\"host\"",
            "x-forwarded-host",
            "nextUrl.host",
            ".hostname",
        ]
        .iter()
        .any(|sign| has(sign));
        if has("tldts") && splits {
            return Some(Self::Prefix { file });
        }
        let lower = code.to_lowercase();
        if has(".localhost") && (lower.contains("subdomain") || lower.contains("tenant")) {
            return Some(Self::FirstLabel { file });
        }
        if splits && reads_host {
            return Some(Self::Prefix { file });
        }
        if reads_host {
            return Some(Self::Host { file });
        }
        let splits_path = ["pathname.split('/')", "pathname.split(\"/\")"]
            .iter()
            .any(|sign| has(sign));
        (splits_path && has(".rewrite(")).then_some(Self::Path { file })
    }

    /// The `host` line for a dev server, where one is needed for certain.
    pub(super) fn host(&self) -> Option<&'static str> {
        match self {
            Self::FirstLabel { .. } => Some("{tenant}.localhost:{port}"),
            Self::Prefix { .. } | Self::Host { .. } | Self::Path { .. } => None,
        }
    }

    /// What was seen, and what follows.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Prefix { file } => {
                format!("{file} splits the host at ---, so no \"host\" line is needed")
            }
            Self::FirstLabel { file } => format!(
                "\"host\": {file} takes the first label of *.localhost for the tenant, as the Platforms Starter Kit does"
            ),
            Self::Host { file } => {
                format!(
                    "{file} reads the host, and not in a way that is known here: the probe finds out which it wants"
                )
            }
            Self::Path { file } => format!(
                "{file} takes the tenant from the path, as in /acme/about: the probe finds out, and says what to write"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middlewares_of_the_known_kinds() {
        let reference = "import { getSubdomain } from 'tldts';\nconst host = req.headers.get('host');\n\
                         const [tenant] = getSubdomain(host).split('---');";
        let platforms = "function extractSubdomain(request) {\n  const host = request.headers.get('host') || '';\n\
                         if (url.includes('localhost')) { if (hostname.includes('.localhost')) return hostname.split('.')[0]; }\n\
                         if (hostname.includes('---') && hostname.endsWith('.vercel.app')) { hostname.split('---') } }";
        let path = "const citySlug = pathname.split('/')[1]\nreturn NextResponse.rewrite(new URL(to, req.url))";
        let own = "const host = req.headers.get(\"host\")\nconst shop = await byDomain(host)";
        let other = "// reads the 'host' one day\nexport function middleware() { return auth() }";
        let kind = |text: &str| Tenancy::of("middleware.ts", text);
        assert!(matches!(kind(reference), Some(Tenancy::Prefix { .. })));
        assert!(matches!(kind(platforms), Some(Tenancy::FirstLabel { .. })));
        assert!(matches!(kind(path), Some(Tenancy::Path { .. })));
        assert!(matches!(kind(own), Some(Tenancy::Host { .. })));
        assert_eq!(kind(other), None);
    }
}
