//! Runs a parsed script on a router over its API, as the console would: each statement of the
//! outermost level on its own, because a terminal forgets `:local` at the end of a line.

use std::collections::BTreeMap;

use routeros_client::blocking::Client;
use routeros_client::{Command, Query};

use crate::parser::{Expression, Operator, Part, Statement, Word};

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Nothing,
    Text(Vec<u8>),
    Items(Vec<String>),
}

type Scope = BTreeMap<String, Value>;

/// A console.
pub(crate) struct Console<'a> {
    client: &'a mut Client,
    /// What `:put` wrote.
    pub(crate) output: Vec<String>,
}

impl<'a> Console<'a> {
    pub(crate) const fn new(client: &'a mut Client) -> Self {
        Self {
            client,
            output: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, script: &[Statement]) {
        for statement in script {
            self.statements(std::slice::from_ref(statement), &mut Scope::new());
        }
    }

    fn statements(&mut self, statements: &[Statement], scope: &mut Scope) -> Value {
        let mut last = Value::Nothing;
        for statement in statements {
            match statement {
                Statement::Comment(_) => {}
                Statement::Block(inner) => {
                    self.statements(inner, scope);
                }
                Statement::Command(words) => last = self.command(words, scope),
            }
        }
        last
    }

    fn command(&mut self, words: &[Word], scope: &mut Scope) -> Value {
        let (first, rest) = words.split_first().unwrap();
        let Word::Bare(first) = first else {
            panic!("a command begins with {first:?}");
        };
        match (first.as_str(), rest) {
            (":put", [text]) => {
                let text = self.text(text, scope);
                self.output.push(String::from_utf8(text).unwrap());
                Value::Nothing
            }
            (":local" | ":set", [Word::Bare(name), value]) => {
                let value = self.value(value, scope);
                let is_new = scope.insert(name.clone(), value).is_none();
                assert!(
                    first == ":local" || !is_new,
                    "{name} is set before it is there"
                );
                Value::Nothing
            }
            (":if", [condition, branches @ ..]) => {
                let chosen = if self.truth(condition, scope) {
                    "do"
                } else {
                    "else"
                };
                if let Some(Word::Block(block)) = named(branches, chosen) {
                    self.statements(block, scope);
                }
                Value::Nothing
            }
            (":foreach", [Word::Bare(_) | Word::Variable(_), ..]) => {
                let Word::Bare(variable) = &rest[0] else {
                    panic!("{rest:?}");
                };
                let list = self.value(named(rest, "in").unwrap(), scope);
                let Some(Word::Block(block)) = named(rest, "do") else {
                    panic!("{rest:?}");
                };
                for item in items(list) {
                    scope.insert(variable.clone(), Value::Items(vec![item]));
                    self.statements(block, scope);
                }
                Value::Nothing
            }
            (":delay", [_]) => Value::Nothing,
            (":len", [value]) => {
                let length = match self.value(value, scope) {
                    Value::Nothing => 0,
                    Value::Text(text) => text.len(),
                    Value::Items(items) => items.len(),
                };
                Value::Text(length.to_string().into_bytes())
            }
            (":find", [text, part]) => {
                let (text, part) = (self.text(text, scope), self.text(part, scope));
                let found = text.windows(part.len()).position(|window| window == part);
                found.map_or(Value::Nothing, |at| {
                    Value::Text(at.to_string().into_bytes())
                })
            }
            (":typeof", [value]) => Value::Text(match self.value(value, scope) {
                Value::Nothing => b"nil".to_vec(),
                Value::Text(_) => b"str".to_vec(),
                Value::Items(_) => b"array".to_vec(),
            }),
            (menu, _) if menu.starts_with('/') => self.menu(menu, rest, scope),
            _ => panic!("unknown command {words:?}"),
        }
    }

    /// `/ip hotspot get $h profile`: a path, a verb, a target, values.
    fn menu(&mut self, first: &str, rest: &[Word], scope: &mut Scope) -> Value {
        let mut path = first.to_owned();
        let mut rest = rest.iter();
        let verb = loop {
            match rest.next() {
                Some(Word::Bare(word))
                    if ["add", "set", "remove", "find", "get", "sign"].contains(&word.as_str()) =>
                {
                    break word.as_str();
                }
                Some(Word::Bare(word)) => path = format!("{path}/{word}"),
                other => panic!("{path} without a verb: {other:?}"),
            }
        };
        let rest: Vec<&Word> = rest.collect();
        match verb {
            "find" => Value::Items(self.find(&path, &rest, scope)),
            "get" => {
                let (target, Word::Bare(property)) = (rest[0], rest[1]) else {
                    panic!("{path} get {rest:?}");
                };
                let targets = self.targets(target, scope);
                assert_eq!(targets.len(), 1, "{path} get {target:?}");
                let key = if targets[0].starts_with('*') {
                    ".id"
                } else {
                    "name"
                };
                let print = Command::new(format!("{path}/print"))
                    .proplist(&[property.as_str()])
                    .query_equal(key, &targets[0]);
                let reply = self.client.execute(&print).unwrap();
                assert_eq!(reply.rows().len(), 1, "{path} {targets:?}");
                let value = reply.rows()[0].text(property);
                value.map_or(Value::Nothing, |text| {
                    Value::Text(text.into_owned().into_bytes())
                })
            }
            verb => {
                let mut command = Command::new(format!("{path}/{verb}"));
                for word in rest {
                    match word {
                        Word::Named { name, value, .. } => {
                            command = command.attribute(name, self.text(value, scope));
                        }
                        target => {
                            let targets = self.targets(target, scope);
                            if targets.is_empty() {
                                return Value::Nothing;
                            }
                            command = command.attribute(".id", targets.join(","));
                        }
                    }
                }
                self.client.execute(&command).unwrap();
                Value::Nothing
            }
        }
    }

    fn find(&mut self, path: &str, rest: &[&Word], scope: &mut Scope) -> Vec<String> {
        let mut command = Command::new(format!("{path}/print")).proplist(&[".id"]);
        for word in rest {
            match word {
                Word::Bare(word) if word == "where" || word == "and" => {}
                Word::Named {
                    name,
                    is_equal,
                    value,
                } => {
                    let equal = Query::equal(name, self.text(value, scope));
                    command = command.query(&if *is_equal { equal } else { !equal });
                }
                other => panic!("{path} find {other:?}"),
            }
        }
        let reply = self.client.execute(&command).unwrap();
        let ids = reply
            .rows()
            .iter()
            .map(|row| row.text(".id").unwrap().into_owned());
        ids.collect()
    }

    fn targets(&mut self, word: &Word, scope: &mut Scope) -> Vec<String> {
        items(self.value(word, scope))
    }

    fn value(&mut self, word: &Word, scope: &mut Scope) -> Value {
        match word {
            Word::Bare(text) => Value::Text(text.clone().into_bytes()),
            Word::Quoted(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Part::Literal(bytes) => bytes.clone(),
                    other => panic!("quotes hold {other:?}"),
                });
                Value::Text(parts.flatten().collect())
            }
            Word::Variable(name) => scope
                .get(name)
                .unwrap_or_else(|| panic!("${name} is not known here"))
                .clone(),
            Word::Substitution(statements) => self.statements(statements, scope),
            Word::Expression(expression) => self.expression(expression, scope),
            Word::Block(_) | Word::Named { .. } => panic!("no value: {word:?}"),
        }
    }

    fn text(&mut self, word: &Word, scope: &mut Scope) -> Vec<u8> {
        into_text(self.value(word, scope))
    }

    fn truth(&mut self, word: &Word, scope: &mut Scope) -> bool {
        self.text(word, scope) == b"true"
    }

    fn expression(&mut self, expression: &Expression, scope: &mut Scope) -> Value {
        let flag = |truth: bool| Value::Text(truth.to_string().into_bytes());
        match expression {
            Expression::Word(word) => self.value(word, scope),
            Expression::Not(inner) => {
                let inner = into_text(self.expression(inner, scope));
                flag(inner != b"true")
            }
            Expression::Pair(left, operator, right) => {
                let left = into_text(self.expression(left, scope));
                let right = into_text(self.expression(right, scope));
                match operator {
                    Operator::Equal => flag(left == right),
                    Operator::NotEqual => flag(left != right),
                    Operator::And => flag(left == b"true" && right == b"true"),
                    Operator::Or => flag(left == b"true" || right == b"true"),
                    Operator::Concatenate => Value::Text([left, right].concat()),
                }
            }
        }
    }
}

fn into_text(value: Value) -> Vec<u8> {
    match value {
        Value::Nothing => Vec::new(),
        Value::Text(text) => text,
        Value::Items(items) => items.join(";").into_bytes(),
    }
}

fn items(value: Value) -> Vec<String> {
    match value {
        Value::Nothing => Vec::new(),
        Value::Text(text) => vec![String::from_utf8(text).unwrap()],
        Value::Items(items) => items,
    }
}

fn named<'w>(words: &'w [Word], wanted: &str) -> Option<&'w Word> {
    words.iter().find_map(|word| match word {
        Word::Named { name, value, .. } if name == wanted => Some(value.as_ref()),
        _ => None,
    })
}
