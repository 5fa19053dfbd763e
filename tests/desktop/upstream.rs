//! A tiny multi-tenant app: it reads its tenant out of the host it is asked by.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;
use http::HeaderMap;
use tokio::task::JoinHandle;

/// The app, until it is dropped.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let app = Router::new()
            .route("/", get(async |headers: HeaderMap| page(&headers, "home")))
            .route(
                "/{name}",
                get(async |headers: HeaderMap, Path(name): Path<String>| page(&headers, &name)),
            );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, task }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn page(headers: &HeaderMap, name: &str) -> Html<String> {
    let host = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let tenant = host.split(['.', ':']).next().unwrap_or_default();
    let cookies = headers
        .get("cookie")
        .and_then(|cookies| cookies.to_str().ok())
        .unwrap_or_default();
    let who = match cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("who="))
    {
        Some(name) => format!("known as {name}"),
        None => "a stranger".to_owned(),
    };
    Html(format!(
        "<!doctype html><title>{tenant} {name}</title><h1>{tenant} {name}, {who}</h1>\
         <a id=about href=/about>About</a> \
         <button id=log-in onclick=\"document.cookie='who={tenant}; SameSite=Lax'\">Log in</button> \
         <button id=leave onclick=\"try {{ top.location.href = '/left' }} catch {{}} \
           document.querySelector('h1').append(', kept inside')\">Leave</button> \
         <button id=open onclick=\"window.open('/terms')\">Open</button>"
    ))
}
