//! Connections through TLS over a line that is full, by a clock that the tests move.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, advance, sleep};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use super::heard::Heard;
use super::pulse::{Patience, Pulse};
use super::{SendError, Ticket, Wait, handshake};

const RECORD: usize = 16 * 1024;

fn patience() -> Patience {
    Patience {
        silence: Duration::from_secs(5),
        pong: Duration::from_secs(8),
    }
}

/// Both ends of a line through TLS. The system under it has room for a KiB each way.
async fn line() -> (
    client::TlsStream<DuplexStream>,
    server::TlsStream<DuplexStream>,
) {
    let made = rcgen::generate_simple_self_signed(["app.example".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], PrivateKeyDer::Pkcs8(key))
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (near, far) = tokio::io::duplex(1024);
    let name = ServerName::try_from("app.example").unwrap();
    tokio::try_join!(
        TlsConnector::from(Arc::new(client)).connect(name, near),
        TlsAcceptor::from(Arc::new(server)).accept(far),
    )
    .unwrap()
}

/// Lets every other task run until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("never {what}");
}

#[tokio::test(start_paused = true)]
async fn bytes_that_only_tls_took_are_no_sign_of_life() {
    let (stream, mut upstream) = line().await;
    let pulse = Arc::new(Pulse::new(patience()));
    let mut stream = Heard::new(stream, Arc::clone(&pulse));
    stream.write_all(&[0; RECORD]).await.unwrap();
    assert!(stream.flush().now_or_never().is_none());
    advance(Duration::from_secs(6)).await;
    stream.write_all(&[0; RECORD]).await.unwrap();
    assert!(pulse.is_quiet());
    assert!(pulse.traffic().is_blocked());
    // Once the system has them all, the other side has acknowledged some.
    let mut taken = vec![0; 2 * RECORD];
    let read = upstream.read_exact(&mut taken);
    let (flushed, _) = tokio::join!(stream.flush(), read);
    flushed.unwrap();
    assert!(!pulse.is_quiet());
    assert!(!pulse.traffic().is_blocked());
}

#[tokio::test(start_paused = true)]
async fn room_in_tls_that_was_full_is_a_sign_of_life() {
    let (stream, mut upstream) = line().await;
    let pulse = Arc::new(Pulse::new(patience()));
    let mut stream = Heard::new(stream, Arc::clone(&pulse));
    while stream.write(&[0; RECORD]).now_or_never().is_some() {}
    assert!(pulse.traffic().is_blocked());
    advance(Duration::from_secs(6)).await;
    assert!(pulse.is_quiet());
    let mut taken = vec![0; RECORD];
    let written = tokio::select! {
        written = stream.write(&[0; RECORD]) => written.unwrap(),
        _ = upstream.read_exact(&mut taken) => panic!("all of it went"),
    };
    assert!(written > 0);
    assert!(!pulse.is_quiet());
}

/// What the last bytes of an upload leave behind: `poll_flush` alone sees that they went.
#[tokio::test(start_paused = true)]
async fn app_that_thinks_over_an_upload_it_took_late_is_asked_and_waited_for() {
    const THINKS: Duration = Duration::from_secs(60);
    let (stream, upstream) = line().await;
    let (got, is_there) = oneshot::channel();
    let (go_on, told) = oneshot::channel::<()>();
    let upstream = tokio::spawn(async move {
        let mut connection = h2::server::handshake(upstream).await.unwrap();
        let (request, mut respond) = connection.accept().await.unwrap().unwrap();
        got.send(()).unwrap();
        told.await.unwrap();
        let app = async {
            let mut body = request.into_body();
            while let Some(bytes) = body.data().await {
                bytes.unwrap();
            }
            sleep(THINKS).await;
            respond.send_response(Response::new(()), true).unwrap();
        };
        // Nothing but PONGs until then.
        let (more, ()) = tokio::join!(connection.accept(), app);
        assert!(more.is_none_or(|more| more.is_err()));
    });
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 443));
    let (multiplexed, driver) = handshake(stream, address, patience()).await.unwrap();
    let ticket = Ticket::take(Arc::new(multiplexed));
    let pulse = Arc::clone(&ticket.0.pulse);
    let driver = tokio::spawn(driver);
    let request = Request::post("https://app.example/").body(()).unwrap();
    let mut sender = ticket.0.sender.clone();
    let (response, mut upload) = sender.send_request(request, false).unwrap();
    is_there.await.unwrap();
    upload
        .send_data(Bytes::from(vec![0; RECORD]), true)
        .unwrap();
    until("blocked", || pulse.traffic().is_blocked()).await;
    let begun = Instant::now();
    go_on.send(()).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);
    assert!(begun.elapsed() >= THINKS);
    assert!(!pulse.is_lost());
    drop((ticket, sender, upload));
    driver.await.unwrap().unwrap();
    upstream.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn proof_is_waited_for_no_longer_than_half_of_the_time_and_counts() {
    let (stream, _upstream) = line().await;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 443));
    let (multiplexed, _driver) = handshake(stream, address, patience()).await.unwrap();
    let ticket = Ticket::take(Arc::new(multiplexed));
    let mut wait = Wait::of(Duration::from_secs(10));
    // It was heard from just now.
    ticket.prove(&mut wait).await.unwrap();
    assert_eq!(wait.left().as_secs(), 10);
    advance(Duration::from_secs(6)).await;
    let error = ticket.prove(&mut wait).await.unwrap_err();
    let half = Duration::from_secs(5);
    assert!(matches!(error, SendError::Lost { limit, repeatable: true, .. } if limit == half));
    assert_eq!(wait.left().as_secs(), 5);
}
