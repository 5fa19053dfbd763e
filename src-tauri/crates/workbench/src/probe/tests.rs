//! Probes of small apps over real sockets.

mod apps;
mod upstream;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::time::timeout;
use tripledash_core::Snapshot;
use tripledash_core::address::BaseDomain;
use tripledash_core::probe::{Grade, Report, VerdictKind, Wanted};
use tripledash_core::workspace::parse;
use tripledash_proxy::{Timeouts, Upstreams};

use self::upstream::{App, Listening};
use super::{ProbeProgress, Prober};

/// More than any of these takes.
const DEADLINE: Duration = Duration::from_secs(30);
const FIRST_LABEL: &str = "{tenant}.localhost:{port}";

fn snapshot(upstream: &str, more: &str) -> Snapshot {
    let text = format!(
        r#"{{ "name": "w", "tenants": [{{ "id": "acme" }}, {{ "id": "globex" }}],
             "previews": [{{ "name": "main", "upstream": {upstream:?}{more} }}] }}"#
    );
    let parsed = parse(&text, "tripledash.json");
    let workspace = parsed
        .workspace
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems));
    Snapshot {
        generation: 1,
        workspace: Arc::new(workspace),
        base: BaseDomain::local(7333),
        environment: Arc::default(),
        unlocked: Arc::default(),
        certificates: Arc::default(),
    }
}

async fn probe_with(prober: &Prober, snapshot: &Snapshot) -> Report {
    let wanted = Wanted::default();
    let probed = prober.probe(snapshot, "main", &wanted, &|_| {});
    timeout(DEADLINE, probed).await.unwrap().unwrap()
}

async fn probe(snapshot: &Snapshot) -> Report {
    probe_with(&Prober::new(), snapshot).await
}

#[tokio::test]
async fn the_right_line_for_each_kind_of_app() {
    use VerdictKind::{Keep, Path, Unread, Write};
    let table: [(&str, App, VerdictKind, Option<&str>); 6] = [
        ("tldts", apps::tldts, Keep, None),
        ("dev", apps::platforms_dev, Write, Some(FIRST_LABEL)),
        (
            "start",
            apps::platforms_start,
            Write,
            Some("{tenant}---{preview}.vercel.app"),
        ),
        ("forwarded", apps::forwarded, Keep, None),
        ("path", apps::path, Path, None),
        ("unread", apps::unread, Unread, None),
    ];
    for (name, app, kind, host) in table {
        let upstream = Listening::start(app).await;
        let report = probe(&snapshot(
            &format!("http://localhost:{}", upstream.port),
            "",
        ))
        .await;
        let verdict = &report.verdict;
        assert_eq!(
            (verdict.kind, verdict.host.as_deref()),
            (kind, host),
            "{name}: {report:#?}"
        );
        assert_eq!(verdict.sure, kind != Unread, "{name}: {report:#?}");
        let asked = upstream.asked();
        assert!(asked.len() > 10, "{name}");
        assert!(
            asked.iter().all(|request| request.method == "GET"),
            "{name}"
        );
        // Redirects are not followed.
        assert!(asked.iter().all(|request| request.path != "/all"), "{name}");
    }
}

#[tokio::test]
async fn a_line_that_is_written_is_kept_by_the_next_probe() {
    let upstream = Listening::start(apps::platforms_dev).await;
    let url = format!("http://localhost:{}", upstream.port);
    let report = probe(&snapshot(&url, "")).await;
    let line = report.verdict.line.unwrap();
    let report = probe(&snapshot(&url, &format!(", {line}"))).await;
    assert_eq!(report.verdict.kind, VerdictKind::Keep, "{report:#?}");
    assert_eq!(report.verdict.host.as_deref(), Some(FIRST_LABEL));
}

