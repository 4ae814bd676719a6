//! The HTTP server.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_cors::Cors;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{App, HttpServer, ResponseError, web};
use http_kit::client_address::limited_address;
use http_kit::connection::Admission;
use http_kit::serve::{Connections, serve};
use http_kit::settings::{Settings, Timeouts};
use http_kit::{connection, headers, request_id};

use crate::docs::ApiDocument;
use crate::health::metrics_page;
use crate::limits::requests::{is_free, too_many};
use crate::openapi::document;
use crate::state::State;
use crate::{fallback, routes};

/// Starts serving on a bound listener. The caller handles signals.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(listener: TcpListener, state: State) -> io::Result<Server> {
    let origins = state.config.cors_origins.clone();
    let Timeouts { head, unused, .. } = state.config.timeouts;
    let settings = web::Data::new(settings(&state));
    let description = web::Data::new(
        ApiDocument::new(&document(&state.config.app_name)).map_err(io::Error::other)?,
    );
    let connections = Connections {
        at_once: state.config.max_connections,
        admission: Admission::new(state.config.max_connections_per_address),
        proxies: state.config.trusted_proxies.clone(),
        head,
        unused,
    };
    serve(listener, &connections, move || {
        App::new()
            .app_data(web::Data::new(state.clone()))
            .app_data(settings.clone())
            .app_data(description.clone())
            .wrap(from_fn(limit_requests))
            .wrap(Compress::default())
            .wrap(cors(&origins))
            .wrap(from_fn(fallback::refuse_preflight))
            .wrap(from_fn(headers::serve_head))
            .wrap(from_fn(headers::add_security_headers))
            .wrap(from_fn(request_id::assign))
            .wrap(from_fn(connection::track))
            .configure(routes::configure)
            .default_service(web::to(fallback::not_found))
    })
}

/// Serves the metrics alone, on an address of their own.
///
/// # Errors
/// When the listener cannot be used.
pub fn start_metrics(listener: TcpListener, state: State) -> io::Result<Server> {
    let head_timeout = state.config.timeouts.head;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(state.clone()))
            .route("/metrics", web::get().to(metrics_page))
            .default_service(web::to(fallback::not_found))
    })
    .workers(1)
    .client_request_timeout(head_timeout)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

fn settings(state: &State) -> Settings {
    let app = Arc::clone(&state.app);
    Settings {
        timeouts: state.config.timeouts,
        trusted_proxies: state.config.trusted_proxies.clone(),
        new_request_id: Arc::new(move || app.new_request_id()),
    }
}

/// Exactly the configured origins. Callers send a key or a token by themselves, so no browser has
/// to add credentials of its own.
fn cors(origins: &[String]) -> Cors {
    let base = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allow_any_header()
        .expose_headers([
            "X-Request-Id",
            "Retry-After",
            "ETag",
            "X-Total-Count",
            "X-Next-Cursor",
            "Content-Disposition",
        ])
        // A page of the hotspot is asked by the browser whether it may reach this server.
        .allow_private_network_access()
        .max_age(3600);
    origins
        .iter()
        .fold(base, |cors, origin| match origin.as_str() {
            "*" => cors.allow_any_origin(),
            origin => cors.allowed_origin(origin),
        })
}

/// Refuses requests beyond the limit of their address.
///
/// # Errors
/// What the inner service fails with.
async fn limit_requests(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let refusal = request
        .app_data::<web::Data<State>>()
        .filter(|_| !is_free(request.path()))
        .and_then(|state| {
            let address = limited_address(request.request());
            state.limits.requests.check_address(address).err()
        });
    match refusal {
        Some(throttled) => {
            let response = too_many(throttled).error_response();
            Ok(request.into_response(response).map_into_right_body())
        }
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}
