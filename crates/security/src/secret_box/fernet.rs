//! Fernet, version 0x80, reading only (<https://github.com/fernet/spec/blob/master/Spec.md>).
//!
//! `base64url(0x80 | 8 bytes of time | 16 bytes of IV | AES-128-CBC ciphertext | HMAC-SHA256)`.
//! Values at rest have no age limit, so the time is not looked at. Fernet knows no associated
//! data: an old value opens wherever it stands, one more reason to seal it anew.

use aes::Aes128;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret_box::ring::decode_base64;

const VERSION: u8 = 0x80;
const TIME: usize = 8;
const IV: usize = 16;
const MAC: usize = 32;

/// A Fernet key: 16 bytes that sign and 16 that encrypt.
pub(super) struct FernetKey {
    signing: Zeroizing<[u8; 16]>,
    encryption: Zeroizing<[u8; 16]>,
}

impl FernetKey {
    /// Reads 32 bytes of base64.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = decode_base64(text.trim())?;
        let (signing, encryption) = bytes.split_first_chunk::<16>()?;
        Some(Self {
            signing: Zeroizing::new(*signing),
            encryption: Zeroizing::new(encryption.try_into().ok()?),
        })
    }

    /// Opens a token; `None` if it is not of this key, or damaged.
    pub(super) fn open(&self, token: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = decode_base64(token)?;
        let (signed, tag) = bytes.split_last_chunk::<MAC>()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.signing).ok()?;
        mac.update(signed);
        mac.verify_slice(tag).ok()?;
        let (version, rest) = signed.split_first()?;
        let (_time, rest) = rest.split_first_chunk::<TIME>()?;
        let (iv, ciphertext) = rest.split_first_chunk::<IV>()?;
        if *version != VERSION {
            return None;
        }
        Decryptor::<Aes128>::new((&*self.encryption).into(), iv.into())
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok()
            .map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE;

    use super::*;

    // verify.json of the specification.
    const SECRET: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

    #[test]
    fn the_vector_of_the_specification_opens() {
        let key = FernetKey::parse(SECRET).unwrap();
        assert_eq!(key.open(TOKEN).unwrap().as_slice(), b"hello");
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let key = FernetKey::parse(SECRET).unwrap();
        let bytes = URL_SAFE.decode(TOKEN).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(&URL_SAFE.encode(changed)).is_none(), "bit {bit}");
        }
    }

    #[test]
    fn what_is_cut_off_or_of_another_key_does_not_open() {
        let key = FernetKey::parse(SECRET).unwrap();
        let bytes = URL_SAFE.decode(TOKEN).unwrap();
        for length in 0..bytes.len() {
            assert!(key.open(&URL_SAFE.encode(&bytes[..length])).is_none());
        }
        let other = FernetKey::parse(&URL_SAFE.encode([7_u8; 32])).unwrap();
        assert!(other.open(TOKEN).is_none());
        assert!(key.open("no base64 *").is_none());
    }

    /// Signs any body, to get past the signature.
    fn sign(body: &[u8]) -> String {
        let key = FernetKey::parse(SECRET).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&*key.signing).unwrap();
        mac.update(body);
        let mut token = body.to_vec();
        token.extend_from_slice(&mac.finalize().into_bytes());
        URL_SAFE.encode(token)
    }

    #[test]
    fn signed_nonsense_is_refused_too() {
        let key = FernetKey::parse(SECRET).unwrap();
        let bytes = URL_SAFE.decode(TOKEN).unwrap();
        let body = &bytes[..bytes.len() - MAC];
        assert!(key.open(&sign(body)).is_some());
        let mut other_version = body.to_vec();
        other_version[0] = 0x81;
        let mut bad_padding = body.to_vec();
        *bad_padding.last_mut().unwrap() ^= 0xff;
        for body in [
            &body[..0],
            &body[..9],
            &body[..25],
            &body[..30],
            &other_version,
            &bad_padding,
        ] {
            assert!(key.open(&sign(body)).is_none());
        }
    }

    #[test]
    fn keys_have_32_bytes() {
        for text in ["", "x", "cw_0x689RpI=", &URL_SAFE.encode([7_u8; 33])] {
            assert!(FernetKey::parse(text).is_none(), "{text}");
        }
    }
}
