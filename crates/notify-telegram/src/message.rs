//! What operators read: Spanish, in the simple HTML that Telegram knows.

use domain::credentials::CredentialKind;
use domain::gateway::DeclineReason;
use domain::notification::{Notification, NotificationKind, SaleSummary, SoldCredentials};

/// The text of a notification, with `parse_mode` HTML.
pub(crate) fn render(notification: &Notification) -> String {
    let Notification {
        kind,
        tenant_name,
        sale,
        routers_down,
    } = notification;
    let tenant_name = escaped(tenant_name);
    if *kind == NotificationKind::ChannelTest {
        return format!(
            "{}\nLas notificaciones de <b>{tenant_name}</b> llegan a este chat.",
            title(*kind)
        );
    }
    let mut lines = vec![title(*kind).to_owned(), format!("Empresa: {tenant_name}")];
    if let Some(sale) = sale {
        describe(*kind, sale, &mut lines);
    }
    if !routers_down.is_empty() {
        let names: Vec<String> = routers_down.iter().map(|name| escaped(name)).collect();
        lines.push(format!("Sin respuesta ahora: {}", names.join(", ")));
    }
    lines.join("\n")
}

fn describe(kind: NotificationKind, sale: &SaleSummary, lines: &mut Vec<String>) {
    lines.push(format!("Plan: {}", escaped(&sale.sale_name)));
    lines.push(format!("Monto: {}", sale.amount));
    lines.push(format!("Cliente: {}", escaped(&sale.customer_name)));
    if let Some(id) = &sale.transaction_id {
        lines.push(format!("Transacción: <code>{}</code>", escaped(id)));
    }
    if kind == NotificationKind::SaleDeclined {
        let reason = sale.decline.unwrap_or(DeclineReason::Other);
        lines.push(format!("Motivo: {}", decline(reason)));
    }
    if let (NotificationKind::SaleApproved, Some(credentials)) = (kind, &sale.credentials) {
        let SoldCredentials {
            kind,
            name,
            password,
        } = credentials;
        let name = escaped(name.as_str());
        match kind {
            CredentialKind::Pin => lines.push(format!("PIN: <code>{name}</code>")),
            CredentialKind::UserAndPassword => {
                lines.push(format!("Usuario: <code>{name}</code>"));
                lines.push(format!(
                    "Contraseña: <code>{}</code>",
                    escaped(password.expose())
                ));
            }
        }
        lines.push("Credenciales entregadas al cliente.".to_owned());
    }
}

/// What customers and operators type is text, not markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

const fn title(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::SaleApproved => "✅ <b>Venta aprobada</b>",
        NotificationKind::SaleDeclined => "❌ <b>Pago rechazado</b>",
        NotificationKind::AccessDelayed => {
            "⏳ <b>Venta pagada sin acceso todavía</b>\nEl router no responde; se sigue intentando y, si no se logra, se devuelve el dinero."
        }
        NotificationKind::SaleRefunded => "↩️ <b>Venta reembolsada</b>\nEl acceso terminó.",
        NotificationKind::SaleChargedBack => {
            "⚠️ <b>Contracargo</b>\nEl banco retiró el dinero y el acceso terminó."
        }
        NotificationKind::GatewayMisconfigured => {
            "⚠️ <b>La pasarela de pago rechazó sus credenciales</b>\nRevise las llaves en la configuración de pagos; mientras tanto no se puede vender."
        }
        NotificationKind::PaymentMismatch => {
            "⚠️ <b>Un cobro no coincide con su venta</b>\nNo se dio acceso y el dinero se devuelve."
        }
        NotificationKind::NeedsDecision => {
            "⚠️ <b>Una venta necesita revisión</b>\nConsulte con el administrador de la plataforma."
        }
        NotificationKind::RouterDown => {
            "🔴 <b>Un router dejó de responder</b>\nMientras tanto no vende. Abra su diagnóstico en el panel: dice qué revisar."
        }
        NotificationKind::RouterBack => "🟢 <b>El router volvió</b>\nYa puede vender.",
        NotificationKind::ChannelTest => "✅ <b>Mensaje de prueba</b>",
    }
}

