//! What of the environment is sent to other machines: nothing, until a person has seen what.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use crate::branches::api;
use crate::served::{Served, command, head, holding, tripledash};

#[test]
fn a_secret_leaves_the_machine_only_once_the_folder_is_trusted() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, asked) = mpsc::channel();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            if let Some(head) = head(&mut socket) {
                tell.send(head).unwrap();
                let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                // The proxy's side may have gone.
                let _ = socket.write_all(answer.as_bytes());
            }
        }
    });
    // Where a variable says the host, nobody knows that it is this machine.
    let text = format!(
        r#"{{ "name": "shop", "tenants": [{{ "id": "acme" }}], "previews": [
             {{ "name": "far", "upstream": "http://${{env:FAR}}:{port}", "headers": {{ "x-key": "${{env:KEY}}" }} }} ] }}"#
    );
    let folder = holding(&text);
    let mut serve = command(folder.path(), &["--port", "0", "--json"]);
    serve.env("FAR", "127.0.0.1").env("KEY", "s3cret");
    let sends = format!("sends FAR, KEY to http://${{env:FAR}}:{port}");

    let mut check = tripledash(folder.path(), &["check"]);
    let said = check.env("FAR", "127.0.0.1").env("KEY", "s3cret").output();
    let said = String::from_utf8(said.unwrap().stdout).unwrap();
    assert!(said.contains("warning") && said.contains(&sends), "{said}");

    // Who types a preview's name has not seen what the file sends with it.
    let path = folder.path().to_owned();
    let probe = || {
        let mut probe = tripledash(&path, &["probe", "far"]);
        probe.env("FAR", "127.0.0.1").env("KEY", "s3cret");
        probe.output().unwrap()
    };
    let refused = probe();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(&sends) && said.contains("trust"), "{said}");
    assert!(asked.try_recv().is_err());

    let served = Served::spawn(serve, folder);
    let host = format!("acme---far.tripledash.localhost:{}", served.port);
    let ask = || served.ask(Ipv4Addr::LOCALHOST, &host, "/", "Accept: text/html\r\n");
    let page = ask();
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(
        page.contains("this folder is not trusted with that"),
        "{page}"
    );
    assert!(!page.contains("s3cret"), "{page}");
    let url = format!("http://{host}/");
    let body = json!({ "url": url });
    let (_, explained) = api(&served, "POST", "/explain", &body);
    assert!(
        explained.to_string().contains("is not trusted with that"),
        "{explained}"
    );
    let (_, state) = api(&served, "GET", "/workspace", &Value::Null);
    assert_eq!(state["previews"][0]["untrusted"], json!(sends));
    assert_eq!(state["previews"][0]["missingVariables"], json!([]));
    assert!(asked.try_recv().is_err());

    let body = json!({ "trusted": true, "commands": state["trust"]["commands"] });
    assert_eq!(api(&served, "POST", "/workspace/trust", &body).0, 200);
    let answer = ask();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let sent = asked.recv().unwrap();
    assert!(
        sent.to_ascii_lowercase().contains("x-key: s3cret"),
        "{sent}"
    );
    let probed = probe();
    assert_ne!(probed.status.code(), Some(2));
    let sent = asked.recv().unwrap();
    assert!(
        sent.to_ascii_lowercase().contains("x-key: s3cret"),
        "{sent}"
    );
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}
