//! Where a workspace's previews may lead, and whom they trust there.

use std::sync::Arc;

use super::{Preview, Snapshot};
use crate::host::{Authority, Host};
use crate::upstream::{Scheme, Trust, UpstreamOrigin};

impl Preview {
    /// Which certificates the preview's upstream may show over TLS, or why nobody can say: the file
    /// that `"ca"` names, and what is wrong with it.
    pub fn trust<'s>(&'s self, snapshot: &'s Snapshot) -> Result<Trust, (&'s str, &'s str)> {
        if self.tls.insecure {
            return Ok(Trust::Anyone);
        }
        let Some(path) = &self.tls.ca else {
            return Ok(Trust::Platform);
        };
        match snapshot.certificates.get(path) {
            Some(Ok(bundle)) => Ok(Trust::PlatformAnd(Arc::clone(bundle))),
            Some(Err(reason)) => Err((path, reason)),
            None => Err((path, "the file was not read")),
        }
    }
}

impl Snapshot {
    /// Whether any preview may lead to an origin, with `trust` where it is over TLS. Where only the
    /// environment can tell, it may.
    pub fn may_reach(&self, scheme: Scheme, host: &Host, port: u16, trust: Option<&Trust>) -> bool {
        let port = (port != scheme.default_port()).then_some(port);
        let authority = Authority {
            host: host.clone(),
            port,
        };
        let origin = UpstreamOrigin { scheme, authority }.to_string();
        self.workspace.previews.values().any(|preview| {
            let Some(upstream) = preview.upstream.template() else {
                return false;
            };
            let leads = upstream.environment_names().next().is_some()
                || upstream.capture(&origin, &|_| None).is_some();
            leads && trust.is_none_or(|trust| preview.trust(self).as_ref() == Ok(trust))
        })
    }

    /// Whether any preview trusts so.
    pub fn trusts(&self, trust: &Trust) -> bool {
        let mut previews = self.workspace.previews.values();
        previews.any(|preview| preview.trust(self).as_ref() == Ok(trust))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_wanted_as_long_as_a_preview_leads_there() {
        let mut snapshot = crate::testing::snapshot(
            r#"{ "name": "w", "previews": [
                { "name": "a", "upstream": "http://localhost:3000" },
                { "name": "b", "upstream": "https://{tenant}.app.example", "tls": { "insecure": true } },
                { "name": "c", "upstream": "https://c.example", "tls": { "ca": "ca.pem" } }
            ] }"#,
        );
        let bundle: Arc<[u8]> = Arc::from(&b"pem"[..]);
        let named = Trust::PlatformAnd(Arc::clone(&bundle));
        let certificates = [("ca.pem".to_owned(), Ok(bundle))];
        snapshot.certificates = Arc::new(certificates.into());
        let reach = |origin: &str, trust: &Trust| {
            let origin: UpstreamOrigin = origin.parse().unwrap();
            let trust = (origin.scheme == Scheme::Https).then_some(trust);
            snapshot.may_reach(origin.scheme, origin.host(), origin.port(), trust)
        };
        assert!(reach("http://localhost:3000", &Trust::Platform));
        assert!(!reach("http://localhost:3001", &Trust::Platform));
        assert!(!reach("https://localhost:3000", &Trust::Platform));
        assert!(reach("https://acme.app.example", &Trust::Anyone));
        assert!(!reach("https://acme.app.example", &Trust::Platform));
        assert!(!reach("https://a.acme.app.example", &Trust::Anyone));
        assert!(reach("https://c.example", &named));
        assert!(!reach(
            "https://c.example",
            &Trust::PlatformAnd(Arc::from(&b"old"[..]))
        ));
        assert!(snapshot.trusts(&named) && snapshot.trusts(&Trust::Anyone));
        snapshot.certificates = Arc::default();
        assert!(!snapshot.trusts(&named));
    }
}
