//! The rules, on one file at a time.

use std::path::Path;

/// A repository is no store for large files.
const LARGEST: u64 = 1024 * 1024;

/// Words that mark unfinished work, spelt in halves so that this file passes its own rule.
const MARKS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// Rust that stands for missing work, or that switches a test off.
const RUST_MARKS: &[&str] = &[
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
];

/// Folders of one person's machine.
const HOMES: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
];

/// A file that is too large.
pub(crate) fn size(name: &str, bytes: u64) -> Option<String> {
    (bytes > LARGEST).then(|| format!("{name}: {bytes} bytes, more than {LARGEST}"))
}

/// Problems in the lines of a text file.
pub(crate) fn text(name: &str, text: &str) -> Vec<String> {
    let ending = Path::new(name).extension();
    let rust = ending.is_some_and(|ending| ending == "rs");
    let raw = is_raw(name);
    let mut problems = Vec::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let mut problem = |what: &str| problems.push(format!("{name}:{number}: {what}"));
        if !raw && line.trim_end() != line {
            problem("space at the end of the line");
        }
        if !raw && rust && line.contains('\t') {
            problem("tab");
        }
        for mark in MARKS.iter().filter(|mark| contains_word(line, mark)) {
            problem(&format!("unfinished work is marked {mark}"));
        }
        for mark in RUST_MARKS
            .iter()
            .filter(|mark| rust && line.contains(**mark))
        {
            problem(&format!("`{mark}` has no place here"));
        }
        for home in HOMES.iter().filter(|home| mentions_folder(line, home)) {
            problem(&format!("a path of one machine: {home}"));
        }
    }
    if !raw && !text.is_empty() && !text.ends_with('\n') {
        problems.push(format!("{name}: no line end at the end of the file"));
    }
    problems
}

/// Snapshots hold what a program printed, and fuzz corpora what a peer sent: kept byte for byte.
fn is_raw(name: &str) -> bool {
    let path = Path::new(name);
    path.extension().is_some_and(|ending| ending == "snap")
        || path.components().any(|part| part.as_os_str() == "__fuzz__")
}

/// The word with no letter, digit or underscore on either side.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let part_of_word =
            |next: Option<char>| next.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let (before, rest) = line.split_at(start);
        let after = rest.strip_prefix(word).unwrap_or_default();
        !part_of_word(before.chars().next_back()) && !part_of_word(after.chars().next())
    })
}

/// The folder at the start of an absolute path, not somewhere inside a URL or another path.
fn mentions_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let (before, rest) = line.split_at(start);
        let after = rest.strip_prefix(folder).unwrap_or_default();
        !before.ends_with(|c: char| c.is_alphanumeric() || "}_-.~/*".contains(c))
            && after.starts_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::{HOMES, LARGEST, MARKS, RUST_MARKS, size, text};

    #[test]
    fn clean_files_pass() {
        for (name, content) in [
            ("a.rs", "fn main() {}\n"),
            (
                "a.md",
                "El método acepta todo; https://host/Users/x and ./home/x are no homes.\n",
            ),
            ("a.snap", "printed   \n"),
            ("tests/__fuzz__/words/corpus/1", "!done "),
            ("empty", ""),
        ] {
            assert_eq!(text(name, content), Vec::<String>::new(), "{name}");
        }
        assert_eq!(size("a", LARGEST), None);
    }

    #[test]
    fn each_rule_names_file_and_line() {
        let [unfinished, fix, _] = MARKS else {
            panic!("three marks")
        };
        let [later, _, off] = RUST_MARKS else {
            panic!("three marks")
        };
        let [home, ..] = HOMES else { panic!("homes") };
        for (name, line, expected) in [
            (
                "a.md",
                "text ".to_owned(),
                "space at the end of the line".to_owned(),
            ),
            ("a.rs", "\tlet x;".to_owned(), "tab".to_owned()),
            (
                "a.sql",
                format!("-- {unfinished}: x"),
                format!("unfinished work is marked {unfinished}"),
            ),
            (
                "a.md",
                format!("({fix})"),
                format!("unfinished work is marked {fix}"),
            ),
            (
                "a.rs",
                format!("{later})"),
                format!("`{later}` has no place here"),
            ),
            (
                "a.rs",
                format!("{off}]"),
                format!("`{off}` has no place here"),
            ),
            (
                "a.sh",
                format!("cd {home}me"),
                format!("a path of one machine: {home}"),
            ),
        ] {
            assert_eq!(
                text(name, &format!("ok\n{line}\n")),
                [format!("{name}:2: {expected}")]
            );
        }
        assert_eq!(
            text("a.md", "no end"),
            ["a.md: no line end at the end of the file"]
        );
        assert_eq!(
            size("a", LARGEST + 1).unwrap(),
            "a: 1048577 bytes, more than 1048576"
        );
    }
}
