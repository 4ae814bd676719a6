//! Property tests of the real server against its own API description, by `schemathesis`: no
//! failure of ours, and no answer that the description does not name.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use crate::console;
use crate::http::{By, Call};
use crate::process::child::{self, Guarded};
use crate::process::janitor::Folder;
use crate::session::Session;
use crate::testing::lab::{Lab, Outcome};
use crate::testing::shop::Shop;

/// For all passes together; far more than they take on a slow machine.
const LIMIT: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(50);
/// What an answer is checked for.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_headers_conformance,response_schema_conformance,unsupported_method,\
     allow_header_conformance";

/// Runs every pass; goes on after a failed one.
pub(crate) fn run(lab: &Lab<'_>) -> anyhow::Result<Outcome> {
    let session = lab.session;
    let tool = match Tool::find(session)? {
        Ok(tool) => tool,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let mut shop = Shop::open(session, None)?;
    let folder = Folder::create(
        &std::env::temp_dir(),
        "wifi-schemathesis-",
        &session.janitor,
    )?;
    let deadline = Instant::now() + LIMIT;
    let mut failed = Vec::new();
    for pass in all(&shop)? {
        session.console.heading(&format!("As {}", pass.name));
        let settings = folder.path().join("schemathesis.toml");
        std::fs::write(&settings, &pass.settings).context("cannot write the settings")?;
        let mut command = tool.command();
        command.current_dir(folder.path());
        command.arg("--config-file").arg(&settings);
        arguments(&mut command, &shop, &pass);
        match within(session, &mut command, deadline)? {
            Some(true) => {}
            Some(false) => failed.push(pass.name),
            None => return Ok(Outcome::Failed(format!("not done after {LIMIT:?}"))),
        }
        shop.expect_running()?;
    }
    if failed.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Ok(Outcome::Failed(format!("as {}", failed.join(", as "))))
    }
}

fn arguments(command: &mut Command, shop: &Shop, pass: &Pass) {
    let base = format!("http://127.0.0.1:{}", shop.server);
    command.args(["run", &format!("{base}/openapi.json"), "--url", &base]);
    // The same cases every time; where one fails it can be run again.
    command.args(["--generation-deterministic", "--no-shrink"]);
    command.args(["--phases", "examples,coverage,fuzzing"]);
    command.args(["--max-examples", &pass.examples.to_string()]);
    // With several threads the tool itself fails now and then.
    command.args(["--workers", "1", "--request-timeout", "60"]);
    command.args(["--warnings", "off", "--continue-on-failure"]);
    command.args(["--checks", CHECKS]);
    if let Some(credential) = &pass.credential {
        command.args(["--header", credential]);
    }
    for tag in &pass.tags {
        command.args(["--include-tag", tag]);
    }
    for path in &pass.without {
        command.args(["--exclude-path", path]);
    }
}

/// Whether the command succeeds; none if it is not done in time.
fn within(
    session: &Session,
    command: &mut Command,
    deadline: Instant,
) -> anyhow::Result<Option<bool>> {
    let mut child = Guarded::loud("schemathesis", command, &session.janitor)?;
    while Instant::now() < deadline {
        if let Some(status) = child.ended()? {
            return Ok(Some(status.success()));
        }
        session.interrupt.pause(LOOK)?;
    }
    console::line("schemathesis takes too long and is stopped.");
    Ok(None)
}

/// One run of the tool.
#[derive(Debug)]
pub(crate) struct Pass {
    /// Who calls, for people.
    pub(crate) name: &'static str,
    /// A header with the credential.
    pub(crate) credential: Option<String>,
    /// Parts of the description that are called.
    pub(crate) tags: Vec<&'static str>,
    /// Paths that are left out.
    pub(crate) without: Vec<&'static str>,
    /// Cases per operation, beside those that the description leads to.
    pub(crate) examples: u32,
    /// The tool's settings file.
    pub(crate) settings: String,
}

const PORTAL: [&str; 2] = ["Portal", "Pagos"];
const OPERATOR: [&str; 6] = [
    "Empresa",
    "Routers",
    "Ventas",
    "Productos",
    "Sesión",
    "Avisos",
];
const OWNER: [&str; 2] = ["Plataforma", "Avisos"];
const PUBLIC: [&str; 2] = ["Servicio", "Avisos"];
/// Would end the session that the others need.
const LOGOUT: &str = "/api/v1/auth/logout";
/// These pass on that something outside failed, with the status that the contract names for it.
const OUTSIDE: [&str; 5] = [
    "/api/v1/admin/test-telegram",
    "/api/v1/admin/routers/{router_id}/mikrotik-profiles",
    "/api/v1/payments/estado-pago/{payment_id}",
    "/api/v1/payments/pagar-conekta",
    "/api/v1/payments/pagar-mercado-pago",
];