#[tokio::test]
async fn requests_are_those_of_a_browser_on_the_preview() {
    let upstream = Listening::start(apps::tldts).await;
    let port = upstream.port;
    let more = r#", "headers": { "x-seen-by": "{tenant}" }, "access": "read-only""#;
    probe(&snapshot(&format!("http://localhost:{port}"), more)).await;
    let asked = upstream.asked();
    let first = &asked[0];
    assert_eq!(first.field("host"), "acme---main.tripledash.localhost:7333");
    assert_eq!(
        first.field("x-forwarded-host"),
        "acme---main.tripledash.localhost:7333"
    );
    assert_eq!(first.field("x-seen-by"), "acme");
    assert!(first.field("accept").starts_with("text/html"));
    assert_eq!(first.field("sec-fetch-dest"), "document");
    let hosts: Vec<&str> = asked.iter().map(|request| request.field("host")).collect();
    let bare = format!("localhost:{port}");
    let label = format!("globex.localhost:{port}");
    let nobody = format!("no-such-tenant.localhost:{port}");
    for host in [&bare, &label, &nobody] {
        assert!(hosts.contains(&host.as_str()), "{host}: {hosts:?}");
    }
}

#[tokio::test]
async fn one_that_is_late_was_asked_all_the_same() {
    let upstream = Listening::start(apps::late_for_globex).await;
    let prober = Prober {
        later: Duration::from_millis(300),
        ..Prober::new()
    };
    let url = format!("http://localhost:{}", upstream.port);
    let report = probe_with(&prober, &snapshot(&url, "")).await;
    let first = &report.forms[0];
    let late = &first.answers[1];
    assert_eq!(
        late.host.as_deref(),
        Some("globex---main.tripledash.localhost:7333"),
        "{first:#?}"
    );
    assert!(late.seen.contains("no answer within 300ms"), "{late:#?}");
}

#[tokio::test]
async fn either_loopback_family_will_do() {
    let upstream = Listening::on("[::1]:0", apps::platforms_dev, None).await;
    let report = probe(&snapshot(
        &format!("http://localhost:{}", upstream.port),
        "",
    ))
    .await;
    assert_eq!(
        report.verdict.host.as_deref(),
        Some(FIRST_LABEL),
        "{report:#?}"
    );
    let named = probe(&snapshot(
        &format!("http://app.localhost:{}", upstream.port),
        "",
    ))
    .await;
    assert_eq!(
        named.verdict.host.as_deref(),
        Some(FIRST_LABEL),
        "{named:#?}"
    );
}

#[tokio::test]
async fn a_server_that_asks_itself_is_told_of() {
    let upstream = Listening::start(apps::platforms_external).await;
    let port = upstream.port;
    let more = r#", "headers": { "x-port": "{port}" }"#;
    let report = probe(&snapshot(&format!("http://127.0.0.1:{port}"), more)).await;
    assert_eq!(
        report.verdict.host.as_deref(),
        Some(FIRST_LABEL),
        "{report:#?}"
    );
    assert_eq!(report.remarks[0].code, "rewrite-external");
    assert_eq!(
        report.remarks[0].fix.as_deref(),
        Some("next dev -H localhost")
    );
}

