//! Secrets at rest.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use domain::ids::TenantId;
use domain::secret::{Sealed, Secret};
use ports::security::{SecretBox, SecretContext, SecretError};
use proptest::prelude::*;
use security::{KeyProblem, OsRandom, SecretBoxKeys, XChaChaSecretBox};

fn build(
    keys: Option<&str>,
    session: &str,
    fernet: Option<&str>,
) -> Result<XChaChaSecretBox, Vec<KeyProblem>> {
    let keys = keys.map(Secret::new);
    let fernet = fernet.map(Secret::new);
    let keys = SecretBoxKeys {
        encryption_keys: keys.as_ref(),
        session_secret: &Secret::new(session),
        fernet_key: fernet.as_ref(),
    };
    XChaChaSecretBox::new(keys, Arc::new(OsRandom)).map_err(|problems| problems.0)
}

fn ring(keys: &str) -> XChaChaSecretBox {
    build(Some(keys), "session secret", None).unwrap()
}

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

fn place() -> SecretContext {
    SecretContext {
        table: "routers",
        column: "password_encrypted",
        tenant_id: TenantId::parse("EMP_1").unwrap(),
        row: "RTR_1".into(),
    }
}

#[test]
fn a_secret_opens_where_it_was_sealed_and_nowhere_else() {
    let secrets = ring(&format!("k1:{}", key(1)));
    let sealed = secrets.seal(&place(), &Secret::new("contraseña"));
    assert_eq!(
        secrets.open(&place(), &sealed),
        Ok(Secret::new("contraseña"))
    );
    let elsewhere = [
        SecretContext {
            table: "empresas",
            ..place()
        },
        SecretContext {
            column: "password",
            ..place()
        },
        SecretContext {
            tenant_id: TenantId::parse("EMP_2").unwrap(),
            ..place()
        },
        SecretContext {
            row: "RTR_2".into(),
            ..place()
        },
        SecretContext {
            row: String::new(),
            ..place()
        },
    ];
    for context in elsewhere {
        assert_eq!(
            secrets.open(&context, &sealed),
            Err(SecretError::Damaged),
            "{context:?}"
        );
    }
}

#[test]
fn equal_secrets_are_sealed_differently() {
    let secrets = ring(&format!("k1:{}", key(1)));
    let seal = || secrets.seal(&place(), &Secret::new("x"));
    assert_ne!(seal(), seal());
}

#[test]
fn the_first_key_writes_and_all_read() {
    let old = ring(&format!("k1:{}", key(1)));
    let sealed = old.seal(&place(), &Secret::new("x"));
    assert_eq!(old.key_id(&sealed).as_deref(), Some("k1"));
    let rotated = ring(&format!(
        " k2:{} , k1:{} ,",
        URL_SAFE_NO_PAD.encode([2; 32]),
        key(1)
    ));
    assert_eq!(rotated.writing_key_id(), "k2");
    assert_eq!(rotated.open(&place(), &sealed), Ok(Secret::new("x")));
    let new = rotated.seal(&place(), &Secret::new("x"));
    assert_eq!(rotated.key_id(&new).as_deref(), Some("k2"));
    assert_eq!(
        old.open(&place(), &new),
        Err(SecretError::UnknownKey("k2".into()))
    );
    let same_id_other_key = ring(&format!("k1:{}", key(9)));
    assert_eq!(
        same_id_other_key.open(&place(), &sealed),
        Err(SecretError::Damaged)
    );
}

#[test]
fn without_configured_keys_one_is_derived_and_stays_readable() {
    let derived = build(None, "session secret", None).unwrap();
    assert!(derived.writes_with_derived_key());
    let id = derived.writing_key_id();
    assert!(id.starts_with("derived-") && id.len() == "derived-".len() + 8);
    let sealed = derived.seal(&place(), &Secret::new("x"));

    let configured = build(Some(&format!("k1:{}", key(1))), "session secret", None).unwrap();
    assert!(!configured.writes_with_derived_key());
    assert_eq!(configured.reading_key_ids(), ["k1".to_owned(), id.clone()]);
    assert_eq!(configured.open(&place(), &sealed), Ok(Secret::new("x")));

    let other = build(Some(" "), "another secret", None).unwrap();
    assert_ne!(other.writing_key_id(), id);
    assert_eq!(
        other.open(&place(), &sealed),
        Err(SecretError::UnknownKey(id))
    );
}

