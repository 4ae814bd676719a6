//! One sale.

use actix_web::{HttpRequest, web};
use application::operator::sales::find_sale;
use domain::ids::PurchaseId;
use domain::purchase::Purchase;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::body::fields::path_id;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::SALE_NOT_FOUND;
use crate::wire::names::{
    AccessStateName, CredentialKindName, CurrencyName, GatewayName, ModeName,
};
use crate::wire::values::{Amount, iso, optional_iso};
use crate::wire::views::CredentialsView;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Ventas",
        [get(
            "/api/v1/admin/mi-empresa/transacciones/{id}",
            Access::TenantAdmin,
            find,
        )
        .id("obtenerVenta")
        .summary(
            "Una venta de la propia empresa, con las credenciales si está pagada. \
             La consulta se registra.",
        )
        .path_number("id", "Número de la venta")
        .ok::<SaleView>("La venta")
        .refuses(404, "No existe")],
    )
}

/// Una venta con todo lo que su operador puede ver.
#[derive(Serialize, ToSchema)]
struct SaleView {
    /// Número.
    #[schema(example = 142)]
    id: i64,
    /// Número en la pasarela; nulo mientras no se conoce.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
    transaction_id: Option<String>,
    /// Referencia de la venta en la pasarela.
    #[serde(rename = "referencia")]
    reference: String,
    /// `conekta` o `mercado_pago`.
    #[serde(rename = "pasarela")]
    #[schema(value_type = GatewayName)]
    gateway: &'static str,
    /// `test` o `live`.
    #[serde(rename = "modo")]
    #[schema(value_type = ModeName)]
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
    #[schema(value_type = CurrencyName)]
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
    #[schema(required = true)]
    gateway_detail: Option<String>,
    /// Estado del acceso en el router.
    #[serde(rename = "estado_hotspot")]
    #[schema(value_type = AccessStateName)]
    access: &'static str,
    /// `usuario_contrasena` o `pin`.
    #[serde(rename = "tipo_usuario")]
    #[schema(value_type = CredentialKindName)]
    credential_kind: &'static str,
    /// Las credenciales vendidas; nulas si la venta no está pagada.
    #[serde(rename = "usuario_hotspot")]
    #[schema(value_type = Option<SoldCredentialsView>, required = true)]
    credentials: Option<CredentialsView>,
    /// Quién compró.
    #[serde(rename = "cliente")]
    customer: SaleCustomerView,
    /// Llave con la que se pidió.
    #[serde(rename = "api_key_usada")]
    #[schema(required = true)]
    api_key_id: Option<String>,
    /// Cuándo se pidió (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    #[schema(required = true)]
    paid_at: Option<String>,
    /// Cuándo se activó el acceso (UTC).
    #[serde(rename = "usuario_creado_en")]
    #[schema(required = true)]
    activated_at: Option<String>,
}

/// El plan vendido, como era entonces.
#[derive(Serialize, ToSchema)]
struct SaleProductView {
    /// Número del producto.
    #[schema(required = true)]
    id: Option<i64>,
    /// Nombre del plan.
    #[serde(rename = "nombre")]
    name: String,
    /// Perfil en el router.
    #[serde(rename = "perfil_mikrotik")]
    profile: String,
}

/// [`CredentialsView`] under the name that sales publish it by.
struct SoldCredentialsView;

impl PartialSchema for SoldCredentialsView {
    fn schema() -> RefOr<Schema> {
        let mut schema = CredentialsView::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("Las credenciales vendidas.".to_owned());
        }
        schema
    }
}

impl ToSchema for SoldCredentialsView {}

/// Quién compró.
#[derive(Serialize, ToSchema)]
struct SaleCustomerView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo.
    email: String,
    /// Teléfono.
    #[serde(rename = "telefono")]
    #[schema(required = true)]
    phone: Option<String>,
}

fn view(purchase: &Purchase, password: Option<Secret>) -> SaleView {
    let credentials =
        password.map(|password| CredentialsView::new(&purchase.access().name, &password));
    SaleView {
        id: purchase.id().get(),
        transaction_id: purchase.transaction_id().map(str::to_owned),
        gateway: purchase.sale().gateway.as_str(),
        mode: purchase.sale().mode.as_str(),
        router_id: purchase.sale().router_id.as_str().to_owned(),
        amount: Amount::of(purchase.sale().amount),
        currency: purchase.sale().amount.currency().code(),
        refunded: Amount::from_minor(purchase.payment().refunded_minor),
        payment_status: purchase.payment_status().to_owned(),
        access: purchase.access().state.as_str(),
        credential_kind: purchase.sale().credential_kind.as_str(),
        credentials,
        api_key_id: purchase
            .sale()
            .api_key_id
            .clone()
            .map(|id| id.as_str().to_owned()),
        created_at: iso(purchase.sale().created_at),
        paid_at: optional_iso(purchase.payment().paid_at),
        activated_at: optional_iso(purchase.access().activated_at),
        reference: purchase.sale().reference.clone(),
        product: SaleProductView {
            id: Some(purchase.sale().product_id.get()),
            name: purchase.sale().sale_name.clone(),
            profile: purchase.sale().profile_name.clone(),
        },
        gateway_detail: purchase.payment().gateway_detail.clone(),
        customer: SaleCustomerView {
            name: purchase.sale().customer.name.clone(),
            email: purchase.sale().customer.email.as_str().to_owned(),
            phone: purchase.sale().customer.phone.clone(),
        },
    }
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<SaleView>, ApiError> {
    let id = PurchaseId::new(path_id(&request, "id")?);
    let found = find_sale(&state.app, &admin.0, id).await?;
    let (purchase, password) =
        found.ok_or_else(|| ApiError::not_found(SALE_NOT_FOUND).code(ErrorCode::SaleNotFound))?;
    Ok(web::Json(view(&purchase, password)))
}
