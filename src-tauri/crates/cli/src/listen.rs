//! The loopback sockets of one engine: the same port in both families.
//!
//! Both, because a browser asks `*.localhost` of `127.0.0.1` or of `[::1]` as it likes, and another
//! program that holds our port in the other family would get half of our requests.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The port that is tried first when none is asked for.
pub const USUAL_PORT: u16 = 7333;
/// How many ports after it are tried.
const TRIES: u16 = 100;

/// Which port to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PortChoice {
    /// 7333, or the next that is free.
    #[default]
    Usual,
    /// This one and no other.
    Exactly(u16),
    /// Any that is free.
    Any,
}

impl From<Option<u16>> for PortChoice {
    /// As `--port` means it: absent is the usual one, 0 is any.
    fn from(port: Option<u16>) -> Self {
        match port {
            None => Self::Usual,
            Some(0) => Self::Any,
            Some(port) => Self::Exactly(port),
        }
    }
}

/// The sockets, and the port they share.
#[derive(Debug)]
pub(crate) struct Listening {
    /// The port in every family.
    pub(crate) port: u16,
    /// One listener per family that the machine has.
    pub(crate) listeners: Vec<TcpListener>,
}

/// No port could be had.
#[derive(Debug, thiserror::Error)]
pub enum NoPort {
    /// Another program listens there.
    #[error(
        "port {port} is taken on {}: stop what listens there, or choose another with --port",
        .address.ip()
    )]
    Taken {
        /// The port that was asked for.
        port: u16,
        /// The address of the family it is taken in.
        address: SocketAddr,
    },
    /// None of the usual ports is free.
    #[error("ports {USUAL_PORT} to {} are all taken: choose one with --port", USUAL_PORT + TRIES)]
    AllTaken,
    /// The system refused for another reason.
    #[error("cannot listen on {address}")]
    Refused {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// Binds the sockets. They hold connections from now on, so the port is ours when this returns.
pub(crate) fn listen(choice: PortChoice) -> Result<Listening, NoPort> {
    match choice {
        PortChoice::Exactly(port) => on_port(port),
        PortChoice::Usual => first_free((USUAL_PORT..=USUAL_PORT + TRIES).map(on_port)),
        // The system's choice for one family may be taken in the other: ask again.
        PortChoice::Any => first_free((0..TRIES).map(|_| on_port(0))),
    }
}

fn first_free(tries: impl Iterator<Item = Result<Listening, NoPort>>) -> Result<Listening, NoPort> {
    for tried in tries {
        match tried {
            Err(NoPort::Taken { .. }) => {}
            answer => return answer,
        }
    }
    Err(NoPort::AllTaken)
}

fn on_port(port: u16) -> Result<Listening, NoPort> {
    let v4 = bind((Ipv4Addr::LOCALHOST, port).into())?;
    let port = v4
        .local_addr()
        .map_err(|source| refused((Ipv4Addr::LOCALHOST, port).into(), source))?
        .port();
    let mut listeners = vec![v4];
    match bind((Ipv6Addr::LOCALHOST, port).into()) {
        Ok(v6) => listeners.push(v6),
        Err(NoPort::Refused { source, .. }) if is_absent(&source) => {}
        Err(error) => return Err(error),
    }
    Ok(Listening { port, listeners })
}

fn bind(address: SocketAddr) -> Result<TcpListener, NoPort> {
    let listener = TcpListener::bind(address).map_err(|source| {
        if source.kind() == io::ErrorKind::AddrInUse {
            NoPort::Taken {
                port: address.port(),
                address,
            }
        } else {
            refused(address, source)
        }
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|source| refused(address, source))?;
    Ok(listener)
}

fn refused(address: SocketAddr, source: io::Error) -> NoPort {
    NoPort::Refused { address, source }
}

/// Whether the machine has no such address family, or has it switched off.
fn is_absent(error: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = if cfg!(target_os = "linux") { 97 } else { 47 };
    error.kind() == io::ErrorKind::AddrNotAvailable
        || error.kind() == io::ErrorKind::Unsupported
        || error.raw_os_error() == Some(EAFNOSUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_taken_in_one_family_is_taken() {
        for address in [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            (Ipv6Addr::LOCALHOST, 0).into(),
        ] {
            // A machine without IPv6 cannot have it taken there.
            let Ok(other) = TcpListener::bind(address) else {
                continue;
            };
            let port = other.local_addr().unwrap().port();
            match listen(PortChoice::Exactly(port)) {
                Err(NoPort::Taken { port: said, .. }) => assert_eq!(said, port),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn any_port_is_one_port_in_every_family() {
        let listening = listen(PortChoice::Any).unwrap();
        assert_ne!(listening.port, 0);
        for listener in &listening.listeners {
            assert_eq!(listener.local_addr().unwrap().port(), listening.port);
        }
    }

    #[test]
    fn the_usual_port_gives_way_to_the_next() {
        let first = listen(PortChoice::Usual).unwrap();
        let second = listen(PortChoice::Usual).unwrap();
        assert!(
            second.port > first.port,
            "{} then {}",
            first.port,
            second.port
        );
    }
}
