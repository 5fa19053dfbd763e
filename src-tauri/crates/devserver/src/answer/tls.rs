//! Whether a port wants TLS: servers on OpenSSL, as Node's are, hang up on plain HTTP without a word.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A handshake record of a `ClientHello` (RFC 8446 sections 4.1.2 and 5.1), of TLS 1.2, which every
/// server knows at least well enough to refuse.
fn hello() -> Vec<u8> {
    /// Extensions, with their lengths: groups x25519 and P-256, plain points, usual signatures.
    const EXTENSIONS: [u8; 36] = [
        0, 10, 0, 6, 0, 4, 0, 29, 0, 23, //
        0, 11, 0, 2, 1, 0, //
        0, 13, 0, 16, 0, 14, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6,
    ];
    /// ECDHE with AES-GCM or ChaCha20, for either kind of key, and AES for what is old.
    const SUITES: [u8; 16] = [
        0xc0, 0x2b, 0xc0, 0x2c, 0xc0, 0x2f, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8, 0, 0x9c, 0, 0x2f,
    ];
    let mut body = vec![3, 3];
    // Its random octets: nothing is ever kept secret over this.
    body.extend([0x2a; 32]);
    // No session.
    body.push(0);
    body.extend([0, SUITES.len() as u8]);
    body.extend(SUITES);
    // No compression.
    body.extend([1, 0]);
    body.extend([0, EXTENSIONS.len() as u8]);
    body.extend(EXTENSIONS);
    let length = body.len() as u8;
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

/// Whether what is sent is a handshake or an alert of TLS (RFC 8446 section 5.1).
pub(super) fn is_record(octets: &[u8]) -> bool {
    octets.starts_with(&[0x16, 3]) || octets.starts_with(&[0x15, 3])
}

/// Whether it answers a handshake.
pub(super) async fn answers(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&hello()).await?;
    let mut start = [0; 2];
    stream.read_exact(&mut start).await?;
    Ok(is_record(&start))
}
