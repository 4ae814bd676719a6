//! Nothing that anybody typed leaves its quotes, or its comment.

use domain::secret::Secret;
use proptest::prelude::*;
use router_kit::quote::{plain_line, quoted};
use router_kit::setup::{ApiUser, SetupInputs, script, setup_script};

use crate::parser::{Expression, Part, Statement, Word, parse, parse_word};
use crate::world::{ALL_STEPS, inputs};

/// Texts with everything that means something to a script, far more often than by chance.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("$".to_owned()),
        Just("$(".to_owned()),
        Just("$[/system reset-configuration]".to_owned()),
        Just("\"; /user add name=x group=full; :put \"".to_owned()),
        Just("\n/system reboot\n".to_owned()),
        Just("\r".to_owned()),
        Just("\t?".to_owned()),
        Just("\\\n".to_owned()),
        Just("}] do={".to_owned()),
        Just("#".to_owned()),
        Just("\u{2028}\u{feff}é😀\0".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// The script with every quoted text and comment taken out: what it does, without what it says.
fn skeleton(statements: &[Statement]) -> String {
    fn blank(word: &Word) -> Word {
        match word {
            Word::Quoted(parts) => {
                assert!(
                    parts.iter().all(|part| matches!(part, Part::Literal(_))),
                    "quotes hold code: {parts:?}"
                );
                Word::Quoted(Vec::new())
            }
            Word::Named {
                name,
                is_equal,
                value,
            } => Word::Named {
                name: name.clone(),
                is_equal: *is_equal,
                value: Box::new(blank(value)),
            },
            Word::Block(inner) => Word::Block(all(inner)),
            Word::Substitution(inner) => Word::Substitution(all(inner)),
            Word::Expression(inner) => Word::Expression(Box::new(calm(inner))),
            other => other.clone(),
        }
    }
    fn calm(expression: &Expression) -> Expression {
        match expression {
            Expression::Word(word) => Expression::Word(blank(word)),
            Expression::Not(inner) => Expression::Not(Box::new(calm(inner))),
            Expression::Pair(left, operator, right) => {
                Expression::Pair(Box::new(calm(left)), *operator, Box::new(calm(right)))
            }
        }
    }
    fn all(statements: &[Statement]) -> Vec<Statement> {
        let blanked = statements.iter().map(|statement| match statement {
            Statement::Comment(_) => Statement::Comment(String::new()),
            Statement::Block(inner) => Statement::Block(all(inner)),
            Statement::Command(words) => Statement::Command(words.iter().map(blank).collect()),
        });
        blanked.collect()
    }
    format!("{:?}", all(statements))
}

fn filled_with(text: &str) -> SetupInputs {
    SetupInputs {
        company: text.to_owned(),
        router_name: text.to_owned(),
        new_user: Some(ApiUser {
            name: text.to_owned(),
            password: Secret::new(text),
        }),
        present_user: text.to_owned(),
        profiles: vec![text.to_owned()],
        ..inputs()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_quoted_text_is_one_literal_with_the_same_bytes(text in hostile()) {
        let literal = quoted(&text);
        prop_assert!(literal.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'?'));
        let word = parse_word(literal.as_bytes()).unwrap();
        prop_assert_eq!(word, Word::Quoted(vec![Part::Literal(text.into_bytes())]));
    }

    #[test]
    fn a_plain_line_is_one_comment(text in hostile()) {
        let comment = format!("# {}\n:put 1", plain_line(&text));
        let statements = parse(comment.as_bytes()).unwrap();
        prop_assert_eq!(statements.len(), 2);
        prop_assert!(matches!(statements[0], Statement::Comment(_)));
    }

    #[test]
    fn whatever_operators_type_a_script_does_the_same(text in hostile()) {
        for steps in [&ALL_STEPS[..], &ALL_STEPS[..1]] {
            let tame = parse(script(&filled_with("x"), steps).as_bytes()).unwrap();
            let typed = parse(script(&filled_with(&text), steps).as_bytes()).unwrap();
            prop_assert!(skeleton(&typed) == skeleton(&tame));
        }
    }

    #[test]
    fn a_terminal_acts_on_nothing_in_a_script(text in hostile()) {
        let script = setup_script(&filled_with(&text));
        for byte in script.bytes() {
            // Tabs complete words, and `?` asks for help.
            prop_assert!(byte == b'\n' || matches!(byte, b' '..=b'~') && byte != b'?');
        }
    }
}
