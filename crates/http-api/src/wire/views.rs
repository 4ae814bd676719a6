//! Views that several resources share.
use crate::wire::names::RoleName;

use application::auth::login::role_name;
use domain::credentials::HotspotName;
use domain::secret::Secret;
use domain::user::User;
use serde::Serialize;
use utoipa::ToSchema;

/// Un mensaje.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// Texto para personas.
    #[schema(example = "Hecho")]
    message: &'static str,
}

impl MessageView {
    pub(crate) const fn new(message: &'static str) -> Self {
        Self { message }
    }
}

/// Un usuario del panel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserView {
    /// Número.
    #[schema(example = 42)]
    id: i64,
    /// Correo con el que entra.
    #[schema(example = "ops@cafe.test")]
    email: String,
    /// Nombre completo.
    #[serde(rename = "nombre")]
    #[schema(example = "Carlos Ramírez")]
    name: String,
    /// `super_admin` o `cliente_admin`.
    #[serde(rename = "rol")]
    #[schema(value_type = RoleName)]
    role: &'static str,
    /// Empresa; nula para un super admin.
    #[serde(rename = "empresa_id")]
    #[schema(example = "EMP_7B20C4D91E", required = true)]
    tenant_id: Option<String>,
    /// Si puede entrar.
    #[serde(rename = "activo")]
    is_active: bool,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.get(),
            email: user.email.as_str().to_owned(),
            name: user.name.clone(),
            role: role_name(&user.role),
            tenant_id: user.role.tenant().map(|tenant| tenant.as_str().to_owned()),
            is_active: user.is_active,
        }
    }
}

/// Credenciales del hotspot.
#[derive(Serialize, ToSchema)]
pub(crate) struct CredentialsView {
    /// Usuario o PIN.
    #[serde(rename = "usuario")]
    #[schema(example = "PT-K7Q2M")]
    user: String,
    /// Contraseña; vacía para un PIN.
    #[serde(rename = "contrasena")]
    #[schema(example = "0481")]
    password: String,
}

impl CredentialsView {
    pub(crate) fn new(name: &HotspotName, password: &Secret) -> Self {
        Self {
            user: name.as_str().to_owned(),
            password: password.expose().to_owned(),
        }
    }
}
