//! The routes.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{any, delete, get, patch, post, put};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::error::ApiError;
use crate::{
    ApiState, addresses, auth, document, exchanges, explain, lists, openapi, page, probe, servers,
    shell, sources, stream, variables, workspace,
};

/// Everything that is served on the base domain.
pub fn router(state: ApiState) -> Router {
    let api = Router::new()
        .route("/workspace", get(workspace::show))
        .route("/workspace/demo", post(workspace::demo))
        .route("/workspace/open", post(workspace::open))
        .route("/workspace/create", post(workspace::create))
        .route("/workspace/start", post(workspace::start))
        .route("/workspace/save", post(workspace::save))
        .route("/workspace/undo", post(workspace::undo))
        .route("/workspace/tenants", post(lists::add_tenant))
        .route(
            "/workspace/tenants/{id}",
            patch(lists::change_tenant).delete(lists::remove_tenant),
        )
        .route("/workspace/previews", post(lists::add_preview))
        .route(
            "/workspace/previews/{name}",
            patch(lists::change_preview).delete(lists::remove_preview),
        )
        .route(
            "/workspace/previews/{name}/unlock",
            post(lists::unlock_preview),
        )
        .route(
            "/workspace/previews/{name}/start",
            post(servers::start_server),
        )
        .route(
            "/workspace/previews/{name}/stop",
            post(servers::stop_server),
        )
        .route("/workspace/previews/{name}/log", get(servers::server_log))
        .route(
            "/workspace/previews/{name}/log/stream",
            get(servers::follow_server_log),
        )
        .route(
            "/workspace/file",
            get(document::show_file).patch(document::edit_file),
        )
        .route("/workspace/previews/{name}/probe", post(probe::probe))
        .route("/workspace/previews/{name}/host", put(probe::set_host))
        .route("/workspace/propose", post(probe::propose))
        .route("/workspace/trust", post(sources::trust))
        .route("/workspace/refresh", post(sources::refresh))
        .route(
            "/workspace/variables/{name}",
            put(variables::keep).delete(variables::forget),
        )
        .route("/addresses", post(addresses::addresses))
        .route("/split", post(addresses::split))
        .route("/explain", post(explain::explain))
        .route(
            "/exchanges",
            get(exchanges::list).merge(delete(exchanges::clear)),
        )
        .route("/exchanges/{id}", get(exchanges::show))
        .route("/exchanges/{id}/replay", post(exchanges::replay))
        .route("/exchanges/{id}/curl", get(exchanges::curl))
        .route("/stream", get(stream::stream))
        .route("/shell", get(shell::abilities))
        .route("/shell/pick-folder", post(shell::pick_folder))
        .route("/shell/open-browser", post(shell::open_browser))
        .route("/shell/open-window", post(shell::open_window))
        // A route and not a fallback: the guard below is around routes.
        .route("/{*rest}", any(no_resource))
        .method_not_allowed_fallback(no_method)
        // Without the the token not even a missing resource is told apart.
        .layer(from_fn_with_state(state.clone(), auth::guard))
        .layer(axum::middleware::map_response(seal));
    Router::new()
        .nest("/api/v1", api)
        .route("/api/openapi.json", get(openapi::document))
        .route("/api", any(no_resource))
        .route("/api/{*rest}", any(no_resource))
        .fallback(page::page)
        .layer(from_fn_with_state(state.clone(), auth::exact_host))
        .with_state(state)
}

async fn no_resource() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no-resource",
        "nothing here; /api/openapi.json lists what there is",
    )
}

async fn no_method() -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "no-method",
        "this resource has no such method; /api/openapi.json lists what there is",
    )
}

/// An answer of the API is never cached, sniffed or embedded.
async fn seal(response: axum::response::Response) -> axum::response::Response {
    let mut response = response.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}
