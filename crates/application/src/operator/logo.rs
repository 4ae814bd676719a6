//! A company's logo: uploaded by its operator, shown to everybody.

use domain::ids::TenantId;
use ports::security::to_hex;
use ports::store::Scope;
use ports::store::tenants::Logo;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::{Failure, failures_into};

/// Largest logo in bytes: 2 MiB.
pub const MAX_LOGO: usize = 2 * 1024 * 1024;
/// Where logos are served from.
pub const LOGO_PATH: &str = "/static/logos/";
/// What every logo's file name starts with; the tenant's id follows.
const PREFIX: &str = "logo_";
/// Hex digits of the content's digest in a validator.
const ETAG_LENGTH: usize = 32;

/// Why a logo was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// Not a PNG, JPEG or WebP by name and content alike.
    #[error("not an accepted picture")]
    NotAPicture,
    /// More than [`MAX_LOGO`] bytes.
    #[error("the picture is too large")]
    TooLarge,
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(LogoError);

/// An accepted kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Jpeg,
    Webp,
}

impl Format {
    /// By the ending of a file name, in any case.
    fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// By the first bytes of the content.
    fn of_content(content: &[u8]) -> Option<Self> {
        match content {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::Webp),
            _ => None,
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

/// Stores the company's logo in place of the one before and answers its address
/// (`/static/logos/logo_<company>_<6 hex digits>.<ending>`). A new logo has a new address, so
/// that the old one may stay in caches for ever.
///
/// # Errors
/// [`LogoError`].
pub async fn upload_logo(
    app: &App,
    admin: &TenantAdmin,
    file_name: &str,
    content: Vec<u8>,
) -> Result<String, LogoError> {
    if content.len() > MAX_LOGO {
        return Err(LogoError::TooLarge);
    }
    let format = Format::of_name(file_name)
        .filter(|named| Format::of_content(&content) == Some(*named))
        .ok_or(LogoError::NotAPicture)?;
    let id = admin.tenant_id();
    let mark = to_hex(&app.random_bytes::<3>());
    let file_name = format!("{PREFIX}{id}_{mark}.{}", format.extension());
    let url = format!("{LOGO_PATH}{file_name}");
    let mut etag = to_hex(&app.ports.digests.sha256(&content));
    etag.truncate(ETAG_LENGTH);
    let logo = Logo {
        file_name,
        content_type: format.content_type().to_owned(),
        content,
        etag,
    };
    let now = app.now();
    app.write(Scope::Tenant(id.clone()), async |uow| {
        if uow.tenants().find_for_update(id).await?.is_none() {
            return Err(LogoError::NotFound);
        }
        uow.tenants().set_logo(id, &logo, &url, now).await?;
        let entry = admin
            .session()
            .audit(now, "company.logo", Some(id), ("tenant", id.as_str()));
        uow.audit().append(&entry).await?;
        Ok(url)
    })
    .await
}

/// The logo of this file name, for anybody; `None` for every other name.
///
/// # Errors
/// [`Failure`].
pub async fn find_logo(app: &App, file_name: &str) -> Result<Option<Logo>, Failure> {
    // The name tells whose logo it is, and so which rows need to be reached.
    let Some(tenant) = owner(file_name) else {
        return Ok(None);
    };
    let found = app
        .read(Scope::Tenant(tenant), async |uow| {
            uow.tenants().find_logo(file_name).await
        })
        .await?;
    Ok(found)
}

fn owner(file_name: &str) -> Option<TenantId> {
    let (tenant, _mark) = file_name.strip_prefix(PREFIX)?.rsplit_once('_')?;
    TenantId::parse(tenant).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_first_bytes_tell_the_format() {
        assert_eq!(Format::of_name("Mi.Logo.PNG"), Some(Format::Png));
        assert_eq!(Format::of_name("a.jpeg"), Some(Format::Jpeg));
        for name in ["png", "a.svg", "a.png.exe", "", "a."] {
            assert_eq!(Format::of_name(name), None, "{name}");
        }
        assert_eq!(
            Format::of_content(b"RIFF\0\0\0\0WEBPVP8 "),
            Some(Format::Webp)
        );
        assert_eq!(Format::of_content(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        for content in [&b"RIFF\0\0\0\0WAVE"[..], b"<svg/>", b"", b"\x89PNG"] {
            assert_eq!(Format::of_content(content), None, "{content:?}");
        }
    }

    #[test]
    fn a_logos_name_tells_its_owner() {
        let tenant = owner("logo_EMP_7B20C4D91E_9f01ab.png").unwrap();
        assert_eq!(tenant.as_str(), "EMP_7B20C4D91E");
        for name in ["../etc/passwd", "logo_", "logo_.png", "x_y.png"] {
            assert_eq!(owner(name), None, "{name}");
        }
    }
}
