//! What the log and our own pages say at every level: no secret.

use std::io::{Read as _, Seek as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use crate::served::{Served, command, head, holding};

/// Secrets by where they are, each with a way to write it percent-encoded.
const SECRETS: [(&str, &str); 6] = [
    ("written-in-the-file", "written%2Din-the-file"),
    ("value/of the-environment", "value%2Fof%20the-environment"),
    ("bearer/of-the-browser", "bearer%2fof-the-browser"),
    ("cookie/of-the-browser", "cookie%2Fof-the-browser"),
    ("cookie/of-the-app", "cookie%2Fof-the-app"),
    ("bypass-in-the-address", "%62ypass-in-the-address"),
];

/// An app that sets a cookie, and hangs up on some.
fn app() -> (u16, TcpListener) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let listening = listener.try_clone().unwrap();
    thread::spawn(move || {
        for socket in listening.incoming() {
            let Ok(socket) = socket else { return };
            thread::spawn(move || answer(socket));
        }
    });
    (port, listener)
}

fn answer(mut socket: TcpStream) {
    // One that only looks whether anybody listens sends none.
    let Some(asked) = head(&mut socket) else {
        return;
    };
    let (target, rest) = asked[4..].split_once(' ').unwrap();
    let answer = if target.starts_with("/hangs-up") {
        return;
    } else if target.starts_with("/garbage") {
        format!("garbage {rest}\r\n\r\n")
    } else {
        let cookie = SECRETS[4].0;
        format!(
            "HTTP/1.1 302 Found\r\nlocation: https://other.example{target}\r\nset-cookie: sid={cookie}\r\n\
             content-length: 0\r\nconnection: close\r\n\r\n"
        )
    };
    // The browser's side may have gone.
    let _ = socket.write_all(answer.as_bytes());
}

#[test]
fn no_secret_is_in_the_log_at_any_level_nor_on_a_page_of_ours() {
    let (port, _listener) = app();
    let tls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let closed = tls.local_addr().unwrap().port();
    drop(tls);
    let previews: Vec<String> = [("main", port), ("gone", closed)]
        .iter()
        .map(|(name, port)| {
            format!(
                r#"{{ "name": "{name}", "upstream": "http://127.0.0.1:{port}",
                      "headers": {{ "x-api-key": "{}", "x-bypass": "${{env:BYPASS}}" }} }}"#,
                SECRETS[0].0
            )
        })
        .collect();
    let folder = holding(&format!(
        r#"{{ "name": "shop", "tenants": [{{ "id": "acme" }}], "previews": [{}] }}"#,
        previews.join(", ")
    ));
    // A pipe that nobody reads would be full soon.
    let mut errors = tempfile::tempfile().unwrap();
    let mut command = command(folder.path(), &["--port", "0", "--json"]);
    command
        .env("BYPASS", SECRETS[1].0)
        .stderr(errors.try_clone().unwrap())
        .env("TRIPLEDASH_LOG", "trace")
        .env("RUST_LOG", "trace");
    let served = Served::spawn(command, folder);
    let token = served.token.clone();
    let given = format!(
        "Authorization: Bearer {}\r\nCookie: sid={}\r\nReferer: http://x.example/?t={}\r\n",
        SECRETS[2].0, SECRETS[3].0, SECRETS[1].1
    );
    let mut pages = String::new();
    let kinds = [
        "Accept: text/html",
        "Sec-Fetch-Dest: iframe",
        "Accept: application/json",
        "Upgrade: websocket",
    ];
    for preview in [
        "acme---main",
        "acme---gone",
        "acme---nowhere",
        "a---b---main",
    ] {
        let host = format!("{preview}.tripledash.localhost:{}", served.port);
        for path in ["/", "/hangs-up", "/garbage"] {
            for kind in kinds {
                let fields = format!("{given}{kind}\r\n");
                for (_, encoded) in SECRETS {
                    let path = format!("{path}?t={encoded}");
                    served.ask(Ipv4Addr::LOCALHOST, &host, &path, &fields);
                }
                // A page shows the address that its reader asked for, and nothing else that came.
                let answer = served.ask(Ipv4Addr::LOCALHOST, &host, path, &fields);
                if !answer.contains("set-cookie") {
                    pages += &answer;
                }
            }
        }
    }
    // What is refused before it is read, and calls of the API.
    for request in [
        format!(
            "GET /?{} HTTP/1.1\r\nHost: a\r\nHost: b\r\n{given}\r\n",
            SECRETS[5].1
        ),
        format!("GET / HTTP/1.1\r\nHost: x.example\r\n{given}\r\n"),
        format!("GET / HTTP/1.1\nHost: x.example\n{given}\n\n"),
    ] {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        pages += &head(&mut socket).unwrap();
    }
    let state = served.get(Ipv4Addr::LOCALHOST, "/api/v1/workspace", &token);
    assert!(state.starts_with("HTTP/1.1 200"), "{state}");
    pages += &state;
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    let mut log = String::new();
    errors.rewind().unwrap();
    errors.read_to_string(&mut log).unwrap();
    assert!(log.contains("TRACE") && log.contains("answered"));
    assert!(pages.contains("502 Bad Gateway") && pages.contains("404 Not Found"));
    for (text, what) in [(&log, "the log"), (&pages, "a page")] {
        for (secret, encoded) in SECRETS {
            for wanted in [secret, encoded] {
                let line = text.lines().find(|line| line.contains(wanted));
                assert_eq!(line, None, "{wanted} in {what}");
            }
        }
        let line = text.lines().find(|line| line.contains(&token));
        assert_eq!(line, None, "the token in {what}");
    }
}
