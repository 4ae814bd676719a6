//! What both payment endpoints read alike. Every field is accepted under both names.

use domain::contact::{Customer, Email};
use domain::ids::ProductId;
use domain::purchase::DeviceHints;
use domain::secret::Secret;
use domain::voucher::VoucherKind;

use crate::body::fields::Fields;

/// Fields of a purchase that do not depend on the gateway.
pub(super) struct CommonFields {
    pub(super) product_id: ProductId,
    pub(super) customer: Customer,
    pub(super) voucher_kind: VoucherKind,
    pub(super) device: DeviceHints,
}

/// Longest card token.
pub(super) const MAX_TOKEN: usize = 255;

pub(super) fn read_common(fields: &mut Fields) -> CommonFields {
    let product_id = ProductId::new(fields.integer(&["producto_id", "product_id"], 0..=i64::MAX));
    let name = fields.text(&["nombre_cliente", "customer_name"], 100);
    let email: Email = fields.email(&["email_cliente", "customer_email"]);
    let phone = fields.optional_text_or_number(&["telefono_cliente", "customer_phone"], 20);
    let voucher_kind = fields
        .optional_choice(
            &["tipo_usuario", "user_type"],
            VoucherKind::from_str_name,
            "usuario_contrasena o pin",
        )
        .unwrap_or(VoucherKind::UserAndPassword);
    let device = DeviceHints {
        mac: fields.optional_mac(&["mac_cliente", "mac_address"]),
        ip: fields.optional_ipv4(&["ip_cliente", "ip_address"]),
        info: fields.optional_text(&["info_dispositivo", "device_info"], 255, true),
        auto_connect: fields
            .optional_bool(&["conexion_automatica", "auto_connect"])
            .unwrap_or(false),
    };
    CommonFields {
        product_id,
        customer: Customer { name, email, phone },
        voucher_kind,
        device,
    }
}

/// The card token.
pub(super) fn read_token(fields: &mut Fields, names: &[&str]) -> Secret {
    let token = fields.text(names, MAX_TOKEN);
    if !token.is_empty() && !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let field = names.first().copied().unwrap_or("token");
        fields.problem(
            field,
            "string_pattern_mismatch",
            "Contiene caracteres no permitidos",
        );
    }
    Secret::new(token)
}
