//! Documented answers, filled in.

use serde_json::{Value, json};

/// Milliseconds since the Unix epoch.
pub const NEWEST: i64 = 1_700_000_000_000;

/// One deployment of a list, ready unless it is said otherwise.
#[derive(Debug, Clone)]
pub struct Form(Value);

impl Form {
    /// A number of 0 is the newest.
    pub fn new(number: usize) -> Self {
        let created = NEWEST - i64::try_from(number).unwrap();
        Self(json!({
            "uid": format!("dpl_{number}"),
            "name": "my-app",
            "url": format!("my-app-{number}-acme.vercel.app"),
            "created": created,
            "source": "git",
            "state": "READY",
            "readyState": "READY",
            "type": "LAMBDAS",
            "creator": {"uid": "eLrCnEgbKhsHyfbiNR7E8496"},
            "meta": {},
            "target": null,
            "aliasError": null,
            "aliasAssigned": null,
            "inspectorUrl": null,
            "createdAt": created
        }))
    }

    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.0[key] = value;
        self
    }

    pub fn meta(mut self, key: &str, value: &str) -> Self {
        self.0["meta"][key] = json!(value);
        self
    }

    pub fn branch(self, branch: &str) -> Self {
        self.meta("githubCommitRef", branch)
    }

    pub fn state(self, state: &str) -> Self {
        self.with("readyState", json!(state))
            .with("state", json!(state))
    }

    pub fn aliased(self) -> Self {
        self.with("aliasAssigned", json!(NEWEST))
    }
}

/// `GET /v6/deployments`.
pub fn page(forms: &[Form], next: Option<i64>) -> String {
    let deployments: Vec<_> = forms.iter().map(|form| &form.0).collect();
    let pagination = json!({"count": forms.len(), "next": next, "prev": null});
    json!({"pagination": pagination, "deployments": deployments}).to_string()
}

/// `GET /v9/projects/{idOrName}`, of a project that was never deployed.
pub fn project() -> String {
    json!({"id": "prj_1", "name": "my-app", "accountId": "team_1", "targets": {}}).to_string()
}
