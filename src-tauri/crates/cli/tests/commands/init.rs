use serde_json::Value;

use super::*;

fn app() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let package = r#"{ "name": "shop", "scripts": { "dev": "next dev -p 3001" } }"#;
    std::fs::write(folder.path().join("package.json"), package).unwrap();
    folder
}

#[test]
fn a_first_file_is_written_and_explained() {
    let folder = app();
    let (code, out, err) = said(folder.path(), &["init"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("wrote tripledash.json\n"), "{out}");
    assert!(
        out.contains("port 3001, as the script \"dev\" has it"),
        "{out}"
    );
    assert!(out.contains("tripledash probe local --write"), "{out}");
    assert!(folder.path().join("tripledash.schema.json").exists());
    let text = std::fs::read_to_string(folder.path().join("tripledash.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["previews"][0]["upstream"], "http://localhost:3001");
}

#[test]
fn a_file_that_is_there_is_never_touched() {
    let folder = app();
    let path = folder.path().join("tripledash.json");
    std::fs::write(&path, "mine").unwrap();
    let (code, out, err) = said(folder.path(), &["init"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("exists already") && err.contains("--print"),
        "{err}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn printing_writes_nothing() {
    let folder = app();
    let (code, out, err) = said(folder.path(), &["init", "--print"]);
    assert_eq!(code, 0, "{err}");
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(value["name"], "shop");
    assert!(err.contains("package.json"), "{err}");
    assert!(!folder.path().join("tripledash.json").exists());
    let (code, _, err) = said(folder.path(), &["init", "gone"]);
    assert_eq!(code, 1);
    assert!(err.contains("cannot look at gone"), "{err}");
}
