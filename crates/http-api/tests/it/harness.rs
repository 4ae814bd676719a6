//! One small world per test: the whole HTTP server on a port of its own over an application
//! whose outside is in memory.
//!
//! ```text
//! let world = World::new();                       // server, store, clock, router, gateways
//! let shop = world.shop("Café");                  // tenant + router + key + operator + product
//! let answer = world.post("/api/v1/payments/pagar-conekta")
//!     .key(&shop.key)                             // or .session(&token), .header(..)
//!     .json(&shop.conekta_body("tok_1"));         // or .send(), .bytes(type, body)
//! answer.refused(402, "Su tarjeta ...");          // status and `detail`, exactly
//! assert_eq!(world.conekta.charges().len(), 1);   // what moved at the gateway
//! ```
//!
//! Tests are plain functions: the server has threads of its own, the client blocks. Everything
//! repeats: time stands still until [`World::clock`] is moved, randomness is seeded per world.
//! Faults are switched on the fakes: [`fakes::FakeHotspot`], [`fakes::FakeGateway`] (also by card
//! token), `world.telegram`.

pub(crate) mod call;
pub(crate) mod shape;
pub(crate) mod shop;
pub(crate) mod world;
