//! From variables to a [`Config`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use domain::contact::Email;
use domain::credentials::CredentialFormat;
use domain::purchase::Policy;
use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};
use hotspot_routeros::networks::AllowedNetworks;
use http_api::limits::RateLimits;
use ipnet::IpNet;
use payment_gateways::accepts_notification_url;
use security::{JwtAlgorithm, OsRandom, SecretBoxKeys, XChaChaSecretBox};
use std::sync::Arc;
use storage_postgres::{Authorities, DatabaseUrl};

use crate::config::environment;
use crate::config::reader::Reader;
use crate::config::settings::{Config, LogFormat};

/// Below this a JWT secret is refused.
const MIN_SECRET: usize = 16;
/// Below this it is warned about.
const GOOD_SECRET: usize = 32;
/// Largest number of days or hours that a lifetime may have: a hundred years.
const CENTURY_DAYS: u64 = 36_500;

/// What follows `PUBLIC_BASE_URL` in the address that Mercado Pago is given, in its full length.
const NOTIFICATION_PATH: &str = "/api/v1/webhook/mercado-pago/EMP_0000000000?source_news=webhooks";

/// Reads the configuration.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn load() -> Result<Config, Vec<String>> {
    let (variables, problem) = environment::read();
    let mut problems: Vec<String> = problem.into_iter().collect();
    match from_variables(variables) {
        Ok(config) if problems.is_empty() => Ok(config),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

fn jwt_secret(reader: &mut Reader, name: &str) -> Secret {
    let secret = Secret::new(reader.required(name).unwrap_or_default());
    let length = secret.expose().len();
    if (1..MIN_SECRET).contains(&length) {
        reader.problem(name, &format!("must have at least {MIN_SECRET} bytes"));
    } else if is_pattern(secret.expose()) {
        reader.problem(
            name,
            "can be guessed; make one with `openssl rand -base64 48`",
        );
    } else if (MIN_SECRET..GOOD_SECRET).contains(&length) {
        reader.warnings.push(format!(
            "{name} has fewer than {GOOD_SECRET} bytes: every phone and panel holds something \
             signed with it and can search for it at leisure; use a longer one"
        ));
    }
    secret
}

/// Whether a secret is one that nobody drew: few different characters, or a run of the keyboard or
/// the alphabet repeated.
fn is_pattern(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    let different: BTreeSet<&u8> = bytes.iter().collect();
    let steps = |by: i16| {
        let follows = |pair: &[u8]| matches!(pair, [a, b] if i16::from(*b) - i16::from(*a) == by);
        bytes.windows(2).filter(|pair| follows(pair)).count()
    };
    let runs = steps(0).max(steps(1)).max(steps(-1));
    !bytes.is_empty() && (different.len() < 6 || runs * 2 >= bytes.len())
}

fn database_url(reader: &mut Reader) -> Option<DatabaseUrl> {
    let text = reader.required("DATABASE_URL")?;
    let authorities = Authorities {
        database: reader.text("DATABASE_CA_FILE").map(PathBuf::from),
        system: reader.text("SSL_CERT_FILE").map(PathBuf::from),
    };
    match DatabaseUrl::parse_with(&text, &authorities) {
        Ok(url) => {
            if !url.is_on_this_machine() && url.trusts_any_server() {
                reader.warnings.push(
                    "DATABASE_URL does not ask for a checked connection: whoever is in the way to \
                     the database can read along; use sslmode=verify-full, with DATABASE_CA_FILE \
                     where the database has an authority of its own"
                        .to_owned(),
                );
            }
            Some(url)
        }
        Err(error) => {
            reader.problem("DATABASE_URL", &error.to_string());
            None
        }
    }
}

fn super_admin(reader: &mut Reader) -> (Option<Email>, Secret) {
    let email = reader
        .required("SUPER_ADMIN_INITIAL_EMAIL")
        .and_then(|text| {
            let email = Email::parse(&text).ok();
            if email.is_none() {
                reader.problem("SUPER_ADMIN_INITIAL_EMAIL", "must be an e-mail address");
            }
            email
        });
    let password = reader
        .required("SUPER_ADMIN_INITIAL_PASSWORD")
        .unwrap_or_default();
    if !password.is_empty() && !password_length_fits(&password) {
        let what = format!("must have {MIN_PASSWORD} to {MAX_PASSWORD} bytes");
        reader.problem("SUPER_ADMIN_INITIAL_PASSWORD", &what);
    }
    (email, Secret::new(password))
}

fn cors_origins(reader: &mut Reader) -> Vec<String> {
    let origins = reader.list("BACKEND_CORS_ORIGINS");
    let well_formed = |origin: &String| {
        origin == "*"
            || origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"))
                .is_some_and(|host| {
                    let host = host.trim_end_matches('/');
                    !host.is_empty()
                        && !host.contains('/')
                        && host.bytes().all(|b| b.is_ascii_graphic())
                })
    };
    if !origins.iter().all(well_formed) {
        reader.problem(
            "BACKEND_CORS_ORIGINS",
            "every item must be an origin such as https://portal.example",
        );
    }
    if origins.len() > 1 && origins.iter().any(|origin| origin == "*") {
        reader.problem(
            "BACKEND_CORS_ORIGINS",
            "must be either * alone or a list of origins",
        );
    }
    origins
        .iter()
        .map(|origin| origin.trim_end_matches('/').to_owned())
        .collect()
}

fn networks(reader: &mut Reader) -> AllowedNetworks {
    let Some(text) = reader.text("ROUTER_ALLOWED_NETWORKS") else {
        return AllowedNetworks::default();
    };
    text.parse().unwrap_or_else(|_malformed| {
        reader.problem(
            "ROUTER_ALLOWED_NETWORKS",
            "must be a comma list of networks",
        );
        AllowedNetworks::default()
    })
}

fn proxies(reader: &mut Reader) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for item in reader.list("TRUSTED_PROXIES") {
        match item
            .parse::<IpNet>()
            .or_else(|_| item.parse::<std::net::IpAddr>().map(IpNet::from))
        {
            Ok(network) => networks.push(network),
            Err(_) => {
                reader.problem(
                    "TRUSTED_PROXIES",
                    "must be a comma list of addresses or networks",
                );
            }
        }
    }
    networks
}

