//! A sale, an account, and gateways with short time-outs.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::contact::{Customer, Email};
use domain::gateway::{GatewayMode, PaymentFacts, PaymentMark};
use domain::ids::{AttemptId, ProductId, PurchaseId, RouterId, TenantId};
use domain::money::{Currency, Money};
use domain::payment_method::{CardPayment, PaymentMethod};
use domain::secret::Secret;
use payment_gateways::{ConektaConfig, ConektaGateway, MercadoPagoConfig, MercadoPagoGateway};
use ports::payments::{
    ChargeOutcome, ChargeRequest, GatewayAccount, PaymentHandle, RawEvent, ReadOutcome,
    RefundRequest,
};
use uuid::Uuid;

use crate::stub::Recorded;

/// Long enough never to be met by accident.
pub(crate) const PATIENT: Duration = Duration::from_secs(30);
/// For servers that never answer.
pub(crate) const SHORT: Duration = Duration::from_millis(200);

pub(crate) fn conekta(base_url: &str, timeout: Duration) -> ConektaGateway {
    ConektaGateway::new(&ConektaConfig {
        base_url: base_url.to_owned(),
        request_timeout: timeout,
        connect_timeout: PATIENT,
    })
    .unwrap()
}

pub(crate) fn mercado_pago(base_url: &str, timeout: Duration) -> MercadoPagoGateway {
    MercadoPagoGateway::new(&MercadoPagoConfig {
        base_url: base_url.to_owned(),
        request_timeout: timeout,
        connect_timeout: PATIENT,
        repeat_pause: Duration::from_millis(1),
    })
    .unwrap()
}

/// An address where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) fn account(secret: &str) -> GatewayAccount {
    GatewayAccount {
        tenant_id: TenantId::parse("EMP_7B20C4D91E").unwrap(),
        version: 1,
        secret: Secret::new(secret),
        mode: GatewayMode::Test,
        collector: None,
    }
}

/// A sale of 19.99 MXN; each number is another attempt.
pub(crate) fn sale(number: u8, token: &str) -> ChargeRequest {
    let attempt = AttemptId::from_random([number; 16]);
    ChargeRequest {
        attempt_id: attempt,
        reference: format!("att-{number}"),
        amount: Money::from_minor(1999, Currency::Mxn),
        method: PaymentMethod::Card(CardPayment {
            token: Secret::new(token),
            installments: 1,
            brand: Some("visa".into()),
            issuer: Some("310".into()),
            device_session_id: Some("armor.device.1".into()),
        }),
        product_id: ProductId::new(7),
        sale_name: "1 día".into(),
        customer: Customer {
            name: "Ana Pérez Paz".into(),
            email: Email::from_stored("ana@example.mx"),
            phone: Some("55 2299 7233".into()),
        },
        fallback_phone: None,
        customer_ip: Some(Ipv4Addr::new(203, 0, 113, 7)),
        notification_url: Some("https://wifi.example/api/v1/webhook/x".into()),
        mark: mark(number),
    }
}

pub(crate) fn mark(number: u8) -> PaymentMark {
    PaymentMark {
        installation: "inst-1".into(),
        tenant: TenantId::parse("EMP_7B20C4D91E").unwrap(),
        router: RouterId::parse("RTR_51D0A2BC").unwrap(),
        purchase: PurchaseId::new(i64::from(number)),
        attempt: AttemptId::from_random([number; 16]),
    }
}

pub(crate) fn handle(
    reference: &str,
    order_id: Option<&str>,
    payment_id: Option<&str>,
) -> PaymentHandle {
    PaymentHandle {
        reference: reference.to_owned(),
        order_id: order_id.map(str::to_owned),
        payment_id: payment_id.map(str::to_owned),
    }
}

pub(crate) fn refund_of(handle: PaymentHandle, minor: i64, key: u128) -> RefundRequest {
    RefundRequest {
        handle,
        key: Uuid::from_u128(key),
        amount: Money::from_minor(minor, Currency::Mxn),
        is_full: false,
    }
}

#[track_caller]
pub(crate) fn answered(outcome: ChargeOutcome) -> PaymentFacts {
    match outcome {
        ChargeOutcome::Answered(facts) => *facts,
        other => panic!("not answered: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn found(outcome: ReadOutcome) -> PaymentFacts {
    match outcome {
        ReadOutcome::Found(facts) => *facts,
        ReadOutcome::NoCharge => panic!("no charge"),
    }
}

/// An event as our server would hand it on.
pub(crate) fn raw_event(request: &Recorded) -> RawEvent {
    RawEvent {
        query: request.query.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    }
}

/// The card of a sale.
pub(crate) const fn card(sale: &mut ChargeRequest) -> &mut CardPayment {
    let PaymentMethod::Card(card) = &mut sale.method;
    card
}
