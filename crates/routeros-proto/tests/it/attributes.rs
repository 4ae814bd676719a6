//! Attributes are found a block at a time; they must be what a look at each byte finds.

use proptest::prelude::*;
use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::limits::Limits;
use routeros_proto::reply::ReplyRef;

/// Words of which many are attributes, with `=` and its neighbours in all places.
fn words() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![
        2 => Just(b'='), 1 => Just(b'<'), 1 => Just(b'>'), 6 => Just(b'a'), 1 => any::<u8>(),
    ];
    let body = prop::collection::vec(byte, 0..40);
    let word = (
        prop_oneof![6 => Just("="), 1 => Just(".tag="), 1 => Just("x")],
        body,
    );
    let word = word.prop_map(|(start, body)| [start.as_bytes(), &body].concat());
    let long = prop::collection::vec(Just(b'='), 120..140);
    prop::collection::vec(prop_oneof![20 => word, 1 => long], 0..8)
}

proptest! {
    #[test]
    fn names_and_values_are_what_a_plain_split_gives(words in words()) {
        let mut wire = Vec::new();
        let writer = SentenceWriter::new(&mut wire).word("!re");
        words.iter().fold(writer, SentenceWriter::word).finish().unwrap();
        let mut decoder = Decoder::new(Limits::client());
        decoder.feed(&wire);
        let reply = ReplyRef::parse(decoder.next_sentence().unwrap().unwrap()).unwrap();
        let found: Vec<_> =
            reply.row().attributes().map(|(name, value)| (name, value.as_bytes())).collect();
        let expected: Vec<(&[u8], &[u8])> = words
            .iter()
            .filter_map(|word| word.strip_prefix(b"="))
            .map(|rest| {
                let mut parts = rest.splitn(2, |byte| *byte == b'=');
                (parts.next().unwrap(), parts.next().unwrap_or_default())
            })
            .collect();
        prop_assert_eq!(&found, &expected);
        for (name, _) in &expected {
            let first = expected.iter().find(|(other, _)| other == name).unwrap();
            prop_assert_eq!(reply.row().get(name).unwrap().as_bytes(), first.1);
        }
    }
}
