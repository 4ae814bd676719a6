//! What every [`Store`](ports::store::Store) must do, as tests over the port.
//!
//! Each test takes a store that is empty but for what its migrations put there, and that can hold
//! two units of work open at once. [`store_contract!`](crate::store_contract!) makes one test of
//! each:
//!
//! ```text
//! async fn fresh() -> (Arc<dyn Store>, Guard) { .. }
//! test_support::store_contract!(crate::fresh);
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "tests that live in a library, so that several crates can run them"
)]

pub mod api_keys;
pub mod audit;
pub mod inbox;
pub mod isolation;
pub mod maintenance;
pub mod outbox;
pub mod products;
pub mod purchase_keys;
pub mod purchase_lists;
pub mod purchase_work;
pub mod purchases;
pub mod refunds;
pub mod router_care;
pub mod routers;
mod shop;
pub mod tenants;
pub mod units;
pub mod users;

/// Makes a `#[tokio::test]` of every test of the contract, in modules named as here.
///
/// The argument is the path of an async function without arguments that answers a fresh store
/// (`Arc<dyn Store>`) and something to be kept until the test has ended.
#[macro_export]
macro_rules! store_contract {
    ($fresh:path) => {
        $crate::store_contract!(@all $fresh;
            units: is_ready, sees_its_own_and_what_others_commit, dropping_rolls_back,
                rollback_undoes, a_conflict_leaves_nothing_behind;
            tenants: comes_back_as_stored, settings_are_versioned, collector_and_webhook_secret,
                profile_and_switch, lists, logos, counts, audits_are_claimed_once;
            users: comes_back_as_stored, addresses_are_unique, lists, password_ends_sessions,
                switching_off_ends_sessions, sessions_of_a_tenant_end, sessions_end_one_by_one;
            routers: comes_back_as_stored, update_counts_the_version,
                fingerprint_is_recorded_once, is_deleted_with_its_keys_unless_used, lists;
            router_care: pending_users_are_kept_for_a_while, belongs_to_its_router,
                checks_come_due;
            api_keys: is_found_by_hash, lists, revokes, adds_up_uses, belongs_to_its_router;
            products: comes_back_as_stored, profiles_are_sold_once, lists, for_sale,
                update_keeps_router_and_profile, needs_its_own_router;
            purchases: comes_back_as_stored, names_are_sold_once, identities_are_unique,
                save_is_a_compare_and_set, save_writes_a_whole_life, payments_belong_to_one,
                is_found_by_what_is_known, needs_its_own_product, bought_by_one_person, bought_since;
            purchase_keys: hold_a_purchase_single, are_released, are_forgotten, belong_to_a_router;
            purchase_work: claims_what_is_due, claims_are_fair, claims_end_older_leases,
                claims_skip_what_others_claim, parked_is_left_alone, open_work;
            purchase_lists: only_sent_charges_are_shown, filters, pages, by_state, totals,
                paid_between, customers_are_blanked;
            refunds: one_in_flight, request_keys_count_once, lists_and_saves,
                needs_its_own_purchase;
            outbox: one_of_each_tenant_at_a_time, retries_and_finishes,
                writes_for_the_channels_of_the_moment,
                claims_skip_what_others_claim;
            inbox: verified_events_count_once, claims_are_fair, retries_and_finishes,
                comes_back_as_stored, purges;
            audit: lists_newest_first, filters;
            maintenance: installation_id_is_stable, finds_what_other_keys_sealed,
                replaces_wherever_it_stands;
            isolation: reads_nothing_of_others, finds_nothing_of_others, changes_nothing_of_others,
                stores_nothing_for_others, claims_nothing_of_others;
        );
    };
    (@all $fresh:path; $($module:ident: $($test:ident),+;)+) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $test() {
                let (store, _kept) = $fresh().await;
                $crate::store_contract::$module::$test(store).await.unwrap();
            })+
        })+
    };
}
