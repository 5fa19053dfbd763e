//! Free ports for servers that are about to start.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;

use parking_lot::Mutex;

/// How many ports are tried before there is none.
const TRIES: usize = 64;

/// Hands out ports that nobody listens on, none of them twice at a time.
///
/// A port is free at the moment when it is handed out; somebody else may take it before the server
/// does, which is seen then.
///
/// # Example
///
/// ```
/// use tripledash_devserver::Ports;
///
/// let ports = Ports::default();
/// let (one, other) = (ports.take()?, ports.take()?);
/// assert_ne!(one.number(), other.number());
/// # Ok::<(), tripledash_devserver::NoPort>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ports(Arc<Mutex<HashSet<u16>>>);

/// A port that was handed out. It may be handed out again once this is dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    of: Ports,
}

/// No port is free on this machine.
#[derive(Debug, thiserror::Error)]
#[error(
    "found no free port on 127.0.0.1 and ::1 in {TRIES} tries: end some of the programs that listen"
)]
pub struct NoPort {
    /// Why the last try failed, if the system said so.
    #[source]
    last: Option<io::Error>,
}

// === impl Ports ===

impl Ports {
    /// A port that is free in both loopback families.
    ///
    /// # Errors
    ///
    /// [`NoPort`] when the system has none to give.
    pub fn take(&self) -> Result<Port, NoPort> {
        let mut last = None;
        for _ in 0..TRIES {
            match free_in_both() {
                Ok(number) if self.0.lock().insert(number) => {
                    return Ok(Port {
                        number,
                        of: self.clone(),
                    });
                }
                Ok(_) => {}
                Err(error) => last = Some(error),
            }
        }
        Err(NoPort { last })
    }
}

fn free_in_both() -> io::Result<u16> {
    let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let number = four.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, number)) {
        Ok(_) => Ok(number),
        // A machine without IPv6.
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => Ok(number),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(number),
        Err(error) => Err(error),
    }
}

// === impl Port ===

impl Port {
    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.of.0.lock().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_handed_out_once_at_a_time() {
        let ports = Ports::default();
        let held: Vec<_> = (0..50).map(|_| ports.take().unwrap()).collect();
        let numbers: HashSet<u16> = held.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), 50);
        assert_eq!(ports.0.lock().len(), 50);
        drop(held);
        assert!(ports.0.lock().is_empty());
    }

    #[test]
    fn a_port_is_free_in_both_families() {
        let port = Ports::default().take().unwrap();
        TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        TcpListener::bind((Ipv6Addr::LOCALHOST, port.number())).unwrap();
    }
}
