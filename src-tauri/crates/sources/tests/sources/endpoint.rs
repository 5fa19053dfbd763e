//! Tenants over HTTP, kept for a start without a network.

use std::path::Path;
use std::time::Duration;

use tripledash_core::Timestamp;
use tripledash_sources::tenants::{Endpoint, LoadError, Loaded, TenantSource};
use tripledash_sources::{Clock, Secret};

use crate::support::{Reply, Server, THEN, fetcher, later, soon, then};

const CSV: &str = "id,name\nacme,Acme\nglobex,Globex\n";

async fn load(url: &str, folder: Option<&Path>, clock: Clock) -> Result<Loaded, LoadError> {
    load_as("Bearer s3cret", url, folder, clock).await
}

async fn load_as(
    token: &str,
    url: &str,
    folder: Option<&Path>,
    clock: Clock,
) -> Result<Loaded, LoadError> {
    let token = Secret::new(token);
    let fields = [("authorization", &token)];
    let endpoint = Endpoint::new(url, fields, folder.map(Path::to_owned)).unwrap();
    let source = TenantSource::Endpoint(Box::new(endpoint));
    soon("an answer", source.load(&fetcher(), clock)).await
}

#[tokio::test]
async fn csv_and_json_are_told_by_type_or_by_look() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/csv" => Reply::new(200, CSV).with("content-type", "text/csv; charset=utf-8"),
        "/plain" => Reply::new(200, CSV).with("content-type", "text/plain"),
        "/none" => Reply::new(200, r#"{"tenants": [{"id": "acme"}, {"id": "globex"}]}"#),
        _ => Reply::new(200, r#"[{"id": "acme"}, {"id": "globex"}]"#)
            .with("content-type", "application/vnd.api+json"),
    })
    .await;
    for path in ["/csv", "/plain", "/none", "/json"] {
        let loaded = load(&server.url(path), None, then).await.unwrap();
        assert_eq!(
            loaded.tenants.keys().collect::<Vec<_>>(),
            ["acme", "globex"]
        );
        assert!(loaded.cached.is_none());
        assert_eq!(loaded.fetched_at, THEN);
    }
}

#[tokio::test]
async fn what_is_no_list_is_told() {
    let html = "<!doctype html><title>Sign in</title>";
    let server = Server::start(move |asked| {
        let status = asked.target[1..].parse();
        match (asked.target.as_str(), status) {
            ("/login", _) => Reply::new(200, html).with("content-type", "text/html; charset=utf-8"),
            ("/json", _) => Reply::json(html),
            ("/broken", _) => Reply::json("[{\"id\": \"acme\"}"),
            ("/wait", _) => Reply::new(429, "").with("retry-after", "120"),
            (_, status) => Reply::new(status.unwrap(), "no"),
        }
    })
    .await;
    for (path, words, hint) in [
        (
            "/login",
            ": it is a page of HTML, wanted JSON or CSV",
            "login page",
        ),
        (
            "/json",
            ": it is a page of HTML or XML, wanted JSON or CSV",
            "login page",
        ),
        (
            "/broken",
            ": it is not JSON: EOF while parsing a list (line 1, column 15)",
            "validator",
        ),
        ("/401", " wants to know who asks (401)", "Authorization"),
        ("/403", " does not let us see the tenants (403)", "token"),
        ("/404", " is not there (404)", "path"),
        ("/410", " is not there (410)", "path"),
        ("/wait", " was asked too often (429)", "refresh"),
        ("/500", " has a fault of its own (500)", "log"),
        ("/503", " has a fault of its own (503)", "log"),
        ("/204", " answers without a list (204)", ""),
        (
            "/304",
            " says that nothing changed, and nobody asked that (304)",
            "",
        ),
        ("/418", " answers something else (418)", ""),
    ] {
        let error = load(&server.url(path), None, then).await.unwrap_err();
        assert_eq!(error.to_string(), server.url(path) + words);
        assert!(
            error.hint().unwrap_or_default().contains(hint),
            "{path}: {:?}",
            error.hint()
        );
        assert!(!format!("{error:?}").contains("s3cret"));
        let wanted = (path == "/wait").then(|| Duration::from_secs(120));
        assert_eq!(error.retry_after(), wanted);
    }
}

#[tokio::test]
async fn an_answer_is_asked_again_only_whether_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::replaying([
        Reply::new(200, CSV)
            .with("etag", "\"v1\"")
            .with("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
        Reply::new(304, ""),
        Reply::new(200, "id\nhooli\n").with("etag", "\"v2\""),
        Reply::new(304, ""),
    ])
    .await;
    let url = server.url("/tenants");
    let first = load(&url, Some(folder.path()), then).await.unwrap();
    let second = load(&url, Some(folder.path()), later).await.unwrap();
    assert_eq!(
        (&second.tenants, second.fingerprint),
        (&first.tenants, first.fingerprint)
    );
    assert!(second.cached.is_none());
    assert_eq!(second.fetched_at, later());
    let third = load(&url, Some(folder.path()), then).await.unwrap();
    assert_ne!(third.fingerprint, first.fingerprint);
    load(&url, Some(folder.path()), then).await.unwrap();
    let conditions: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| {
            let field = |name| asked.field(name).map(str::to_owned);
            (field("if-none-match"), field("if-modified-since"))
        })
        .collect();
    let v1 = (
        Some("\"v1\"".to_owned()),
        Some("Tue, 14 Nov 2023 22:13:20 GMT".to_owned()),
    );
    assert_eq!(
        conditions,
        [
            (None, None),
            v1.clone(),
            v1,
            (Some("\"v2\"".to_owned()), None)
        ]
    );
}

