//! The company's numbers.

use actix_web::web;
use application::operator::routers::list_own_checks;
use application::operator::sales::{Dashboard, dashboard};
use application::vocabulary::Income;
use domain::purchase::Purchase;
use domain::router::RouterStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::wire::names::{CurrencyName, ModeName};
use crate::wire::values::{Amount, iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Empresa",
        [get(
            "/api/v1/admin/mi-empresa/dashboard",
            Access::TenantAdmin,
            show,
        )
        .id("numerosMiEmpresa")
        .summary("Los números de la propia empresa.")
        .ok::<CompanyDashboardView>("Números")
        .refuses(404, "Ya no existe")],
    )
}

/// Los números de la empresa.
#[derive(Serialize, ToSchema)]
struct CompanyDashboardView {
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: DashboardCompanyView,
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: CompanyNumbersView,
    /// Las cinco ventas más recientes.
    #[serde(rename = "transacciones_recientes")]
    recent: Vec<RecentSaleView>,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
struct DashboardCompanyView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
}

/// Los números, sobre las ventas cuyo cobro se envió.
#[derive(Serialize, ToSchema)]
struct CompanyNumbersView {
    /// Ventas.
    #[serde(rename = "total_transacciones")]
    total: i64,
    /// Lo cobrado menos lo devuelto.
    #[serde(rename = "ingresos_totales")]
    income: Amount,
    /// Lo mismo por moneda, y lo de prueba aparte: `ingresos_totales` suma todo sin distinguir.
    #[serde(rename = "ingresos")]
    income_by_currency: Vec<IncomeView>,
    /// Ventas pagadas.
    #[serde(rename = "transacciones_pagadas")]
    paid: i64,
    /// Ventas por confirmar.
    #[serde(rename = "transacciones_pendientes")]
    pending: i64,
    /// Routers.
    #[serde(rename = "total_routers")]
    routers: i64,
    /// Routers que no respondían en su última revisión.
    #[serde(rename = "routers_caidos")]
    routers_down: usize,
    /// Routers con avisos en su última revisión.
    #[serde(rename = "routers_con_avisos")]
    routers_with_warnings: usize,
}

/// Lo cobrado en una moneda, con dinero real o de prueba.
#[derive(Serialize, ToSchema)]
struct IncomeView {
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(value_type = CurrencyName)]
    currency: &'static str,
    /// Con dinero de prueba o real.
    #[serde(rename = "modo")]
    #[schema(value_type = ModeName)]
    mode: &'static str,
    /// Lo cobrado menos lo devuelto.
    #[serde(rename = "total")]
    income: Amount,
    /// Ventas pagadas.
    #[serde(rename = "ventas")]
    paid: i64,
}

impl From<Income> for IncomeView {
    fn from(income: Income) -> Self {
        Self {
            currency: income.currency.code(),
            mode: income.mode.as_str(),
            income: Amount::from_minor(income.income_minor),
            paid: income.paid,
        }
    }
}

/// Una venta reciente.
#[derive(Serialize, ToSchema)]
struct RecentSaleView {
    /// Número.
    id: i64,
    /// Número en la pasarela.
    #[serde(rename = "transaccion_id")]
    #[schema(required = true)]
    transaction_id: Option<String>,
    /// Importe.
    #[serde(rename = "monto")]
    amount: Amount,
    /// Estado del pago.
    #[serde(rename = "estado")]
    state: String,
    /// Cuándo (UTC).
    #[serde(rename = "fecha")]
    created_at: String,
}

impl From<&Purchase> for RecentSaleView {
    fn from(purchase: &Purchase) -> Self {
        Self {
            id: purchase.id().get(),
            transaction_id: purchase.transaction_id().map(str::to_owned),
            amount: Amount::of(purchase.sale().amount),
            state: purchase.payment_status().to_owned(),
            created_at: iso(purchase.sale().created_at),
        }
    }
}

async fn show(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<CompanyDashboardView>, ApiError> {
    let Dashboard {
        tenant,
        totals,
        income,
        recent,
    } = dashboard(&state.app, &admin.0).await?;
    let checks = list_own_checks(&state.app, &admin.0).await?;
    let with_status = |wanted: RouterStatus| {
        let outcomes = checks.iter().filter_map(|check| check.outcome);
        outcomes.filter(|outcome| outcome.status == wanted).count()
    };
    Ok(web::Json(CompanyDashboardView {
        tenant: DashboardCompanyView {
            name: tenant.name,
            is_active: tenant.is_active,
        },
        numbers: CompanyNumbersView {
            total: totals.total,
            income: Amount::from_minor(totals.income_minor),
            income_by_currency: income.into_iter().map(IncomeView::from).collect(),
            paid: totals.paid,
            pending: totals.pending,
            routers: totals.routers,
            routers_down: with_status(RouterStatus::Down),
            routers_with_warnings: with_status(RouterStatus::Warnings),
        },
        recent: recent.iter().map(RecentSaleView::from).collect(),
    }))
}