fn credentials(reader: &mut Reader) -> CredentialFormat {
    let prefix = reader
        .text("HOTSPOT_USER_PREFIX")
        .unwrap_or_else(|| "PT-".to_owned());
    let user = reader.number("HOTSPOT_USER_LENGTH", 5, 4, 16);
    let pin = reader.number("HOTSPOT_PIN_LENGTH", 8, 8, 16);
    let lengths = (
        usize::try_from(user).unwrap_or(5),
        usize::try_from(pin).unwrap_or(8),
    );
    match CredentialFormat::new(&prefix, lengths.0, lengths.1) {
        Ok(format) => format,
        Err(error) => {
            reader.problem("HOTSPOT_USER_PREFIX", &error.to_string());
            CredentialFormat::default()
        }
    }
}

fn rate_limit(reader: &mut Reader, name: &str, default: u64) -> u32 {
    let limit = reader.number(name, default, 0, 1_000_000);
    if limit == 0 {
        reader
            .warnings
            .push(format!("{name} is 0: this limit is switched off"));
    }
    u32::try_from(limit).unwrap_or(u32::MAX)
}

/// Whoever switches the limit of a kind of request off means its budget of failures, too, unless
/// that is set.
fn rate_limits(r: &mut Reader) -> RateLimits {
    let unless_off = |limit: u32, default: u64| if limit == 0 { 0 } else { default };
    let login = rate_limit(r, "RATE_LIMIT_LOGIN_PER_MINUTE", 10);
    let payments = rate_limit(r, "RATE_LIMIT_PAYMENTS_PER_MINUTE", 60);
    let reconnect = rate_limit(r, "RATE_LIMIT_RECONNECT_PER_MINUTE", 30);
    let all = login.max(payments).max(reconnect);
    RateLimits {
        login,
        payments,
        reconnect,
        login_per_address: rate_limit(r, "RATE_LIMIT_LOGIN_PER_ADDRESS", unless_off(login, 30)),
        declines: rate_limit(
            r,
            "RATE_LIMIT_DECLINES_PER_10_MINUTES",
            unless_off(payments, 30),
        ),
        misses: rate_limit(
            r,
            "RATE_LIMIT_MISSES_PER_10_MINUTES",
            unless_off(reconnect, 20),
        ),
        requests: rate_limit(r, "RATE_LIMIT_REQUESTS_PER_MINUTE", unless_off(all, 6_000)),
    }
}

