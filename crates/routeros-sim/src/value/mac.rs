//! MAC addresses.

/// The printed form: upper case, colons. Takes any case and dashes.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    let well_formed = parts.len() == 6
        && parts
            .iter()
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    well_formed.then(|| parts.join(":").to_ascii_uppercase())
}

/// What a property means by "any device".
pub(crate) const ANY: &str = "00:00:00:00:00:00";

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn any_case_and_dashes_are_taken() {
        assert_eq!(canonical("aa-bb-cc-dd-ee-0f").unwrap(), "AA:BB:CC:DD:EE:0F");
        assert_eq!(canonical("aa:bb:cc:dd:ee"), None);
        assert_eq!(canonical("aa:bb:cc:dd:ee:f"), None);
        assert_eq!(canonical("AABBCCDDEEFF"), None);
    }
}
