//! "¿Por qué no puede conectarse?": one sale, followed to the router.

use actix_web::{HttpRequest, web};
use application::operator::customer_diagnosis::{CustomerDiagnosis, Verdict, diagnose_customer};
use application::vocabulary::{CustomerFacts, HotspotError};
use domain::ids::PurchaseId;
use domain::purchase::Purchase;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::path_id;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::SALE_NOT_FOUND;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Ventas",
        [get(
            "/api/v1/admin/mi-empresa/transacciones/{id}/diagnostico",
            Access::TenantAdmin,
            diagnose,
        )
        .id("diagnosticarVenta")
        .summary(
            "¿Por qué no puede conectarse? Sigue una venta hasta el router y dice qué pasa y qué \
             hacer. No cambia nada.",
        )
        .path_number("id", "Número de la venta")
        .ok::<CustomerDiagnosisView>("Lo que se encontró")
        .refuses(404, "No existe")],
    )
}

/// Lo que pasa con un cliente.
#[derive(Serialize, ToSchema)]
struct CustomerDiagnosisView {
    /// Nombre estable de lo que pasa.
    #[serde(rename = "codigo")]
    #[schema(example = "sesion_en_otro_dispositivo")]
    code: &'static str,
    /// Qué pasa.
    #[serde(rename = "veredicto")]
    verdict: String,
    /// Qué hacer ahora.
    #[serde(rename = "siguiente_paso")]
    next_step: &'static str,
    /// Lo que se miró, en orden.
    #[serde(rename = "hechos")]
    facts: CustomerFactsView,
}

/// Lo que se miró. Nulo: no se sabe.
#[derive(Serialize, ToSchema)]
struct CustomerFactsView {
    /// Estado del pago.
    #[serde(rename = "estado_pago")]
    #[schema(example = "paid")]
    payment_status: String,
    /// Estado del acceso según el servidor.
    #[serde(rename = "estado_hotspot")]
    #[schema(example = "active")]
    access: &'static str,
    /// Si el usuario está en el router.
    #[serde(rename = "usuario_en_router")]
    user_is_there: Option<bool>,
    /// Si está habilitado.
    #[serde(rename = "habilitado")]
    is_enabled: Option<bool>,
    /// El perfil que tiene.
    #[serde(rename = "perfil")]
    profile: Option<String>,
    /// El perfil que se vendió.
    #[serde(rename = "perfil_vendido")]
    sold_profile: String,
    /// Si su tiempo o sus datos se agotaron.
    #[serde(rename = "agotado")]
    is_used_up: Option<bool>,
    /// Tiempo usado, como lo muestra el router.
    #[serde(rename = "tiempo_usado")]
    uptime: Option<String>,
    /// Límite de tiempo, como lo muestra el router.
    #[serde(rename = "limite_tiempo")]
    limit_uptime: Option<String>,
    /// Dispositivos con sesión abierta.
    #[serde(rename = "sesiones")]
    sessions: Option<Vec<String>>,
    /// Si el hotspot ve el dispositivo que compró.
    #[serde(rename = "dispositivo_visto")]
    device_is_seen: Option<bool>,
    /// Cookies guardadas.
    cookies: Option<usize>,
}

impl CustomerFactsView {
    fn new(purchase: &Purchase, facts: Option<&CustomerFacts>) -> Self {
        let user = facts.and_then(|facts| facts.user.as_ref());
        Self {
            payment_status: purchase.payment_status().to_owned(),
            access: purchase.access().state.as_str(),
            user_is_there: facts.map(|facts| facts.user.is_some()),
            is_enabled: user.map(|user| !user.is_disabled),
            profile: user.and_then(|user| user.profile.clone()),
            sold_profile: purchase.sale().profile_name.clone(),
            is_used_up: user.map(|user| user.is_used_up),
            uptime: user.and_then(|user| user.uptime.clone()),
            limit_uptime: user.and_then(|user| user.limit_uptime.clone()),
            sessions: facts.map(|facts| {
                let devices = facts.sessions.iter().map(|session| {
                    session
                        .mac
                        .map(|mac| mac.to_string())
                        .or_else(|| session.address.clone())
                        .unwrap_or_default()
                });
                devices.collect()
            }),
            device_is_seen: facts.and_then(|facts| facts.device_is_seen),
            cookies: facts.map(|facts| facts.cookies),
        }
    }
}

