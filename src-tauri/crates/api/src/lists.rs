//! Tenants and previews: added, changed and taken out, each in the file at once.

use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tripledash_workbench::{FieldChange, List, PreviewAccess, WorkspaceState};
use utoipa::ToSchema;

use crate::ApiState;
use crate::error::ErrorBody;
use crate::extract::{Json, Path};
use crate::workspace::{StateAnswer, change};

/// A field of a patch: absent, `null` (take it out) or a value.
type Patch<T> = Option<Option<T>>;

/// Tells `null` from absent, which serde does not by itself.
fn patch<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Patch<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A new tenant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewTenant {
    id: String,
    name: Option<String>,
    color: Option<String>,
    domains: Option<Vec<String>>,
    locale: Option<String>,
    tags: Option<Vec<String>>,
}

/// What to change of a tenant; `null` takes a field out of the file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TenantPatch {
    id: Option<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    color: Patch<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<String>>)]
    domains: Patch<Vec<String>>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    locale: Patch<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<Vec<String>>)]
    tags: Patch<Vec<String>>,
}

/// A new preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewPreview {
    name: String,
    branch: Option<String>,
    upstream: String,
    host: Option<String>,
    access: Option<PreviewAccess>,
}

/// What to change of a preview; `null` takes a field out of the file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    branch: Patch<String>,
    upstream: Option<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>)]
    host: Patch<String>,
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<PreviewAccess>)]
    access: Patch<PreviewAccess>,
}

/// Whether to let unsafe methods through.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Unlock {
    unlocked: bool,
}

fn access(access: PreviewAccess) -> &'static str {
    match access {
        PreviewAccess::Full => "full",
        PreviewAccess::ReadOnly => "read-only",
    }
}

/// The fields that are there, in the order in which they read best.
fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Vec<(String, Value)> {
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

fn changes<const N: usize>(fields: [(&str, Patch<Value>); N]) -> Vec<FieldChange> {
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

fn value<T: Into<Value>>(patch: Patch<T>) -> Patch<Value> {
    patch.map(|value| value.map(Into::into))
}

/// Adds a tenant.
#[utoipa::path(post, path = "/api/v1/workspace/tenants", tag = "workspace",
    request_body = NewTenant,
    responses((status = 200, body = WorkspaceState),
        (status = 400, body = ErrorBody, description = "`invalid-workspace` with its `problems`")))]
pub(crate) async fn add_tenant(
    State(state): State<ApiState>,
    Json(tenant): Json<NewTenant>,
) -> StateAnswer {
    let fields = present([
        ("id", Some(tenant.id.into())),
        ("name", tenant.name.map(Value::from)),
        ("color", tenant.color.map(Value::from)),
        ("domains", tenant.domains.map(Value::from)),
        ("locale", tenant.locale.map(Value::from)),
        ("tags", tenant.tags.map(Value::from)),
    ]);
    change(&state, move |workbench| {
        workbench.add(List::Tenants, &fields)
    })
    .await
}

/// Changes a tenant.
#[utoipa::path(patch, path = "/api/v1/workspace/tenants/{id}", tag = "workspace",
    params(("id" = String, Path, description = "The tenant's id")), request_body = TenantPatch,
    responses((status = 200, body = WorkspaceState), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn change_tenant(
    State(state): State<ApiState>,
    Path(id): Path<String>,
    Json(tenant): Json<TenantPatch>,
) -> StateAnswer {
    let changes = changes([
        ("name", value(tenant.name)),
        ("color", value(tenant.color)),
        ("domains", value(tenant.domains)),
        ("locale", value(tenant.locale)),
        ("tags", value(tenant.tags)),
        // Last: whatever refers to the tenant follows its new id.
        ("id", tenant.id.map(|id| Some(id.into()))),
    ]);
    change(&state, move |workbench| {
        workbench.change(List::Tenants, &id, &changes)
    })
    .await
}

/// Takes a tenant out.
#[utoipa::path(delete, path = "/api/v1/workspace/tenants/{id}", tag = "workspace",
    params(("id" = String, Path, description = "The tenant's id")),
    responses((status = 200, body = WorkspaceState), (status = 404, body = ErrorBody)))]
pub(crate) async fn remove_tenant(
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> StateAnswer {
    change(&state, move |workbench| {
        workbench.remove(List::Tenants, &id)
    })
    .await
}

/// Adds a preview.
#[utoipa::path(post, path = "/api/v1/workspace/previews", tag = "workspace",
    request_body = NewPreview,
    responses((status = 200, body = WorkspaceState),
        (status = 400, body = ErrorBody, description = "`invalid-workspace` with its `problems`")))]
pub(crate) async fn add_preview(
    State(state): State<ApiState>,
    Json(preview): Json<NewPreview>,
) -> StateAnswer {
    let fields = present([
        ("name", Some(preview.name.into())),
        ("branch", preview.branch.map(Value::from)),
        ("upstream", Some(preview.upstream.into())),
        ("host", preview.host.map(Value::from)),
        ("access", preview.access.map(|asked| access(asked).into())),
    ]);
    change(&state, move |workbench| {
        workbench.add(List::Previews, &fields)
    })
    .await
}

/// Changes a preview.
#[utoipa::path(patch, path = "/api/v1/workspace/previews/{name}", tag = "workspace",
    params(("name" = String, Path, description = "The preview's name")),
    request_body = PreviewPatch,
    responses((status = 200, body = WorkspaceState), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn change_preview(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(preview): Json<PreviewPatch>,
) -> StateAnswer {
    let changes = changes([
        ("branch", value(preview.branch)),
        (
            "upstream",
            preview.upstream.map(|upstream| Some(upstream.into())),
        ),
        ("host", value(preview.host)),
        (
            "access",
            value(preview.access.map(|asked| asked.map(access))),
        ),
        ("name", preview.name.map(|name| Some(name.into()))),
    ]);
    change(&state, move |workbench| {
        workbench.change(List::Previews, &name, &changes)
    })
    .await
}

/// Takes a preview out.
#[utoipa::path(delete, path = "/api/v1/workspace/previews/{name}", tag = "workspace",
    params(("name" = String, Path, description = "The preview's name")),
    responses((status = 200, body = WorkspaceState), (status = 404, body = ErrorBody)))]
pub(crate) async fn remove_preview(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> StateAnswer {
    change(&state, move |workbench| {
        workbench.remove(List::Previews, &name)
    })
    .await
}

/// Lets unsafe methods through to a read-only preview for this run, or no longer.
#[utoipa::path(post, path = "/api/v1/workspace/previews/{name}/unlock", tag = "workspace",
    params(("name" = String, Path, description = "The preview's name")), request_body = Unlock,
    responses((status = 200, body = WorkspaceState), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(crate) async fn unlock_preview(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(asked): Json<Unlock>,
) -> StateAnswer {
    change(&state, move |workbench| {
        workbench.unlock(&name, asked.unlocked)
    })
    .await
}
