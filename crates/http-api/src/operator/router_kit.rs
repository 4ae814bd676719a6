//! Setting routers up: script, hotspot pages, walled garden, diagnosis.

use std::net::IpAddr;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::diagnosis::{Diagnosis, Finding, Severity, diagnose};
use application::operator::router_kit::{SetupStep, hotspot_zip, setup_script};
use application::operator::walled_garden::{
    GATEWAYS, GardenDifference, GardenEntry, GardenMenu, GardenRow, apply_garden, garden_difference,
};
use application::vocabulary::TlsTrouble;
use domain::router::Router;
use serde::Serialize;
use utoipa::{PartialSchema, ToSchema};

use crate::body::fields::Fields;
use crate::endpoint::{Access, Endpoint, get, post, tagged};
use crate::error::ApiError;
use crate::extract::AnySession;
use crate::operator::routers::router_id;
use crate::state::State;
use crate::wire::values::iso;

const SCRIPT: &str = "text/plain; charset=utf-8";
const ZIP: &str = "application/zip";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Routers",
        [
            get(
                "/api/v1/admin/routers/{router_id}/setup.rsc",
                Access::TenantOrSuperAdmin,
                script,
            )
            .id("descargarInstalacionDeRouter")
            .summary(
                "El script que deja listo un router: se pega en su terminal, en RouterOS 6.49 o 7, \
                 cuantas veces se quiera. Trae un usuario nuevo de la API con una clave nueva, que \
                 el servidor empieza a usar en cuanto entra; el anterior sirve hasta entonces.",
            )
            .path_text("router_id", "Router")
            .query(ScriptQuery::read)
            .ok_content("El script", SCRIPT, String::schema())
            .refuses(404, "No existe")
            .refuses(409, "El servidor no tiene dirección pública"),
            get(
                "/api/v1/admin/routers/{router_id}/hotspot.zip",
                Access::TenantOrSuperAdmin,
                pages,
            )
            .id("descargarPaginasDeRouter")
            .summary("Las páginas del hotspot, para subir a la carpeta de su perfil.")
            .path_text("router_id", "Router")
            .ok_content("El archivo", ZIP, Vec::<u8>::schema())
            .refuses(404, "No existe")
            .refuses(409, "El servidor no tiene dirección pública"),
            get(
                "/api/v1/admin/routers/{router_id}/jardin",
                Access::TenantOrSuperAdmin,
                garden,
            )
            .id("verJardinDeRouter")
            .summary("Qué le falta y qué le sobra al jardín amurallado de un router.")
            .path_text("router_id", "Router")
            .ok::<GardenView>("La diferencia")
            .refuses(400, "No se pudo conectar")
            .refuses(404, "No existe")
            .refuses(409, "El servidor no tiene dirección pública"),
            post(
                "/api/v1/admin/routers/{router_id}/jardin",
                Access::TenantOrSuperAdmin,
                apply,
            )
            .id("aplicarJardinDeRouter")
            .summary(
                "Dejar el jardín amurallado como debe ser. Solo se tocan las entradas que llevan \
                 nuestro comentario.",
            )
            .path_text("router_id", "Router")
            .ok::<GardenView>("Lo que queda por aplicar: normalmente nada")
            .refuses(400, "No se pudo conectar")
            .refuses(404, "No existe")
            .refuses(409, "El servidor no tiene dirección pública"),
            get(
                "/api/v1/admin/routers/{router_id}/diagnostico",
                Access::TenantOrSuperAdmin,
                diagnosis,
            )
            .id("diagnosticarRouter")
            .summary(
                "Conectarse al router y decir qué está mal y cómo se arregla. Si el script de \
                 instalación ya se pegó, desde aquí se usa su usuario nuevo.",
            )
            .path_text("router_id", "Router")
            .ok::<DiagnosisView>("Lo que se encontró")
            .refuses(404, "No existe"),
        ],
    )
}

/// What a script is asked for.
struct ScriptQuery {
    step: Option<SetupStep>,
    server_addresses: Vec<IpAddr>,
}

