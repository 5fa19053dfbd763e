//! Files that the rewrite leaves alone: style, script, pictures.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::brands::brand;
use crate::images;

const KEPT: &str = "public, max-age=3600";

pub(crate) async fn shop_css() -> Response {
    file(
        "text/css; charset=utf-8",
        include_str!("../assets/shop.css"),
    )
}

pub(crate) async fn brands_css() -> Response {
    file(
        "text/css; charset=utf-8",
        include_str!("../assets/brands.css"),
    )
}

pub(crate) async fn redesign_css() -> Response {
    file(
        "text/css; charset=utf-8",
        include_str!("../assets/redesign.css"),
    )
}

pub(crate) async fn shop_js() -> Response {
    file(
        "text/javascript; charset=utf-8",
        include_str!("../assets/shop.js"),
    )
}

/// `logo.svg`, or a product's picture by its number.
pub(crate) async fn media(Path((id, name)): Path<(String, String)>) -> Response {
    let Some(brand) = brand(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if name == "logo.svg" {
        return svg(images::logo(brand));
    }
    let product = name
        .strip_suffix(".svg")
        .and_then(|number| number.parse::<u32>().ok())
        .and_then(|number| brand.products.iter().find(|product| product.id == number));
    product.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |product| svg(images::product(brand, product.shape)),
    )
}

pub(crate) async fn favicon() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn file(kind: &'static str, text: &'static str) -> Response {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEPT)],
        text,
    )
        .into_response()
}

fn svg(text: String) -> Response {
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, KEPT),
        ],
        text,
    )
        .into_response()
}
