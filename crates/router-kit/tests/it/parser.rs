//! A parser of the RouterOS scripting language, as far as our scripts use it and a little further:
//! everything that could end a string or begin a command is known, so that a text which leaves its
//! quotes shows. Written from MikroTik's manual, apart from the code that writes scripts.

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Statement {
    Comment(String),
    Block(Vec<Self>),
    Command(Vec<Word>),
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Quoted(Vec<Part>),
    Bare(String),
    Variable(String),
    Substitution(Vec<Statement>),
    Expression(Box<Expression>),
    Block(Vec<Statement>),
    Named {
        name: String,
        is_equal: bool,
        value: Box<Self>,
    },
}

/// A piece of a quoted text: inside of quotes RouterOS still reads variables and commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(Vec<u8>),
    Variable(String),
    Substitution(Vec<Statement>),
    Expression(Box<Expression>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expression {
    Word(Word),
    Not(Box<Self>),
    Pair(Box<Self>, Operator, Box<Self>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Concatenate,
    And,
    Or,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError(String, usize);

type Parsed<T> = Result<T, SyntaxError>;

/// Parses a whole script.
pub(crate) fn parse(script: &[u8]) -> Parsed<Vec<Statement>> {
    let mut parser = Parser {
        bytes: script,
        at: 0,
    };
    parser.statements(None)
}

/// Parses one word, which must be all there is.
pub(crate) fn parse_word(text: &[u8]) -> Parsed<Word> {
    let mut parser = Parser { bytes: text, at: 0 };
    let word = parser.word()?;
    if parser.peek().is_some() {
        return Err(parser.error("more than one word"));
    }
    Ok(word)
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error(&self, what: &str) -> SyntaxError {
        SyntaxError(what.to_owned(), self.at)
    }

    fn next(&mut self) -> Parsed<u8> {
        let byte = self.peek().ok_or_else(|| self.error("unexpected end"))?;
        self.at += 1;
        Ok(byte)
    }

    fn eats(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.starts_with(b"\\\n") {
                self.at += 2;
            } else if matches!(rest.first(), Some(b' ' | b'\t' | b'\r')) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn statements(&mut self, end: Option<u8>) -> Parsed<Vec<Statement>> {
        let mut statements = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None if end.is_none() => return Ok(statements),
                None => return Err(self.error("a bracket is not closed")),
                Some(byte) if Some(byte) == end => {
                    self.at += 1;
                    return Ok(statements);
                }
                Some(b'\n' | b';') => self.at += 1,
                Some(b'#') => {
                    let from = self.at + 1;
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                    let text = String::from_utf8_lossy(&self.bytes[from..self.at]);
                    statements.push(Statement::Comment(text.trim().to_owned()));
                }
                Some(b'{') => {
                    self.at += 1;
                    statements.push(Statement::Block(self.statements(Some(b'}'))?));
                }
                Some(_) => statements.push(Statement::Command(self.command()?)),
            }
        }
    }

    fn command(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None | Some(b'\n' | b';' | b'}' | b']') => return Ok(words),
                Some(_) => words.push(self.word()?),
            }
        }
    }

    fn word(&mut self) -> Parsed<Word> {
        let word = match self.peek() {
            Some(b'"') => {
                self.at += 1;
                Word::Quoted(self.quoted()?)
            }
            Some(b'$') => {
                self.at += 1;
                Word::Variable(self.name()?)
            }
            Some(b'[') => {
                self.at += 1;
                Word::Substitution(self.statements(Some(b']'))?)
            }
            Some(b'(') => {
                self.at += 1;
                Word::Expression(Box::new(self.parenthesis()?))
            }
            Some(b'{') => {
                self.at += 1;
                Word::Block(self.statements(Some(b'}'))?)
            }
            _ => return self.bare(),
        };
        // What touches a word without a blank would be read as one with it.
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b')' | b']' | b'}') => Ok(word),
            Some(_) => Err(self.error("something sticks to a word")),
        }
    }

    fn bare(&mut self) -> Parsed<Word> {
        let mut text = String::new();
        loop {
            match self.peek() {
                Some(b'=') => {
                    self.at += 1;
                    return self.named(text, true);
                }
                Some(b'!') if self.bytes.get(self.at + 1) == Some(&b'=') => {
                    self.at += 2;
                    return self.named(text, false);
                }
                Some(byte)
                    if byte.is_ascii_alphanumeric()
                        || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b',' | b'*') =>
                {
                    self.at += 1;
                    text.push(char::from(byte));
                }
                _ if text.is_empty() => return Err(self.error("not a word")),
                _ => return Ok(Word::Bare(text)),
            }
        }
    }

    fn named(&mut self, name: String, is_equal: bool) -> Parsed<Word> {
        if name.is_empty() {
            return Err(self.error("a value without a name"));
        }
        let value = Box::new(self.word()?);
        Ok(Word::Named {
            name,
            is_equal,
            value,
        })
    }

    fn name(&mut self) -> Parsed<String> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            self.at += 1;
        }
        if from == self.at {
            return Err(self.error("a variable without a name"));
        }
        Ok(String::from_utf8_lossy(&self.bytes[from..self.at]).into_owned())
    }

    fn quoted(&mut self) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut literal = Vec::new();
        loop {
            let part = match self.next()? {
                b'"' => {
                    if !literal.is_empty() || parts.is_empty() {
                        parts.push(Part::Literal(literal));
                    }
                    return Ok(parts);
                }
                b'\\' => {
                    literal.push(self.escape()?);
                    continue;
                }
                b'\n' => return Err(self.error("a line ends inside of quotes")),
                b'$' => match self.peek() {
                    Some(b'[') => {
                        self.at += 1;
                        Part::Substitution(self.statements(Some(b']'))?)
                    }
                    Some(b'(') => {
                        self.at += 1;
                        Part::Expression(Box::new(self.parenthesis()?))
                    }
                    _ => Part::Variable(self.name()?),
                },
                byte => {
                    literal.push(byte);
                    continue;
                }
            };
            parts.push(Part::Literal(std::mem::take(&mut literal)));
            parts.push(part);
        }
    }

    fn escape(&mut self) -> Parsed<u8> {
        Ok(match self.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'a' => 7,
            b'b' => 8,
            b'v' => 11,
            b'f' => 12,
            b'_' => b' ',
            byte @ (b'"' | b'\\' | b'$') => byte,
            // Two digits in capitals. `\?` is not among these since 7.1.
            high => hex(high)
                .zip(hex(self.next()?))
                .map(|(high, low)| high << 4 | low)
                .ok_or_else(|| self.error("no such escape"))?,
        })
    }

    /// An expression up to its closing parenthesis; the weakest operator first.
    fn parenthesis(&mut self) -> Parsed<Expression> {
        let expression = self.level(&[
            ("or", Operator::Or),
            ("and", Operator::And),
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            (".", Operator::Concatenate),
        ])?;
        self.blanks();
        if self.eats(b')') {
            Ok(expression)
        } else {
            Err(self.error("a parenthesis is not closed"))
        }
    }

    fn level(&mut self, operators: &[(&str, Operator)]) -> Parsed<Expression> {
        let Some(((text, operator), tighter)) = operators.split_first() else {
            return self.operand();
        };
        let mut left = self.level(tighter)?;
        loop {
            self.blanks();
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if !rest.starts_with(text.as_bytes()) {
                return Ok(left);
            }
            self.at += text.len();
            let right = self.level(tighter)?;
            left = Expression::Pair(Box::new(left), *operator, Box::new(right));
        }
    }

    fn operand(&mut self) -> Parsed<Expression> {
        self.blanks();
        if self.eats(b'!') {
            return Ok(Expression::Not(Box::new(self.operand()?)));
        }
        Ok(Expression::Word(self.word()?))
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[test]
fn the_parser_tells_what_leaves_its_quotes() {
    let quoted = |text: &str| match parse_word(text.as_bytes()) {
        Ok(Word::Quoted(parts)) => Some(parts),
        _ => None,
    };
    let literal = |text: &[u8]| Some(vec![Part::Literal(text.to_vec())]);
    assert_eq!(quoted(r#""a\"b\24\C3\A9""#), literal("a\"b$é".as_bytes()));
    assert_eq!(quoted(r#""""#), literal(b""));
    // A variable, a command, an end, an unknown escape, an open end.
    assert_eq!(quoted(r#""a$b""#).map(|parts| parts.len()), Some(2));
    assert!(matches!(
        quoted(r#""$[/system reset]""#).as_deref(),
        Some([_, Part::Substitution(_)])
    ));
    for text in [
        r#""a"b""#, r#""\c3""#, r#""\?""#, r#""a"#, "\"a\nb\"", "\"a\\",
    ] {
        assert!(parse_word(text.as_bytes()).is_err(), "{text}");
    }
    let statements =
        parse(b"# a\n/x add name=\"b\"; :put 1\n{ :put [/x find where a=$b] }").unwrap();
    assert_eq!(statements.len(), 4);
    assert!(parse(b":if (1 = 1) do={ :put 1").is_err());
}
