//! The server's secrets for one demo.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Keys that sign and seal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// Signs router API keys.
    pub(crate) api_keys: String,
    /// Signs session tokens.
    pub(crate) sessions: String,
    /// Seals secrets at rest, in the form of `ENCRYPTION_KEYS`.
    pub(crate) encryption: String,
}

impl Secrets {
    /// Fresh ones, for a database that is gone afterwards.
    pub(crate) fn random() -> anyhow::Result<Self> {
        Ok(Self {
            api_keys: STANDARD.encode(random_bytes()?),
            sessions: STANDARD.encode(random_bytes()?),
            encryption: format!("demo:{}", STANDARD.encode(random_bytes()?)),
        })
    }

    /// The same in every run, for a database that stays: what one demo sealed the next one must open.
    pub(crate) fn kept(target: &Path) -> anyhow::Result<Self> {
        let path = target.join("demo-secrets.json");
        if let Ok(text) = std::fs::read_to_string(&path) {
            return serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: remove it", path.display()));
        }
        let secrets = Self::random()?;
        let mut options = std::fs::OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(serde_json::to_string(&secrets)?.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(secrets)
    }
}

/// A few letters that no other run has.
pub(crate) fn run_id() -> anyhow::Result<String> {
    Ok(hex::encode(random_bytes()?.get(..6).unwrap_or_default()))
}

fn random_bytes() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("no randomness")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::Secrets;

    #[test]
    fn kept_secrets_stay_the_same_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secrets::kept(folder.path()).unwrap();
        assert!(first == Secrets::kept(folder.path()).unwrap());
        assert!(first != Secrets::random().unwrap());
        let about = folder.path().join("demo-secrets.json").metadata().unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
}
