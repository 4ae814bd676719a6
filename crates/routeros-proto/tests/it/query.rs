//! Queries: the documented stack machine, and that lowering an expression keeps its meaning.

use proptest::prelude::*;
use routeros_proto::command::Command;
use routeros_proto::error::EncodeError;
use routeros_proto::query::Query;
use routeros_proto::query::eval::matches;
use routeros_proto::row::Row;

/// An expression evaluated by plain recursion: the reference.
#[derive(Clone, Debug)]
enum Tree {
    Has(u8),
    Lacks(u8),
    Equal(u8, u8),
    Less(u8, u8),
    Greater(u8, u8),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Tree {
    fn holds(&self, item: &[Option<u8>]) -> bool {
        let at = |name: u8| item[usize::from(name)];
        match self {
            Self::Has(name) => at(*name).is_some(),
            Self::Lacks(name) => at(*name).is_none(),
            Self::Equal(name, value) => at(*name) == Some(*value),
            Self::Less(name, value) => at(*name).is_some_and(|stored| stored < *value),
            Self::Greater(name, value) => at(*name).is_some_and(|stored| stored > *value),
            Self::Not(inner) => !inner.holds(item),
            Self::And(left, right) => left.holds(item) && right.holds(item),
            Self::Or(left, right) => left.holds(item) || right.holds(item),
        }
    }

    fn query(&self) -> Query {
        let name = |name: u8| format!("p{name}");
        match self {
            Self::Has(at) => Query::has(name(*at)),
            Self::Lacks(at) => Query::lacks(name(*at)),
            Self::Equal(at, value) => Query::equal(name(*at), value.to_string()),
            Self::Less(at, value) => Query::less(name(*at), value.to_string()),
            Self::Greater(at, value) => Query::greater(name(*at), value.to_string()),
            Self::Not(inner) => !inner.query(),
            Self::And(left, right) => left.query().and(right.query()),
            Self::Or(left, right) => left.query().or(right.query()),
        }
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let (name, value) = (0..4_u8, 0..12_u8);
    let leaf = prop_oneof![
        name.clone().prop_map(Tree::Has),
        name.clone().prop_map(Tree::Lacks),
        (name.clone(), value.clone()).prop_map(|(n, v)| Tree::Equal(n, v)),
        (name.clone(), value.clone()).prop_map(|(n, v)| Tree::Less(n, v)),
        (name, value).prop_map(|(n, v)| Tree::Greater(n, v)),
    ];
    leaf.prop_recursive(6, 64, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| Tree::Not(Box::new(a))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Tree::Or(Box::new(a), Box::new(b))),
        ]
    })
}

fn row(item: &[Option<u8>]) -> Row {
    let pairs = item.iter().enumerate();
    Row::from_pairs(
        pairs.filter_map(|(at, value)| Some((format!("p{at}"), value.as_ref()?.to_string()))),
    )
    .unwrap()
}

fn run(words: &[&str], item: &Row) -> bool {
    matches(words.iter().map(|word| word.as_bytes()), &item.view()).unwrap()
}

proptest! {
    #[test]
    fn words_mean_what_the_expression_means(
        tree in trees(),
        item in prop::collection::vec(prop::option::of(0..12_u8), 4),
    ) {
        let words: Vec<Vec<u8>> = tree.query().words().collect();
        let bare = words.iter().map(|word| word.strip_prefix(b"?").unwrap());
        prop_assert_eq!(matches(bare, &row(&item).view()), Ok(tree.holds(&item)), "{:?}", words);
    }

    #[test]
    fn any_words_are_evaluated_without_a_panic(
        words in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..8),
    ) {
        let _ = matches(words.iter().map(Vec::as_slice), &Row::default().view());
    }
}

#[test]
fn every_documented_word_works() {
    let item = Row::from_pairs([("type", "ether"), ("mtu", "1500"), ("comment", "")]).unwrap();
    let table: &[(&[&str], bool)] = &[
        (&[], true),
        (&["type"], true),
        (&["nothing"], false),
        (&["-type"], false),
        (&["-nothing"], true),
        (&["type=ether"], true),
        (&["=type=ether"], true),
        (&["=type=vlan"], false),
        (&["comment"], true),
        (&["=comment="], true),
        (&[">comment="], false),
        (&["<mtu=9000"], true),
        (&[">mtu=900"], true),
        (&["<mtu=1500"], false),
        (&["type=ether", "mtu=9"], false),
        (&["type=vlan", "type=ether", "#|"], true),
        (&["type=a", "type=b", "type=ether", "#||"], true),
        (&["type=a", "type=b", "type=c", "#||"], false),
        (&["type", "nothing", "#!"], true),
        (&["type", "nothing", "#!&"], true),
        (&["nothing", "#!", "type", "#&"], true),
        // An empty stack supplies `true`.
        (&["#!"], false),
        (&["nothing", "#|"], true),
        // An index at the end of the word replaces the whole stack.
        (&["nothing", "type", "#0"], true),
        (&["nothing", "type", "#1"], false),
        (&["nothing", "type", "#9"], true),
        // An index before an operator pushes a copy.
        (&["type", "nothing", "#1|", "#&"], true),
        (&["nothing", "type", "#1.", "#||"], true),
        (&["nothing", "#.|"], false),
        (&["type", "#.&!"], false),
    ];
    for (words, expected) in table {
        assert_eq!(run(words, &item), *expected, "{words:?}");
    }
}

#[test]
fn operators_that_do_not_exist_are_named() {
    let error = matches([&b"#x"[..]], &Row::default().view()).unwrap_err();
    assert_eq!(error.operator(), b'x');
}

#[test]
fn a_value_cannot_change_the_meaning_of_a_query() {
    for value in ["#|", "=x", "-x", "a=b", "?x", ""] {
        let item = Row::from_pairs([("name", value)]).unwrap();
        let words: Vec<_> = Query::equal("name", value).words().collect();
        assert_eq!(words, [format!("?=name={value}").into_bytes()]);
        assert!(run(&[&format!("=name={value}")], &item));
        assert!(!run(
            &[&format!("=name={value}")],
            &Row::from_pairs([("name", "other")]).unwrap()
        ));
    }
    for name in ["", "a=b", "-a", "<a", ">a", "=a", "#a"] {
        assert_eq!(
            Query::has(name).error(),
            Some(EncodeError::InvalidName),
            "{name}"
        );
        let command = Command::new("/x/print").query(&!Query::has("ok").and(Query::has(name)));
        assert_eq!(
            command.encode(None, &mut Vec::new()),
            Err(EncodeError::InvalidName),
            "{name}"
        );
    }
}

#[test]
fn a_very_deep_query_is_built_and_dropped_without_recursion() {
    let mut query = Query::has("a");
    for _ in 0..100_000 {
        query = !query.or(Query::lacks("a"));
    }
    assert_eq!(query.words().count(), 200_001);
}