#[test]
fn all_problems_with_keys_are_named_and_no_key_is_shown() {
    let telltale = "c2VjcmV0IHRleHQ=";
    let text = format!(
        "{telltale},bad id:{good},{good}:{good},derived-1:{good},fernet:{good},k1:{good},k1:{good},k2:%%,k3:{telltale}",
        good = key(1)
    );
    let problems = build(Some(&text), "s", Some(telltale)).unwrap_err();
    assert_eq!(
        problems,
        [
            KeyProblem::NoId(1),
            KeyProblem::BadId(2),
            KeyProblem::BadId(3),
            KeyProblem::BadId(4),
            KeyProblem::BadId(5),
            KeyProblem::RepeatedId(7),
            KeyProblem::NotBase64(8),
            KeyProblem::BadLength(9, 11),
            KeyProblem::BadFernetKey,
        ]
    );
    let shown = format!("{} {problems:?}", security::KeyProblems(problems.clone()));
    assert!(
        !shown.contains(telltale) && !shown.contains(&key(1)),
        "{shown}"
    );
    assert_eq!(shown.matches("entry").count(), 8);
}

#[test]
fn old_fernet_values_open_with_or_without_our_prefix() {
    // verify.json of the Fernet specification.
    let fernet = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    let token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    let secrets = build(None, "s", Some(fernet)).unwrap();
    assert!(secrets.reading_key_ids().contains(&"fernet".to_owned()));
    for text in [token.to_owned(), format!("fernet:{token}")] {
        let sealed = Sealed::from_stored(text);
        assert_eq!(secrets.key_id(&sealed).as_deref(), Some("fernet"));
        assert_eq!(secrets.open(&place(), &sealed), Ok(Secret::new("hello")));
        let without = build(None, "s", None).unwrap();
        assert_eq!(
            without.open(&place(), &sealed),
            Err(SecretError::UnknownKey("fernet".into()))
        );
        let other = build(None, "s", Some(&URL_SAFE.encode([7; 32]))).unwrap();
        assert_eq!(other.open(&place(), &sealed), Err(SecretError::Damaged));
    }
}

#[test]
fn what_is_not_ours_is_never_taken_for_clear_text() {
    let secrets = ring(&format!("k1:{}", key(1)));
    for text in [
        "",
        "hunter2",
        "k1",
        "k1:",
        "k1:AAAA",
        "k1:%%%",
        "key_live_123",
    ] {
        let sealed = Sealed::from_stored(text);
        assert_eq!(
            secrets.open(&place(), &sealed),
            Err(SecretError::Damaged),
            "{text}"
        );
    }
    assert_eq!(secrets.key_id(&Sealed::from_stored("hunter2")), None);
}

#[test]
fn debug_names_keys_and_shows_none() {
    let shown = format!("{:?}", ring(&format!("k1:{}", key(1))));
    assert!(shown.contains("k1") && !shown.contains(&key(1)), "{shown}");
}

proptest! {
    #[test]
    fn every_secret_survives_the_round_trip(text in "\\PC{0,300}") {
        let secrets = ring(&format!("k1:{}", key(1)));
        let sealed = secrets.seal(&place(), &Secret::new(text.clone()));
        prop_assert!(text.len() < 16 || !sealed.as_str().contains(&text));
        prop_assert_eq!(secrets.open(&place(), &sealed), Ok(Secret::new(text)));
    }

    #[test]
    fn changed_and_shortened_ciphertexts_do_not_open(bit: prop::sample::Index, length: prop::sample::Index) {
        let secrets = ring(&format!("k1:{}", key(1)));
        let sealed = secrets.seal(&place(), &Secret::new("contraseña"));
        let bytes = STANDARD.decode(sealed.as_str().strip_prefix("k1:").unwrap()).unwrap();
        let store = |bytes: &[u8]| Sealed::from_stored(format!("k1:{}", STANDARD.encode(bytes)));
        let mut changed = bytes.clone();
        let bit = bit.index(bytes.len() * 8);
        changed[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(secrets.open(&place(), &store(&changed)), Err(SecretError::Damaged));
        let shorter = &bytes[..length.index(bytes.len())];
        prop_assert_eq!(secrets.open(&place(), &store(shorter)), Err(SecretError::Damaged));
    }
}
