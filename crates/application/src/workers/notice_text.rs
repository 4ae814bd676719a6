//! Notices as operators read them: Telegram's simple HTML, everything foreign escaped.

use domain::gateway::DeclineReason;
use domain::notice::NoticeKind;
use domain::purchase::Purchase;
use domain::secret::Secret;
use domain::tenant::Tenant;
use domain::voucher::VoucherKind;

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
pub(super) fn render(
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
    lines.push(format!("Plan: {}", escaped(&purchase.sale_name)));
    lines.push(format!("Monto: {}", purchase.amount));
    lines.push(format!("Cliente: {}", escaped(&purchase.customer.name)));
    if let Some(id) = purchase.order_id.as_ref().or(purchase.payment_id.as_ref()) {
        lines.push(format!("Transacción: <code>{}</code>", escaped(id)));
    }
    if kind == NoticeKind::SaleDeclined {
        let why = reason(purchase.decline.unwrap_or(DeclineReason::Other));
        lines.push(format!("Motivo: {why}"));
    }
    if let (NoticeKind::SaleApproved, Some(password)) = (kind, password) {
        let name = escaped(purchase.hotspot_name.as_str());
        match purchase.voucher_kind {
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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_customers_type_is_escaped() {
        assert_eq!(escaped("<b>&Ana</b>"), "&lt;b&gt;&amp;Ana&lt;/b&gt;");
    }
}
