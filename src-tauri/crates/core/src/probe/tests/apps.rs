//! The apps.

use super::super::Answer;
use super::Asked;
use crate::suffix::icann_domain;

fn page(status: u16, body: &str) -> Answer {
    Answer {
        status,
        body: format!("<html><head><title>App</title></head><body>{body}</body></html>"),
        fields: vec![("content-type".to_owned(), "text/html".to_owned())],
        ..Answer::default()
    }
}

fn redirect(to: &str) -> Answer {
    Answer {
        status: 307,
        location: Some(to.to_owned()),
        ..Answer::default()
    }
}

fn rewritten(to: &str, answer: Answer) -> Answer {
    Answer {
        rewrite: Some(to.to_owned()),
        ..answer
    }
}

fn name(host: &str) -> &str {
    host.split(':').next().unwrap()
}

fn is_tenant(id: &str) -> bool {
    matches!(id, "acme" | "globex")
}

/// Vercel's reference: the ICANN subdomain up to its first `---`, else a redirect.
pub(in super::super) fn tldts(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    let subdomain = icann_domain(host).and_then(|domain| host.strip_suffix(domain));
    let subdomain = subdomain.unwrap_or_default().trim_end_matches('.');
    match subdomain.split_once("---") {
        Some((tenant, _)) => rewritten(&format!("/{tenant}"), page(200, "")),
        None => redirect("/all"),
    }
}

fn starter(subdomain: Option<&str>) -> Answer {
    match subdomain {
        Some(id) => {
            let to = format!("/s/{id}");
            rewritten(&to, page(if is_tenant(id) { 200 } else { 404 }, id))
        }
        None => page(200, "Welcome to Platforms"),
    }
}

/// The Platforms Starter Kit in development: `X.localhost`, the first label whole.
pub(in super::super) fn platforms_dev(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    starter(
        host.strip_suffix(".localhost")
            .and_then(|rest| rest.split('.').next()),
    )
}

/// The same started with `-H 0.0.0.0`: its root domain, or a deployment.
pub(in super::super) fn platforms_start(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    if let Some(label) = host.strip_suffix(".vercel.app")
        && let Some((tenant, _)) = label.split_once("---")
    {
        return starter(Some(tenant));
    }
    starter(host.strip_suffix(".my-app.com"))
}

/// The same in development, bound to 127.0.0.1.
pub(in super::super) fn platforms_external(asked: &Asked<'_>) -> Answer {
    let answer = platforms_dev(asked);
    let rewrite = answer
        .rewrite
        .as_ref()
        .map(|path| format!("http://localhost:3000{path}"));
    Answer { rewrite, ..answer }
}

/// Makes its rewrite of the Host, which it cannot reach.
pub(in super::super) fn of_host(asked: &Asked<'_>) -> Answer {
    let answer = platforms_dev(asked);
    let Some(path) = &answer.rewrite else {
        return answer;
    };
    let to = format!("http://{}{path}", asked.host);
    rewritten(&to, page(500, "Internal Server Error"))
}

/// The whole host as a segment, a page for those it knows.
pub(in super::super) fn whole_host(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    let known = matches!(host, "shop.acme.com" | "globex.com");
    rewritten(&format!("/{host}"), page(if known { 200 } else { 404 }, ""))
}

/// Reads `X-Forwarded-Host`.
pub(in super::super) fn forwarded(asked: &Asked<'_>) -> Answer {
    match asked.forwarded_host.split_once("---") {
        Some((tenant, _)) => rewritten(&format!("/{tenant}"), page(200, "")),
        None => page(200, "Choose a shop"),
    }
}

/// Tells of no rewrite; its pages name their tenant, and every page links to all of them.
pub(in super::super) fn named(asked: &Asked<'_>) -> Answer {
    let list = "<a href=/acme>Acme</a> <a href=/globex>Globex Corporation</a>";
    match name(asked.host).strip_suffix(".localhost") {
        Some("acme") => page(200, &format!("{list} Welcome to Acme!")),
        Some("globex") => page(200, &format!("{list} Welcome to Globex Corporation!")),
        Some(other) => page(200, &format!("{list} Welcome to {other}!")),
        None => page(200, list),
    }
}

/// Prints the Host that it got, and does nothing else with it.
pub(in super::super) fn echo(asked: &Asked<'_>) -> Answer {
    page(
        200,
        &format!("You asked {} and {}", asked.host, name(asked.host)),
    )
}

/// Serves those it knows, and sends all others to its front page.
pub(in super::super) fn known(asked: &Asked<'_>) -> Answer {
    match name(asked.host).strip_suffix(".acme.dev") {
        Some("acme" | "globex") => page(200, "Products"),
        _ => redirect("https://www.acme.dev/"),
    }
}

/// Reads the path: `/houston` is rewritten to `/city/houston`.
pub(in super::super) fn path(asked: &Asked<'_>) -> Answer {
    let first = asked.path.split('/').nth(1).unwrap_or_default();
    let (to, status) = match first {
        "acme" | "globex" => (format!("/city{}", asked.path), 200),
        "" => ("/main/".to_owned(), 200),
        _ => (format!("/main{}", asked.path), 404),
    };
    rewritten(&to, page(status, ""))
}

/// The same without a word of its rewrites.
pub(in super::super) fn silent_path(asked: &Asked<'_>) -> Answer {
    Answer {
        rewrite: None,
        ..path(asked)
    }
}

/// One page for all.
pub(in super::super) fn one_page(asked: &Asked<'_>) -> Answer {
    page(
        200,
        if asked.path == "/acme" {
            "the shell"
        } else {
            "the shell, us and main"
        },
    )
}

/// Behind a login of the platform.
pub(in super::super) fn protected(_: &Asked<'_>) -> Answer {
    page(401, "Authentication Required")
}

/// Vite: hosts under localhost alone.
pub(in super::super) fn vite(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    if host == "localhost" || host.ends_with(".localhost") {
        return page(200, "");
    }
    let body = format!("Blocked request. This host (\"{host}\") is not allowed.");
    Answer {
        status: 403,
        body,
        ..Answer::default()
    }
}

/// Different sites at two forms.
pub(in super::super) fn two_sites(asked: &Asked<'_>) -> Answer {
    let host = name(asked.host);
    if let Some(tenant) = host
        .strip_suffix(".localhost")
        .filter(|rest| !rest.contains('.'))
    {
        return rewritten(&format!("/admin/{tenant}"), page(200, ""));
    }
    match host
        .strip_suffix(".vercel.app")
        .and_then(|rest| rest.split_once("---"))
    {
        Some((tenant, _)) => rewritten(&format!("/site/{tenant}"), page(200, "")),
        None => page(200, "nothing here"),
    }
}

/// A language before everything, and the tenant in the page alone.
pub(in super::super) fn languages(asked: &Asked<'_>) -> Answer {
    let answer = named(asked);
    rewritten("/en", answer)
}

/// A language before every path, and the same page for all.
pub(in super::super) fn prefixing(asked: &Asked<'_>) -> Answer {
    rewritten(&format!("/en{}", asked.path), page(200, ""))
}

/// Names the first label, whatever it is.
pub(in super::super) fn first_word(asked: &Asked<'_>) -> Answer {
    let first = asked.host.split(['.', ':']).next().unwrap();
    page(200, &format!("Welcome to {first}"))
}
