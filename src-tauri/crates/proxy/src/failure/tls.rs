//! Why TLS was not agreed, in plain words, and the line that mends it.

use std::io;

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, OtherError};
use tripledash_core::Timestamp;

use super::Asked;
use crate::upstream::SelfSigned;

/// A failure of TLS as a page tells of it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) title: &'static str,
    pub(super) message: String,
    pub(super) fix: String,
}

/// What went wrong with an upstream that was asked for as `name`.
pub(super) fn told(source: &io::Error, name: &str, asked: Asked<'_>) -> Told {
    let Asked {
        origin, preview, ..
    } = asked;
    let source = source
        .get_ref()
        .and_then(|error| error.downcast_ref::<Error>());
    match source {
        Some(Error::InvalidCertificate(error)) => certificate(error, name, asked),
        Some(Error::InvalidMessage(_)) => Told {
            title: "The app does not speak TLS",
            message: format!("What {origin} answers is not TLS."),
            fix: format!(
                "if it speaks HTTP in the clear, change \"upstream\" of preview \"{preview}\" to \
                 {}",
                origin.replacen("https://", "http://", 1)
            ),
        },
        Some(Error::AlertReceived(alert)) => Told {
            title: "The app refused the secure connection",
            message: format!("{origin} refused TLS as {name}, with the alert {alert:?}."),
            fix: format!(
                "check \"host\" of preview \"{preview}\": the upstream must know the name {name}"
            ),
        },
        _ => Told {
            title: "No secure connection to the app",
            message: format!("TLS with {origin} as {name} was not agreed."),
            fix: format!(
                "check \"host\" of preview \"{preview}\": {name} must be a name that the \
                 upstream's certificate covers"
            ),
        },
    }
}

/// What a reason of our own says, which rustls shows only to programmers.
pub(super) fn reason(source: &io::Error) -> Option<String> {
    let source = source.get_ref()?.downcast_ref::<Error>()?;
    match source {
        Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            Some(other.to_string())
        }
        _ => None,
    }
}

fn certificate(error: &CertificateError, name: &str, asked: Asked<'_>) -> Told {
    let Asked {
        origin, preview, ..
    } = asked;
    let ca = r#""tls": { "ca": "certs/dev-ca.pem" }"#;
    let renew = "renew the upstream's certificate, and check this machine's clock".to_owned();
    match error {
        CertificateError::Expired => Told {
            title: "The app's certificate has expired",
            message: format!("The certificate that {origin} shows has expired."),
            fix: renew,
        },
        CertificateError::ExpiredContext { not_after, .. } => Told {
            title: "The app's certificate has expired",
            message: format!(
                "The certificate that {origin} shows has expired: it was valid until {}.",
                day(*not_after)
            ),
            fix: renew,
        },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Told {
            title: "The app's certificate is not valid yet",
            message: format!("The certificate that {origin} shows is not valid yet."),
            fix: renew,
        },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = match error {
                CertificateError::NotValidForNameContext { presented, .. }
                    if !presented.is_empty() =>
                {
                    format!(", but for {}", names(presented))
                }
                _ => String::new(),
            };
            Told {
                title: "The app's certificate is for another name",
                message: format!(
                    "The certificate that {origin} shows is not for {name}, the Host sent{names}."
                ),
                fix: format!(
                    "change \"host\" of preview \"{preview}\" to a name that the certificate \
                     covers, or give the upstream a certificate for {name}"
                ),
            }
        }
        CertificateError::Other(OtherError(other)) if other.is::<SelfSigned>() => Told {
            title: "The app's certificate is self-signed",
            message: format!(
                "The certificate that {origin} shows vouches for itself, and nobody that this \
                 machine trusts vouches for it."
            ),
            fix: format!(
                "save the upstream's certificate as certs/dev-ca.pem beside tripledash.json, and \
                 add {ca} to preview \"{preview}\""
            ),
        },
        CertificateError::UnknownIssuer => Told {
            title: "The app's certificate is from an unknown authority",
            message: format!(
                "The certificate that {origin} shows is signed by an authority that this machine \
                 does not trust."
            ),
            fix: format!(
                "save that authority's certificate as certs/dev-ca.pem beside tripledash.json, and \
                 add {ca} to preview \"{preview}\""
            ),
        },
        CertificateError::Revoked => Told {
            title: "The app's certificate was revoked",
            message: format!("The certificate that {origin} shows was revoked by its authority."),
            fix: "give the upstream another certificate".to_owned(),
        },
        other => Told {
            title: "The app's certificate cannot be used",
            message: format!("The certificate that {origin} shows cannot be verified: {other}."),
            fix: format!(
                "give the upstream a certificate for {name}, and its authority's to preview \
                 \"{preview}\": {ca}"
            ),
        },
    }
}

/// `1 January 1970` as `1970-01-01`.
fn day(time: UnixTime) -> String {
    let micros = i64::try_from(time.as_secs().saturating_mul(1_000_000)).unwrap_or(i64::MAX);
    let text = Timestamp(micros).to_string();
    text.split('T').next().unwrap_or(&text).to_owned()
}

/// The names of a certificate, as rustls presents them: `DnsName("a.example")`.
fn names(presented: &[String]) -> String {
    const MOST: usize = 5;
    let plain = |name: &String| match name.split_once('"') {
        Some((_, rest)) => rest.trim_end_matches(['"', ')']).to_owned(),
        None => name.clone(),
    };
    let mut names: Vec<String> = presented.iter().take(MOST).map(plain).collect();
    if presented.len() > MOST {
        names.push(format!("{} more", presented.len() - MOST));
    }
    names.join(", ")
}
