//! Delivery of notifications to operators from the outbox.

use std::time::Duration;

use domain::gateway::DeclineReason;
use domain::notice::NoticeKind;
use domain::purchase::{Purchase, PurchaseState};
use domain::secret::Secret;
use domain::tenant::Tenant;
use domain::voucher::VoucherKind;
use ports::notify::{NoticeTarget, NotifyError};
use ports::store::Scope;
use ports::store::outbox::OutboxEntry;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::crash::{self, commit, remote};
use crate::error::{Failure, failures_into};
use crate::secrets;

/// How long a claim holds: longer than one message may take.
const LEASE: Duration = Duration::from_mins(1);
/// After a day of fruitless tries a notice is dropped; by then it is no news any more.
const NEWS_FOR: Duration = Duration::from_hours(24);
/// What waits for a person's decision waits on.
const DECISIONS_FOR: Duration = Duration::from_hours(7 * 24);

/// Claims up to `limit` notices; each must be handed to [`deliver`] at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim(app: &App, limit: i64) -> Result<Vec<OutboxEntry>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let entries = work.outbox().claim(app.now(), LEASE, limit).await?;
    if entries.is_empty() {
        work.commit().await?;
    } else {
        commit(crash::NOTIFICATION_CLAIM, work).await?;
    }
    Ok(entries)
}

/// Sends one notice, if its operator wants notices.
///
/// # Errors
/// [`Failure`]; the notice comes up again when its lease ends.
pub async fn deliver(app: &App, entry: OutboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(&entry.tenant_id).await?;
    let purchase = match entry.purchase_id {
        Some(id) => work.purchases().find(id).await?,
        None => None,
    };
    work.commit().await?;
    let Some(tenant) = tenant else {
        return finish(app, &entry).await;
    };
    let Some(target) = target(app, &tenant)? else {
        return finish(app, &entry).await;
    };
    let password = sold_password(app, purchase.as_ref())?;
    let text = render(entry.kind, &tenant, purchase.as_ref(), password.as_ref());
    let call = app.ports.notifier.send(&target, &text);
    match remote(crash::NOTIFICATION, call).await {
        Ok(()) => finish(app, &entry).await,
        Err(NotifyError::Refused) => {
            tracing::warn!(tenant = %tenant.id, "the messenger refused a notice");
            finish(app, &entry).await
        }
        Err(NotifyError::Unavailable) => retry(app, &entry).await,
    }
}

/// Where the operator wants notices; `None` if nowhere.
fn target(app: &App, tenant: &Tenant) -> Result<Option<NoticeTarget>, Failure> {
    let telegram = &tenant.telegram;
    let (true, Some(token), Some(chat_id)) =
        (telegram.is_enabled, &telegram.bot_token, &telegram.chat_id)
    else {
        return Ok(None);
    };
    let bot_token = app
        .ports
        .secrets
        .open(&secrets::telegram_token(&tenant.id), token)?;
    Ok(Some(NoticeTarget {
        bot_token,
        chat_id: chat_id.clone(),
    }))
}

/// The password of a sale that is still paid.
fn sold_password(app: &App, purchase: Option<&Purchase>) -> Result<Option<Secret>, Failure> {
    let Some(purchase) = purchase.filter(|purchase| purchase.state() == PurchaseState::Paid) else {
        return Ok(None);
    };
    let context = secrets::hotspot_password(&purchase.sale().tenant_id, purchase.sale().attempt_id);
    Ok(Some(
        app.ports
            .secrets
            .open(&context, &purchase.sale().hotspot_password)?,
    ))
}

async fn finish(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.outbox().finish(entry.id).await?;
    commit(crash::NOTIFICATION_END, work).await?;
    Ok(())
}

async fn retry(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let now = app.now();
    let keep_for = match entry.kind {
        NoticeKind::NeedsDecision => DECISIONS_FOR,
        _ => NEWS_FOR,
    };
    if now.since(entry.created_at) >= keep_for {
        tracing::error!(tenant = %entry.tenant_id, kind = entry.kind.as_str(), "a notice was never sent");
        return finish(app, entry).await;
    }
    let exponent = u32::try_from(entry.attempts.clamp(0, 5)).unwrap_or(0);
    let delay = Duration::from_secs((1_u64 << exponent).min(30));
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.outbox().retry(entry.id, now.plus(delay)).await?;
    work.commit().await?;
    Ok(())
}

/// Escapes what a customer or operator typed.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn title(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::SaleApproved => "✅ <b>Venta aprobada</b>",
        NoticeKind::SaleDeclined => "❌ <b>Pago rechazado</b>",
        NoticeKind::AccessDelayed => {
            "⏳ <b>Venta pagada sin acceso todavía</b>\nEl router no responde; se sigue intentando y, si no se logra, se devuelve el dinero."
        }
        NoticeKind::SaleRefunded => "↩️ <b>Venta reembolsada</b>\nEl acceso terminó.",
        NoticeKind::SaleChargedBack => {
            "⚠️ <b>Contracargo</b>\nEl banco retiró el dinero y el acceso terminó."
        }
        NoticeKind::GatewayMisconfigured => {
            "⚠️ <b>La pasarela de pago rechazó sus credenciales</b>\nRevise las llaves en la configuración de pagos; mientras tanto no se puede vender."
        }
        NoticeKind::PaymentMismatch => {
            "⚠️ <b>Un cobro no coincide con su venta</b>\nNo se dio acceso y el dinero se devuelve."
        }
        NoticeKind::NeedsDecision => {
            "⚠️ <b>Una venta necesita revisión</b>\nConsulte con el administrador de la plataforma."
        }
    }
}

