//! Versions of RouterOS that are known to be bad for a hotspot or for whoever can reach it.
//!
//! A list with a day, not a promise: a version that is not on it may be bad as well.

/// The day on which the list was last looked through, `YYYY-MM-DD`.
pub const CHECKED_ON: &str = "2026-11-28";

/// Something known of some versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advisory {
    /// Its public name.
    pub name: &'static str,
    /// First version that has it.
    pub from: (u32, u32, u32),
    /// First version that does not, in the same major version.
    pub fixed_in: (u32, u32, u32),
}

/// What is known.
pub const ADVISORIES: &[Advisory] = &[
    // WinBox reads any file, passwords included.
    Advisory {
        name: "CVE-2018-14847",
        from: (6, 29, 0),
        fixed_in: (6, 42, 1),
    },
    // An admin becomes super-admin, over WinBox or the web.
    Advisory {
        name: "CVE-2023-30799",
        from: (6, 0, 0),
        fixed_in: (6, 49, 7),
    },
    // Code runs from the local network by router advertisements, where IPv6 accepts them.
    Advisory {
        name: "CVE-2023-32154",
        from: (6, 0, 0),
        fixed_in: (6, 49, 8),
    },
    Advisory {
        name: "CVE-2023-32154",
        from: (7, 0, 0),
        fixed_in: (7, 9, 1),
    },
    // Which user names exist is told by how WinBox answers.
    Advisory {
        name: "CVE-2024-54772",
        from: (6, 43, 0),
        fixed_in: (6, 49, 18),
    },
    Advisory {
        name: "CVE-2024-54772",
        from: (7, 0, 0),
        fixed_in: (7, 18, 0),
    },
];

/// The numbers of a version as `/system/resource` prints it: `7.18.2 (stable)`, `7.20rc1`.
#[must_use]
pub fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let word = text.split_whitespace().next()?;
    let mut numbers = word.split('.').map(|part| {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse::<u32>().ok()
    });
    let major = numbers.next()??;
    let minor = numbers.next().flatten().unwrap_or(0);
    let patch = numbers.next().flatten().unwrap_or(0);
    Some((major, minor, patch))
}

/// What is known of this version; nothing of one that cannot be read.
#[must_use]
pub fn known_of(version: &str) -> Vec<&'static Advisory> {
    let Some(version) = parse_version(version) else {
        return Vec::new();
    };
    let concerns = |one: &&Advisory| {
        version.0 == one.fixed_in.0 && version >= one.from && version < one.fixed_in
    };
    ADVISORIES.iter().filter(concerns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_leniently_and_compared_within_their_major() {
        assert_eq!(parse_version("7.18.2 (stable)"), Some((7, 18, 2)));
        assert_eq!(parse_version("7.20rc1 (testing)"), Some((7, 20, 0)));
        assert_eq!(parse_version("6.49.19 (long-term)"), Some((6, 49, 19)));
        assert_eq!(parse_version("stable"), None);
        let names =
            |version| -> Vec<&str> { known_of(version).iter().map(|one| one.name).collect() };
        assert!(names("6.42 (stable)").contains(&"CVE-2018-14847"));
        assert!(names("6.49.6").contains(&"CVE-2023-30799"));
        assert!(names("6.49.18 (long-term)").is_empty());
        assert_eq!(names("7.8"), ["CVE-2023-32154", "CVE-2024-54772"]);
        assert!(names("7.18.2 (stable)").is_empty() && names("?").is_empty());
    }
}
