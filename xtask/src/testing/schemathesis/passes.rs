//! Who calls what: every kind of credential, first with ids that nobody has, then with real ones.

use serde_json::{Value, json};

use crate::demo::http::{By, Call};
use crate::demo::stage::Stage;

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
const NOBODY: [&str; 2] = ["Servicio", "Avisos"];
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
pub(crate) fn all(stage: &Stage) -> anyhow::Result<Vec<Pass>> {
    let owner = second_owner(stage)?;
    let operator = stage.login(&stage.sold.operator_email, &stage.sold.operator_password)?;
    let bearer = |token: &str| Some(format!("Authorization: Bearer {token}"));
    let key = Some(format!("X-API-Key: {}", stage.sold.api_key));
    let made_up = settings("");
    let real = settings(&real_ids(stage, &owner)?);
    let pass = |name, credential, tags: &[&'static str], examples, settings: &String| Pass {
        name,
        credential,
        tags: tags.to_vec(),
        without: vec![LOGOUT],
        examples,
        settings: settings.clone(),
    };
    let mut passes = vec![
        pass("nobody", None, &NOBODY, 5, &made_up),
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
fn second_owner(stage: &Stage) -> anyhow::Result<String> {
    let (email, password) = ("socia@plataforma.test", "ClaveAdminFichas123!");
    let first = stage.owner()?;
    let answer = stage.client().send(&Call {
        method: "POST",
        path: "/admin/usuarios".to_owned(),
        by: By::Session(&first),
        body: Some(json!({
            "email": email, "password": password, "nombre": "Socia", "rol": "super_admin",
        })),
    })?;
    answer.text("/usuario/id")?;
    stage.login(email, password)
}

/// The ids of what the first sale left, as the tool's parameters.
fn real_ids(stage: &Stage, owner: &str) -> anyhow::Result<String> {
    let read = |path: &str| {
        stage.client().send(&Call {
            method: "GET",
            path: path.to_owned(),
            by: By::Session(owner),
            body: None,
        })
    };
    let company = read("/admin/empresas")?.text("/0/id")?;
    let router = &stage.sold.router;
    let keys = read(&format!(
        "/admin/empresas/{company}/routers/{router}/api-keys"
    ))?;
    let key = keys.text("/0/key_id")?;
    let user = read(&format!("/admin/usuarios?empresa_id={company}"))?.text("/0/id")?;
    let product = stage.sold.product;
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