/// All passes, in an order in which none spoils the next.
pub(crate) fn all(shop: &Shop) -> anyhow::Result<Vec<Pass>> {
    let owner = second_owner(shop)?;
    let operator = shop.login(&shop.sold.operator_email, &shop.sold.operator_password)?;
    let bearer = |token: &str| Some(format!("Authorization: Bearer {token}"));
    let key = Some(format!("X-API-Key: {}", shop.sold.api_key));
    let made_up = settings("");
    let real = settings(&real_ids(shop, &owner)?);
    let pass = |name, credential, tags: &[&'static str], examples, settings: &String| Pass {
        name,
        credential,
        tags: tags.to_vec(),
        without: vec![LOGOUT],
        examples,
        settings: settings.clone(),
    };
    let mut passes = vec![
        pass("anonymous", None, &PUBLIC, 5, &made_up),
        pass("a portal", key.clone(), &PORTAL, 6, &made_up),
        pass("a portal, with real ids", key, &PORTAL, 3, &real),
        pass("an operator", bearer(&operator), &OPERATOR, 6, &made_up),
        pass(
            "an operator, with real ids",
            bearer(&operator),
            &OPERATOR,
            3,
            &real,
        ),
        pass("the owner", bearer(&owner), &OWNER, 6, &made_up),
        pass("the owner, with real ids", bearer(&owner), &OWNER, 3, &real),
    ];
    passes.push(Pass {
        without: Vec::new(),
        ..pass("who logs out", bearer(&owner), &["Sesión"], 1, &made_up)
    });
    Ok(passes)
}

/// A session of an owner whose number the cases do not hit upon by chance: they would give the
/// account a new password.
fn second_owner(shop: &Shop) -> anyhow::Result<String> {
    let (email, password) = ("socia@plataforma.test", "ClaveAdminFichas123!");
    let first = shop.owner()?;
    let answer = shop.client().send(&Call {
        method: "POST",
        path: "/admin/usuarios".to_owned(),
        by: By::Session(&first),
        body: Some(json!({
            "email": email, "password": password, "nombre": "Socia", "rol": "super_admin",
        })),
    })?;
    answer.text("/usuario/id")?;
    shop.login(email, password)
}

/// The ids of what the first sale left, as the tool's parameters.
fn real_ids(shop: &Shop, owner: &str) -> anyhow::Result<String> {
    let read = |path: &str| {
        shop.client().send(&Call {
            method: "GET",
            path: path.to_owned(),
            by: By::Session(owner),
            body: None,
        })
    };
    let company = read("/admin/empresas")?.text("/0/id")?;
    let router = &shop.sold.router;
    let keys = read(&format!(
        "/admin/empresas/{company}/routers/{router}/api-keys"
    ))?;
    let key = keys.text("/0/key_id")?;
    let user = read(&format!("/admin/usuarios?empresa_id={company}"))?.text("/0/id")?;
    let product = shop.sold.product;
    Ok(format!(
        "[parameters]\n\
         \"path.empresa_id\" = {company}\n\
         \"path.router_id\" = {router}\n\
         \"path.key_id\" = {key}\n\
         \"path.usuario_id\" = {user}\n\
         \"path.producto_id\" = {product}\n\
         \"path.id\" = 1\n",
        company = Value::from(company),
        router = Value::from(router.clone()),
        key = Value::from(key),
    ))
}

fn settings(parameters: &str) -> String {
    let exceptions = OUTSIDE.map(|path| {
        format!(
            "[[operations]]\n\
             include-path = {path}\n\
             [operations.checks.not_a_server_error]\n\
             expected-statuses = [\"2xx\", \"3xx\", \"4xx\", \"500\", \"502\", \"504\"]\n",
            path = Value::from(path),
        )
    });
    format!("{parameters}{}", exceptions.concat())
}

/// Raised by hand, so that a new release breaks nobody's checks.
const VERSION: &str = "4.32.5";

/// The installed tool.
#[derive(Debug)]
pub(crate) struct Tool {
    program: PathBuf,
}

impl Tool {
    /// Installs it when it is not there yet; or says why it cannot be had.
    pub(crate) fn find(session: &Session) -> anyhow::Result<Result<Self, String>> {
        let folder = session
            .workspace
            .target()
            .join(format!("schemathesis-{VERSION}"));
        let program = folder.join("bin/schemathesis");
        // Installed completely: the mark is written last.
        let mark = folder.join("installed");
        if mark.exists() {
            return Ok(Ok(Self { program }));
        }
        if !answers("python3") {
            return Ok(Err("there is no python3".to_owned()));
        }
        console::line("Installing schemathesis in a private folder; this happens once.");
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        if !succeeds(session, &mut make)? {
            let why = "python3 has no module venv (Debian: apt-get install python3-venv)";
            return Ok(Err(why.to_owned()));
        }
        let mut install = Command::new(folder.join("bin/python"));
        install.args(["-m", "pip", "install", "--quiet"]);
        install.args(["--disable-pip-version-check", "--retries", "1"]);
        install.arg(format!("schemathesis=={VERSION}"));
        if !succeeds(session, &mut install)? {
            return Ok(Err("schemathesis could not be installed".to_owned()));
        }
        std::fs::write(&mark, "").context("cannot write below target")?;
        Ok(Ok(Self { program }))
    }

    /// A command of it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--no-color");
        // This machine only, whatever the environment says about proxies.
        command.env("NO_PROXY", "*").env("no_proxy", "*");
        command
    }
}

fn answers(program: &str) -> bool {
    let mut command = Command::new(Path::new(program));
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn succeeds(session: &Session, command: &mut Command) -> anyhow::Result<bool> {
    let status = child::run("python3", command, &session.janitor, &session.interrupt)?;
    Ok(status.success())
}