#[tokio::test]
async fn what_was_kept_is_shown_while_the_endpoint_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    let server = Server::replaying([Reply::new(200, CSV)]).await;
    let url = server.url("/tenants");
    load(&url, Some(&inner), then).await.unwrap();
    drop(server);
    let loaded = load(&url, Some(&inner), later).await.unwrap();
    assert_eq!(loaded.tenants.len(), 2);
    assert_eq!(loaded.fetched_at, THEN);
    let cached = loaded.cached.unwrap();
    assert!(cached.why.contains("cannot be reached"), "{}", cached.why);
    assert!(cached.hint.is_some());
    // Another URL has nothing to show.
    let other = url.replace("/tenants", "/others");
    load(&other, Some(&inner), later).await.unwrap_err();
}

#[tokio::test]
async fn what_one_account_was_answered_is_nothing_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let known = Reply::new(200, CSV)
        .with("etag", "\"v1\"")
        .with("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT");
    let server = Server::replaying([known, Reply::new(401, "")]).await;
    let url = server.url("/tenants");
    load_as("Bearer a", &url, Some(folder.path()), then)
        .await
        .unwrap();
    let other = load_as("Bearer b", &url, Some(folder.path()), then).await;
    assert!(other.unwrap_err().to_string().contains("(401)"));
    let asked = &server.asked()[1];
    assert_eq!(asked.field("if-none-match"), None);
    assert_eq!(asked.field("if-modified-since"), None);
    // The first still has its own.
    let first = load_as("Bearer a", &url, Some(folder.path()), later).await;
    assert_eq!(first.unwrap().fetched_at, THEN);
}

fn after_a_summer() -> Timestamp {
    Timestamp(THEN.0 + 91 * 24 * 3_600_000_000)
}

#[tokio::test]
async fn an_answer_that_nobody_asks_for_any_more_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| match asked.field("if-none-match") {
        Some(_) => Reply::new(304, ""),
        None => Reply::new(200, CSV).with("etag", "\"v1\""),
    })
    .await;
    let (old, lasting, new) = (
        server.url("/old"),
        server.url("/lasting"),
        server.url("/new"),
    );
    for url in [&old, &lasting] {
        load(url, Some(folder.path()), then).await.unwrap();
    }
    // Confirmed, which writes nothing anew.
    load(&lasting, Some(folder.path()), after_a_summer)
        .await
        .unwrap();
    load(&new, Some(folder.path()), after_a_summer)
        .await
        .unwrap();
    drop(server);
    load(&old, Some(folder.path()), after_a_summer)
        .await
        .unwrap_err();
    for url in [&lasting, &new] {
        let kept = load(url, Some(folder.path()), after_a_summer).await;
        assert_eq!(kept.unwrap().fetched_at, after_a_summer());
    }
}

#[tokio::test]
async fn an_answer_that_is_no_list_does_not_replace_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let login = Reply::new(200, "<html>Sign in</html>").with("content-type", "text/html");
    let wait = Reply::new(503, "").with("retry-after", "30");
    let server = Server::replaying([Reply::new(200, CSV), login, wait]).await;
    let url = server.url("/tenants");
    load(&url, Some(folder.path()), then).await.unwrap();
    let loaded = load(&url, Some(folder.path()), later).await.unwrap();
    assert_eq!(loaded.tenants.len(), 2);
    assert!(loaded.cached.unwrap().why.contains("a page of HTML"));
    let loaded = load(&url, Some(folder.path()), later).await.unwrap();
    let cached = loaded.cached.unwrap();
    assert!(cached.why.contains("(503)"));
    assert_eq!(cached.retry_after, Some(Duration::from_secs(30)));
}

fn only_file(folder: &Path) -> std::path::PathBuf {
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(files.len(), 1);
    files[0].as_ref().unwrap().path()
}

#[tokio::test]
async fn what_is_kept_is_for_its_user_alone_and_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::replaying([Reply::new(200, CSV)]).await;
    let url = server.url("/tenants?key=s3cret");
    load(&url, Some(folder.path()), then).await.unwrap();
    let file = only_file(folder.path());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.ends_with(CSV));
    assert!(!kept.contains("s3cret") && !file.to_string_lossy().contains("s3cret"));
}

#[tokio::test]
async fn a_kept_file_that_is_not_whole_counts_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::replaying([Reply::new(200, CSV), Reply::new(500, "")]).await;
    let url = server.url("/tenants");
    load(&url, Some(folder.path()), then).await.unwrap();
    let file = only_file(folder.path());
    let whole = std::fs::read(&file).unwrap();
    for broken in [&whole[..whole.len() - 1], b"", b"{}\n", &whole[1..]] {
        std::fs::write(&file, broken).unwrap();
        let error = load(&url, Some(folder.path()), later).await.unwrap_err();
        assert!(error.to_string().contains("(500)"), "{error}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert!(
        load(&url, Some(folder.path()), later)
            .await
            .unwrap()
            .cached
            .is_some()
    );
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_does_not_matter() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let server = Server::replaying([Reply::new(200, CSV)]).await;
    let loaded = load(&server.url("/"), Some(file.path()), then)
        .await
        .unwrap();
    assert_eq!(loaded.tenants.len(), 2);
}
