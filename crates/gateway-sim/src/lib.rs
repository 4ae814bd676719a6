//! Conekta and Mercado Pago sandboxes with a ledger and fault switches.

mod account;
mod call;
mod clock;
mod conekta;
mod config;
mod fault;
mod gateway;
mod hub;
mod ids;
mod journal;
mod ledger;
mod mercado_pago;
mod money;
mod notice;
mod payment_view;
mod sandbox;
mod scenario;
mod server;
mod settings;
mod shell;
mod state;
mod tamper;
mod telegram;
mod webhooks;
mod wire;

pub use clock::Clock;
pub use config::Config;
pub use fault::{Fault, FaultSpec};
pub use gateway::{Endpoint, Gateway};
pub use ledger::{EntryKind, Ledger, LedgerEntry};
pub use sandbox::Sandbox;
pub use settings::Settings;
