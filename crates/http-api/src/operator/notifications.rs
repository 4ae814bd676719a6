//! Notifications to the operator.

use actix_web::http::StatusCode;
use actix_web::web;
use application::notifications::channels::{ChannelTestError, ChannelToTest, test_channel};
use domain::secret::Secret;

use crate::body::Body;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::operator::company::MASK;
use crate::state::State;
use crate::texts::TENANT_NOT_FOUND;
use crate::wire::views::MessageView;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Empresa",
        [post(
            "/api/v1/admin/test-telegram",
            Access::TenantAdmin,
            send_test,
        )
        .id("probarTelegram")
        .summary("Enviar un mensaje de prueba por Telegram.")
        .body(&TEST)
        .ok::<MessageView>("Enviado")
        .refuses(400, "Falta el token o el chat")
        .refuses(404, "Ya no existe")
        .refuses(500, "Telegram no lo aceptó")],
    )
}

static TEST: Body<ChannelToTest> = Body::new(
    "TestTelegramBody",
    "Con qué probar. Lo que falta se toma de la configuración guardada.",
    |fields| {
        let token = fields
            .field("token", "Token del bot.")
            .shown_as_password()
            .optional_text(255)
            // The masked token stands for the stored one.
            .filter(|text| !text.starts_with(MASK));
        let chat_id = fields
            .field("chat_id", "Chat.")
            .example("-1001234567890")
            .optional_text_or_number(50);
        ChannelToTest::Telegram {
            bot_token: token.map(Secret::new),
            chat_id,
        }
    },
);

impl From<ChannelTestError> for ApiError {
    fn from(error: ChannelTestError) -> Self {
        match error {
            ChannelTestError::NotConfigured => Self::bad_request(
                "Falta el token del bot o el chat_id de Telegram. Guárdelos o envíelos con la prueba.",
            ),
            ChannelTestError::NotFound => {
                Self::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound)
            }
            ChannelTestError::Refused => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Telegram rechazó el mensaje. Revise el token del bot y el chat_id.",
            ),
            ChannelTestError::Unavailable => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Telegram no respondió. Intente de nuevo en un momento.",
            ),
            ChannelTestError::Failure(failure) => failure.into(),
        }
    }
}

async fn send_test(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let channel = TEST.read_optional(body)?;
    test_channel(&state.app, &admin.0, channel).await?;
    Ok(web::Json(MessageView::new(
        "Mensaje de prueba enviado con éxito",
    )))
}
