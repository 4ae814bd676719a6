//! `GET /api/v1/admin/mi-empresa/transacciones/{id}`.

use actix_web::{HttpRequest, web};
use application::operator::sales::find_sale;
use domain::ids::PurchaseId;
use domain::purchase::Purchase;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::query::path_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::json::Amount;
use crate::wire::payment_state::{payment_state, transaction_id};
use crate::wire::time::{iso, optional_iso};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa/transacciones/{id}",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// Una venta con todo lo que su operador puede ver.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaleView {
    /// Número.
    #[schema(example = 142)]
    id: i64,
    /// Número en la pasarela; nulo mientras no se conoce.
    #[serde(rename = "transaccion_id")]
    transaction_id: Option<String>,
    /// Referencia de la venta en la pasarela.
    #[serde(rename = "referencia")]
    reference: String,
    /// `conekta` o `mercado_pago`.
    #[serde(rename = "pasarela")]
    gateway: &'static str,
    /// `test` o `live`.
    #[serde(rename = "modo")]
    mode: &'static str,
    /// Router que vendió.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
    /// Lo vendido.
    #[serde(rename = "producto")]
    product: SaleProductView,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(example = "MXN")]
    currency: &'static str,
    /// Lo devuelto hasta ahora.
    #[serde(rename = "monto_reembolsado")]
    refunded: Amount,
    /// Estado del pago.
    #[serde(rename = "estado_pago")]
    #[schema(example = "paid")]
    payment_status: String,
    /// Lo que dijo la pasarela al respecto.
    #[serde(rename = "detalle_pago")]
    gateway_detail: Option<String>,
    /// Estado del acceso en el router.
    #[serde(rename = "estado_hotspot")]
    #[schema(example = "active")]
    access: &'static str,
    /// `usuario_contrasena` o `pin`.
    #[serde(rename = "tipo_usuario")]
    voucher_kind: &'static str,
    /// Las credenciales vendidas; nulas si la venta no está pagada.
    #[serde(rename = "usuario_hotspot")]
    credentials: Option<SoldCredentialsView>,
    /// Quién compró.
    #[serde(rename = "cliente")]
    customer: SaleCustomerView,
    /// Llave con la que se pidió.
    #[serde(rename = "api_key_usada")]
    api_key_id: Option<String>,
    /// Cuándo se pidió (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    paid_at: Option<String>,
    /// Cuándo se activó el acceso (UTC).
    #[serde(rename = "usuario_creado_en")]
    activated_at: Option<String>,
}

/// El plan vendido, como era entonces.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaleProductView {
    /// Número del producto.
    id: Option<i64>,
    /// Nombre del plan.
    #[serde(rename = "nombre")]
    name: String,
    /// Perfil en el router.
    #[serde(rename = "perfil_mikrotik")]
    profile: String,
}

/// Las credenciales vendidas.
#[derive(Serialize, ToSchema)]
pub(crate) struct SoldCredentialsView {
    /// Usuario o PIN.
    #[serde(rename = "usuario")]
    #[schema(example = "PT-K7Q2M")]
    user: String,
    /// Contraseña; vacía para un PIN.
    #[serde(rename = "contrasena")]
    #[schema(example = "0481")]
    password: String,
}

/// Quién compró.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaleCustomerView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo.
    email: String,
    /// Teléfono.
    #[serde(rename = "telefono")]
    phone: Option<String>,
}

fn view(purchase: Purchase, password: Option<Secret>) -> SaleView {
    let credentials = password.map(|password| SoldCredentialsView {
        user: purchase.hotspot_name.as_str().to_owned(),
        password: password.expose().to_owned(),
    });
    SaleView {
        id: purchase.id.get(),
        transaction_id: transaction_id(&purchase),
        gateway: purchase.gateway.as_str(),
        mode: purchase.mode.as_str(),
        router_id: purchase.router_id.as_str().to_owned(),
        amount: Amount::of(purchase.amount),
        currency: purchase.amount.currency().code(),
        refunded: Amount::from_minor(purchase.refunded_minor),
        payment_status: payment_state(&purchase),
        access: purchase.access.as_str(),
        voucher_kind: purchase.voucher_kind.as_str(),
        credentials,
        api_key_id: purchase.api_key_id.map(|id| id.as_str().to_owned()),
        created_at: iso(purchase.created_at),
        paid_at: optional_iso(purchase.paid_at),
        activated_at: optional_iso(purchase.activated_at),
        reference: purchase.reference,
        product: SaleProductView {
            id: purchase.product_id.map(domain::ids::ProductId::get),
            name: purchase.sale_name,
            profile: purchase.profile_name,
        },
        gateway_detail: purchase.gateway_detail,
        customer: SaleCustomerView {
            name: purchase.customer.name,
            email: purchase.customer.email.as_str().to_owned(),
            phone: purchase.customer.phone,
        },
    }
}

/// Una venta de la propia empresa, con las credenciales si está pagada. La consulta se registra.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/transacciones/{id}", tag = "Ventas",
    params(("id" = i64, Path, description = "Número de la venta")), security(("sesion" = [])),
    responses(
        (status = 200, description = "La venta", body = SaleView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Número no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<SaleView>, ApiError> {
    let mut path = path_fields(&request);
    let id = PurchaseId::new(path.integer(&["id"], i64::MIN..=i64::MAX));
    path.finish()?;
    let found = find_sale(&state.app, &admin.0, id).await?;
    let (purchase, password) =
        found.ok_or_else(|| ApiError::not_found("Transacción no encontrada"))?;
    Ok(web::Json(view(purchase, password)))
}
