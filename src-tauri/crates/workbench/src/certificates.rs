//! The files of certificates that a workspace names, read when its snapshot is made.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use thiserror::Error;
use tripledash_core::Workspace;
use tripledash_core::workspace::Certificates;

use crate::file::read_ordinary;

/// More than any bundle: the whole of Mozilla's is a fifth of a mebibyte.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The paths as written, relative to the workspace's folder.
pub(crate) fn paths(workspace: &Workspace) -> impl Iterator<Item = &str> {
    let shapes = workspace.sources.iter().map(|source| &source.shape);
    let previews = workspace.previews.values().chain(shapes);
    previews.filter_map(|preview| preview.tls.ca.as_deref())
}

/// Reads every file of certificates that a workspace names, by its path as written.
pub fn read(folder: &Path, workspace: &Workspace) -> BTreeMap<String, Certificates> {
    let mut found = BTreeMap::new();
    for path in paths(workspace) {
        if !found.contains_key(path) {
            found.insert(path.to_owned(), bundle(&folder.join(path)));
        }
    }
    found
}

fn bundle(path: &Path) -> Certificates {
    let bytes = read_ordinary(path, LARGEST).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    })?;
    check(&bytes).map_err(|error| error.to_string())?;
    Ok(Arc::from(bytes))
}

/// Why bytes are no bundle of certificates.
#[derive(Debug, Error)]
enum InvalidBundle {
    #[error("it is empty")]
    Empty,
    #[error("there is no certificate in it, wanted \"-----BEGIN CERTIFICATE-----\"")]
    Nothing,
    #[error("certificate {number} in it is damaged")]
    Damaged { number: usize },
}

/// Whether every certificate can be trusted: one that cannot would go unheard later.
fn check(bytes: &[u8]) -> Result<(), InvalidBundle> {
    if bytes.trim_ascii().is_empty() {
        return Err(InvalidBundle::Empty);
    }
    let mut roots = RootCertStore::empty();
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(bytes) {
        number += 1;
        let added = certificate.is_ok_and(|certificate| roots.add(certificate).is_ok());
        if !added {
            return Err(InvalidBundle::Damaged { number });
        }
    }
    if number == 0 {
        return Err(InvalidBundle::Nothing);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::bundle;

    #[test]
    fn only_files_of_whole_certificates_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let said = |text: &str| {
            fs::write(&path, text).unwrap();
            bundle(&path).err()
        };
        let made = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
        let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        assert_eq!(said(&format!("{pem}\n{pem}")), None);
        assert_eq!(said(&format!("a comment\n{key}{pem}")), None);
        assert_eq!(said(" \n").unwrap(), "it is empty");
        assert!(said(&key).unwrap().contains("no certificate in it"));
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let told = said(&format!("{pem}{damaged}")).unwrap();
        assert_eq!(told, "certificate 2 in it is damaged");
        fs::remove_file(&path).unwrap();
        assert_eq!(bundle(&path).unwrap_err(), "there is no such file");
        assert_eq!(bundle(folder.path()).unwrap_err(), "it is no ordinary file");
    }
}
