//! Runs the demo by itself, until Ctrl+C: `cargo run -p tripledash-demo --example demo`.

use std::io::Write as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let demo = tripledash_demo::Demo::start().await?;
    let mut out = std::io::stdout().lock();
    for (preview, port) in demo.ports().each() {
        writeln!(out, "http://acme---{preview}.tripledash.localhost:{port}/")?;
    }
    drop(out);
    tokio::signal::ctrl_c().await?;
    demo.shutdown().await;
    Ok(())
}
