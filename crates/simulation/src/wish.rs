//! What customers want.

use std::sync::{Arc, Mutex};

use application::caller::Portal;
use application::purchase::command::{MercadoPagoFields, StartPurchase};
use domain::contact::{Customer, Email};
use domain::gateway::GatewayKind;
use domain::network::MacAddress;
use domain::purchase::DeviceHints;
use domain::secret::Secret;
use domain::voucher::VoucherKind;

use crate::action::Variant;
use crate::dice::Dice;
use crate::locked::lock;
use crate::shop::Shop;

/// One customer's wish to buy once, however often the request is sent.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) portal: Portal,
    command: StartPurchase,
    /// The public token, once an answer told it.
    token: Arc<Mutex<Option<String>>>,
}

/// Draws a wish.
pub(crate) fn draw(shop: &Shop, dice: &Dice, number: usize) -> Option<Wish> {
    let counter = dice.pick(&shop.counters)?;
    let (product_id, price) = *dice.pick(&counter.products)?;
    let gateway = *dice.pick(&GatewayKind::ALL)?;
    let person = dice.below(3);
    let voucher_kind = *dice.pick(&[VoucherKind::UserAndPassword, VoucherKind::Pin])?;
    let command = StartPurchase {
        gateway,
        product_id,
        card_token: Secret::new(format!("card-{number}")),
        customer: Customer {
            name: format!("Cliente {person}"),
            email: Email::from_stored(format!("cliente{person}@x.test")),
            phone: None,
        },
        voucher_kind,
        device: DeviceHints {
            mac: MacAddress::parse(&format!("02:00:00:00:00:{person:02x}")).ok(),
            ip: None,
            info: None,
            auto_connect: dice.chance(5_000),
        },
        // Portals that send no key are protected by the card token alone.
        idempotency_key: dice.chance(6_000).then(|| format!("wish-{number}")),
        mercado_pago: (gateway == GatewayKind::MercadoPago).then(|| MercadoPagoFields {
            amount_minor: price,
            payment_method_id: "visa".to_owned(),
            issuer_id: None,
            installments: 1,
            device_session_id: None,
        }),
    };
    Some(Wish {
        portal: counter.portal.clone(),
        command,
        token: Arc::default(),
    })
}

impl Wish {
    /// The request.
    pub(crate) fn request(&self, variant: Variant) -> StartPurchase {
        let mut command = self.command.clone();
        match variant {
            Variant::FreshToken if command.idempotency_key.is_some() => {
                let token = format!("{}-again", command.card_token.expose());
                command.card_token = Secret::new(token);
            }
            Variant::Other => {
                command.customer.email = Email::from_stored("otra@x.test");
                command.voucher_kind = match command.voucher_kind {
                    VoucherKind::Pin => VoucherKind::UserAndPassword,
                    VoucherKind::UserAndPassword => VoucherKind::Pin,
                };
            }
            Variant::Same | Variant::FreshToken => {}
        }
        command
    }

    /// Notes the public token.
    pub(crate) fn learn(&self, token: &str) {
        *lock(&self.token) = Some(token.to_owned());
    }

    /// The public token, if it is known.
    pub(crate) fn token(&self) -> Option<String> {
        lock(&self.token).clone()
    }

    /// What all card tokens of this wish begin with.
    pub(crate) fn card(&self) -> &str {
        self.command.card_token.expose()
    }
}
