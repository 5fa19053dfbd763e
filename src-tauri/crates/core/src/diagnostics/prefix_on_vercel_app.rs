//! A prefix before a host on `vercel.app`, where the platform does not route it.

use super::{Seen, found, is_opened};
use crate::diagnostic::{Diagnostic, Severity};
use crate::label::SEPARATOR;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let upstream = exchange.upstream.as_ref()?;
    let host = upstream.host.split(':').next().unwrap_or_default();
    let label = host.strip_suffix(".vercel.app")?;
    if exchange.tenant().is_none()
        || !label.contains(SEPARATOR)
        || !is_opened(exchange)
        || seen.is_local()
    {
        return None;
    }
    let evidence = vec![format!("Host sent: {}", upstream.host)];
    let message = "Prefixes before --- work only on a custom Preview Deployment Suffix, not on vercel.app: this host \
                   does not reach the deployment.";
    found(
        "prefix-on-vercel-app",
        Severity::Error,
        message,
        evidence,
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_with_a_prefix_only() {
        assert_eq!(
            Scene::new("acme---vercel", "/").codes(),
            ["prefix-on-vercel-app"]
        );
        assert_eq!(Scene::new("vercel", "/").codes(), Vec::<String>::new());
        assert_eq!(
            Scene::new("acme---remote", "/").codes(),
            Vec::<String>::new()
        );
    }
}
