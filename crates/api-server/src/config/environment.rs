//! Variables: the real environment over a `.env` file in the working directory.

use std::collections::BTreeMap;

/// All variables, and a problem with the `.env` file if it cannot be read.
pub(super) fn read() -> (BTreeMap<String, String>, Option<String>) {
    let mut variables = BTreeMap::new();
    let mut problem = None;
    // Not the library's own search, which goes on in every parent folder.
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => {
            for line in lines {
                match line {
                    Ok((name, value)) => {
                        variables.entry(name).or_insert(value);
                    }
                    // The library's text quotes the line, which may hold a secret.
                    Err(_) => {
                        problem = Some(".env: a line is not of the form NAME=value".to_owned());
                    }
                }
            }
        }
        Err(error) if error.not_found() => {}
        Err(_) => problem = Some(".env: cannot be read".to_owned()),
    }
    for (name, value) in std::env::vars_os() {
        if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
            variables.insert(name, value);
        }
    }
    (variables, problem)
}
