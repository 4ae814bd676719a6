//! What answers: gateways, routers, the channel to the operator.

use std::sync::Arc;

use domain::gateway::{GatewayKind, PaymentFacts, PaymentStatus};
use domain::money::Currency;
use domain::notification::ChannelKind;
use domain::time::Timestamp;
use fakes::{FakeRouterAdmin, ManualClock, MemoryStore, SeededRandom, StoreHook};
use ports::hotspot::{
    Activation, HotspotError, HotspotUser, MockHotspotGateway, RemovalOutcome, Reserved,
};
use ports::notify::{MockChannel, NotifyError};
use ports::payments::{
    ChargeOutcome, MockPaymentGateway, PaymentHandle, ReadError, ReadOutcome, RefundOutcome,
};
use ports::system::SecureRandom;

pub(crate) use ports::payments::{EventProof, GatewayEvent, RawEvent};

/// The product's price.
pub(crate) const PRICE: i64 = 1500;

/// What a test scripts before its shop opens.
pub(crate) struct Mocks {
    pub(crate) conekta: MockPaymentGateway,
    pub(crate) mercado_pago: MockPaymentGateway,
    pub(crate) hotspot: MockHotspotGateway,
    pub(crate) router_admin: Arc<FakeRouterAdmin>,
    pub(super) channel: MockChannel,
    pub(crate) random: Arc<dyn SecureRandom>,
    pub(crate) clock: ManualClock,
    pub(crate) store: MemoryStore,
}

/// Facts about the payment with this reference, complete and of the right amount.
pub(crate) fn facts(status: PaymentStatus, reference: &str) -> PaymentFacts {
    PaymentFacts {
        order_id: Some(format!("ord_{reference}")),
        payment_id: Some(format!("pay_{reference}")),
        amount_minor: Some(PRICE),
        currency: Some("MXN".to_owned()),
        reference: Some(reference.to_owned()),
        ..PaymentFacts::new(status, "status")
    }
}

pub(crate) fn charged(status: PaymentStatus) -> impl Fn(&str) -> ChargeOutcome + Send + 'static {
    move |reference| ChargeOutcome::Answered(Box::new(facts(status.clone(), reference)))
}

pub(crate) fn found(status: PaymentStatus) -> impl Fn(&str) -> ReadAnswer + Send + 'static {
    move |reference| {
        Ok(ReadOutcome::Found(Box::new(facts(
            status.clone(),
            reference,
        ))))
    }
}

pub(crate) fn unanswered(_reference: &str) -> ChargeOutcome {
    ChargeOutcome::Unknown("timed out".to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "one of the answers to a read")]
pub(crate) fn no_charge(_reference: &str) -> ReadAnswer {
    Ok(ReadOutcome::NoCharge)
}

pub(crate) type ReadAnswer = Result<ReadOutcome, ReadError>;

impl Mocks {
    pub(super) fn new(hook: StoreHook) -> Self {
        let mut channel = MockChannel::new();
        channel.expect_kind().return_const(ChannelKind::Telegram);
        Self {
            conekta: gateway(GatewayKind::Conekta),
            mercado_pago: gateway(GatewayKind::MercadoPago),
            hotspot: MockHotspotGateway::new(),
            router_admin: Arc::new(FakeRouterAdmin::new()),
            channel,
            random: Arc::new(SeededRandom::new(1)),
            clock: ManualClock::new(Timestamp::from_unix_seconds(1_772_618_400)),
            store: MemoryStore::with_hook(hook),
        }
    }
}

/// A gateway that answers what it knows by itself.
fn gateway(kind: GatewayKind) -> MockPaymentGateway {
    let is_conekta = kind == GatewayKind::Conekta;
    let mut gateway = MockPaymentGateway::new();
    gateway.expect_kind().return_const(kind);
    let reference = gateway.expect_reference();
    reference.returning(|parts, _| parts.attempt_id.to_string());
    gateway.expect_notification_url().returning(|_, _| None);
    let test_token = gateway.expect_is_reusable_test_token();
    test_token.returning(move |token| is_conekta && token.starts_with("tok_test_"));
    let currency = gateway.expect_accepts_currency();
    currency.returning(move |currency| is_conekta || currency == Currency::Mxn);
    gateway.expect_mode_of_key().returning(|_| None);
    gateway
        .expect_reads_by_payment_id()
        .return_const(!is_conekta);
    gateway
}

/// Of several scripts for one call the first counts until it was used up.
impl Mocks {
    /// The router takes every reservation.
    pub(crate) fn reserves(&mut self) {
        self.hotspot.expect_reserve().returning(|_, reservation| {
            let name = reservation.candidates.first().unwrap().clone();
            let id = format!("*{}", reservation.comment);
            Ok(Reserved {
                user: HotspotUser { name, id },
                may_be_added_again: false,
            })
        });
    }

    /// Up to the charge all goes well.
    pub(crate) fn prepares(&mut self) {
        self.reserves();
        let order = |reference: &str| Ok(Some(format!("ord_{reference}")));
        let conekta = self.conekta.expect_open_order();
        conekta.returning(move |_, request| order(&request.reference));
        self.mercado_pago
            .expect_open_order()
            .returning(|_, _| Ok(None));
    }

    pub(crate) fn charges(
        &mut self,
        times: usize,
        answer: impl Fn(&str) -> ChargeOutcome + Send + 'static,
    ) {
        let call = self.conekta.expect_charge().times(times);
        call.returning(move |_, _, request| answer(&request.reference));
    }

    pub(crate) fn reads(
        &mut self,
        times: usize,
        answer: impl Fn(&str) -> ReadAnswer + Send + 'static,
    ) {
        let call = self.conekta.expect_read().times(times);
        call.returning(move |_, handle: &PaymentHandle| answer(&handle.reference));
    }

    pub(crate) fn refunds(&mut self, outcome: RefundOutcome) {
        let call = self.conekta.expect_refund().times(1);
        call.returning(move |_, _| outcome.clone());
    }

    pub(crate) fn activates(&mut self, times: usize, answer: Result<Activation, HotspotError>) {
        let call = self.hotspot.expect_activate().times(times);
        call.returning(move |_, _| answer.clone());
    }

    pub(crate) fn removes(&mut self, times: usize, answer: Result<RemovalOutcome, HotspotError>) {
        let call = self.hotspot.expect_remove().times(times);
        call.returning(move |_, _| answer.clone());
    }

    /// One sale that goes well.
    pub(crate) fn sells(&mut self) {
        self.prepares();
        self.charges(1, charged(PaymentStatus::Approved));
        self.activates(1, Ok(Activation::Active("*1".to_owned())));
    }

    /// Every event of both gateways reads as this one.
    pub(crate) fn parses_events(&mut self, event: Option<&GatewayEvent>, proof: EventProof) {
        for gateway in [&mut self.conekta, &mut self.mercado_pago] {
            let event = event.cloned();
            gateway
                .expect_parse_event()
                .returning(move |_| event.clone());
            gateway.expect_prove_event().returning(move |_, _| proof);
        }
    }

    pub(crate) fn delivers(&mut self, times: usize, answer: Result<(), NotifyError>) {
        let call = self.channel.expect_send().times(times);
        call.returning(move |_, _| answer);
    }
}