impl ScriptQuery {
    fn read(query: &mut Fields) -> Self {
        let names = SetupStep::names().join(", ");
        let step = query
            .field(
                "paso",
                "Una sola parte. Sin él: `usuario`, `api`, `perfiles` y `jardin`.",
            )
            .example("jardin")
            .optional_text(20);
        let step = step.and_then(|name| {
            let step = SetupStep::from_str_name(&name);
            if step.is_none() {
                query.problem("paso", "value_error", format!("Debe ser uno de: {names}"));
            }
            step
        });
        let sources = query
            .field(
                "desde",
                "Direcciones IP desde las que se conecta el servidor, separadas por comas: \
                 el script no deja entrar desde otras.",
            )
            .example("203.0.113.7")
            .optional_text(400);
        let mut server_addresses = Vec::new();
        for text in sources.iter().flat_map(|list| list.split(',')) {
            match text.trim().parse() {
                Ok(address) => server_addresses.push(address),
                Err(_not_one) => {
                    let msg = "Deben ser direcciones IP separadas por comas";
                    query.problem("desde", "value_error", msg);
                    break;
                }
            }
        }
        Self {
            step,
            server_addresses,
        }
    }
}

/// A file to be saved. It may hold a password, and nobody keeps it on the way.
fn file(content_type: &'static str, name: &str, body: Vec<u8>) -> HttpResponse {
    let disposition = format!("attachment; filename=\"{name}\"");
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CACHE_CONTROL, "no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.insert_header((CONTENT_DISPOSITION, disposition));
    }
    response.body(body)
}

