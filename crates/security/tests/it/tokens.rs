//! Session tokens and router API keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::secret::Secret;
use domain::time::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use ports::security::{ApiKeyClaims, SessionClaims, TokenError, TokenIssuer};
use proptest::prelude::*;
use security::{JwtAlgorithm, JwtTokens};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};
use uuid::Uuid;

const ISSUED: i64 = 1_772_618_400;
const END: i64 = ISSUED + 3600;
const SESSION_SECRET: &str = "session secret of at least 32 bytes";
const API_KEY_SECRET: &str = "api key secret of at least 32 bytes";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn tokens() -> JwtTokens {
    JwtTokens::new(
        JwtAlgorithm::Hs256,
        &Secret::new(SESSION_SECRET),
        &Secret::new(API_KEY_SECRET),
    )
}

fn session() -> SessionClaims {
    SessionClaims {
        user_id: UserId::new(42),
        token_id: Uuid::from_u128(7),
        token_version: 3,
        email: "ana@x.test".into(),
        name: "Ana Ñandú".into(),
        role: "cliente_admin".into(),
        tenant_id: Some(TenantId::from_random([1; 5])),
        issued_at: at(ISSUED),
        expires_at: at(END),
    }
}

fn api_key() -> ApiKeyClaims {
    ApiKeyClaims {
        key_id: ApiKeyId::from_random([1; 8]),
        router_id: RouterId::from_random([2; 4]),
        tenant_id: TenantId::from_random([1; 5]),
        issued_at: at(ISSUED),
        expires_at: at(END),
    }
}

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn hs256(secret: &str, header: &Value, claims: &Value) -> String {
    let text = unsigned(header, claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{signature}")
}

fn hs512(secret: &str, header: &Value, claims: &Value) -> String {
    let text = unsigned(header, claims);
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{signature}")
}

#[test]
fn a_session_has_the_claims_of_the_contract() {
    let token = tokens().issue_session(&session());
    assert_eq!(part(&token, 0), json!({"typ": "JWT", "alg": "HS256"}));
    assert_eq!(
        part(&token, 1),
        json!({
            "sub": "42", "email": "ana@x.test", "nombre": "Ana Ñandú", "rol": "cliente_admin",
            "empresa_id": "EMP_0101010101", "iat": ISSUED, "exp": END, "type": "access_token",
            "jti": "00000000-0000-0000-0000-000000000007", "ver": 3,
        })
    );
    let admin = SessionClaims {
        tenant_id: None,
        ..session()
    };
    let token = tokens().issue_session(&admin);
    assert_eq!(part(&token, 1)["empresa_id"], Value::Null);
    assert_eq!(tokens().read_session(&token, at(ISSUED)), Ok(admin));
}

#[test]
fn an_api_key_has_the_claims_of_the_contract() {
    let token = tokens().issue_api_key(&api_key());
    assert_eq!(
        part(&token, 1),
        json!({
            "jti": "key_0101010101010101", "iss": "mikrotik-payment-api", "sub": "RTR_02020202",
            "empresa": "EMP_0101010101", "iat": ISSUED, "exp": END, "type": "router_api_key",
        })
    );
    assert_eq!(tokens().read_api_key(&token, at(ISSUED)), Ok(api_key()));
}

#[test]
fn tokens_end_on_the_second() {
    let tokens = tokens();
    let session = tokens.issue_session(&session());
    let key = tokens.issue_api_key(&api_key());
    let just_before = Timestamp::from_unix_micros(END * 1_000_000 - 1);
    assert!(tokens.read_session(&session, just_before).is_ok());
    assert!(tokens.read_api_key(&key, just_before).is_ok());
    assert_eq!(
        tokens.read_session(&session, at(END)),
        Err(TokenError::Expired)
    );
    assert_eq!(tokens.read_api_key(&key, at(END)), Err(TokenError::Expired));
}

#[test]
fn expired_is_said_of_genuine_tokens_only() {
    let tokens = tokens();
    let header = json!({"alg": "HS256"});
    let mut claims = part(&tokens.issue_session(&session()), 1);
    let foreign = hs256("another secret", &header, &claims);
    assert_eq!(
        tokens.read_session(&foreign, at(END)),
        Err(TokenError::Invalid)
    );
    claims["type"] = json!("refresh_token");
    let other_type = hs256(SESSION_SECRET, &header, &claims);
    assert_eq!(
        tokens.read_session(&other_type, at(END)),
        Err(TokenError::Invalid)
    );
}

#[test]
fn fractional_times_are_accepted() {
    let mut claims = part(&tokens().issue_api_key(&api_key()), 1);
    claims["iat"] = json!(1_772_618_400.123_456);
    claims["exp"] = json!(1_772_622_000.5);
    let token = hs256(API_KEY_SECRET, &json!({"alg": "HS256"}), &claims);
    assert_eq!(tokens().read_api_key(&token, at(ISSUED)), Ok(api_key()));
}

#[test]
fn neither_kind_passes_for_the_other() {
    let tokens = tokens();
    let session = tokens.issue_session(&session());
    let key = tokens.issue_api_key(&api_key());
    assert_eq!(
        tokens.read_session(&key, at(ISSUED)),
        Err(TokenError::Invalid)
    );
    assert_eq!(
        tokens.read_api_key(&session, at(ISSUED)),
        Err(TokenError::Invalid)
    );
    // Not even with one secret for both, and all claims of both in one token.
    let same = Secret::new(SESSION_SECRET);
    let tokens = JwtTokens::new(JwtAlgorithm::Hs256, &same, &same);
    let mut claims = part(&session, 1);
    claims["iss"] = json!("mikrotik-payment-api");
    claims["empresa"] = json!("EMP_0101010101");
    let token = hs256(SESSION_SECRET, &json!({"alg": "HS256"}), &claims);
    assert!(tokens.read_session(&token, at(ISSUED)).is_ok());
    assert_eq!(
        tokens.read_api_key(&token, at(ISSUED)),
        Err(TokenError::Invalid)
    );
}

#[test]
fn no_other_algorithm_is_believed() {
    let tokens = tokens();
    let claims = part(&tokens.issue_session(&session()), 1);
    let none = unsigned(&json!({"alg": "none"}), &claims) + ".";
    let unsigned_hs256 = unsigned(&json!({"alg": "HS256"}), &claims) + ".";
    let hs512 = hs512(SESSION_SECRET, &json!({"alg": "HS512"}), &claims);
    let lying = hs256(SESSION_SECRET, &json!({"alg": "RS256"}), &claims);
    let genuine = hs256(SESSION_SECRET, &json!({"alg": "HS256"}), &claims);
    for token in [none, unsigned_hs256, hs512.clone(), lying] {
        assert_eq!(
            tokens.read_session(&token, at(ISSUED)),
            Err(TokenError::Invalid)
        );
    }
    assert_eq!(tokens.read_session(&genuine, at(ISSUED)), Ok(session()));
    let other = JwtTokens::new(
        JwtAlgorithm::Hs512,
        &Secret::new(SESSION_SECRET),
        &Secret::new(API_KEY_SECRET),
    );
    assert_eq!(other.read_session(&hs512, at(ISSUED)), Ok(session()));
    assert_eq!(
        other.read_session(&genuine, at(ISSUED)),
        Err(TokenError::Invalid)
    );
}

#[test]
fn every_claim_must_be_there_and_make_sense() {
    let tokens = tokens();
    let header = json!({"alg": "HS256"});
    let whole = part(&tokens.issue_session(&session()), 1);
    for name in ["sub", "email", "iat", "exp", "type", "jti", "ver"] {
        let mut claims = whole.clone();
        claims.as_object_mut().unwrap().remove(name);
        let token = hs256(SESSION_SECRET, &header, &claims);
        assert_eq!(
            tokens.read_session(&token, at(ISSUED)),
            Err(TokenError::Invalid),
            "{name}"
        );
    }
    for (name, value) in [
        ("sub", json!("x")),
        ("exp", json!("1772622000")),
        ("exp", json!(1e300)),
        ("ver", json!("3")),
        ("jti", json!("7")),
        ("empresa_id", json!("EMP 1")),
    ] {
        let mut claims = whole.clone();
        claims[name] = value;
        let token = hs256(SESSION_SECRET, &header, &claims);
        assert_eq!(
            tokens.read_session(&token, at(ISSUED)),
            Err(TokenError::Invalid),
            "{name}"
        );
    }
    let mut claims = part(&tokens.issue_api_key(&api_key()), 1);
    claims["iss"] = json!("somebody else");
    let token = hs256(API_KEY_SECRET, &header, &claims);
    assert_eq!(
        tokens.read_api_key(&token, at(ISSUED)),
        Err(TokenError::Invalid)
    );
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(format!("{:?}", tokens()), "JwtTokens(..)");
}

proptest! {
    #[test]
    fn a_changed_token_is_refused(position: prop::sample::Index, byte in 0x21_u8..0x7f) {
        let token = tokens().issue_api_key(&api_key());
        let mut changed = token.clone().into_bytes();
        let position = position.index(changed.len());
        prop_assume!(changed[position] != byte);
        changed[position] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert_eq!(
            tokens().read_api_key(&changed, at(ISSUED)),
            Err(TokenError::Invalid)
        );
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC{0,200}") {
        prop_assert_eq!(tokens().read_session(&text, at(ISSUED)), Err(TokenError::Invalid));
        let dots = format!("{text}.{text}.{text}");
        prop_assert_eq!(tokens().read_api_key(&dots, at(ISSUED)), Err(TokenError::Invalid));
    }
}
