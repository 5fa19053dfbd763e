//! SIGTERM lets what is under way end.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use crate::served::{PATIENCE, Served, head, holding};

#[test]
fn a_request_under_way_gets_its_whole_answer_and_no_new_one_begins() {
    let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = upstream.local_addr().unwrap().port();
    let (tell, asked) = mpsc::channel();
    let (go, gate) = mpsc::channel::<()>();
    let answering = thread::spawn(move || {
        let mut socket = loop {
            let (mut socket, _) = upstream.accept().unwrap();
            if head(&mut socket).is_some() {
                break socket;
            }
        };
        socket
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst")
            .unwrap();
        tell.send(()).unwrap();
        gate.recv_timeout(PATIENCE).unwrap();
        socket.write_all(b" last").unwrap();
    });
    let served = Served::start(
        holding(&format!(
            r#"{{ "name": "shop", "tenants": [{{ "id": "acme" }}],
                 "previews": [{{ "name": "main", "upstream": "http://127.0.0.1:{port}" }}] }}"#
        )),
        &[],
    );
    let ours = (Ipv4Addr::LOCALHOST, served.port);
    let mut browser = TcpStream::connect(ours).unwrap();
    browser.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        browser,
        "GET / HTTP/1.1\r\nHost: acme---main.tripledash.localhost:{}\r\n\r\n",
        served.port
    )
    .unwrap();
    asked.recv_timeout(PATIENCE).unwrap();
    head(&mut browser).unwrap();
    let mut body = [0; 5];
    browser.read_exact(&mut body).unwrap();
    assert_eq!(&body, b"first");

    served.signal("-TERM");
    // Once the sockets are closed, nobody new is let in; the one inside is not put out.
    while TcpStream::connect(ours).is_ok() {
        thread::yield_now();
    }
    go.send(()).unwrap();
    let mut rest = String::new();
    browser.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, " last");
    let output = served.wait();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    answering.join().unwrap();
}