const fn decline(reason: DeclineReason) -> &'static str {
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

#[cfg(test)]
mod tests {
    use domain::credentials::HotspotName;
    use domain::money::{Currency, Money};
    use domain::secret::Secret;

    use super::*;

    fn sale(kind: CredentialKind) -> SaleSummary {
        SaleSummary {
            sale_name: "1 hora <rápida>".to_owned(),
            amount: Money::from_minor(1500, Currency::Mxn),
            customer_name: "Ana & <b>Paz</b>".to_owned(),
            transaction_id: Some("ord_1".to_owned()),
            decline: None,
            credentials: Some(SoldCredentials {
                kind,
                name: HotspotName::from_stored("PT-7K2MQ"),
                password: Secret::new("x<y"),
            }),
        }
    }

    fn rendered(kind: NotificationKind, sale: Option<SaleSummary>) -> String {
        render(&Notification {
            kind,
            tenant_name: "Café <b>&".to_owned(),
            sale,
            routers_down: Vec::new(),
        })
    }

    #[test]
    fn a_paid_sale_is_told_with_its_credentials_and_nothing_typed_is_markup() {
        assert_eq!(
            rendered(
                NotificationKind::SaleApproved,
                Some(sale(CredentialKind::UserAndPassword))
            ),
            "✅ <b>Venta aprobada</b>\n\
             Empresa: Café &lt;b&gt;&amp;\n\
             Plan: 1 hora &lt;rápida&gt;\n\
             Monto: 15.00 MXN\n\
             Cliente: Ana &amp; &lt;b&gt;Paz&lt;/b&gt;\n\
             Transacción: <code>ord_1</code>\n\
             Usuario: <code>PT-7K2MQ</code>\n\
             Contraseña: <code>x&lt;y</code>\n\
             Credenciales entregadas al cliente."
        );
    }

    #[test]
    fn routers_that_are_down_are_named() {
        let text = render(&Notification {
            kind: NotificationKind::RouterDown,
            tenant_name: "Café".to_owned(),
            sale: None,
            routers_down: vec!["Patio <1>".to_owned(), "Sala".to_owned()],
        });
        assert!(
            text.starts_with("🔴 <b>Un router dejó de responder</b>"),
            "{text}"
        );
        assert!(
            text.ends_with("\nSin respuesta ahora: Patio &lt;1&gt;, Sala"),
            "{text}"
        );
    }

    #[test]
    fn a_pin_has_no_password() {
        let text = rendered(
            NotificationKind::SaleApproved,
            Some(sale(CredentialKind::Pin)),
        );
        assert!(text.contains("\nPIN: <code>PT-7K2MQ</code>\n"), "{text}");
        assert!(!text.contains("Contraseña"), "{text}");
    }

    #[test]
    fn only_an_approved_sale_tells_credentials() {
        for kind in [
            NotificationKind::SaleDeclined,
            NotificationKind::AccessDelayed,
            NotificationKind::NeedsDecision,
        ] {
            let text = rendered(kind, Some(sale(CredentialKind::UserAndPassword)));
            assert!(!text.contains("PT-7K2MQ"), "{text}");
        }
    }

    #[test]
    fn a_declined_sale_says_why() {
        let declined = SaleSummary {
            decline: Some(DeclineReason::InsufficientFunds),
            credentials: None,
            ..sale(CredentialKind::Pin)
        };
        let text = rendered(NotificationKind::SaleDeclined, Some(declined));
        assert!(text.ends_with("\nMotivo: Fondos insuficientes"), "{text}");
    }

    #[test]
    fn a_test_says_whose_notifications_arrive_here() {
        assert_eq!(
            rendered(NotificationKind::ChannelTest, None),
            "✅ <b>Mensaje de prueba</b>\n\
             Las notificaciones de <b>Café &lt;b&gt;&amp;</b> llegan a este chat."
        );
    }
}
