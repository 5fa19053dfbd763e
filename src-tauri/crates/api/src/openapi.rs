//! The API's own description.

use std::sync::OnceLock;

use axum::response::IntoResponse;
use http::header;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{
    addresses, document, exchanges, explain, lists, probe, servers, shell, sources, stream,
    variables, workspace,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tripledash",
        description = "The workbench's API. Every error is `{code, message, …}`."
    ),
    paths(
        workspace::show,
        workspace::demo,
        workspace::open,
        workspace::create,
        workspace::start,
        workspace::save,
        workspace::undo,
        lists::add_tenant,
        lists::change_tenant,
        lists::remove_tenant,
        lists::add_preview,
        lists::change_preview,
        lists::remove_preview,
        lists::unlock_preview,
        document::show_file,
        document::edit_file,
        probe::probe,
        probe::set_host,
        probe::propose,
        servers::start_server,
        servers::stop_server,
        servers::server_log,
        servers::follow_server_log,
        sources::trust,
        sources::refresh,
        variables::keep,
        variables::forget,
        addresses::addresses,
        addresses::split,
        explain::explain,
        exchanges::list,
        exchanges::show,
        exchanges::clear,
        exchanges::replay,
        exchanges::curl,
        stream::stream,
        shell::abilities,
        shell::pick_folder,
        shell::open_browser,
        shell::open_window,
    ),
    modifiers(&Bearer),
    security(("bearer" = []))
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The API's description.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The API's description as JSON, for the UI's types.
pub fn openapi_json() -> String {
    let mut text = openapi()
        .to_pretty_json()
        .expect("a description made of our own types serialises");
    text.push('\n');
    text
}

pub(crate) async fn document() -> impl IntoResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(openapi_json).as_str();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text)
}
