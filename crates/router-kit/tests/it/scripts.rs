//! What scripts say, step by step.

use router_kit::pages::login_page;
use router_kit::setup::{SetupInputs, SetupStep, script, setup_script};

use crate::parser::{Statement, parse};
use crate::world::{ALL_STEPS, COMPANY, PASSWORD, inputs, portal};

#[test]
fn every_script_parses_and_begins_with_the_device_mode() {
    let whole = std::iter::once(setup_script(&inputs()));
    let single = ALL_STEPS.iter().map(|step| script(&inputs(), &[*step]));
    for text in whole.chain(single) {
        let statements = parse(text.as_bytes()).unwrap();
        let Statement::Comment(first) = &statements[0] else {
            panic!("{text}");
        };
        assert!(
            first.contains("/system/device-mode/update hotspot=yes"),
            "{first}"
        );
        let says_what = statements
            .iter()
            .filter(|one| matches!(one, Statement::Comment(_)));
        assert!(says_what.count() >= 4, "{text}");
    }
}

#[test]
fn steps_have_names_and_the_whole_changes_no_page_and_removes_nobody() {
    for step in ALL_STEPS {
        assert_eq!(SetupStep::from_str_name(step.as_str()), Some(step));
    }
    assert_eq!(SetupStep::names().len(), ALL_STEPS.len());
    assert_eq!(SetupStep::from_str_name("todo"), None);
    let whole = setup_script(&inputs());
    assert!(!whole.contains("/user remove"), "{whole}");
    // A portal need not answer at the address that these lead to.
    assert!(!whole.contains("login.html"), "{whole}");
    assert!(!whole.contains("/portal/"), "{whole}");
    for step in SetupStep::WHOLE {
        let part = script(&inputs(), &[step]);
        let body = part.split("\n\n").nth(1).unwrap();
        assert!(whole.contains(body), "{body}");
    }
}

#[test]
fn only_the_step_that_makes_the_user_holds_its_password() {
    for step in ALL_STEPS {
        let text = script(&inputs(), &[step]);
        assert_eq!(text.contains(PASSWORD), step == SetupStep::User, "{text}");
    }
}

#[test]
fn the_log_in_page_fits_into_a_file_that_a_script_writes() {
    let longest = "Ñ".repeat(100);
    assert!(login_page(&portal(), &longest).len() < 4_095);
    let page = login_page(&portal(), COMPANY);
    assert!(script(&inputs(), &[SetupStep::Hotspot]).contains(&router_kit::quote::quoted(&page)));
}

#[test]
fn sources_are_limited_where_they_are_known() {
    let limited = SetupInputs {
        server_addresses: vec![
            "203.0.113.7".parse().unwrap(),
            "2001:db8::7".parse().unwrap(),
        ],
        ..inputs()
    };
    let text = setup_script(&limited);
    let sources = "address=\"203.0.113.7/32,2001:db8::7/128\"";
    assert_eq!(
        text.matches(sources).count(),
        3,
        "user twice, service: {text}"
    );
    assert!(!setup_script(&inputs()).contains("/32"));
}

#[test]
fn without_https_there_is_no_option_for_phones() {
    let plain = SetupInputs {
        portal: router_kit::portal::Portal::new("http://10.0.0.2:8000", &crate::world::router_id())
            .unwrap(),
        ..inputs()
    };
    let text = script(&plain, &[SetupStep::Dhcp]);
    assert!(!text.contains("/ip dhcp-server"), "{text}");
}
