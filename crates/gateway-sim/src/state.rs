//! Everything that the sandbox knows, behind one lock.

use crate::account::Accounts;
use crate::clock::Clock;
use crate::conekta::store::ConektaStore;
use crate::fault::book::FaultBook;
use crate::ids::Ids;
use crate::journal::Journal;
use crate::ledger::Ledger;
use crate::mercado_pago::store::MercadoPagoStore;
use crate::notice::NoticeBook;
use crate::settings::Settings;
use crate::telegram::store::TelegramStore;
use crate::webhooks::targets::{TargetBook, WebhookTargets};

/// The state of all sandboxes. No `Debug`: it holds tokens.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    pub(crate) accounts: Accounts,
    pub(crate) ledger: Ledger,
    pub(crate) journal: Journal,
    pub(crate) faults: FaultBook,
    pub(crate) notices: NoticeBook,
    pub(crate) targets: TargetBook,
    pub(crate) conekta: ConektaStore,
    pub(crate) mercado_pago: MercadoPagoStore,
    pub(crate) telegram: TelegramStore,
}

impl State {
    pub(crate) fn new(
        clock: Clock,
        seed: u64,
        settings: Settings,
        webhook_targets: WebhookTargets,
    ) -> Self {
        Self {
            clock,
            ids: Ids::new(seed),
            settings,
            accounts: Accounts::default(),
            ledger: Ledger::default(),
            journal: Journal::default(),
            faults: FaultBook::default(),
            notices: NoticeBook::default(),
            targets: TargetBook::new(webhook_targets),
            conekta: ConektaStore::default(),
            mercado_pago: MercadoPagoStore::default(),
            telegram: TelegramStore::default(),
        }
    }

    /// Forgets orders, payments, books, faults and journal; keeps time, id counter, settings and
    /// revoked keys, so that ids of before and after a reset never meet.
    pub(crate) fn reset(&mut self) {
        self.ledger = Ledger::default();
        self.journal = Journal::default();
        self.faults = FaultBook::default();
        self.notices = NoticeBook::default();
        self.conekta = ConektaStore::default();
        self.mercado_pago = MercadoPagoStore::default();
        self.telegram = TelegramStore::default();
    }
}
