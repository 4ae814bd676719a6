//! TLS: every way to trust, and what is said when it does not work.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PublicKeyData,
};
use routeros_client::ConnectOptions;
use routeros_client::Diagnosis;
use routeros_client::Fingerprint;
use routeros_client::connect;
use routeros_client::{Authority, Tls, Trust};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::router::{Router, options};

struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// A certificate as routers have it: only a common name.
    fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params("MikroTik").self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            key,
        }
    }

    fn issued_by(issuer: &CertifiedIssuer<'_, KeyPair>) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params("router").signed_by(&key, issuer).unwrap();
        Self {
            certificate: certificate.der().clone(),
            key,
        }
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = params("our authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A router with this identity; serves any number of clients.
async fn router(identity: &Identity) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = identity.acceptor();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(tcp).await {
                    let mut router = Router::new(stream);
                    router.serve().await;
                }
            });
        }
    });
    port
}

fn with(port: u16, trust: Trust) -> ConnectOptions {
    let mut options = options().tls(Tls::On(trust));
    options.port = port;
    options
}

#[tokio::test]
async fn first_use_tells_the_fingerprint_and_a_pin_holds_it() {
    let identity = Identity::self_signed();
    let port = router(&identity).await;
    let client = connect(with(port, Trust::FirstUse)).await.unwrap();
    let seen = client.fingerprint().unwrap();
    assert_eq!(seen, identity.fingerprint());
    connect(with(port, Trust::Pinned(seen))).await.unwrap();
}

#[tokio::test]
async fn a_public_key_can_be_pinned_instead() {
    let identity = Identity::self_signed();
    let port = router(&identity).await;
    let pin = Fingerprint::of(&identity.key.subject_public_key_info());
    connect(with(port, Trust::Pinned(pin))).await.unwrap();
}

#[tokio::test]
async fn a_changed_certificate_is_refused_and_both_are_named() {
    let (before, after) = (Identity::self_signed(), Identity::self_signed());
    let port = router(&after).await;
    let pinned = Trust::Pinned(before.fingerprint());
    let error = connect(with(port, pinned)).await.unwrap_err();
    let changed = Diagnosis::CertificateChanged {
        expected: before.fingerprint(),
        seen: after.fingerprint(),
    };
    assert_eq!(error.diagnosis(), &changed);
}

#[tokio::test]
async fn an_authority_vouches_whatever_the_name() {
    let ours = authority();
    let port = router(&Identity::issued_by(&ours)).await;
    let trust = Trust::Authority(Authority::from_pem(&ours.pem()).unwrap());
    connect(with(port, trust)).await.unwrap();
    let theirs = Trust::Authority(Authority::from_pem(&authority().pem()).unwrap());
    let error = connect(with(port, theirs)).await.unwrap_err();
    assert!(
        matches!(error.diagnosis(), Diagnosis::CertificateUntrusted(_)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_self_signed_certificate_can_be_given_as_its_own_authority() {
    let ours = authority();
    let identity = Identity {
        certificate: ours.der().clone(),
        key: KeyPair::from_pem(&ours.key().serialize_pem()).unwrap(),
    };
    let port = router(&identity).await;
    let trust = Trust::Authority(Authority::from_pem(&ours.pem()).unwrap());
    connect(with(port, trust)).await.unwrap();
}

#[tokio::test]
async fn public_roots_do_not_know_a_router() {
    let port = router(&Identity::self_signed()).await;
    let error = connect(with(port, Trust::PublicRoots)).await.unwrap_err();
    assert!(
        matches!(error.diagnosis(), Diagnosis::CertificateUntrusted(_)),
        "{error:?}"
    );
    connect(with(port, Trust::Insecure)).await.unwrap();
}

#[tokio::test]
async fn plain_bytes_on_a_tls_port_are_recognised() {
    let port = router(&Identity::self_signed()).await;
    let mut plain = options();
    plain.port = port;
    let error = connect(plain).await.unwrap_err();
    assert_eq!(error.diagnosis(), &Diagnosis::SpeaksTls);
}

#[tokio::test]
async fn tls_on_a_plain_port_and_a_service_without_certificate_are_recognised() {
    for (bytes, diagnosis) in [
        (
            &b"\x15\x03\x03\x00\x02\x02\x28"[..],
            Diagnosis::NoCertificate,
        ),
        (b"\x06!fatal\x0dnot logged in\x00", Diagnosis::SpeaksPlain),
        (b"", Diagnosis::ClosedEarly),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let play = async {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tcp.write_all(bytes).await.unwrap();
            tcp.shutdown().await.unwrap();
            tcp
        };
        let (outcome, _tcp) = tokio::join!(connect(with(port, Trust::FirstUse)), play);
        assert_eq!(outcome.unwrap_err().diagnosis(), &diagnosis, "{bytes:?}");
    }
}

#[test]
fn pem_without_a_certificate_is_refused() {
    assert!(Authority::from_pem("").is_err());
    assert!(
        Authority::from_pem("-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----").is_err()
    );
}