/// Code, verdict, next step.
fn describe(verdict: &Verdict) -> (&'static str, String, &'static str) {
    let fixed = |code, text: &str, step| (code, text.to_owned(), step);
    match verdict {
        Verdict::NotPaid => fixed(
            "sin_pago",
            "Esta compra no se pagó: no hay acceso ni cobro.",
            "Puede comprar de nuevo.",
        ),
        Verdict::PaymentOpen => fixed(
            "pago_en_verificacion",
            "El pago se está verificando con el banco.",
            "Que espere y no vuelva a pagar: el acceso llega solo, o no se cobra.",
        ),
        Verdict::MoneyReturned => fixed(
            "dinero_devuelto",
            "El dinero de esta compra se devolvió o está en camino, y el acceso terminó.",
            "Puede comprar de nuevo.",
        ),
        Verdict::NeedsDecision => fixed(
            "necesita_revision",
            "Esta venta espera la decisión de una persona.",
            "Consulte con el administrador de la plataforma.",
        ),
        Verdict::RouterTrouble(error) => (
            "router_no_responde",
            match error {
                HotspotError::LoginRefused | HotspotError::NotPermitted => {
                    "Está pagado, pero el router no deja entrar al servidor.".to_owned()
                }
                _ => "Está pagado, pero el router no responde ahora.".to_owned(),
            },
            "Abra el diagnóstico del router: dice qué revisar.",
        ),
        Verdict::AccessPending => fixed(
            "acceso_en_camino",
            "Está pagado y el acceso todavía no queda habilitado en el router; se sigue intentando.",
            "Que espere un momento. Si no se logra, el dinero se devuelve solo.",
        ),
        Verdict::UserMissing => fixed(
            "usuario_no_esta",
            "Está pagado, pero el router ya no tiene ese usuario.",
            "Reembolse la venta o entregue otro código.",
        ),
        Verdict::UserDisabled => fixed(
            "usuario_deshabilitado",
            "El usuario está deshabilitado en el router.",
            "Si usted no lo apagó a propósito, habilítelo en /ip hotspot user.",
        ),
        Verdict::WrongProfile { found } => (
            "perfil_distinto",
            format!("El usuario tiene el perfil {found}, que no es el que se vendió."),
            "Póngale el perfil vendido en /ip hotspot user.",
        ),
        Verdict::UsedUp => fixed(
            "agotado",
            "Ya usó todo el tiempo o los datos que compró.",
            "Puede comprar de nuevo.",
        ),
        Verdict::Online => fixed(
            "en_linea",
            "Está en línea.",
            "Si no le abre nada, que apague y encienda el WiFi del dispositivo.",
        ),
        Verdict::OnlineElsewhere => fixed(
            "sesion_en_otro_dispositivo",
            "El código está en uso en otro dispositivo.",
            "Que se desconecte ahí primero, o que use la reconexión del portal.",
        ),
        Verdict::DeviceNotSeen => fixed(
            "dispositivo_no_visto",
            "El router no ve el dispositivo que compró.",
            "Que se conecte a la red WiFi correcta, sin datos móviles ni VPN.",
        ),
        Verdict::ReadyToLogIn => fixed(
            "listo_para_entrar",
            "Todo está bien: falta que entre con su código.",
            "Que abra el portal y escriba su usuario y contraseña o su PIN.",
        ),
    }
}

async fn diagnose(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<CustomerDiagnosisView>, ApiError> {
    let id = PurchaseId::new(path_id(&request, "id")?);
    let found = diagnose_customer(&state.app, &admin.0, id).await?;
    let found = found.ok_or_else(|| ApiError::not_found(SALE_NOT_FOUND))?;
    let CustomerDiagnosis {
        purchase,
        facts,
        verdict,
    } = found;
    let (code, text, next_step) = describe(&verdict);
    Ok(web::Json(CustomerDiagnosisView {
        code,
        verdict: text,
        next_step,
        facts: CustomerFactsView::new(&purchase, facts.as_ref()),
    }))
}
