//! A temporary folder that is removed whatever happens.

use std::path::Path;

use anyhow::Context;
use tempfile::TempDir;

use crate::process::janitor::Janitor;

/// The folder, removed on drop.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: Option<TempDir>,
    janitor: Janitor,
}

impl Folder {
    /// Makes a folder that only we can enter, below `parent`.
    pub(crate) fn create(parent: &Path, prefix: &str, janitor: &Janitor) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(parent)
            .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
        janitor.watch_folder(folder.path());
        Ok(Self {
            folder: Some(folder),
            janitor: janitor.clone(),
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder
            .as_ref()
            .map_or(Path::new("/nonexistent"), TempDir::path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take() {
            let path = folder.path().to_owned();
            if folder.close().is_ok() {
                self.janitor.forget_folder(&path);
            }
        }
    }
}
