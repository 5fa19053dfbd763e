//! The network between the proxy and an upstream, which may stop carrying anything.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Relays connections. Ends with the test.
pub(super) struct Relay {
    address: SocketAddr,
    /// How many connections there were, and how many of them carry nothing any more.
    connections: watch::Sender<(usize, usize)>,
    _tasks: JoinSet<()>,
}

impl Relay {
    pub(super) async fn before(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = watch::Sender::new((0, 0));
        let count = connections.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut relayed = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect(upstream).await.unwrap();
                count.send_modify(|(all, _)| *all += 1);
                let number = count.borrow().0;
                let mut seen = count.subscribe();
                relayed.spawn(async move {
                    let dead = tokio::select! {
                        // Whoever closes it is no concern of ours.
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => false,
                        dead = seen.wait_for(|(_, dead)| *dead >= number) => dead.is_ok(),
                    };
                    if dead {
                        // Open on both sides, and read by nobody.
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self {
            address,
            connections,
            _tasks: tasks,
        }
    }

    /// From now on, the connections that there are carry nothing, and none of them is closed.
    pub(super) fn swallow(&self) {
        self.connections.send_modify(|(all, dead)| *dead = *all);
    }

    pub(super) fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.borrow().0
    }
}
