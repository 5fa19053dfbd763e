//! The least that a reverse proxy made with hyper does: the pooled client, the request as it
//! came, the response as it came. It is the floor to measure against, and no product.
//!
//! `plain-hyper-proxy PORT UPSTREAM_PORT`

use std::convert::Infallible;
use std::net::Ipv4Addr;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

type Upstream = Client<HttpConnector, Incoming>;
type Answer = Response<BoxBody<Bytes, hyper::Error>>;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut ports = std::env::args().skip(1).map_while(|word| word.parse().ok());
    let (Some(port), Some(upstream)) = (ports.next(), ports.next()) else {
        return Err(std::io::Error::other("wanted: PORT UPSTREAM_PORT"));
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Upstream = Client::builder(TokioExecutor::new()).build(connector);
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let client = client.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| forward(client.clone(), request, upstream));
            // A downstream that leaves is no error here.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), service)
                .await;
        });
    }
}

async fn forward(
    client: Upstream,
    mut request: Request<Incoming>,
    port: u16,
) -> Result<Answer, Infallible> {
    let target = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let target = format!("http://127.0.0.1:{port}{target}").parse::<Uri>();
    let Ok(target) = target else {
        return Ok(failed(StatusCode::BAD_REQUEST));
    };
    *request.uri_mut() = target;
    Ok(match client.request(request).await {
        Ok(response) => response.map(BodyExt::boxed),
        Err(_) => failed(StatusCode::BAD_GATEWAY),
    })
}

fn failed(status: StatusCode) -> Answer {
    let body = Empty::new().map_err(|never| match never {}).boxed();
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer
}
