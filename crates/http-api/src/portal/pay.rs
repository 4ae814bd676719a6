//! Payments by card.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use application::app::App;
use application::caller::Portal;
use application::purchase::checkout::start_purchase;
use application::purchase::command::{StartPurchase, Throttled};
use application::purchase::status::PurchaseAnswer;
use domain::contact::Customer;
use domain::credentials::CredentialKind;
use domain::gateway::GatewayKind;
use domain::ids::ProductId;
use domain::payment_method::{CardPayment, PaymentMethod};
use domain::purchase::DeviceHints;
use domain::secret::Secret;
use http_kit::client_address::limited_address;

use crate::body::Body;
use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, ProblemsOrErrorView};
use crate::extract::{AsPortal, idempotency_key};
use crate::limits::subjects::Subject;
use crate::portal::purchase_texts::refused;
use crate::portal::purchase_view::{
    PaidView, PaymentProblemView, PurchaseProblemView, payment_response,
};
use crate::state::State;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let conekta = payment("/api/v1/payments/pagar-conekta", &CONEKTA)
        .id("pagarConekta")
        .summary("Pagar con tarjeta por Conekta y recibir las credenciales.")
        .responds::<PaymentProblemView>(400, "No se puede vender así; sin cargo");
    let mercado_pago = payment("/api/v1/payments/pagar-mercado-pago", &MERCADO_PAGO)
        .id("pagarMercadoPago")
        .summary("Pagar con tarjeta por Mercado Pago y recibir las credenciales.")
        .responds::<PaymentProblemView>(
            400,
            "Sin Mercado Pago, monto distinto u otra moneda; sin cargo",
        );
    tagged("Pagos", [conekta, mercado_pago])
}

/// A payment by card, with this body.
fn payment(path: &'static str, form: &'static Body<StartPurchase>) -> Endpoint {
    post(path, Access::Portal, move |state, request, portal, body| {
        pay(form, state, request, portal, body)
    })
    .header(
        "Idempotency-Key",
        "Repetir con la misma clave nunca cobra dos veces. Una clave es de un router y de unos \
         datos: otra tarjeta, otro plan u otro cliente es otra compra y necesita otra clave. Vale \
         180 días (`IDEMPOTENCY_KEY_RETENTION_DAYS`). Con 20 caracteres o más sirve también para \
         preguntar por la compra",
    )
    .body(form)
    .ok::<PaidView>("Pagado")
    .responds::<PurchaseProblemView>(
        402,
        "Rechazado, devuelto, no confirmado o en revisión; `codigo` y `estado_pago` dicen cuál",
    )
    .refuses(403, "Empresa o router desactivado")
    .refuses(404, "Producto no encontrado")
    .responds::<PurchaseProblemView>(409, "La misma compra se está procesando")
    .with_header(409, "Retry-After", "Segundos que conviene esperar")
    .responds::<ProblemsOrErrorView>(422, "Datos no válidos, o clave usada con otros datos")
    .responds::<PaymentProblemView>(429, "Demasiadas solicitudes, o pasarela saturada")
    .responds::<PaymentProblemView>(502, "Router o pasarela no disponible; sin cargo")
    .responds::<PaymentProblemView>(
        504,
        "Sin respuesta a tiempo; `estado_pago` dice si el cargo se está verificando",
    )
}

static CONEKTA: Body<StartPurchase> = Body::new(
    "ConektaPaymentBody",
    "Una compra con Conekta. Cada campo se acepta también con su nombre en inglés.",
    |fields| read_purchase(fields, GatewayKind::Conekta),
);

static MERCADO_PAGO: Body<StartPurchase> = Body::new(
    "MercadoPagoPaymentBody",
    "Una compra con Mercado Pago.",
    |fields| read_purchase(fields, GatewayKind::MercadoPago),
);

/// Longest fingerprint of a browser that is passed on; those in use have some hundred characters.
const MAX_DEVICE_ID: usize = 1024;

/// Longest card token.
const MAX_TOKEN: usize = 255;

