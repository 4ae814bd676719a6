//! Delivery of notifications to operators.

use std::time::Duration;

use application::edit::Edit;
use application::notifications::channels::{ChannelTestError, ChannelToTest, test_channel};
use application::notifications::deliver::{claim, deliver};
use application::operator::company::{UpdateProfile, update_profile};
use domain::gateway::{DeclineReason, PaymentStatus};
use domain::secret::Secret;
use futures::executor::block_on;
use ports::notify::NotifyError;
use ports::store::error::StoreError;

use crate::harness::{Mocks, Shop, charged};

fn change() -> UpdateProfile {
    UpdateProfile {
        name: None,
        contact_email: Edit::Keep,
        contact_phone: Edit::Keep,
        telegram_token: Edit::Set(Secret::new("123:abc")),
        telegram_chat_id: Edit::Set("-100".to_owned()),
        notices_enabled: Some(true),
    }
}

/// A shop whose operator wants notifications, with one about a sale that waits.
fn notified(change: UpdateProfile, script: impl FnOnce(&mut Mocks)) -> Shop {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        script(mocks);
    });
    block_on(update_profile(&shop.app, &shop.operator, change)).unwrap();
    shop.buy("tok_1");
    shop
}

/// Workers deliver what is due; answers how much it was.
fn deliver_after(shop: &Shop, span: Duration) -> usize {
    shop.clock.advance(span);
    let entries = block_on(claim(&shop.app, 10)).unwrap();
    let count = entries.len();
    for entry in entries {
        block_on(deliver(&shop.app, entry)).unwrap();
    }
    count
}

#[test]
fn a_notification_is_delivered_once() {
    let shop = notified(change(), |mocks| mocks.delivers(1, Ok(())));
    assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
    assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 0);
}

#[test]
fn what_the_channel_refuses_is_dropped() {
    let shop = notified(change(), |mocks| {
        mocks.delivers(1, Err(NotifyError::Refused));
    });
    assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
    assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 0);
}

#[test]
fn what_the_channel_could_not_take_is_tried_again() {
    let shop = notified(change(), |mocks| {
        mocks.delivers(1, Err(NotifyError::Unavailable));
        mocks.delivers(1, Ok(()));
    });
    assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
    assert_eq!(deliver_after(&shop, Duration::ZERO), 0, "not at once");
    assert_eq!(deliver_after(&shop, Duration::from_secs(30)), 1);
    assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 0);
}

#[test]
fn after_a_day_a_notification_is_no_news() {
    let shop = notified(change(), |mocks| {
        mocks.delivers(2, Err(NotifyError::Unavailable));
    });
    assert_eq!(deliver_after(&shop, Duration::from_hours(23)), 1);
    assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 1);
    assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 0);
}

#[test]
fn what_a_person_must_decide_is_told_for_a_week() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Unknown));
        mocks.delivers(3, Err(NotifyError::Unavailable));
    });
    block_on(update_profile(&shop.app, &shop.operator, change())).unwrap();
    shop.buy("tok_1");
    let day = Duration::from_hours(24);
    assert_eq!(deliver_after(&shop, 2 * day), 1);
    assert_eq!(deliver_after(&shop, 4 * day), 1);
    assert_eq!(deliver_after(&shop, day), 1);
    assert_eq!(deliver_after(&shop, day), 0);
}

#[test]
fn notifications_of_one_tenant_arrive_one_after_another() {
    let shop = notified(change(), |mocks| {
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        mocks.delivers(2, Ok(()));
    });
    shop.buy("tok_2");
    assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
    assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
}

/// The ways of wanting no notifications.
fn without_channel() -> [UpdateProfile; 3] {
    [
        UpdateProfile {
            notices_enabled: Some(false),
            ..change()
        },
        UpdateProfile {
            telegram_token: Edit::Clear,
            ..change()
        },
        UpdateProfile {
            telegram_chat_id: Edit::Clear,
            ..change()
        },
    ]
}

#[test]
fn an_operator_without_a_channel_is_told_nothing() {
    for change in without_channel() {
        let shop = notified(change, |mocks| mocks.delivers(0, Ok(())));
        assert_eq!(deliver_after(&shop, Duration::ZERO), 0);
    }
}

#[test]
fn an_operator_who_switched_the_channel_off_is_told_nothing_any_more() {
    for off in without_channel() {
        let shop = notified(change(), |mocks| mocks.delivers(0, Ok(())));
        block_on(update_profile(&shop.app, &shop.operator, off)).unwrap();
        assert_eq!(deliver_after(&shop, Duration::ZERO), 1);
        assert_eq!(deliver_after(&shop, Duration::from_hours(1)), 0);
    }
}

#[test]
fn a_notification_whose_end_is_not_stored_comes_up_again() {
    let shop = notified(change(), |mocks| mocks.delivers(2, Ok(())));
    shop.store_fails(|step| match step {
        "outbox.finish" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let entry = block_on(claim(&shop.app, 10)).unwrap().remove(0);
    block_on(deliver(&shop.app, entry)).unwrap_err();
    shop.store_works();
    assert_eq!(deliver_after(&shop, Duration::from_mins(2)), 1);
}

fn try_out(shop: &Shop, token: Option<&str>, chat: Option<&str>) -> Result<(), ChannelTestError> {
    let channel = ChannelToTest::Telegram {
        bot_token: token.map(Secret::new),
        chat_id: chat.map(str::to_owned),
    };
    block_on(test_channel(&shop.app, &shop.operator, channel))
}

#[test]
fn a_channel_is_tried_out_with_what_is_given_or_stored() {
    let shop = Shop::new(|mocks| mocks.delivers(2, Ok(())));
    let nothing_stored = UpdateProfile {
        telegram_token: Edit::Clear,
        telegram_chat_id: Edit::Clear,
        ..change()
    };
    block_on(update_profile(&shop.app, &shop.operator, nothing_stored)).unwrap();
    for (token, chat) in [
        (None, Some("-1")),
        (Some("1:a"), None),
        (Some(""), Some("-1")),
    ] {
        let refusal = try_out(&shop, token, chat);
        assert!(matches!(refusal, Err(ChannelTestError::NotConfigured)));
    }
    try_out(&shop, Some("1:a"), Some("-1")).unwrap();
    let stored = UpdateProfile {
        notices_enabled: Some(false),
        ..change()
    };
    block_on(update_profile(&shop.app, &shop.operator, stored)).unwrap();
    try_out(&shop, None, None).unwrap();
}

#[test]
fn an_operator_hears_why_a_channel_does_not_work() {
    let shop = Shop::new(|mocks| {
        mocks.delivers(1, Err(NotifyError::Refused));
        mocks.delivers(1, Err(NotifyError::Unavailable));
    });
    let refusal = try_out(&shop, Some("1:a"), Some("-1"));
    assert!(matches!(refusal, Err(ChannelTestError::Refused)));
    let refusal = try_out(&shop, Some("1:a"), Some("-1"));
    assert!(matches!(refusal, Err(ChannelTestError::Unavailable)));
}
