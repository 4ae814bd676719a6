//! The sandbox's RSA key pairs.
//!
//! They are in the source on purpose: they sign nothing but sandbox notices, and a fixed pair
//! keeps transcripts the same in each run. Never use them for anything else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// How many pairs there are.
pub(crate) const COUNT: usize = 3;

const PAIRS: [(&str, &str); COUNT] = [
    (
        include_str!("../../keys/sandbox-1.private.pem"),
        include_str!("../../keys/sandbox-1.public.pem"),
    ),
    (
        include_str!("../../keys/sandbox-2.private.pem"),
        include_str!("../../keys/sandbox-2.public.pem"),
    ),
    (
        include_str!("../../keys/sandbox-3.private.pem"),
        include_str!("../../keys/sandbox-3.public.pem"),
    ),
];

/// The public half of a pair, as PEM.
pub(crate) fn public_pem(pair: usize) -> &'static str {
    PAIRS.get(pair % COUNT).map_or("", |(_, public)| public)
}

/// Base64 of the RSA PKCS#1 v1.5 SHA-256 signature over `body`, as Conekta's `DIGEST` header.
/// `None` only if the built-in key could not be read.
pub(crate) fn digest(pair: usize, body: &[u8]) -> Option<String> {
    let (private, _) = PAIRS.get(pair % COUNT)?;
    let base64: String = private
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(base64).ok()?).ok()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        body,
        &mut signature,
    )
    .ok()?;
    Some(STANDARD.encode(signature))
}