/// Reads a purchase through this gateway. Every field is accepted under both names.
fn read_purchase(fields: &mut Fields, gateway: GatewayKind) -> StartPurchase {
    let is_mercado_pago = gateway == GatewayKind::MercadoPago;
    let product_id = fields
        .field("producto_id", "Producto (`product_id`).")
        .alias("product_id")
        .example(71)
        .limits_not_described()
        .integer(0..=i64::MAX);
    let token = match gateway {
        GatewayKind::Conekta => fields
            .field(
                "token_tarjeta",
                "Token de Conekta.js, de un solo uso (`card_token`).",
            )
            .alias("card_token")
            .example("tok_test_visa_4242"),
        GatewayKind::MercadoPago => fields.field("token", "Token de la tarjeta, de un solo uso."),
    };
    let token = Secret::new(token.token(MAX_TOKEN));
    let charged = is_mercado_pago.then(|| read_charged(fields));
    let name = fields
        .field("nombre_cliente", "Nombre (`customer_name`).")
        .alias("customer_name")
        .example("Ana Paz")
        .text(100);
    let email = fields
        .field("email_cliente", "Correo (`customer_email`).")
        .alias("customer_email")
        .example("ana@example.com")
        .email();
    let plan = is_mercado_pago.then(|| read_plan(fields));
    let phone = fields
        .field("telefono_cliente", "Teléfono (`customer_phone`).")
        .alias("customer_phone")
        .example_unless(is_mercado_pago, "5512345678")
        .hinted_text(20);
    let credential_kind = fields
        .field(
            "tipo_usuario",
            "`usuario_contrasena` o `pin` (`user_type`).",
        )
        .alias("user_type")
        .example_unless(is_mercado_pago, "usuario_contrasena")
        .optional_choice(
            CredentialKind::from_str_name,
            &["usuario_contrasena", "pin"],
        );
    let mac = fields
        .field("mac_cliente", "MAC del dispositivo (`mac_address`).")
        .alias("mac_address")
        .example_unless(is_mercado_pago, "AA:BB:CC:00:11:22")
        .hinted_mac();
    let ip = fields
        .field("ip_cliente", "IPv4 del dispositivo (`ip_address`).")
        .alias("ip_address")
        .example_unless(is_mercado_pago, "10.5.50.9")
        .hinted_ipv4();
    let info = fields
        .field("info_dispositivo", "Texto libre (`device_info`).")
        .alias("device_info")
        .hinted_text(255);
    let device_session_id = is_mercado_pago.then(|| {
        fields
            .field("device_id", "Huella del navegador que da Mercado Pago.")
            .hinted_text(MAX_DEVICE_ID)
    });
    let auto_connect = fields
        .field(
            "conexion_automatica",
            "Conectar el dispositivo al terminar (`auto_connect`).",
        )
        .alias("auto_connect")
        .example_unless(is_mercado_pago, false)
        .optional_bool();
    let (brand, shown_price) = charged.unzip();
    let (issuer, installments) = plan.unzip();
    let card = CardPayment {
        installments: installments.unwrap_or(1),
        brand,
        issuer: issuer.flatten(),
        device_session_id: device_session_id.flatten(),
        ..CardPayment::with_token(token)
    };
    StartPurchase {
        gateway,
        product_id: ProductId::new(product_id),
        method: PaymentMethod::Card(card),
        customer: Customer { name, email, phone },
        credential_kind: credential_kind.unwrap_or(CredentialKind::UserAndPassword),
        device: DeviceHints {
            mac,
            ip,
            info,
            auto_connect: auto_connect.unwrap_or(false),
        },
        idempotency_key: None,
        shown_price,
    }
}

/// The card's brand, and the price that the portal shows, in minor units.
fn read_charged(fields: &mut Fields) -> (String, i64) {
    let brand = fields
        .field("payment_method_id", "Marca de la tarjeta.")
        .example("visa")
        .text(50);
    let amount_minor = fields
        .field(
            "monto",
            "Precio que muestra el portal; debe ser el del producto, salvo un centavo de redondeo\n\
             (`transaction_amount`). Se cobra siempre el del producto.",
        )
        .alias("transaction_amount")
        .example(15.0)
        .compared_amount();
    (brand, amount_minor)
}

/// The issuer and the number of installments.
fn read_plan(fields: &mut Fields) -> (Option<String>, u32) {
    let issuer = fields
        .field("issuer_id", "Banco emisor.")
        .optional_text_or_number(50);
    let installments = fields
        .field("cuotas", "Mensualidades (`installments`).")
        .alias("installments")
        .example(1)
        .optional_small_unless_blank(1..=48);
    (issuer, installments.unwrap_or(1))
}

async fn pay(
    form: &'static Body<StartPurchase>,
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let fields = body.fields()?;
    let idempotency_key = idempotency_key(&request)?;
    let command = StartPurchase {
        idempotency_key,
        ..form.read_fields(fields)?
    };
    let answer = buy_within_limits(&state, &request, &portal.0, command).await?;
    payment_response(answer, state.app.now())
}

/// Buys, unless this customer, device or address has tried too much. Repeats of a stored
/// purchase are free; a declined card counts double, and uses up the budget of declines.
async fn buy_within_limits(
    state: &State,
    request: &HttpRequest,
    portal: &Portal,
    command: StartPurchase,
) -> Result<PurchaseAnswer, ApiError> {
    let app: &Arc<App> = &state.app;
    let gateway = command.gateway;
    let limits = &state.limits.payments;
    let subjects = subjects(portal, &command);
    let address = limited_address(request);
    let declines = &state.limits.declines;
    let is_new = AtomicBool::new(false);
    let permit = || {
        is_new.store(true, Ordering::Relaxed);
        declines
            .check(portal, address, None, app.now())
            .and_then(|()| limits.check(&subjects, address))
            .map_err(to_retry_after)
    };
    let answer = start_purchase(app, portal, command, &permit).await;
    let answer = answer.map_err(|error| refused(error, gateway))?;
    // The stored answer to a repeat was counted when it was new.
    if matches!(answer, PurchaseAnswer::Declined { .. }) && is_new.load(Ordering::Relaxed) {
        limits.count_again(&subjects, address);
        declines.failed(portal, address, None, app.now());
    }
    Ok(answer)
}

fn to_retry_after(throttled: http_kit::limits::Throttled) -> Throttled {
    Throttled {
        retry_after: Duration::from_secs(throttled.retry_after),
    }
}

fn subjects(portal: &Portal, command: &StartPurchase) -> Vec<Subject> {
    let key = portal.key_id();
    let customer = Subject::customer(key, &command.customer.email);
    let device = command.device.mac.map(|mac| Subject::device(key, mac));
    std::iter::once(customer).chain(device).collect()
}