async fn script(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<HttpResponse, ApiError> {
    let id = router_id(&request)?;
    let mut query = Fields::of_query(&request);
    let asked = ScriptQuery::read(&mut query);
    query.finish()?;
    let made = setup_script(
        &state.app,
        session.0,
        &id,
        asked.step,
        asked.server_addresses,
    );
    let name = format!("setup-{}.rsc", id.as_str());
    Ok(file(SCRIPT, &name, made.await?.into_bytes()))
}

async fn pages(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<HttpResponse, ApiError> {
    let id = router_id(&request)?;
    let zip = hotspot_zip(&state.app, session.0, &id).await?;
    Ok(file(ZIP, "hotspot.zip", zip))
}

/// El jardín amurallado de un router.
#[derive(Serialize, ToSchema)]
struct GardenView {
    /// Si está como debe ser.
    #[serde(rename = "al_dia")]
    is_current: bool,
    /// Texto para personas.
    message: &'static str,
    /// Entradas nuestras que están bien.
    #[serde(rename = "presentes")]
    present: Vec<GardenEntryView>,
    /// Entradas que faltan.
    #[serde(rename = "faltan")]
    missing: Vec<GardenEntryView>,
    /// Entradas nuestras que sobran.
    #[serde(rename = "sobran")]
    surplus: Vec<GardenEntryView>,
    /// Entradas del operador que impiden que los teléfonos abran el portal. No se tocan.
    #[serde(rename = "ocultan_el_portal")]
    hiding: Vec<GardenEntryView>,
    /// Cuándo se revisaron por última vez las listas de las pasarelas.
    #[serde(rename = "listas_revisadas")]
    #[schema(example = "2026-11-28")]
    checked_on: &'static str,
}

/// Una entrada.
#[derive(Serialize, ToSchema)]
struct GardenEntryView {
    /// `http` (por nombre) o `ip`.
    #[serde(rename = "menu")]
    menu: &'static str,
    /// El host o la dirección.
    #[schema(example = "*.conekta.com")]
    host: String,
    /// `.id` en el router, si está.
    id: Option<String>,
}

const fn menu(menu: GardenMenu) -> &'static str {
    match menu {
        GardenMenu::Http => "http",
        GardenMenu::Ip => "ip",
    }
}

impl From<GardenEntry> for GardenEntryView {
    fn from(entry: GardenEntry) -> Self {
        Self {
            menu: menu(entry.menu),
            host: entry.host,
            id: None,
        }
    }
}

impl From<GardenRow> for GardenEntryView {
    fn from(row: GardenRow) -> Self {
        Self {
            menu: menu(row.menu),
            host: row.host,
            id: Some(row.id),
        }
    }
}

impl From<GardenDifference> for GardenView {
    fn from(difference: GardenDifference) -> Self {
        let is_current = difference.is_empty();
        let checked_on = GATEWAYS.iter().map(|one| one.checked_on).min();
        Self {
            is_current,
            message: if is_current {
                "El jardín amurallado está al día"
            } else {
                "El jardín amurallado no está al día: aplíquelo con POST, o pegue el script con paso=jardin"
            },
            present: difference.present.into_iter().map(Into::into).collect(),
            missing: difference.missing.into_iter().map(Into::into).collect(),
            surplus: difference.surplus.into_iter().map(Into::into).collect(),
            hiding: difference.hiding.into_iter().map(Into::into).collect(),
            checked_on: checked_on.unwrap_or_default(),
        }
    }
}

async fn garden(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<GardenView>, ApiError> {
    let id = router_id(&request)?;
    let difference = garden_difference(&state.app, session.0, &id).await?;
    Ok(web::Json(difference.into()))
}

async fn apply(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<GardenView>, ApiError> {
    let id = router_id(&request)?;
    let left = apply_garden(&state.app, session.0, &id).await?;
    Ok(web::Json(left.into()))
}

/// Qué está mal en un router.
#[derive(Serialize, ToSchema)]
struct DiagnosisView {
    /// El router.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
    /// Su nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// `ok`, `avisos` o `caido`.
    #[serde(rename = "estado")]
    #[schema(example = "avisos")]
    status: &'static str,
    /// Versión de RouterOS, si la dijo.
    #[schema(example = "7.18.2 (stable)")]
    version: Option<String>,
    /// Usuario de RouterOS con el que se entra.
    #[serde(rename = "usuario")]
    username: String,
    /// Lo que está mal, lo peor primero.
    #[serde(rename = "hallazgos")]
    findings: Vec<FindingView>,
    /// Ahora (UTC).
    #[serde(rename = "revisado_en")]
    checked_at: String,
}

/// Algo que está mal.
#[derive(Serialize, ToSchema)]
struct FindingView {
    /// Nombre estable.
    #[serde(rename = "codigo")]
    #[schema(example = "modo_dispositivo")]
    code: &'static str,
    /// `error` (no se puede vender o usar) o `aviso`.
    #[serde(rename = "severidad")]
    #[schema(example = "error")]
    severity: &'static str,
    /// Qué pasa y qué hacer.
    #[serde(rename = "texto")]
    text: String,
    /// Lo que se pega en la terminal del router, si un comando ayuda.
    #[serde(rename = "comando")]
    command: Option<String>,
}

impl FindingView {
    fn new(finding: &Finding, router: &Router) -> Self {
        let (code, text) = describe(finding, router);
        Self {
            code,
            severity: match finding.severity() {
                Severity::Error => "error",
                Severity::Warning => "aviso",
            },
            text,
            command: finding.command(router),
        }
    }
}

/// A list of names that does not get long.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} y {more} más", shown.join(", ")),
    }
}

fn describe_tls(trouble: TlsTrouble) -> (&'static str, &'static str) {
    match trouble {
        TlsTrouble::SpeaksTls => (
            "puerto_usa_tls",
            "Ese puerto usa TLS y el router está configurado sin él. Cambie el puerto a 8728 o tls_modo a primera_vez.",
        ),
        TlsTrouble::SpeaksPlain => (
            "puerto_sin_tls",
            "Ese puerto no usa TLS: es el de la API sin cifrar. Cambie el puerto a 8729, o tls_modo a ninguno.",
        ),
        TlsTrouble::NoCertificate => (
            "api_ssl_sin_certificado",
            "El servicio api-ssl no tiene certificado. Pegue el comando, o el script con paso=api.",
        ),
        TlsTrouble::Untrusted => (
            "certificado_no_confiable",
            "El certificado del router no es de confianza. Revise tls_ca_pem, tls_huella_sha256 o tls_modo.",
        ),
        TlsTrouble::Failed => (
            "tls_fallido",
            "No hubo acuerdo de TLS con el router. Revise el servicio api-ssl.",
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "one text for each finding")]
fn describe(finding: &Finding, router: &Router) -> (&'static str, String) {
    let address = router.host.with_port(router.port);
    let fixed = |code, text: &str| (code, text.to_owned());
    match finding {
        Finding::Unreachable => (
            "inalcanzable",
            format!(
                "Nadie responde en {address}. Revise que el router esté encendido y con internet, que la dirección y el puerto sean esos, y que su firewall deje entrar al servidor."
            ),
        ),
        Finding::AddressNotAllowed => fixed(
            "direccion_no_permitida",
            "El servidor no puede conectarse a esa dirección. Use la dirección pública o del túnel del router, o pida al administrador de la plataforma que la permita.",
        ),
        Finding::Tls(trouble) => {
            let (code, text) = describe_tls(*trouble);
            fixed(code, text)
        }
        Finding::NotRouterOs => (
            "no_es_routeros",
            format!(
                "Lo que responde en {address} no es la API de RouterOS. Revise la dirección y el puerto."
            ),
        ),
        Finding::CertificateChanged => fixed(
            "certificado_cambio",
            "El router muestra otro certificado que antes. Si usted lo cambió, guarde el router con tls_modo primera_vez para aceptarlo; si no, alguien puede estar en medio.",
        ),
        Finding::CertificateNotPinned => fixed(
            "certificado_sin_fijar",
            "No hay un certificado registrado de este router. Pruebe la conexión con tls_modo primera_vez para registrarlo.",
        ),
        Finding::WrongPassword => (
            "clave_incorrecta",
            format!(
                "El router no acepta al usuario {} con la clave guardada. Descargue el script con paso=usuario y péguelo: trae un usuario nuevo.",
                router.username
            ),
        ),
        Finding::MissingPolicy(policy) => (
            "permiso_faltante",
            format!(
                "Al usuario {} le falta un permiso en el router ({policy}). Necesita read, write y api.",
                router.username
            ),
        ),
        Finding::DeviceMode => fixed(
            "modo_dispositivo",
            "El modo de dispositivo (RouterOS 7.17 o posterior) bloquea el hotspot. Pegue el comando y, dentro de 5 minutos, oprima el botón del equipo o desconecte la corriente.",
        ),
        Finding::NoHotspot => fixed(
            "sin_hotspot",
            "El router no tiene hotspot. Créelo con el comando, respondiendo a sus preguntas, y pegue después el script de instalación.",
        ),
        Finding::HotspotStopped(server) => (
            "hotspot_detenido",
            format!(
                "El hotspot {server} está apagado o mal configurado. Enciéndalo con el comando."
            ),
        ),
        Finding::HotspotWithoutInterface(server) => (
            "hotspot_sin_interfaz",
            format!(
                "El hotspot {server} no está en ninguna interfaz que funcione. Revise su interfaz y el cable o la antena."
            ),
        ),
        Finding::PoolExhausted { pool, used, size } => (
            "direcciones_agotadas",
            format!(
                "Quedan muy pocas direcciones: {used} de {size} de {pool} están en uso. Amplíe el rango o acorte el tiempo de préstamo de DHCP."
            ),
        ),
        Finding::ProfileMissing(profile) => (
            "perfil_faltante",
            format!(
                "Un producto usa el perfil {profile}, que no existe en el router: esa venta fallaría. Créelo con el comando y póngale velocidad y duración."
            ),
        ),
        Finding::GardenDrifted { missing, surplus } => (
            "jardin_distinto",
            format!(
                "Al jardín amurallado le faltan {missing} entradas y le sobran {surplus}: sin ellas no se puede pagar. Aplíquelo desde el panel, o pegue el script con paso=jardin."
            ),
        ),
        Finding::PortalHidden(host) => (
            "portal_oculto",
            format!(
                "El jardín amurallado deja pasar {host}: los teléfonos creen que hay internet y no abren el portal. Apague esa entrada."
            ),
        ),
        Finding::ClockWrong(seconds) => (
            "reloj_mal",
            format!(
                "El reloj del router está {} {} minutos. Encienda la hora por internet (NTP).",
                if *seconds > 0 {
                    "adelantado"
                } else {
                    "atrasado"
                },
                seconds.unsigned_abs().div_ceil(60)
            ),
        ),
        Finding::UsersMissing(names) => (
            "usuarios_faltantes",
            format!(
                "El router no tiene usuarios vendidos en las últimas 24 horas: {}. ¿Se restauró o se borraron? Revise esas ventas.",
                some_of(names)
            ),
        ),
        Finding::UsersExpired(names) => (
            "usuarios_vencidos",
            format!(
                "Hay usuarios agotados o reembolsados que siguen habilitados: {}.",
                some_of(names)
            ),
        ),
        Finding::VersionKnownBad { version, names } => (
            "version_con_fallas",
            format!(
                "La versión {version} tiene fallas conocidas ({}). Actualice RouterOS.",
                names.join(", ")
            ),
        ),
    }
}

async fn diagnosis(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<DiagnosisView>, ApiError> {
    let id = router_id(&request)?;
    let Diagnosis {
        router,
        version,
        findings,
        status,
    } = diagnose(&state.app, session.0, &id).await?;
    let findings = findings.iter().map(|one| FindingView::new(one, &router));
    Ok(web::Json(DiagnosisView {
        router_id: router.id.as_str().to_owned(),
        findings: findings.collect(),
        name: router.name,
        status: status.as_str(),
        version,
        username: router.username,
        checked_at: iso(state.app.now()),
    }))
}
