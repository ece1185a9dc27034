//! Encrypted connections: a certificate with its key, and the names that it is for.

use std::fs;
use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::TLS13;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use webpki::EndEntityCert;

use crate::error::Error;

/// How long a browser may take to agree on the encryption.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections that wait to be answered.
const WAITING: usize = 64;

/// A certificate with its key, and the names that browsers may call this machine by.
pub struct Https {
    config: Arc<ServerConfig>,
    names: Vec<String>,
}

impl Https {
    /// Reads a certificate, those that vouch for it behind it, and its key, as files in PEM.
    /// Browsers may call this machine by `names`, or, where there are none, by those that the
    /// certificate lists and by the address `listen`, if it is for that.
    ///
    /// # Errors
    /// [`Error::Usage`] where a file cannot be read or holds something else, the key is not the
    /// certificate's, or the certificate is not for a name.
    pub fn open(
        certificate: &Path,
        key: &Path,
        names: &[String],
        listen: IpAddr,
    ) -> Result<Self, Error> {
        let read = |path: &Path, what: &str| {
            let unread = |error| wrong(path, format!("cannot read: {error}; {what}"));
            fs::read(path).map_err(unread)
        };
        let what =
            "--certificate names a file in PEM with the certificate and those that vouch for it";
        let chain: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(&read(certificate, what)?).collect();
        let chain = chain.unwrap_or_default();
        let Some(own) = chain.first().cloned() else {
            return Err(wrong(certificate, format!("holds no certificate; {what}")));
        };
        let what = "--key names a file in PEM with the certificate's key, without a passphrase";
        let secret = PrivateKeyDer::from_pem_slice(&read(key, what)?)
            .map_err(|_| wrong(key, format!("holds no private key; {what}")))?;
        let own = EndEntityCert::try_from(&own).map_err(|error| {
            wrong(certificate, format!("no certificate of version 3 that can be read ({error})"))
        })?;
        let names = names_of(&own, certificate, names, listen)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
        let mut config = config.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => wrong(
                key,
                format!("not the key of {}; give both of the same request", certificate.display()),
            ),
            other => wrong(key, format!("no key that can be used ({other})")),
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), names })
    }

    /// Names or addresses that browsers may call this machine by, at least one; without a port.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The connections of a listener at that address, each as soon as its encryption is agreed on.
    pub fn connections(&self, mut listener: TcpListener, address: SocketAddr) -> Connections {
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        let (agreed, connections) = channel(WAITING);
        tokio::spawn(async move {
            loop {
                let (stream, from) = Listener::accept(&mut listener).await;
                let (acceptor, agreed) = (acceptor.clone(), agreed.clone());
                // Whoever is slow keeps nobody else waiting.
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                        let _ = agreed.send((stream, from)).await;
                    }
                });
            }
        });
        Connections { address, connections }
    }
}

/// Encrypted connections as they come.
pub struct Connections {
    address: SocketAddr,
    connections: Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Listener for Connections {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.connections.recv().await {
            Some(connection) => connection,
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

fn wrong(path: &Path, problem: String) -> Error {
    Error::Usage { place: path.display().to_string(), problem }
}

/// The names that are asked for, if the certificate is for all of them; else its own, and the
/// address listened at if it is for that.
fn names_of(
    own: &EndEntityCert<'_>,
    certificate: &Path,
    asked: &[String],
    listen: IpAddr,
) -> Result<Vec<String>, Error> {
    let is_for = |name: &str| {
        let name = ServerName::try_from(name);
        name.is_ok_and(|name| own.verify_is_valid_for_subject_name(&name).is_ok())
    };
    // Browsers write names in lower case.
    let mut names: Vec<String> = asked.iter().map(|name| name.to_lowercase()).collect();
    if let Some(other) = names.iter().find(|name| !is_for(name)) {
        let own: Vec<&str> = own.valid_dns_names().collect();
        let listed = match own.is_empty() {
            true => "lists no name of a machine".to_owned(),
            false => format!("is for {}", own.join(", ")),
        };
        return Err(wrong(certificate, format!("not for --host-name {other}; it {listed}")));
    }
    if names.is_empty() {
        names.extend(own.valid_dns_names().map(str::to_lowercase).filter(|name| is_for(name)));
        names.extend(Some(listen.to_string()).filter(|address| is_for(address)));
    }
    if names.is_empty() {
        let problem = "lists no name that browsers could call this machine by; say it by --host-name, \
                       or ask for a certificate with the machine's name among its alternative names";
        return Err(wrong(certificate, problem.to_owned()));
    }
    Ok(names)
}
