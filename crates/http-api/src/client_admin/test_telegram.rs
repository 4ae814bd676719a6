//! `POST /api/v1/admin/test-telegram`.

use actix_web::http::StatusCode;
use actix_web::web;
use application::notifications::deliver::{TestTelegramError, test_telegram};
use domain::secret::Secret;
use utoipa::ToSchema;

use crate::body::raw::RawBody;
use crate::client_admin::company::MASK;
use crate::client_admin::company_error::COMPANY_NOT_FOUND;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::error::MessageView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/test-telegram",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Con qué probar. Lo que falta se toma de la configuración guardada.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct TestTelegramBody {
    /// Token del bot.
    #[schema(format = Password, max_length = 255)]
    token: Option<String>,
    /// Chat.
    #[schema(example = "-1001234567890", max_length = 50)]
    chat_id: Option<String>,
}

fn read(body: RawBody) -> Result<(Option<Secret>, Option<String>), ApiError> {
    let mut fields = body.optional_fields()?;
    let token = fields
        .optional_text(&["token"], 255, true)
        // What the panel was shown of the stored token stands for the stored token.
        .filter(|text| !text.starts_with(MASK));
    let chat_id = fields.optional_text_or_number(&["chat_id"], 50);
    fields.finish()?;
    Ok((token.map(Secret::new), chat_id))
}

impl From<TestTelegramError> for ApiError {
    fn from(error: TestTelegramError) -> Self {
        match error {
            TestTelegramError::NotConfigured => Self::bad_request(
                "Falta el token del bot o el chat_id de Telegram. Guárdelos o envíelos con la prueba.",
            ),
            TestTelegramError::NotFound => Self::not_found(COMPANY_NOT_FOUND),
            TestTelegramError::Refused => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Telegram rechazó el mensaje. Revise el token del bot y el chat_id.",
            ),
            TestTelegramError::Unavailable => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Telegram no respondió. Intente de nuevo en un momento.",
            ),
            TestTelegramError::Failure(failure) => failure.into(),
        }
    }
}

/// Enviar un mensaje de prueba por Telegram.
#[utoipa::path(
    post, path = "/api/v1/admin/test-telegram", tag = "Empresa",
    request_body = TestTelegramBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Enviado", body = MessageView),
        (status = 400, description = "Falta el token o el chat", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
        (status = 500, description = "Telegram no lo aceptó", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let (token, chat_id) = read(body)?;
    test_telegram(&state.app, &admin.0, token, chat_id).await?;
    Ok(web::Json(MessageView::new(
        "Mensaje de prueba enviado con éxito",
    )))
}
