//! The running demo: one listener per preview, all ended by one token.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use http::{HeaderValue, Request, StatusCode, Uri, header};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::account::Visitors;
use crate::ports::{self, Ports};
use crate::preview::Preview;
use crate::{assets, routes, tenant, views};

/// Why the demo could not start.
#[derive(Debug, thiserror::Error)]
#[error("no free port on 127.0.0.1 for the demo")]
pub struct StartDemo(#[from] std::io::Error);

/// The demo, until it is shut down.
#[derive(Debug)]
pub struct Demo {
    ports: Ports,
    over: CancellationToken,
    tasks: JoinSet<()>,
}

impl Demo {
    /// Listens on loopback, a port for each preview.
    ///
    /// # Errors
    ///
    /// [`StartDemo`] where not even a free port can be had.
    pub async fn start() -> Result<Self, StartDemo> {
        let (ports, listeners) = ports::bind().await?;
        let over = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for (preview, listener) in listeners {
            let port = listener.local_addr()?.port();
            let shop = Shop {
                preview,
                port,
                visitors: Arc::default(),
                over: over.clone(),
            };
            let stop = over.clone().cancelled_owned();
            tasks.spawn(async move {
                let served = axum::serve(listener, router(shop))
                    .with_graceful_shutdown(stop)
                    .await;
                if let Err(error) = served {
                    tracing::warn!(preview = preview.name(), %error, "the demo stopped listening");
                }
            });
        }
        Ok(Self { ports, over, tasks })
    }

    /// Where the previews listen.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// Ends every stream and listener, and waits for them.
    pub async fn shutdown(mut self) {
        self.over.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What the routes of one preview share.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) preview: Preview,
    /// The port that this preview listens on, which `request.url` would name.
    pub(crate) port: u16,
    pub(crate) visitors: Arc<Visitors>,
    pub(crate) over: CancellationToken,
}

fn router(shop: Shop) -> Router {
    let inside = Router::new()
        .route("/_next/static/css/shop.css", get(assets::shop_css))
        .route("/_next/static/css/brands.css", get(assets::brands_css))
        .route("/_next/static/css/redesign.css", get(assets::redesign_css))
        .route("/_next/static/chunks/shop.js", get(assets::shop_js))
        .route("/_next/static/media/{brand}/{name}", get(assets::media))
        .route("/favicon.ico", get(assets::favicon))
        .route("/api/ticker", any(routes::ticker))
        .route("/api/feed", get(routes::feed))
        .merge(routes::pages())
        .fallback(routes::missing)
        .with_state(shop.clone());
    Router::new()
        .fallback(middleware)
        .with_state((shop, inside))
}

/// The app's middleware: protection first, then the tenant's rewrite, told in `x-middleware-rewrite`.
async fn middleware(
    State((shop, inside)): State<(Shop, Router)>,
    mut request: Request<Body>,
) -> Response {
    if shop.preview == Preview::Protected && !passes(&request) {
        return protected();
    }
    let asked = request.uri().clone();
    let rewritten = tenant::tenant(request.headers())
        .and_then(|tenant| tenant::rewritten(tenant, asked.path()));
    if let Some(path) = &rewritten {
        let with_query = asked
            .query()
            .map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
        let Ok(uri) = with_query.parse::<Uri>() else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        *request.uri_mut() = uri;
        request
            .extensions_mut()
            .insert(routes::Asked(asked.path().to_owned()));
    }
    let flight = request.headers().contains_key("rsc");
    let Ok(mut response) = inside.oneshot(request).await;
    if let Some(path) = rewritten.and_then(|path| HeaderValue::try_from(path).ok()) {
        if flight {
            response
                .headers_mut()
                .insert("x-nextjs-rewritten-path", path.clone());
        }
        response.headers_mut().insert("x-middleware-rewrite", path);
    }
    response
}

const SECRET: &str = "open-sesame";

fn passes(request: &Request<Body>) -> bool {
    request
        .headers()
        .get("x-vercel-protection-bypass")
        .is_some_and(|value| value == SECRET)
        || request.uri().path().starts_with("/_next/static/css/")
}

/// As a protected deployment answers: 401, never in a frame, with the sign-in service named.
fn protected() -> Response {
    let fields = [
        (header::SERVER, "Vercel"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store, max-age=0"),
        (
            header::SET_COOKIE,
            "_vercel_sso_nonce=demo; Path=/; Secure; HttpOnly; SameSite=Lax",
        ),
    ];
    (StatusCode::UNAUTHORIZED, fields, views::protected()).into_response()
}
