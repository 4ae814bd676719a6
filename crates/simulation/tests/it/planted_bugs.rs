//! The simulation would find real bugs: it finds planted ones, each within some seeds.

use simulation::{Options, PlantedBug, run};

/// More than any of them needs, several times over.
const SEEDS: u64 = 3_000;

/// Runs seeds until the planted bug is found; what was violated then.
fn hunt(bug: PlantedBug) -> String {
    let options = Options {
        bug: Some(bug),
        with_trace: false,
    };
    (0..SEEDS)
        .map(|seed| run(seed, options))
        .find(|outcome| !outcome.is_clean())
        .map_or_else(
            || panic!("{bug:?} was not found in {SEEDS} seeds"),
            |outcome| outcome.violations.join("; "),
        )
}

macro_rules! found {
    ($($name:ident: $bug:ident,)*) => {
        $(
            #[test]
            fn $name() {
                hunt(PlantedBug::$bug);
            }
        )*

        #[test]
        fn every_planted_bug_has_its_test() {
            assert_eq!(PlantedBug::ALL, [$(PlantedBug::$bug),*]);
        }
    };
}

found! {
    a_lost_answer_taken_for_no_charge_is_found: LostAnswerIsNoCharge,
    forgotten_lookups_after_a_lost_reply_are_found: NoLookupAfterLostReply,
    access_before_paid_is_committed_is_found: ActivateBeforePaid,
    forgotten_idempotency_keys_are_found: ForgetKeys,
    forgotten_fingerprints_are_found: ForgetFingerprint,
    writes_without_compare_and_set_are_found: NoCompareAndSet,
    believed_notices_are_found: TrustNotices,
    refunds_sent_again_without_reading_are_found: RefundWithoutReading,
    giving_up_after_failed_reads_is_found: FailedReadsCount,
    reservations_left_after_a_decline_are_found: NoRemovalAfterDecline,
    removals_tried_only_once_are_found: RemoveOnce,
    ignored_leases_are_found: NoLease,
    users_enabled_by_their_id_alone_are_found: ActivateByBareId,
    purchases_begun_twice_are_found: ForgetOpenPurchases,
    found_money_always_granted_is_found: GrantFoundMoney,
    found_money_always_refunded_is_found: RefundFoundMoney,
    decisions_without_the_person_s_lock_are_found: NoPersonLock,
    audits_that_compare_nothing_are_found: AuditReadsNothing,
}
