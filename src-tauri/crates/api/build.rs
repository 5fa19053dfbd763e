//! Watches the built page in release builds, where it is embedded. A debug build reads it at run
//! time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed=../../../ui/dist");
    }
}