#[tokio::test]
async fn over_tls_with_the_trust_and_the_secrets_of_the_preview() {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let names = ["app.acme.test".to_owned(), "*.acme.test".to_owned()];
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let upstream = Listening::on("127.0.0.1:0", apps::protected, Some(Arc::new(tls))).await;
    let url = format!("https://app.acme.test:{}", upstream.port);
    let trusting = |headers: &str| {
        let mut snapshot = snapshot(&url, &format!(r#", "tls": {{ "ca": "ca.pem" }}{headers}"#));
        let bundle = Ok(Arc::from(authority.pem().into_bytes()));
        snapshot.certificates = Arc::new([("ca.pem".to_owned(), bundle)].into());
        snapshot.environment = Arc::new([("BYPASS".to_owned(), "s3cret-enough".to_owned())].into());
        snapshot
    };
    let names = BTreeMap::from([("app.acme.test".to_owned(), Ipv4Addr::LOCALHOST.into())]);
    let prober = Prober::with(Upstreams::new(Timeouts::default(), None, names));

    let turned_away = probe_with(&prober, &trusting("")).await;
    assert_eq!(turned_away.verdict.kind, VerdictKind::NotUnderstood);
    assert!(
        turned_away.verdict.message.contains("401"),
        "{turned_away:#?}"
    );

    let bypass = r#", "headers": { "x-vercel-protection-bypass": "${env:BYPASS}" }"#;
    let report = probe_with(&prober, &trusting(bypass)).await;
    assert_eq!(report.verdict.kind, VerdictKind::Keep, "{report:#?}");
    assert!(report.verdict.sure);
    // The certificate has one label before acme.test, and no more.
    let below = report.forms.iter().find(|row| {
        row.host
            .as_deref()
            .is_some_and(|host| host.starts_with("{tenant}.app"))
    });
    let below = below.unwrap();
    assert_eq!(below.grade, Some(Grade::Untried), "{below:#?}");
    assert!(below.reason.contains("certificate"), "{below:#?}");
    assert!(!format!("{report:?}").contains("s3cret"), "{report:#?}");
}

#[tokio::test]
async fn nothing_there_is_told_at_once() {
    let gone = Listening::start(apps::unread).await;
    let url = format!("http://localhost:{}", gone.port);
    drop(gone);
    let report = probe(&snapshot(&url, "")).await;
    assert_eq!(report.verdict.kind, VerdictKind::NoAnswer);
    assert!(report.verdict.reasons[0].contains("refused"), "{report:#?}");
    let asked: usize = report.forms.iter().map(|row| row.answers.len()).sum();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn one_that_says_nothing_is_asked_once() {
    let upstream = Listening::start(apps::silent).await;
    let timeouts = Timeouts {
        first_byte: Duration::from_millis(50),
        ..Timeouts::default()
    };
    let prober = Prober::with(Upstreams::new(timeouts, None, BTreeMap::new()));
    let report = probe_with(
        &prober,
        &snapshot(&format!("http://localhost:{}", upstream.port), ""),
    )
    .await;
    assert_eq!(report.verdict.kind, VerdictKind::NoAnswer, "{report:#?}");
    assert_eq!(upstream.asked().len(), 1);
}

#[tokio::test]
async fn a_page_without_end_is_read_as_far_as_needed() {
    let upstream = Listening::start(apps::endless).await;
    let report = probe(&snapshot(
        &format!("http://localhost:{}", upstream.port),
        "",
    ))
    .await;
    assert_eq!(report.verdict.kind, VerdictKind::Keep, "{report:#?}");
    assert_eq!(
        report.verdict.reasons[0],
        "each answer names its tenant, and no other does so as often"
    );
}

#[tokio::test]
async fn progress_ends_with_everything_done() {
    let upstream = Listening::start(apps::path).await;
    let told = Mutex::new(Vec::new());
    let snapshot = snapshot(&format!("http://localhost:{}", upstream.port), "");
    let wanted = Wanted {
        path: "/events?x=1".to_owned(),
        ..Wanted::default()
    };
    let prober = Prober::new();
    let tell = |progress: ProbeProgress| told.lock().unwrap().push(progress);
    let report = timeout(DEADLINE, prober.probe(&snapshot, "main", &wanted, &tell))
        .await
        .unwrap()
        .unwrap();
    let told = told.into_inner().unwrap();
    assert_eq!(told[0].done, 0);
    assert!(
        told.windows(2).all(|two| two[0].done < two[1].done),
        "{told:?}"
    );
    let last = told.last().unwrap();
    assert_eq!(last.done, last.total);
    assert_eq!(last.total, upstream.asked().len());
    assert_eq!(report.verdict.kind, VerdictKind::Path, "{report:#?}");
    assert!(
        upstream
            .asked()
            .iter()
            .any(|request| request.path == "/acme/events?x=1")
    );
    assert!(
        report.verdict.message.ends_with("as in /acme/events?x=1"),
        "{}",
        report.verdict.message
    );
}

#[tokio::test]
async fn a_probe_that_is_dropped_asks_no_more() {
    let mut upstream = Listening::start(apps::silent).await;
    let snapshot = snapshot(&format!("http://localhost:{}", upstream.port), "");
    let wanted = Wanted::default();
    let prober = Prober::new();
    let probing = prober.probe(&snapshot, "main", &wanted, &|_| {});
    tokio::select! {
        report = probing => panic!("{report:#?}"),
        waiting = timeout(DEADLINE, upstream.waiting(1)) => waiting.unwrap(),
    }
    timeout(DEADLINE, upstream.waiting(0)).await.unwrap();
    assert_eq!(upstream.asked().len(), 1);
}