/// The gateway keys must parse together; a missing key ring is derived and warned about.
fn encryption(reader: &mut Reader, session_secret: &Secret) -> (Option<Secret>, Option<Secret>) {
    let keys = reader.secret("ENCRYPTION_KEYS");
    let fernet = reader.secret("ENCRYPTION_KEY_MERCADO_PAGO");
    if keys.is_none() {
        reader.warnings.push(
            "ENCRYPTION_KEYS is not set: secrets are encrypted with a key derived from \
             JWT_SESSION_SECRET, which must then never change"
                .to_owned(),
        );
    }
    let ring = SecretBoxKeys {
        encryption_keys: keys.as_ref(),
        session_secret,
        fernet_key: fernet.as_ref(),
    };
    if let Err(problems) = XChaChaSecretBox::new(ring, Arc::new(OsRandom)) {
        reader
            .problems
            .extend(problems.0.iter().map(ToString::to_string));
    }
    (keys, fernet)
}

fn address(reader: &mut Reader, name: &str, default: &str) -> Option<SocketAddr> {
    let expected = "an address and port such as 0.0.0.0:8000";
    reader
        .parsed(name, expected)
        .or_else(|| default.parse().ok())
}

#[expect(
    clippy::too_many_lines,
    reason = "one line for each variable, in one place"
)]
fn from_variables(variables: BTreeMap<String, String>) -> Result<Config, Vec<String>> {
    let mut reader = Reader::new(variables);
    let r = &mut reader;
    let database_url = database_url(r);
    let jwt_api_key_secret = jwt_secret(r, "JWT_APIKEY_SECRET");
    let jwt_session_secret = jwt_secret(r, "JWT_SESSION_SECRET");
    if !jwt_session_secret.is_empty() && jwt_session_secret == jwt_api_key_secret {
        r.problem("JWT_SESSION_SECRET", "must differ from JWT_APIKEY_SECRET");
    }
    let algorithm = r
        .text("JWT_ALGORITHM")
        .unwrap_or_else(|| "HS256".to_owned());
    let jwt_algorithm = JwtAlgorithm::from_name(&algorithm).ok();
    if jwt_algorithm.is_none() {
        r.problem("JWT_ALGORITHM", "must be HS256, HS384 or HS512");
    }
    let key_days = r.number("JWT_APIKEY_EXPIRE_DAYS", 365, 1, CENTURY_DAYS);
    let session_hours = r.number("JWT_SESSION_EXPIRE_HOURS", 24, 1, CENTURY_DAYS);
    let (super_admin_email, super_admin_password) = super_admin(r);
    let (encryption_keys, fernet_key) = encryption(r, &jwt_session_secret);
    let pool = r.number("DATABASE_POOL_SIZE", 20, 2, 1000);
    let database_start_timeout = r.millis("DATABASE_START_TIMEOUT_MS", 60_000, 0);
    let public_base_url = r.base_url("PUBLIC_BASE_URL");
    if public_base_url.is_none() && r.text("PUBLIC_BASE_URL").is_none() {
        r.warnings.push(
            "PUBLIC_BASE_URL is not set: Mercado Pago is not told where to send notices".to_owned(),
        );
    }
    if let Some(base) = &public_base_url
        && !accepts_notification_url(&format!("{base}{NOTIFICATION_PATH}"))
    {
        r.warnings.push(
            "PUBLIC_BASE_URL is not a short https address with a public name: Mercado Pago \
             refuses such an address and is not told where to send notices"
                .to_owned(),
        );
    }
    let log_format = match r.text("LOG_FORMAT").as_deref() {
        None | Some("text") => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => {
            r.problem("LOG_FORMAT", "must be text or json");
            LogFormat::Text
        }
    };
    let retention = r.number("CUSTOMER_DATA_RETENTION_DAYS", 0, 0, CENTURY_DAYS);
    let key_retention = r.number("IDEMPOTENCY_KEY_RETENTION_DAYS", 180, 0, CENTURY_DAYS);
    if (1..30).contains(&key_retention) {
        r.problem(
            "IDEMPOTENCY_KEY_RETENTION_DAYS",
            "must be 0 (never) or at least 30",
        );
    }
    let shutdown_delay = r.millis("SHUTDOWN_DELAY_MS", 0, 0);
    let bind_addr = address(r, "BIND_ADDR", "0.0.0.0:8000");
    let metrics_addr = r.parsed("METRICS_ADDR", "an address and port");
    let base = |r: &mut Reader, name: &str, default: &str| {
        r.base_url(name).unwrap_or_else(|| default.to_owned())
    };
    let conekta_api_base = base(r, "CONEKTA_API_BASE", "https://api.conekta.io");
    let mercado_pago_api_base = base(r, "MERCADO_PAGO_API_BASE", "https://api.mercadopago.com");
    let telegram_api_base = base(r, "TELEGRAM_API_BASE", "https://api.telegram.org");
    let gateway_timeout = r.millis("GATEWAY_TIMEOUT_MS", 30_000, 100);
    let router_timeout = r.millis("ROUTER_TIMEOUT_MS", 10_000, 100);
    let reconcile_interval = r.millis("RECONCILE_INTERVAL_MS", 5_000, 10);
    let reconcile_give_up = r.millis("RECONCILE_GIVE_UP_MS", 900_000, 1);
    let pending_give_up = r.millis("PENDING_GIVE_UP_MS", 3_600_000, 1);
    let refund_after = r.millis("REFUND_AFTER_MS", 1_800_000, 1);
    let purchases = Policy {
        router_timeout,
        gateway_timeout,
        give_up_after: reconcile_give_up,
        pending_give_up_after: pending_give_up,
        refund_after,
        ..Policy::default()
    };
    if !purchases.give_up_is_safe() {
        let what = format!(
            "must be more than {} ms (router time-out + 3 gateway time-outs + 2 s)",
            (purchases.purchase_budget() + gateway_timeout).as_millis()
        );
        r.problem("RECONCILE_GIVE_UP_MS", &what);
    }
    let max_connections = r.number("MAX_CONNECTIONS", 10_000, 10, 1_000_000);
    let of_address = r.number("MAX_CONNECTIONS_PER_ADDRESS", 1_000, 0, 1_000_000);
    let rate_limits = rate_limits(r);
    let cors_origins = cors_origins(r);
    let trusted_proxies = proxies(r);
    let router_allowed_networks = networks(r);
    let credentials = credentials(r);
    let debug = r.flag("DEBUG", false);
    let workers_enabled = r.flag("WORKERS_ENABLED", true);
    if !workers_enabled {
        r.warnings.push(
            "WORKERS_ENABLED is false: nothing that a request leaves undone is finished".to_owned(),
        );
    }
    let app_name = r
        .text("APP_NAME")
        .unwrap_or_else(|| "MikroTik Payment API".to_owned());

    let Reader {
        problems, warnings, ..
    } = reader;
    let complete = database_url
        .zip(jwt_algorithm)
        .zip(super_admin_email)
        .zip(bind_addr);
    let Some((((database_url, jwt_algorithm), super_admin_email), bind_addr)) =
        complete.filter(|_| problems.is_empty())
    else {
        return Err(problems);
    };
    Ok(Config {
        database_url,
        database_start_timeout,
        database_pool_size: usize::try_from(pool).unwrap_or(20),
        jwt_api_key_secret,
        jwt_session_secret,
        jwt_algorithm,
        api_key_lifetime: Duration::from_hours(key_days * 24),
        session_lifetime: Duration::from_hours(session_hours),
        cors_origins,
        super_admin_email,
        super_admin_password,
        encryption_keys,
        fernet_key,
        app_name,
        debug,
        bind_addr,
        max_connections: usize::try_from(max_connections).unwrap_or(usize::MAX),
        max_connections_per_address: usize::try_from(of_address).unwrap_or(0),
        metrics_addr,
        public_base_url,
        conekta_api_base,
        mercado_pago_api_base,
        telegram_api_base,
        purchases,
        reconcile_interval,
        trusted_proxies,
        router_allowed_networks,
        rate_limits,
        log_format,
        credentials,
        workers_enabled,
        customer_data_retention: (retention > 0).then(|| Duration::from_hours(retention * 24)),
        idempotency_key_retention: (key_retention > 0)
            .then(|| Duration::from_hours(key_retention * 24)),
        shutdown_delay,
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checklist() -> BTreeMap<String, String> {
        [
            (
                "DATABASE_URL",
                "postgresql://user:pass@localhost/venta_fichas_db",
            ),
            ("JWT_APIKEY_SECRET", "strong_random_secret_for_api_keys_1"),
            ("JWT_SESSION_SECRET", "strong_random_secret_for_sessions_2"),
            ("SUPER_ADMIN_INITIAL_EMAIL", "admin@tuempresa.com"),
            ("SUPER_ADMIN_INITIAL_PASSWORD", "ClaveAdminFichas123!"),
            ("BACKEND_CORS_ORIGINS", "[\"https://portal.tuempresa.com\"]"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    #[test]
    fn the_checklist_alone_suffices() {
        let config = from_variables(checklist()).unwrap();
        assert_eq!(config.bind_addr.to_string(), "0.0.0.0:8000");
        assert_eq!(config.cors_origins, ["https://portal.tuempresa.com"]);
        assert!(
            config
                .warnings
                .iter()
                .any(|warning| warning.contains("ENCRYPTION_KEYS"))
        );
    }

    #[test]
    fn every_problem_is_listed_and_no_secret_shown() {
        let mut variables = checklist();
        variables.remove("DATABASE_URL");
        variables.insert("JWT_APIKEY_SECRET".into(), "short-hunter2".into());
        variables.insert("GATEWAY_TIMEOUT_MS".into(), "soon".into());
        variables.insert("ENCRYPTION_KEYS".into(), "k1:hunter2".into());
        variables.insert("PUBLIC_BASE_URL".into(), "ftp://x".into());
        variables.insert("BACKEND_CORS_ORIGINS".into(), "portal.test".into());
        let problems = from_variables(variables).unwrap_err().join("\n");
        for name in [
            "DATABASE_URL",
            "JWT_APIKEY_SECRET",
            "GATEWAY_TIMEOUT_MS",
            "ENCRYPTION_KEYS",
            "PUBLIC_BASE_URL",
            "BACKEND_CORS_ORIGINS",
        ] {
            assert!(problems.contains(name), "{name} in {problems}");
        }
        assert!(!problems.contains("hunter2"), "{problems}");
    }

    #[test]
    fn a_public_address_that_gateways_refuse_is_warned_about() {
        let long = format!("https://wifi.example/{}", "x".repeat(200));
        for (address, warns) in [
            ("https://wifi.example", false),
            ("http://localhost:8000", true),
            ("http://wifi.example", true),
            ("https://10.0.0.7", true),
            ("https://server.lan", true),
            (long.as_str(), true),
        ] {
            let mut variables = checklist();
            variables.insert("PUBLIC_BASE_URL".into(), address.into());
            let config = from_variables(variables).unwrap();
            let warned = config
                .warnings
                .iter()
                .any(|warning| warning.contains("PUBLIC_BASE_URL"));
            assert_eq!(warned, warns, "{address}");
            assert_eq!(config.public_base_url.as_deref(), Some(address));
        }
    }

    #[test]
    fn secrets_that_nobody_drew_are_refused() {
        for secret in [
            "aaaaaaaaaaaaaaaa",
            "abababababababababab",
            "0123456789abcdef01",
        ] {
            let mut variables = checklist();
            variables.insert("JWT_APIKEY_SECRET".into(), secret.into());
            let problems = from_variables(variables).unwrap_err().join("");
            assert!(problems.contains("JWT_APIKEY_SECRET"), "{secret}");
        }
    }

    #[test]
    fn a_database_elsewhere_without_a_checked_connection_is_warned_about() {
        for (url, warns) in [
            ("postgresql://u:p@localhost/db", false),
            ("postgresql://u:p@10.0.0.5/db", true),
            ("postgresql://u:p@10.0.0.5/db?sslmode=require", true),
            ("postgresql://u:p@10.0.0.5/db?sslmode=verify-full", false),
        ] {
            let mut variables = checklist();
            variables.insert("DATABASE_URL".into(), url.into());
            let config = from_variables(variables).unwrap();
            let warned = config
                .warnings
                .iter()
                .any(|warning| warning.contains("DATABASE_URL"));
            assert_eq!(warned, warns, "{url}");
        }
    }

    #[test]
    fn lists_are_read_in_both_spellings() {
        let mut variables = checklist();
        variables.insert(
            "BACKEND_CORS_ORIGINS".into(),
            "https://a.test , https://b.test/".into(),
        );
        let config = from_variables(variables).unwrap();
        assert_eq!(config.cors_origins, ["https://a.test", "https://b.test"]);
    }

    #[test]
    fn pins_that_can_be_guessed_are_refused() {
        let mut variables = checklist();
        variables.insert("HOTSPOT_PIN_LENGTH".into(), "7".into());
        let problems = from_variables(variables).unwrap_err().join("");
        assert!(problems.contains("HOTSPOT_PIN_LENGTH"), "{problems}");
    }

    #[test]
    fn every_origin_among_others_is_refused() {
        for origins in ["*,https://a.test", "https://a.test,*"] {
            let mut variables = checklist();
            variables.insert("BACKEND_CORS_ORIGINS".into(), origins.into());
            let problems = from_variables(variables).unwrap_err().join("");
            assert!(problems.contains("BACKEND_CORS_ORIGINS"), "{problems}");
        }
    }

    #[test]
    fn a_limit_that_is_off_takes_its_budgets_along() {
        let mut variables = checklist();
        for name in ["LOGIN", "PAYMENTS", "RECONNECT"] {
            variables.insert(format!("RATE_LIMIT_{name}_PER_MINUTE"), "0".into());
        }
        let config = from_variables(variables.clone()).unwrap();
        assert_eq!(config.rate_limits, RateLimits::OFF);
        variables.insert("RATE_LIMIT_DECLINES_PER_10_MINUTES".into(), "7".into());
        let config = from_variables(variables).unwrap();
        assert_eq!(config.rate_limits.declines, 7);
        let config = from_variables(checklist()).unwrap();
        assert_eq!(config.rate_limits, RateLimits::default());
    }

    #[test]
    fn giving_up_before_a_charge_can_be_answered_is_refused() {
        let mut variables = checklist();
        variables.insert("RECONCILE_GIVE_UP_MS".into(), "60000".into());
        assert!(
            from_variables(variables)
                .unwrap_err()
                .join("")
                .contains("RECONCILE_GIVE_UP_MS")
        );
    }
}
