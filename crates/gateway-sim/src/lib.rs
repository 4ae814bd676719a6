//! Conekta and Mercado Pago sandboxes with a ledger and fault switches, and as much of Telegram
//! as notifications need. A library for tests and a program of the same name.
//!
//! The sandboxes are stateful: an order that was charged stays charged, a token that was used
//! stays used, and every movement of money is in the [`Ledger`], which the server under test can
//! neither see nor touch. A promise such as "charged at most once" is proved against it.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use gateway_sim::{Config, Endpoint, Fault, FaultSpec, Sandbox};
//!
//! let sandbox = Sandbox::start(Config::default()).await?;
//! // The next charge happens, but its answer is lost.
//! sandbox.fault(FaultSpec::once(Fault::CloseAfter).at(Endpoint::CreateCharge));
//! // ... let the server under test sell something, with `sandbox.conekta_url()` as its gateway ...
//! assert_eq!(sandbox.ledger().charges().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Keys
//!
//! Each secret key is a merchant account of its own; objects of one are invisible to others.
//! - Conekta: `key_...`, by Bearer or by Basic with an empty password. `key_live_...` is live, all
//!   others are test keys.
//! - Mercado Pago: `TEST-...` (test) and `APP_USR-...` (live). The collector id is the number at
//!   the end of the token, else derived from it.
//! - Telegram: `<digits>:<text>`.
//! - A key that contains `invalid`, or that was revoked by the control side, gets 401.
//!
//! # Card tokens
//!
//! The name of a token decides how its charge ends. Words count from a word's start; words are
//! separated by anything that is neither letter nor digit.
//!
//! | in the name | Conekta (402 unless said) | Mercado Pago (201) |
//! |---|---|---|
//! | nothing below | paid | `approved` |
//! | `declined`, `rejected`, `OTHE` | `bank.declined` | `cc_rejected_other_reason` |
//! | `insufficient`, `FUND` | `bank.insufficient_funds` | `cc_rejected_insufficient_amount` |
//! | `expired`, `EXPI` | `bank.invalid_expiration_date` | `cc_rejected_bad_filled_date` |
//! | `suspected_fraud`, `fraud`, `high_risk` | `suspicious_behaviour` | `cc_rejected_high_risk` |
//! | `blacklist`, `BLAC` | `suspicious_behaviour` | `cc_rejected_blacklist` |
//! | `call_issuer`, `CALL` | `bank.call_issuer` | `cc_rejected_call_for_authorize` |
//! | `security_code`, `cvc`, `cvv`, `SECU` | `bank.invalid_card_security_code` | `cc_rejected_bad_filled_security_code` |
//! | `invalid_card`, `CARD` | `bank.invalid_card` | `cc_rejected_bad_filled_card_number` |
//! | `FORM` | `bank.invalid_card` | `cc_rejected_bad_filled_other` |
//! | `card_disabled`, `blocked`, `LOCK` | `bank.pick_up_card` | `cc_rejected_card_disabled` |
//! | `max_attempts`, `ATTE` | `bank.attempts_over_limit` | `cc_rejected_max_attempts` |
//! | `over_limit` | `bank.amount_over_limit` | `cc_amount_rate_limit_exceeded` |
//! | `duplicate`, `DUPL` | `bank.invalid_transaction` | `cc_rejected_duplicated_payment` |
//! | `msi_error`, `INST` | 422, installments | `cc_rejected_invalid_installments` |
//! | `not_supported`, `CTNA`, `UNSU` | `bank.card_not_supported` | `cc_rejected_card_type_not_allowed` |
//! | `3ds_failed` | `declined_by_3ds` | `cc_rejected_3ds_challenge` |
//! | `bank_timeout`, `issuer_unavailable` | `bank.timeout` | `cc_rejected_time_out` |
//! | `3ds`, `challenge` | 200, `pending_payment` with `next_action` | `pending_challenge` if 3DS was asked for, else `cc_rejected_3ds_mandatory` |
//! | `pending`, `CONT` | 200, `pending_payment` | `in_process` (rejected in `binary_mode`) |
//! | `review` | 200, `under_fraud_review` | `in_process` (rejected in `binary_mode`) |
//! | `nonexistent` | 422 | 400, cause 2006 |
//!
//! Conekta's tokens start with `tok_`; `tok_test_...` works any number of times, in test mode
//! only, every other token once (402 `tokenization.used` after that). Mercado Pago's tokens work
//! once (400, cause 3003 after that). Tokens made by the sandbox itself follow the card number
//! (Conekta: 4000000000000002 declined, 4000000000000127 no funds) or the cardholder's name
//! (Mercado Pago: `APRO`, `OTHE`, `FUND`, ...). A pending charge waits for
//! [`Sandbox::approve`] or [`Sandbox::reject`]: that is how late money is made.
//!
//! # Memory
//!
//! A sandbox may run for days: it keeps the newest orders, payments, ledger entries, events,
//! messages, idempotency keys and requests, some thousands to ten thousands of each. Counters and
//! the ledger's total go on over everything.
//!
//! # What it does not know
//!
//! Customers, plans and subscriptions, hosted pages, marketplaces and payouts; Mercado Pago's
//! Orders API; time that passes by itself (nothing expires unless asked to). The control port
//! asks for no password: bind it to the loopback interface.

mod conekta;
mod core;
mod mercado_pago;
mod server;
mod telegram;

pub use crate::core::clock::Clock;
pub use crate::core::events::{
    Delivery, GatewayEvent, IdCase, MerchantTarget, SendOrder, Signing, TsUnit, WebhookTargets,
};
pub use crate::core::faults::{ActiveFault, Fault, FaultSpec};
pub use crate::core::gateway::{Endpoint, Gateway, Secret};
pub use crate::core::http::RequestRecord;
pub use crate::core::ledger::{Decision, EntryKind, Ledger, LedgerEntry, PaymentView};
pub use crate::core::{Config, Settings, Urls};
pub use crate::server::hub::{HeldRequest, SettleError};
pub use crate::server::sandbox::Sandbox;
pub use crate::telegram::TelegramMessage;
