//! `tripledash serve`, over real sockets, ended by a real signal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod app;
mod branches;
mod drain;
#[path = "../support/git.rs"]
mod git;
mod held;
mod secrets;
mod served;
mod start;
mod tls;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use served::{Served, command, folder};

#[test]
fn one_line_then_the_api_in_both_families_then_a_clean_end() {
    let served = Served::start(folder(), &[]);
    assert_eq!(
        served.url,
        format!("http://tripledash.localhost:{}/", served.port)
    );
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(r#""name":"shop""#),
        "{answer}"
    );
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        let answer = served.get(Ipv6Addr::LOCALHOST, "/api/v1/workspace", &served.token);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let answer = served.get(
        Ipv4Addr::LOCALHOST,
        "/api/v1/workspace",
        "another-token-altogether",
    );
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let output = served.end("-TERM");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.stdout, b"", "one line and no more");
}

#[test]
fn the_keyboards_interrupt_is_a_clean_end_too() {
    assert_eq!(
        Served::start(folder(), &[]).end("-INT").status.code(),
        Some(0)
    );
}

#[test]
fn a_folder_without_a_workspace_is_served_empty() {
    let served = Served::start(tempfile::tempdir().unwrap(), &[]);
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains(r#""previews":[]"#),
        "{answer}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn the_demo_is_served_from_the_data_folder() {
    let served = Served::start(tempfile::tempdir().unwrap(), &["--demo"]);
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(answer.contains(r#""kind":"demo""#), "{answer}");
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn a_taken_port_is_a_no_in_either_family() {
    let folder = folder();
    for address in [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        (Ipv6Addr::LOCALHOST, 0).into(),
    ] {
        // A machine without IPv6 cannot have it taken there.
        let Ok(other) = TcpListener::bind(address) else {
            continue;
        };
        let port = other.local_addr().unwrap().port().to_string();
        let output = command(folder.path(), &["--port", &port, "--json"])
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.as_slice()),
            (Some(1), &b""[..]),
            "{error}"
        );
        assert!(error.contains(&format!("port {port} is taken")), "{error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_no() {
    let folder = folder();
    let output = command(folder.path(), &["nowhere", "--port", "0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("nowhere")
    );
}

#[test]
fn a_folder_that_cannot_be_read_is_a_no() {
    let folder = folder();
    // Whoever runs this may read everything, so the file is made one that nobody can read as such.
    let place = folder.path().join("place");
    std::fs::create_dir_all(place.join("tripledash.json")).unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let output = command(folder.path(), &["file", "--port", "0", "--json"])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(1), &b""[..]),
        "{error}"
    );
    assert!(error.contains("cannot read"), "{error}");

    // The folder is there and its file is not to be had: served, with the problem told.
    let served = Served::start(folder, &["place"]);
    let answer = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &served.token);
    assert!(
        answer.contains(r#""severity":"error""#) && answer.contains("no ordinary file"),
        "{answer}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn a_token_from_the_environment_goes_before_the_file() {
    let folder = folder();
    let output = command(folder.path(), &["--port", "0", "--json"])
        .env("TRIPLEDASH_TOKEN", "short")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("TRIPLEDASH_TOKEN")
    );
}
