//! Upstreams over TLS.
