//! Apps on the wire, as the measured ones behave.

use super::upstream::Request;

fn reply(status: u16, fields: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} It\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{fields}\r\n{body}"
    )
}

fn page(status: u16, rewrite: &str) -> String {
    let told = format!("x-middleware-rewrite: {rewrite}\r\n");
    reply(status, &told, "<html><title>App</title></html>")
}

/// Vercel's reference: two labels at the right are the domain, the tenant is what stands before
/// the first `---` of the rest; without one, a redirect.
pub(super) fn tldts(request: &Request) -> String {
    let labels: Vec<&str> = request.host().split('.').collect();
    let subdomain = match labels.as_slice() {
        [subdomain @ .., _, _] => subdomain.join("."),
        _ => String::new(),
    };
    match subdomain.split_once("---") {
        Some((tenant, _)) => page(200, &format!("/{tenant}")),
        None => reply(307, "Location: /all\r\n", "/all"),
    }
}

fn starter(subdomain: Option<&str>) -> String {
    match subdomain {
        Some(tenant @ ("acme" | "globex")) => page(200, &format!("/s/{tenant}")),
        Some(other) => page(404, &format!("/s/{other}")),
        None => reply(200, "", "<h1>Platforms</h1>"),
    }
}

/// The Platforms Starter Kit in development.
pub(super) fn platforms_dev(request: &Request) -> String {
    let local = request.host().strip_suffix(".localhost");
    starter(local.and_then(|rest| rest.split('.').next()))
}

/// The same, started with `-H 127.0.0.1`: each rewrite leads to the server itself.
pub(super) fn platforms_external(request: &Request) -> String {
    let port = request.field("x-port");
    platforms_dev(request).replace(
        "x-middleware-rewrite: /",
        &format!("x-middleware-rewrite: http://localhost:{port}/"),
    )
}

/// The same, started with `-H 0.0.0.0`.
pub(super) fn platforms_start(request: &Request) -> String {
    let deployed = request.host().strip_suffix(".vercel.app");
    match deployed.and_then(|label| label.split_once("---")) {
        Some((tenant, _)) => starter(Some(tenant)),
        None => starter(request.host().strip_suffix(".my-app.com")),
    }
}

/// Reads `X-Forwarded-Host`, and tells of no rewrite.
pub(super) fn forwarded(request: &Request) -> String {
    let forwarded = request.field("x-forwarded-host");
    match forwarded.split_once("---") {
        Some((tenant, _)) => reply(200, "", &format!("<h1>Welcome to {tenant}</h1>")),
        None => reply(200, "", "<h1>Choose a shop</h1>"),
    }
}

/// Reads the path.
pub(super) fn path(request: &Request) -> String {
    match request.path.split('/').nth(1).unwrap_or_default() {
        "acme" | "globex" => page(200, &format!("/city{}", request.path)),
        "" => page(200, "/main/"),
        _ => page(404, &format!("/main{}", request.path)),
    }
}

/// One page for all.
pub(super) fn unread(_: &Request) -> String {
    reply(200, "", "<h1>Hello</h1>")
}

/// The reference behind a login, which a secret opens.
pub(super) fn protected(request: &Request) -> String {
    match request.field("x-vercel-protection-bypass") {
        "s3cret-enough" => tldts(request),
        _ => reply(401, "", "Authentication Required"),
    }
}

/// The reference, which takes for ever over one tenant.
pub(super) fn late_for_globex(request: &Request) -> String {
    match request.host().starts_with("globex---") {
        true => String::new(),
        false => tldts(request),
    }
}

/// Says nothing.
pub(super) fn silent(_: &Request) -> String {
    String::new()
}

/// A page that never ends, and names its tenant at the beginning.
pub(super) fn endless(request: &Request) -> String {
    let tenant = request.host().split("---").next().unwrap().to_owned();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nWelcome to {tenant}, a page without end\n"
    )
}
