//! Somebody who wants one thing and presses the button until it is clear what became of it.

use std::sync::RwLock;
use std::time::Duration;

use crate::harness::answer::Answer;
use crate::harness::shop::Shop;
use crate::harness::wait::until;
use crate::harness::wish::Wish;
use crate::harness::world::World;

/// After this a customer tries another server; one that is paused answers nothing.
const IMPATIENCE: Duration = Duration::from_secs(4);

/// Where the servers are; changes as they come and go.
#[derive(Debug, Default)]
pub(crate) struct Addresses(RwLock<Vec<String>>);

impl Addresses {
    pub(crate) fn set(&self, all: Vec<String>) {
        *self.0.write().unwrap() = all;
    }

    /// One of them, each in turn.
    fn pick(&self, turn: usize) -> Option<String> {
        let all = self.0.read().unwrap();
        let count = all.len().max(1);
        all.get(turn % count).cloned()
    }
}

impl World {
    /// Buys until the answer is final: paid, declined, or not charged for good. `turn` says at
    /// which server to begin.
    pub(crate) async fn insist(
        &self,
        servers: &Addresses,
        shop: &Shop,
        wish: &Wish,
        turn: usize,
    ) -> Answer {
        let mut turn = turn;
        until("a final answer", async || {
            let base = servers.pick(turn)?;
            turn += 1;
            let asked = self.buy_at(&base, shop, wish);
            let answer = tokio::time::timeout(IMPATIENCE, asked).await.ok()??;
            let is_final = match answer.status {
                200 => true,
                402 => answer.text("/estado_pago") != "pendiente",
                409 | 502 | 503 | 504 => false,
                _ => panic!("{}: {}", answer.status, answer.body),
            };
            is_final.then_some(answer)
        })
        .await
    }
}
