//! What the window says of variables, and what it never hears back.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;
use tripledash_workbench::{Account, Keychain, KeychainError, NoKeychain};

use super::*;

const ASKING: &str = r#"{ "name": "w", "previews": [
    { "name": "main", "upstream": "http://localhost:3000", "headers": { "x-a": "${env:KEY}" } }
] }"#;
const PATH: &str = "/api/v1/workspace/variables/KEY";

/// A keychain in memory.
#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<String, String>>);

impl Keychain for Memory {
    fn get(&self, account: &Account) -> Result<Option<String>, KeychainError> {
        Ok(self.0.lock().unwrap().get(account.as_str()).cloned())
    }

    fn set(&self, account: &Account, value: &str) -> Result<(), KeychainError> {
        let mut kept = self.0.lock().unwrap();
        kept.insert(account.as_str().to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, account: &Account) -> Result<(), KeychainError> {
        self.0.lock().unwrap().remove(account.as_str());
        Ok(())
    }
}

fn api(keychain: Arc<dyn Keychain>) -> Api {
    let api = Api::with_keychain(keychain);
    let folder = api.folder("w", ASKING);
    api.state.workbench.open(&folder).unwrap();
    api
}

#[tokio::test]
async fn a_variable_is_kept_and_forgotten_and_its_value_never_told() {
    let keychain = Arc::new(Memory::default());
    let api = api(Arc::clone(&keychain) as Arc<dyn Keychain>);
    let (status, state) = api
        .call(Method::PUT, PATH, json!({ "value": "s3cret" }))
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(
        state["variables"],
        json!([{ "name": "KEY", "source": "keychain", "usedBy": ["preview main"] }])
    );
    assert_eq!(state["previews"][0]["missingVariables"], json!([]));
    assert!(!state.to_string().contains("s3cret"), "{state}");
    assert_eq!(
        keychain.0.lock().unwrap().values().collect::<Vec<_>>(),
        ["s3cret"]
    );

    let (status, state) = api.call(Method::DELETE, PATH, Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["variables"][0]["source"], "unset");
    assert_eq!(state["previews"][0]["missingVariables"], json!(["KEY"]));
    assert!(keychain.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_system_without_a_keychain_says_where_else_the_value_goes() {
    let api = api(Arc::new(NoKeychain));
    let (status, error) = api
        .call(Method::PUT, PATH, json!({ "value": "s3cret" }))
        .await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        error,
        json!({
            "code": "no-keychain",
            "message": "this system has no keychain: put KEY=… into .env.local beside tripledash.json"
        })
    );
}

#[tokio::test]
async fn no_refusal_repeats_the_value() {
    let api = api(Arc::new(Memory::default()));
    for (path, body, wanted) in [
        (PATH, json!("s3cret"), "bad-field"),
        (PATH, json!({ "value": ["s3cret"] }), "bad-field"),
        (PATH, json!({ "value": "a", "s3cret": 1 }), "bad-field"),
        (PATH, json!({ "value": "s3cret\n" }), "bad-value"),
        (PATH, json!({ "value": "" }), "bad-value"),
        (
            "/api/v1/workspace/variables/OTHER",
            json!({ "value": "s3cret" }),
            "not-in-workspace",
        ),
    ] {
        let (status, error) = api.call(Method::PUT, path, body).await;
        assert!(status.is_client_error(), "{status}");
        assert_eq!(error["code"], wanted, "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
