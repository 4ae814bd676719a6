//! What the checks need to know of Rust's syntax, on token trees.

use proc_macro2::{Delimiter, TokenTree};

/// `cfg(test)`, or `cfg(all(test, ..))`, as a token stream prints it.
pub(crate) fn is_test_cfg(attribute: &str) -> bool {
    let plain: String = attribute
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    plain == "cfg(test)" || plain.starts_with("cfg(all(test,")
}

/// How many tokens the item at the beginning has: up to its braces or semicolon.
pub(crate) fn item_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let end = tokens.iter().position(ends);
    end.map_or(tokens.len(), |at| at + 1)
}
