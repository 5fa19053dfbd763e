//! Where the previews listen.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::preview::Preview;

/// The port that the first preview asks for; the others follow it.
const FIRST: u16 = 7341;

/// The port of every preview, the stopped one's too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    pub(crate) header_redesign: u16,
    pub(crate) main: u16,
    pub(crate) production: u16,
    pub(crate) protected: u16,
    /// Nothing listens here.
    pub(crate) stopped: u16,
}

impl Ports {
    /// The port of each preview by its name.
    pub fn each(&self) -> [(&'static str, u16); 5] {
        [
            (Preview::HeaderRedesign.name(), self.header_redesign),
            (Preview::Main.name(), self.main),
            (Preview::Production.name(), self.production),
            (Preview::Protected.name(), self.protected),
            (STOPPED, self.stopped),
        ]
    }
}

/// The preview that nobody started.
pub(crate) const STOPPED: &str = "checkout-rewrite";

/// Listens for every preview, each on its own port of old where that is free.
pub(crate) async fn bind() -> std::io::Result<(Ports, Vec<(Preview, TcpListener)>)> {
    let mut listeners = Vec::with_capacity(Preview::ALL.len());
    let mut ports = [0; 4];
    for (index, preview) in Preview::ALL.into_iter().enumerate() {
        let wanted = FIRST + u16::try_from(index).unwrap_or_default();
        let listener = match TcpListener::bind(loopback(wanted)).await {
            Ok(listener) => listener,
            Err(_taken) => TcpListener::bind(loopback(0)).await?,
        };
        ports[index] = listener.local_addr()?.port();
        listeners.push((preview, listener));
    }
    let [header_redesign, main, production, protected] = ports;
    Ok((
        Ports {
            header_redesign,
            main,
            production,
            protected,
            stopped: unused().await?,
        },
        listeners,
    ))
}

/// A port on which nothing listens: one that was just free.
async fn unused() -> std::io::Result<u16> {
    let wanted = FIRST + 4;
    let probe = match TcpListener::bind(loopback(wanted)).await {
        Ok(probe) => probe,
        Err(_taken) => TcpListener::bind(loopback(0)).await?,
    };
    Ok(probe.local_addr()?.port())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
