//! The server dies at every named point, is started again, and nothing is lost: see
//! [`application::crash`].

mod act;
mod case;
mod play;

use std::collections::BTreeSet;

use application::crash;

use crate::crash_points::case::{Area, cases};
use crate::crash_points::play::play_all;

#[test]
fn every_point_has_a_case() {
    let played: BTreeSet<_> = Area::ALL
        .into_iter()
        .flat_map(cases)
        .map(|case| case.point)
        .collect();
    let listed: BTreeSet<_> = crash::ALL.iter().copied().collect();
    assert_eq!(played, listed);
}

#[tokio::test]
async fn a_sale_survives_death_at_every_step() {
    play_all(Area::Sale).await;
}

#[tokio::test]
async fn a_worker_survives_death_at_every_step() {
    play_all(Area::Worker).await;
}

#[tokio::test]
async fn a_refund_survives_death_at_every_step() {
    play_all(Area::Refund).await;
}

#[tokio::test]
async fn a_notice_survives_death_at_every_step() {
    play_all(Area::Notice).await;
}
