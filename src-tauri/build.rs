//! Builds the window's context: no commands, and no capability for anyone.

fn main() {
    // With a pattern of our own, tauri-build does not watch the folder by itself.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes)
        .expect("tauri.conf.json and the icons lie where they belong");
}
