//! A sale by its reference at Mercado Pago.

use actix_web::{HttpRequest, web};
use application::operator::sales::find_by_reference;
use domain::gateway::GatewayKind;
use domain::purchase::Purchase;
use domain::tenant::Tenant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::extract::AnySession;
use crate::state::State;
use crate::wire::values::{Amount, iso, optional_iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Avisos",
        [get(
            "/api/v1/webhook/transaccion/{external_reference}",
            Access::TenantOrSuperAdmin,
            find,
        )
        .id("buscarVentaPorReferencia")
        .summary("Buscar una venta de Mercado Pago por su referencia.")
        .path_text(
            "external_reference",
            "Referencia de la venta en Mercado Pago",
        )
        .ok::<TransactionLookupView>("La venta")
        .refuses(404, "No existe, o es de otra empresa")],
    )
}

/// Una venta de Mercado Pago por su referencia.
#[derive(Serialize, ToSchema)]
struct TransactionLookupView {
    /// La venta.
    transaction: ReferencedSaleView,
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: ReferencedTenantView,
}

/// La venta, sin datos del cliente.
#[derive(Serialize, ToSchema)]
struct ReferencedSaleView {
    /// Número.
    id: i64,
    /// Número del pago en Mercado Pago; nulo mientras no se conoce.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
    transaction_id: Option<String>,
    /// Referencia.
    #[schema(example = "HSEM0071772618400A1B2C3")]
    external_reference: String,
    /// Empresa.
    #[serde(rename = "empresa_id")]
    #[schema(example = "EMP_7B20C4D91E")]
    tenant_id: String,
    /// Estado del pago.
    #[serde(rename = "estado_pago")]
    #[schema(example = "approved")]
    state: String,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Usuario del hotspot.
    #[serde(rename = "usuario_hotspot")]
    hotspot_user: String,
    /// Cuándo se pidió (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Cuándo se pagó (UTC).
    #[serde(rename = "pagada_en")]
    #[schema(required = true)]
    paid_at: Option<String>,
    /// Siempre nulo: los avisos solo hacen que se consulte el pago, y no se anotan en la venta.
    #[schema(required = true)]
    webhook_processed: Option<bool>,
    /// Siempre nulo, por lo mismo.
    #[schema(required = true)]
    notification_id: Option<String>,
    /// Lo que la pasarela dijo por última vez.
    #[serde(rename = "metadata_json")]
    gateway: GatewayWordsView,
}

/// Lo que la pasarela dijo por última vez.
#[derive(Serialize, ToSchema)]
struct GatewayWordsView {
    /// Estado.
    #[schema(example = "approved", required = true)]
    status: Option<String>,
    /// Detalle.
    #[schema(example = "accredited", required = true)]
    status_detail: Option<String>,
    /// Marca de la tarjeta.
    #[schema(example = "visa", required = true)]
    payment_method_id: Option<String>,
    /// Mensualidades.
    #[schema(required = true)]
    installments: Option<u32>,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
struct ReferencedTenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Si tiene secreto de avisos.
    #[serde(rename = "tiene_webhook_secret")]
    has_secret: bool,
}

fn view(purchase: &Purchase, tenant: Tenant) -> TransactionLookupView {
    TransactionLookupView {
        transaction: ReferencedSaleView {
            id: purchase.id().get(),
            transaction_id: purchase.transaction_id().map(str::to_owned),
            tenant_id: purchase.sale().tenant_id.as_str().to_owned(),
            state: purchase.payment_status().to_owned(),
            amount: Amount::of(purchase.sale().amount),
            hotspot_user: purchase.access().name.as_str().to_owned(),
            created_at: iso(purchase.sale().created_at),
            paid_at: optional_iso(purchase.payment().paid_at),
            external_reference: purchase.sale().reference.clone(),
            webhook_processed: None,
            notification_id: None,
            gateway: GatewayWordsView {
                status: purchase.payment().gateway_status.clone(),
                status_detail: purchase.payment().gateway_detail.clone(),
                payment_method_id: purchase.payment().card.brand.clone(),
                installments: purchase.payment().card.installments,
            },
        },
        tenant: ReferencedTenantView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            has_secret: tenant
                .gateways
                .get(GatewayKind::MercadoPago)
                .webhook_secret
                .is_some(),
        },
    }
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<TransactionLookupView>, ApiError> {
    let reference = request
        .match_info()
        .get("external_reference")
        .unwrap_or_default();
    let (purchase, tenant) =
        find_by_reference(&state.app, &session.0, GatewayKind::MercadoPago, reference)
            .await?
            .ok_or_else(|| ApiError::not_found("Transaction not found"))?;
    Ok(web::Json(view(&purchase, tenant)))
}
