use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use super::*;

/// The Platforms Starter Kit in development, as far as it matters. Ends with the process.
fn app() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            thread::spawn(move || serve(socket.unwrap()));
        }
    });
    port
}

fn serve(socket: TcpStream) {
    let mut reader = BufReader::new(socket);
    loop {
        let mut host = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("host: ") {
                host = value.split(':').next().unwrap().trim().to_owned();
            }
            if line == "\r\n" {
                break;
            }
        }
        let head = match host
            .strip_suffix(".localhost")
            .map(|rest| rest.split('.').next().unwrap())
        {
            Some(id @ ("acme" | "globex")) => format!("200 OK\r\nx-middleware-rewrite: /s/{id}"),
            Some(id) => format!("404 Not Found\r\nx-middleware-rewrite: /s/{id}"),
            None => "200 OK".to_owned(),
        };
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\n\r\n");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn workspace(port: u16, more: &str) -> String {
    format!(
        "{{\n  \"name\": \"shop\",\n  \"tenants\": [{{ \"id\": \"acme\" }}, {{ \"id\": \"globex\" }}],\n  \
         \"previews\": [\n    {{ \"name\": \"main\", \"upstream\": \"http://localhost:{port}\"{more} }}\n  ]\n}}\n"
    )
}

#[test]
fn the_line_to_paste_is_printed() {
    let folder = folder(&workspace(app(), ""));
    let (code, out, err) = said(folder.path(), &["probe", "main"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(!out.contains('\u{1b}'), "{out}");
    let line = |host: &str| {
        out.lines()
            .find(|line| line.contains(host))
            .unwrap()
            .to_owned()
    };
    let right = line("{tenant}.localhost:{port}  ");
    assert!(
        right.starts_with("yes ") && right.contains("/s/acme"),
        "{out}"
    );
    let wrong = line("(no host line)");
    assert!(wrong.starts_with("no ") && wrong.contains("404"), "{out}");
    // The columns stand below each other.
    assert_eq!(right.find("/s/acme"), wrong.find("/s/acme---main"), "{out}");
    assert!(
        out.ends_with("  \"host\": \"{tenant}.localhost:{port}\"\n"),
        "{out}"
    );
}

#[test]
fn the_line_is_written_where_it_is_asked_for() {
    let text = workspace(app(), "");
    let folder = folder(&text);
    let path = folder.path().join("tripledash.json");
    let (code, out, _) = said(folder.path(), &["probe", "main", "--write", "--json"]);
    assert_eq!(code, 0);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["written"], true);
    assert_eq!(answer["verdict"]["kind"], "write");
    assert_eq!(answer["verdict"]["host"], "{tenant}.localhost:{port}");
    assert_eq!(answer["forms"][0]["kind"], "default");
    assert_eq!(answer["forms"][0]["grade"], "wrong");
    assert_eq!(answer["forms"][0]["answers"][0]["status"], 404);
    let wanted = text.replace(
        "\" }\n  ]",
        "\", \"host\": \"{tenant}.localhost:{port}\" }\n  ]",
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted);
    let (code, out, _) = said(folder.path(), &["probe", "main", "--write"]);
    assert_eq!(code, 0);
    assert!(out.contains("the host line is right as it is"), "{out}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted);
}

#[test]
fn what_is_not_known_ends_with_one() {
    let folder = folder(&workspace(1, ""));
    let (code, out, err) = said(folder.path(), &["probe", "main"]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(
        out.contains("the app did not answer") && out.contains("refused"),
        "{out}"
    );
    for (words, part) in [
        (&["probe", "mian"][..], "there is main"),
        (&["probe", "main", "--tenant", "Acme"], "'A'"),
        (&["probe", "main", "gone"], "gone"),
    ] {
        let (code, out, err) = said(folder.path(), words);
        assert_eq!((code, out.as_str()), (1, ""), "{words:?}");
        assert!(err.contains(part), "{words:?}: {err}");
    }
    for words in [
        &["probe"][..],
        &["probe", "main", "--host", "{a b}"],
        &["probe", "main", "--part", "x"],
    ] {
        assert_eq!(said(folder.path(), words).0, 2, "{words:?}");
    }
}
