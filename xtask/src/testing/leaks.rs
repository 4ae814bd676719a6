//! Every endpoint is called by everybody; then every secret is searched for: in a dump of the database, in all
//! that the server logged at its most talkative, and in every answer that it gave.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::console;
use crate::http::{By, Call};
use crate::postgres::binaries::{Account, Binaries};
use crate::process::janitor::Folder;
use crate::testing::lab::{Lab, Outcome};
use crate::testing::shop::Shop;

/// What the onboarding typed for the gateways, and the card that the first customer paid with.
const TYPED: [(&str, &str); 4] = [
    ("Conekta's private key", "key_test_demo_private"),
    ("Mercado Pago's token", "TEST-demo-access-token"),
    ("webhooks' secret", "whsec_demo"),
    ("card token", "tok_test_visa_4242"),
];
/// The customers. They are stored, but must not be in a log.
const CUSTOMERS: [&str; 6] = [
    "Ana Paz",
    "ana@correo.test",
    "5587654321",
    "Eva Sol",
    "eva@correo.test",
    "luis@correo.test",
];
/// What everybody tries to read. The API description is left out: the examples of the guides, which it
/// shows, are what the demo types.
const PATHS: [&str; 23] = [
    "/",
    "/ready",
    "/metrics",
    "/admin/empresas",
    "/admin/empresas/{empresa}/stats",
    "/admin/empresas/{empresa}/routers",
    "/admin/empresas/{empresa}/routers/{router}",
    "/admin/empresas/{empresa}/routers/{router}/api-keys",
    "/admin/empresas/{empresa}/routers/{router}/api-key-status",
    "/admin/usuarios",
    "/admin/compras?estado=paid,declined",
    "/admin/auditoria?limit=500",
    "/api/v1/admin/mi-empresa",
    "/api/v1/admin/mi-empresa/conekta",
    "/api/v1/admin/mi-empresa/mercado-pago",
    "/api/v1/admin/mi-empresa/routers",
    "/api/v1/admin/mi-empresa/transacciones?formato=csv",
    "/api/v1/admin/mi-empresa/transacciones/1",
    "/api/v1/admin/mi-empresa/auditoria?limit=500",
    "/api/v1/admin/routers/{router}/test-connection",
    "/api/v1/config/public",
    "/api/v1/catalogo_perfiles_venta",
    "/api/v1/webhook/empresa/{empresa}/estado-webhook",
];

/// Fails with the name of every secret that was found, and where.
pub(crate) fn run(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let session = lab.session;
    let folder = Folder::create(&std::env::temp_dir(), "wifi-leaks-", &session.janitor)?;
    let log_path = folder.path().join("server.log");
    let mut shop = Shop::open(session, Some(&log_path))?;
    let Some(pg_dump) = pg_dump()? else {
        return Ok(Outcome::Skipped("there is no pg_dump".to_owned()));
    };
    let (answers, tokens) = call_everything(&shop)?;
    shop.expect_running()?;
    let database = dump(&pg_dump, shop.database_url())?;
    let log = std::fs::read(&log_path).context("cannot read the server's log")?;
    let log = String::from_utf8_lossy(&log).into_owned();
    for (name, text, mark) in [
        ("the dump", &database, "COPY public.transacciones"),
        ("the log", &log, "request finished"),
        ("the answers", &answers, "EMP_"),
    ] {
        if !text.contains(mark) {
            bail!("{name} is not what it should be: nothing could be found in it");
        }
    }
    let mut secrets = shop.secrets();
    secrets.extend(TYPED.map(|(name, secret)| (name, secret.to_owned())));
    secrets.extend(tokens.into_iter().map(|token| ("session token", token)));
    let mut problems = Vec::new();
    for (name, secret) in &secrets {
        for (place, text) in [
            ("the database", &database),
            ("the log", &log),
            ("an answer", &answers),
        ] {
            if text.contains(secret.as_str()) {
                problems.push(format!("the {name} is in {place}"));
            }
        }
    }
    for customer in CUSTOMERS {
        if log.contains(customer) {
            problems.push(format!("a customer's data is in the log: {customer}"));
        }
    }
    console::problems(session.console, "leaks", &problems);
    Ok(Outcome::of_problems(&problems))
}

/// Asks for everything as everybody, and makes mistakes with secrets in them. All answers but
/// those that hand out a token, and the tokens.
fn call_everything(shop: &Shop) -> anyhow::Result<(String, Vec<String>)> {
    let client = shop.client();
    let owner = shop.owner()?;
    let operator = shop.login(&shop.sold.operator_email, &shop.sold.operator_password)?;
    let mut answers = String::new();
    let mut send = |method, path: &str, by: By<'_>, body: Option<Value>| {
        let path = path.to_owned();
        let answer = client.send(&Call {
            method,
            path,
            by,
            body,
        })?;
        answers.push_str(&answer.body.to_string());
        answers.push('\n');
        anyhow::Ok(answer)
    };
    let callers = [
        By::Anybody,
        By::Session(&owner),
        By::Session(&operator),
        By::Portal(&shop.sold.api_key),
    ];
    let companies = send("GET", "/admin/empresas", By::Session(&owner), None)?;
    let company = companies.text("/0/id")?;
    for by in callers {
        for path in PATHS {
            let path = path
                .replace("{empresa}", &company)
                .replace("{router}", &shop.sold.router);
            send("GET", &path, by, None)?;
        }
        // Secrets in the wrong place, of the wrong type, or of no use.
        for (_, secret) in shop.secrets() {
            let wrong = json!({
                "email": secret, "password": secret, "nombre": {"texto": secret},
                "conekta_mode": secret, "mode": secret, "puerto": secret, "username": secret,
                "current_mac": secret, "tipo_usuario": secret, "rol": secret,
            });
            for path in [
                "/api/v1/auth/login",
                "/admin/empresas",
                "/admin/usuarios",
                "/api/v1/admin/mi-empresa/configurar-conekta",
                "/api/v1/payments/configurar-credenciales",
                "/api/v1/payments/pagar-conekta",
                "/api/v1/hotspot/auto-reconnect",
                "/api/v1/webhook/mercado-pago",
            ] {
                send("POST", path, by, Some(wrong.clone()))?;
            }
        }
    }
    Ok((answers, vec![owner, operator]))
}

/// The program that comes with the server, or else any.
fn pg_dump() -> anyhow::Result<Option<PathBuf>> {
    let server = Binaries::find(Account::choose()?).map(|binaries| binaries.postgres);
    let beside = server.into_iter().flat_map(|postgres| {
        let real = postgres.canonicalize().unwrap_or_else(|_| postgres.clone());
        [real, postgres].map(|path| path.with_file_name("pg_dump"))
    });
    let answers = |program: &PathBuf| {
        let mut command = Command::new(program);
        command
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    Ok(beside.chain([PathBuf::from("pg_dump")]).find(answers))
}

/// Everything that is stored, as text.
fn dump(pg_dump: &Path, url: &str) -> anyhow::Result<String> {
    let output = Command::new(pg_dump)
        .args(["--enable-row-security", url])
        // As the platform, which sees every company.
        .env("PGOPTIONS", "-c app.alcance=*")
        .stdin(Stdio::null())
        .output()
        .context("cannot start pg_dump")?;
    if !output.status.success() {
        bail!(
            "pg_dump failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
