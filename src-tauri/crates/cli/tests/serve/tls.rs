//! An upstream over TLS, trusted as this machine trusts.
#![cfg(target_os = "linux")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::served::{Served, command, head, holding};

const NAMES: [&str; 2] = ["acme.app.example", "globex.app.example"];

#[test]
fn the_machines_roots_decide_and_the_host_sent_is_the_name_asked_for() {
    let (port, certificate) = listening(NAMES);
    let workspace = format!(
        r#"{{ "name": "shop", "tenants": [{{ "id": "acme" }}, {{ "id": "globex" }}, {{ "id": "other" }}],
             "previews": [{{ "name": "main", "upstream": "https://localhost:{port}", "host": "{{tenant}}.app.example" }}] }}"#
    );
    let ask = |served: &Served, tenant: &str| {
        let host = format!("{tenant}---main.tripledash.localhost:{}", served.port);
        served.ask(
            Ipv4Addr::LOCALHOST,
            &host,
            "/",
            "Accept: application/json\r\n",
        )
    };

    let folder = holding(&workspace);
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, certificate).unwrap();
    let mut trusting = command(folder.path(), &["--port", "0", "--json"]);
    trusting
        .env("SSL_CERT_FILE", &roots)
        .env_remove("SSL_CERT_DIR");
    let served = Served::spawn(trusting, folder);
    for tenant in ["acme", "globex"] {
        let answer = ask(&served, tenant);
        let name = format!("{tenant}.app.example");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with(&format!("{name} {name}")), "{answer}");
    }
    let answer = ask(&served, "other");
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(
        answer.contains("upstream-tls") && answer.contains("other.app.example"),
        "{answer}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));

    // The machine itself has never heard of this certificate.
    let served = Served::start(holding(&workspace), &[]);
    let answer = ask(&served, "acme");
    assert!(
        answer.starts_with("HTTP/1.1 502") && answer.contains("upstream-tls"),
        "{answer}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

/// Names under `localhost` never go to DNS, so that a tenant's own domain can be one of this machine.
const DOMAINS: [&str; 2] = ["shop.acme.localhost", "globex.localhost"];

#[test]
fn production_is_each_tenants_own_site_and_is_only_read() {
    let (port, certificate) = listening(DOMAINS);
    let folder = holding(&format!(
        r#"{{ "name": "shop",
             "tenants": [{{ "id": "acme", "domains": ["shop.acme.localhost", "acme.localhost"] }},
                         {{ "id": "globex", "domains": ["globex.localhost"] }}, {{ "id": "initech" }}],
             "previews": [{{ "name": "production", "upstream": "https://{{domain}}:{port}", "access": "read-only",
                            "tls": {{ "ca": "ca.pem" }} }}] }}"#
    ));
    std::fs::write(folder.path().join("ca.pem"), certificate).unwrap();
    let served = Served::start(folder, &[]);
    let ask = |labels: &str| {
        let host = format!("{labels}.tripledash.localhost:{}", served.port);
        served.ask(
            Ipv4Addr::LOCALHOST,
            &host,
            "/",
            "Accept: application/json\r\n",
        )
    };
    for (tenant, domain) in [("acme", DOMAINS[0]), ("globex", DOMAINS[1])] {
        let answer = ask(&format!("{tenant}---production"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        // The name in TLS, and the Host, with the port that it is asked on.
        assert!(
            answer.ends_with(&format!("{domain} {domain}:{port}")),
            "{answer}"
        );
    }
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    write!(
        stream,
        "POST /cart HTTP/1.1\r\nHost: acme---production.tripledash.localhost:{}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n",
        served.port
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    for (labels, words) in [
        (
            "initech---production",
            "each tenant's own site, and initech has no domain",
        ),
        ("production", "the address names no tenant"),
    ] {
        let answer = ask(labels);
        assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
        assert!(answer.contains(words), "{answer}");
    }
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

/// An upstream of these names: its port, and its certificate, which it has signed itself.
fn listening(names: [&str; 2]) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(names.map(str::to_owned)).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (upstream(Arc::new(config)), made.cert.pem())
}

/// Answers every connection with the name that TLS asked for and the Host that came. Its thread
/// ends with the test program.
fn upstream(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut socket = socket.unwrap();
            // Whoever does not trust us hangs up here, as the test wants.
            if connection.complete_io(&mut socket).is_err() {
                continue;
            }
            let name = connection.server_name().unwrap_or("none").to_owned();
            let mut stream = StreamOwned::new(connection, socket);
            let head = head(&mut stream).unwrap();
            let host = head
                .lines()
                .find_map(|line| line.strip_prefix("host: "))
                .unwrap_or("none");
            let body = format!("{name} {host}");
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        }
    });
    port
}