const fn reason(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::InsufficientFunds => "Fondos insuficientes",
        DeclineReason::Declined => "Rechazada por el banco",
        DeclineReason::CallIssuer => "El cliente debe llamar a su banco",
        DeclineReason::BadCardData => "Datos de tarjeta incorrectos",
        DeclineReason::ExpiredCard => "Tarjeta vencida",
        DeclineReason::Fraud => "Rechazada por prevención de fraude",
        DeclineReason::LimitExceeded => "Límite superado",
        DeclineReason::CardNotSupported => "Tarjeta no aceptada",
        DeclineReason::ThreeDsFailed => "Verificación del banco no completada",
        DeclineReason::TokenUsed => "Datos de tarjeta ya usados",
        DeclineReason::Duplicated => "Pago duplicado",
        DeclineReason::IssuerUnavailable => "El banco no respondió",
        DeclineReason::InvalidInstallments => "Mensualidades no aceptadas",
        DeclineReason::Other => "Rechazada",
    }
}

/// The text of a notice. `password` is the sold one, while the sale is paid.
pub(crate) fn render(
    kind: NoticeKind,
    tenant: &Tenant,
    purchase: Option<&Purchase>,
    password: Option<&Secret>,
) -> String {
    let mut lines = vec![
        title(kind).to_owned(),
        format!("Empresa: {}", escaped(&tenant.name)),
    ];
    let Some(purchase) = purchase else {
        return lines.join("\n");
    };
    lines.push(format!("Plan: {}", escaped(&purchase.sale().sale_name)));
    lines.push(format!("Monto: {}", purchase.sale().amount));
    lines.push(format!(
        "Cliente: {}",
        escaped(&purchase.sale().customer.name)
    ));
    if let Some(id) = purchase
        .payment()
        .order_id
        .as_ref()
        .or(purchase.payment().payment_id.as_ref())
    {
        lines.push(format!("Transacción: <code>{}</code>", escaped(id)));
    }
    if kind == NoticeKind::SaleDeclined {
        let why = reason(purchase.payment().decline.unwrap_or(DeclineReason::Other));
        lines.push(format!("Motivo: {why}"));
    }
    if let (NoticeKind::SaleApproved, Some(password)) = (kind, password) {
        let name = escaped(purchase.access().name.as_str());
        match purchase.sale().voucher_kind {
            VoucherKind::Pin => lines.push(format!("PIN: <code>{name}</code>")),
            VoucherKind::UserAndPassword => {
                lines.push(format!("Usuario: <code>{name}</code>"));
                lines.push(format!(
                    "Contraseña: <code>{}</code>",
                    escaped(password.expose())
                ));
            }
        }
        lines.push("Credenciales entregadas al cliente.".to_owned());
    }
    lines.join("\n")
}

/// Why no test message arrived.
#[derive(Debug, thiserror::Error)]
pub enum TestTelegramError {
    /// Neither sent nor stored: bot token or chat.
    #[error("no bot token or no chat is set")]
    NotConfigured,
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// Telegram refused token, chat or text.
    #[error("Telegram refused the message")]
    Refused,
    /// Telegram did not answer.
    #[error("Telegram is not available")]
    Unavailable,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(TestTelegramError);

/// Sends one message to `chat_id` with the bot of `token`; what is `None` is taken from the
/// company's settings. Works whether or not notices are switched on.
///
/// # Errors
/// [`TestTelegramError`].
pub async fn test_telegram(
    app: &App,
    admin: &TenantAdmin,
    token: Option<Secret>,
    chat_id: Option<String>,
) -> Result<(), TestTelegramError> {
    let id = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let found = work.tenants().find(id).await?;
    work.commit().await?;
    let tenant = found.ok_or(TestTelegramError::NotFound)?;
    let stored = match (&token, &tenant.telegram.bot_token) {
        (None, Some(sealed)) => Some(
            app.ports
                .secrets
                .open(&secrets::telegram_token(id), sealed)?,
        ),
        _ => None,
    };
    let target = NoticeTarget {
        bot_token: token
            .or(stored)
            .filter(|token| !token.is_empty())
            .ok_or(TestTelegramError::NotConfigured)?,
        chat_id: chat_id
            .or(tenant.telegram.chat_id)
            .filter(|chat| !chat.is_empty())
            .ok_or(TestTelegramError::NotConfigured)?,
    };
    let text = format!(
        "✅ <b>Mensaje de prueba</b>\nLas notificaciones de <b>{}</b> llegan a este chat.",
        escaped(&tenant.name)
    );
    app.ports
        .notifier
        .send(&target, &text)
        .await
        .map_err(|error| match error {
            NotifyError::Refused => TestTelegramError::Refused,
            NotifyError::Unavailable => TestTelegramError::Unavailable,
        })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_customers_type_is_escaped() {
        assert_eq!(escaped("<b>&Ana</b>"), "&lt;b&gt;&amp;Ana&lt;/b&gt;");
    }
}
