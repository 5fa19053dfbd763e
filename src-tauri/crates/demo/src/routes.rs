//! The pages' routes, as they are inside the app: the tenant is the first segment.

use axum::Router;
use axum::extract::{Form, Path, State, WebSocketUpgrade};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use maud::Markup;
use serde::Deserialize;

use crate::account::Role;
use crate::app::Shop;
use crate::brands::{Brand, brand};
use crate::views::{self, Page};
use crate::{live, tenant};

/// The path that the browser asked for, before the rewrite.
#[derive(Debug, Clone)]
pub(crate) struct Asked(pub(crate) String);

pub(crate) fn pages() -> Router<Shop> {
    Router::new()
        .route("/", get(landing))
        .route("/{tenant}", get(home))
        .route("/{tenant}/products/{id}", get(product))
        .route("/{tenant}/journal", get(journal))
        .route("/{tenant}/account", get(account))
        .route("/{tenant}/account/sign-in", post(sign_in))
        .route("/{tenant}/account/sign-out", post(sign_out))
        .route("/{tenant}/stock-room", get(stock_room))
        .route("/{tenant}/basket", get(basket).post(put_in_basket))
        .route("/{tenant}/trade", get(trade))
        .route("/{tenant}/trade/open", get(open_trade))
}

async fn landing(State(shop): State<Shop>, headers: HeaderMap) -> Markup {
    let authority = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = shop.preview.name();
    // Asked at its own port, this preview's name is not in the host yet.
    if authority.starts_with(name) {
        views::landing(shop.preview, authority)
    } else {
        views::landing(
            shop.preview,
            &format!("{name}.tripledash.localhost:{}", shop.port),
        )
    }
}

/// Everything that a page's handler takes from a request.
pub(crate) struct Request {
    shop: Shop,
    brand: &'static Brand,
    asked: String,
    headers: HeaderMap,
}

impl Request {
    /// Makes the page for whoever asks, whole or, for a client that stays, its `main` alone.
    fn answer(&self, view: impl FnOnce(Page<'_>) -> (String, Markup)) -> Response {
        let visitor = self.shop.visitors.of(&self.headers, self.brand.id);
        let page = Page {
            brand: self.brand,
            preview: self.shop.preview,
            visitor: visitor.as_ref(),
            path: &self.asked,
        };
        let (title, main) = view(page);
        if self.headers.contains_key("rsc") {
            let vary = [
                (header::CONTENT_TYPE, "text/x-component"),
                (header::VARY, "rsc, next-router-state-tree"),
            ];
            return (
                vary,
                format!("{title} · {}\n{}", self.brand.name, main.into_string()),
            )
                .into_response();
        }
        let mut response = views::document(page, &title, &main).into_response();
        if self.shop.preview.redesigned() && page.visitor.is_none() {
            // The cache that forgot the tenant in its key says so to whoever compares two tenants.
            let entry = format!("\"{}{}\"", page.header_brand().id, self.asked);
            if let Ok(entry) = HeaderValue::try_from(entry) {
                let cache = HeaderValue::from_static("HIT");
                response.headers_mut().insert("x-nextjs-cache", cache);
                response.headers_mut().insert(header::ETAG, entry);
            }
        }
        response
    }
}

impl axum::extract::FromRequestParts<Shop> for Request {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut http::request::Parts,
        shop: &Shop,
    ) -> Result<Self, Response> {
        let segment = parts
            .uri
            .path()
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        let Some(brand) = brand(segment) else {
            // Without the rewrite, the segment is what stood in the path and not in the host.
            let named = parts.extensions.get::<Asked>().map(|_| segment);
            return Err((StatusCode::NOT_FOUND, views::no_shop(named)).into_response());
        };
        let asked = parts
            .extensions
            .get::<Asked>()
            .map_or_else(|| parts.uri.path().to_owned(), |asked| asked.0.clone());
        Ok(Self {
            shop: shop.clone(),
            brand,
            asked,
            headers: parts.headers.clone(),
        })
    }
}

async fn home(request: Request) -> Response {
    request.answer(views::home)
}

async fn journal(request: Request) -> Response {
    request.answer(views::journal)
}

async fn account(request: Request) -> Response {
    request.answer(views::account)
}

async fn stock_room(request: Request) -> Response {
    let mut response = request.answer(views::stock_room);
    let role = request
        .shop
        .visitors
        .of(&request.headers, request.brand.id)
        .and_then(|visitor| visitor.role);
    if role != Some(Role::Shopkeeper) {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    response
}

async fn basket(request: Request) -> Response {
    request.answer(views::basket)
}

async fn trade(request: Request) -> Response {
    request.answer(views::trade)
}

async fn product(Path((_tenant, id)): Path<(String, String)>, request: Request) -> Response {
    let found = id.parse::<u32>().ok().and_then(|id| {
        request
            .brand
            .products
            .iter()
            .find(|product| product.id == id)
    });
    match found {
        Some(product) => request.answer(|page| views::product(page, product)),
        None => not_found(&request),
    }
}

fn not_found(request: &Request) -> Response {
    let visitor = request.shop.visitors.of(&request.headers, request.brand.id);
    let page = Page {
        brand: request.brand,
        preview: request.shop.preview,
        visitor: visitor.as_ref(),
        path: &request.asked,
    };
    (StatusCode::NOT_FOUND, views::missing(page)).into_response()
}

/// Any other path: of a shop, of no shop, or a file that nobody has.
pub(crate) async fn missing(request: Request) -> Response {
    not_found(&request)
}

/// Marlow builds the redirect from the server's own address, as `new URL(path, request.url)` does.
async fn open_trade(request: Request) -> Response {
    if request.brand.id == "marlow" {
        let location = format!("http://localhost:{}/account", request.shop.port);
        return (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response();
    }
    Redirect::temporary("/account").into_response()
}

#[derive(Debug, Deserialize)]
struct SignIn {
    role: String,
}

async fn sign_in(request: Request, Form(form): Form<SignIn>) -> Response {
    let Some(role) = Role::named(&form.role) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let mut response = change(&request, "/account", |visitor| visitor.role = Some(role));
    // Shared by every shop in production; no local host can keep a cookie of that domain.
    let shared =
        HeaderValue::from_static("returning=yes; Domain=.shops.example; Path=/; Max-Age=86400");
    response.headers_mut().append(header::SET_COOKIE, shared);
    response
}

async fn sign_out(request: Request) -> Response {
    change(&request, "/account", |visitor| visitor.role = None)
}

#[derive(Debug, Deserialize)]
struct Put {
    product: u32,
}

async fn put_in_basket(request: Request, Form(form): Form<Put>) -> Response {
    if !request
        .brand
        .products
        .iter()
        .any(|product| product.id == form.product)
    {
        return not_found(&request);
    }
    change(&request, "/basket", |visitor| {
        visitor.basket.push(form.product)
    })
}

fn change(
    request: &Request,
    then: &str,
    change: impl FnOnce(&mut crate::account::Visitor),
) -> Response {
    let cookie = request
        .shop
        .visitors
        .change(&request.headers, request.brand.id, change);
    let mut response = Redirect::to(then).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A WebSocket that tells the stock of the tenant in the host.
pub(crate) async fn ticker(
    State(shop): State<Shop>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    match tenant::tenant(&headers).and_then(brand) {
        Some(brand) => upgrade.on_upgrade(move |socket| live::ticker(socket, brand, shop.over)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// An event stream that tells the orders of the tenant in the host.
pub(crate) async fn feed(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    match tenant::tenant(&headers).and_then(brand) {
        Some(brand) => live::feed(brand, shop.over).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
