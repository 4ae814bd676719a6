//! Events come from anybody on the internet.

use domain::secret::Secret;
use ports::payments::{EventKeys, EventProof, PaymentGateway, RawEvent};
use proptest::prelude::*;

use crate::fixtures::{PATIENT, conekta, mercado_pago};

fn pieces() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,16}",
        Just("payment".to_owned()),
        Just("123456789012".to_owned()),
        Just("ts=1742505638683,v1=00".to_owned()),
        Just("AAAA".to_owned()),
    ]
}

fn pairs(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop::sample::select(names).prop_map(str::to_owned);
    prop::collection::vec((name, pieces()), 0..5)
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        (pieces(), pieces(), pieces()).prop_map(|(id, kind, inner)| {
            serde_json::json!({
                "id": id, "type": kind, "action": inner,
                "data": { "id": inner, "object": { "id": id, "charges": [{ "id": inner }] } },
            })
            .to_string()
            .into_bytes()
        }),
    ]
}

proptest! {
    #[test]
    fn any_notice_is_read_without_panic_and_never_believed(
        query in pairs(&["data.id", "id", "type", "topic"]),
        headers in pairs(&["x-signature", "x-request-id", "digest"]),
        body in bodies(),
    ) {
        let raw = RawEvent { query, headers, body };
        let keys = EventKeys {
            secret: Some(Secret::new("a secret that nobody guesses")),
            public_keys: vec!["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".into()],
        };
        let gateways: [&dyn PaymentGateway; 2] =
            [&conekta("http://x.test", PATIENT), &mercado_pago("http://x.test", PATIENT)];
        for gateway in gateways {
            if let Some(event) = gateway.parse_event(&raw) {
                prop_assert!(event.order_id.is_some() || event.payment_id.is_some());
            }
            prop_assert_ne!(gateway.prove_event(&raw, &keys), EventProof::Verified);
            let no_keys = gateway.prove_event(&raw, &EventKeys::default());
            prop_assert_eq!(no_keys, EventProof::NoKey);
        }
    }
}
