//! Comments and documents cite what is in the repository.

use std::path::Path;

/// What is no citation: these were never files here, or need one named beside them.
const VAGUE: &[&str] = &[
    "gateway notes",
    "protocol notes",
    "onboarding guide",
    "seeds' checklist",
    "HTTP contract",
    "design section",
    "contract section",
];

/// Problems of one file: documents that do not exist, and sections of no document.
pub(crate) fn check(root: &Path, name: &str, text: &str) -> Vec<String> {
    let ending = Path::new(name)
        .extension()
        .and_then(|ending| ending.to_str());
    let comments_only = match ending {
        Some("rs" | "toml" | "py" | "sql") => true,
        Some("md") => false,
        _ => return Vec::new(),
    };
    // A document may speak of its own sections.
    let reference = name.starts_with("docs/reference/");
    let mut problems = Vec::new();
    let mut before = "";
    for (number, line) in (1_usize..).zip(text.lines()) {
        let prose = !comments_only || is_comment(line);
        if prose {
            for document in documents(line).filter(|one| !root.join(one).is_file()) {
                problems.push(format!("{name}:{number}: {document} does not exist"));
            }
            let vague = VAGUE.iter().any(|phrase| line.contains(phrase)) || cites_section(line);
            let named = [before, line]
                .iter()
                .any(|line| documents(line).next().is_some());
            if vague && !named && !reference && !line.contains("RFC") {
                problems.push(format!(
                    "{name}:{number}: cites a section without its file in docs/"
                ));
            }
        }
        before = if prose { line } else { "" };
    }
    problems
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with('#') || line.starts_with("--")
}

/// Whether a number or letter of a section is cited.
fn cites_section(line: &str) -> bool {
    ["section ", "sections "].iter().any(|word| {
        line.match_indices(word).any(|(at, _)| {
            let (_, rest) = line.split_at(at);
            let rest = rest.strip_prefix(word).unwrap_or_default();
            let rest = rest
                .strip_prefix(|letter: char| letter.is_ascii_uppercase())
                .unwrap_or(rest);
            rest.starts_with(|letter: char| letter.is_ascii_digit())
        })
    })
}

/// Paths of documents from the repository's root.
fn documents(line: &str) -> impl Iterator<Item = &str> {
    let part_of_path = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    line.split(move |letter| !part_of_path(letter))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| {
            word.starts_with("docs/")
                && Path::new(word)
                    .extension()
                    .is_some_and(|ending| ending == "md")
        })
}

#[cfg(test)]
mod tests {
    use super::check;

    fn problems(name: &str, text: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("docs")).unwrap();
        std::fs::write(root.path().join("docs/a.md"), "").unwrap();
        check(root.path(), name, text)
    }

    #[test]
    fn a_section_is_cited_with_its_file() {
        for (name, text) in [
            ("a.rs", "//! As docs/a.md, section 3.2.\n"),
            ("a.rs", "// See `docs/a.md`,\n// sections 1 and 2.\n"),
            (
                "a.rs",
                "// RFC 8908, section 5\nlet text = \"section 3\";\n",
            ),
            ("a.md", "A section on 3 things.\n"),
            ("docs/reference/b.md", "See section 4.\n"),
        ] {
            assert_eq!(problems(name, text), Vec::<String>::new(), "{text}");
        }
        for text in [
            "// section 3.2 of it",
            "// (A9) of the gateway notes",
            "/// HTTP contract section B7",
        ] {
            assert_eq!(
                problems("a.rs", text),
                ["a.rs:1: cites a section without its file in docs/"],
                "{text}"
            );
        }
    }

    #[test]
    fn a_cited_document_exists() {
        assert_eq!(
            problems("a.rs", "// see docs/b.md"),
            ["a.rs:1: docs/b.md does not exist"]
        );
        assert_eq!(problems("a.md", "[x](docs/a.md)."), Vec::<String>::new());
    }
}
