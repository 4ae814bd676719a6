//! Texts for people that several resources use.

pub(crate) const NOT_FOUND: &str = "No encontrado";
pub(crate) const TENANT_NOT_FOUND: &str = "Empresa no encontrada";
pub(crate) const TENANT_NOT_ACTIVE: &str = "Empresa no activa";
pub(crate) const ROUTER_NOT_FOUND: &str = "Router no encontrado";
/// To an operator, about a path.
pub(crate) const OWN_ROUTER_NOT_FOUND: &str = "Router no encontrado o no pertenece a tu empresa";
/// To the platform owner, about a path.
pub(crate) const TENANT_ROUTER_NOT_FOUND: &str = "Router no encontrado o no pertenece a la empresa";
pub(crate) const PRODUCT_NOT_FOUND: &str = "Producto no encontrado";
pub(crate) const USER_NOT_FOUND: &str = "Usuario no encontrado";
pub(crate) const SALE_NOT_FOUND: &str = "Transacción no encontrada";
pub(crate) const PURCHASE_NOT_FOUND: &str = "Compra no encontrada";
pub(crate) const CONEKTA_NOT_CONFIGURED: &str = "La empresa no tiene configurado Conekta";
pub(crate) const MERCADO_PAGO_NOT_CONFIGURED: &str = "La empresa no tiene configurado Mercado Pago";
pub(crate) const INTERNAL: &str = "Ocurrió un error interno. Intente de nuevo más tarde.";
pub(crate) const PASSWORD_CHANGED: &str = "Contraseña actualizada exitosamente";
