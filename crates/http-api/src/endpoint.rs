//! One endpoint: method, path, who may call it, its handler, and everything that the API
//! description says about it, in one declaration.

use std::fmt;
use std::sync::Arc;

use actix_web::{FromRequest, Handler, Responder, Route, web};
use utoipa::ToSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required};

use crate::body::fields::Fields;
use crate::body::{Body, Upload};
use crate::error::{ErrorView, ProblemsView};

/// Who may call an endpoint. The extractor in its handler enforces it; declaring it lets a test
/// walk every route with every wrong credential, and the description name the refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// No authentication.
    Public,
    /// Any session.
    Session,
    /// A super admin's session.
    SuperAdmin,
    /// A tenant administrator's session.
    TenantAdmin,
    /// A super admin's session, or a tenant administrator's for its own tenant.
    TenantOrSuperAdmin,
    /// A router API key.
    Portal,
}

impl Access {
    /// The security scheme that callers must satisfy, by its name in the description.
    const fn scheme(self) -> Option<&'static str> {
        match self {
            Self::Public => None,
            Self::Session | Self::SuperAdmin | Self::TenantAdmin | Self::TenantOrSuperAdmin => {
                Some("sesion")
            }
            Self::Portal => Some("api_key"),
        }
    }

    /// The refusals that come with this access.
    const fn refusals(self) -> &'static [(u16, &'static str)] {
        match self {
            Self::Public => &[],
            Self::Session => &[(401, "Token inválido")],
            Self::SuperAdmin => &[(401, "Sin sesión"), (403, "Solo super admin")],
            Self::TenantAdmin => &[(401, "Sin sesión"), (403, "Solo cliente_admin")],
            Self::TenantOrSuperAdmin => &[(401, "Sin sesión")],
            Self::Portal => &[(401, "API Key no válida")],
        }
    }
}

/// Refusals of every endpoint that takes a body.
const BODY_REFUSALS: [(u16, &str); 2] = [
    (408, "El cuerpo tardó demasiado en llegar"),
    (413, "El cuerpo es demasiado grande"),
];
/// Refusals of every endpoint.
const COMMON_REFUSALS: [(u16, &str); 3] = [
    (429, "Demasiadas solicitudes"),
    (500, "Error interno"),
    (503, "El servicio no está disponible por un momento"),
];
const JSON: &str = "application/json";

const RETRY_AFTER: &str = "Segundos que conviene esperar";
const REQUEST_ID: &str = "Con qué nombre está esta solicitud en los registros del servidor";

fn header_of(kind: Type, about: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .description(Some(about))
        .build()
}

/// Schemas by name.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// One endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    route: Arc<dyn Fn() -> Route + Send + Sync>,
    operation: Operation,
    schemas: Schemas,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.access)
    }
}

/// Defines the function that declares an endpoint of a method.
macro_rules! declares {
    ($name:ident, $method:literal) => {
        #[doc = concat!("Declares a `", $method, "` endpoint.")]
        pub(crate) fn $name<F, Args>(path: &'static str, access: Access, handler: F) -> Endpoint
        where
            F: Handler<Args> + Send + Sync,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            let route = move || web::$name().to(handler.clone());
            Endpoint::new($method, path, access, route)
        }
    };
}

declares!(get, "GET");
declares!(post, "POST");
declares!(put, "PUT");
declares!(delete, "DELETE");

/// The endpoints of a resource, under one heading of the description.
pub(crate) fn tagged(tag: &str, endpoints: impl IntoIterator<Item = Endpoint>) -> Vec<Endpoint> {
    endpoints
        .into_iter()
        .map(|mut endpoint| {
            endpoint.operation.tags = Some(vec![tag.to_owned()]);
            endpoint
        })
        .collect()
}

impl Endpoint {
    fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        route: impl Fn() -> Route + Send + Sync + 'static,
    ) -> Self {
        let mut operation = Operation::new();
        // None at all for public ones, and said so.
        operation.security = Some(
            access
                .scheme()
                .map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()))
                .into_iter()
                .collect(),
        );
        let endpoint = Self {
            method,
            path,
            access,
            route: Arc::new(route),
            operation,
            schemas: Schemas::new(),
        };
        let refusals = access.refusals().iter().chain(&COMMON_REFUSALS);
        refusals.fold(endpoint, |endpoint, (status, about)| {
            endpoint.refuses(*status, about)
        })
    }

    pub(crate) fn route(&self) -> Route {
        (self.route)()
    }

    /// What the description says: the operation, and the schemas that it refers to.
    pub(crate) fn described(self) -> (Operation, Schemas) {
        (self.operation, self.schemas)
    }

    /// Its name for programs: what generated clients call it. Never changed, never used twice.
    pub(crate) fn id(mut self, name: &str) -> Self {
        self.operation.operation_id = Some(name.to_owned());
        self
    }

    /// What it does, in one sentence or two.
    pub(crate) fn summary(mut self, text: &str) -> Self {
        self.operation.summary = Some(text.to_owned());
        self
    }

    /// A text in the path.
    pub(crate) fn path_text(self, name: &str, about: &str) -> Self {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        self.parameter(name, ParameterIn::Path, about, schema)
    }

    /// A whole number in the path.
    pub(crate) fn path_number(self, name: &str, about: &str) -> Self {
        let schema = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        self.parameter(name, ParameterIn::Path, about, schema)
            .responds::<ProblemsView>(422, "Número no válido")
    }

    /// A header that may be sent.
    pub(crate) fn header(self, name: &str, about: &str) -> Self {
        let schema =
            ObjectBuilder::new().schema_type(SchemaType::Array(vec![Type::String, Type::Null]));
        self.parameter(name, ParameterIn::Header, about, schema)
    }

    /// A query parameter that is not read by itself: all of the query goes on as it came.
    pub(crate) fn query_text(self, name: &str, about: &str) -> Self {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        self.parameter(name, ParameterIn::Query, about, schema)
    }

    /// The query parameters that this function reads.
    pub(crate) fn query<T>(self, read: impl FnOnce(&mut Fields) -> T) -> Self {
        let parameters = Fields::describe("query", read).into_parameters();
        parameters
            .into_iter()
            .fold(self, Self::with_parameter)
            .responds::<ProblemsView>(422, "Filtro no válido")
    }

    fn parameter(self, name: &str, place: ParameterIn, about: &str, schema: ObjectBuilder) -> Self {
        let required = if place == ParameterIn::Path {
            Required::True
        } else {
            Required::False
        };
        self.with_parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(place)
                .description(Some(about))
                .required(required)
                .schema(Some(schema))
                .build(),
        )
    }

    fn with_parameter(mut self, parameter: Parameter) -> Self {
        self.operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(parameter));
        self
    }

    /// A JSON body.
    pub(crate) fn body<T>(mut self, body: &Body<T>) -> Self {
        self.schemas.push(body.schema());
        let reference = Ref::from_schema_name(body.name());
        self.takes(JSON, Content::new(Some(reference)))
            .responds::<ProblemsView>(422, "Datos no válidos")
    }

    /// A JSON body that may be left out.
    pub(crate) fn optional_body<T>(mut self, body: &Body<T>) -> Self {
        self.schemas.push(body.schema());
        let schema = OneOfBuilder::new()
            .item(Ref::from_schema_name(body.name()))
            .item(ObjectBuilder::new().schema_type(Type::Null));
        let mut endpoint = self
            .takes(JSON, Content::new(Some(schema)))
            .responds::<ProblemsView>(422, "Datos no válidos");
        if let Some(RefOr::T(body)) = &mut endpoint.operation.request_body {
            body.required = None;
        }
        endpoint
    }

    /// A multipart body with one file.
    pub(crate) fn upload(mut self, upload: &Upload) -> Self {
        self.schemas
            .push((upload.name.to_owned(), RefOr::T(upload.schema())));
        let content = Content::new(Some(Ref::from_schema_name(upload.name)));
        self.takes("multipart/form-data", content)
    }

    /// A body of any JSON, which is not looked into here.
    pub(crate) fn any_json_body(self, about: &str) -> Self {
        let anything = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
        let mut endpoint = self.takes(JSON, Content::new(Some(anything)));
        if let Some(RefOr::T(body)) = &mut endpoint.operation.request_body {
            body.description = Some(about.to_owned());
        }
        endpoint
    }

    fn takes(mut self, content_type: &str, content: Content) -> Self {
        let body = RequestBodyBuilder::new()
            .content(content_type, content)
            .required(Some(Required::True));
        self.operation.request_body = Some(RefOr::T(body.build()));
        BODY_REFUSALS
            .iter()
            .fold(self, |endpoint, (status, about)| {
                endpoint.refuses(*status, about)
            })
    }

    /// `200` with this body.
    pub(crate) fn ok<T: ToSchema>(self, about: &str) -> Self {
        self.responds::<T>(200, about)
    }

    /// `200` with a list of these.
    pub(crate) fn ok_list<T: ToSchema>(mut self, about: &str) -> Self {
        self.refer_to::<T>();
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let content = Content::new(Some(items));
        self.respond(
            200,
            ResponseBuilder::new()
                .description(about)
                .content(JSON, content),
        )
    }

    /// This status with this body.
    pub(crate) fn responds<T: ToSchema>(mut self, status: u16, about: &str) -> Self {
        self.refer_to::<T>();
        let content = Content::new(Some(Ref::from_schema_name(T::name())));
        self.respond(
            status,
            ResponseBuilder::new()
                .description(about)
                .content(JSON, content),
        )
    }

    /// This status without a body.
    pub(crate) fn responds_empty(self, status: u16, about: &str) -> Self {
        self.respond(status, ResponseBuilder::new().description(about))
    }

    /// `200` with a body of this content type.
    pub(crate) fn ok_content(self, about: &str, content_type: &str, schema: RefOr<Schema>) -> Self {
        let response = ResponseBuilder::new().description(about);
        let content = Content::new(Some(schema));
        self.respond(200, response.content(content_type, content))
    }

    /// The `200` may also have a body of this content type.
    pub(crate) fn or_content(mut self, content_type: &str, schema: RefOr<Schema>) -> Self {
        if let Some(RefOr::T(response)) = self.operation.responses.responses.get_mut("200") {
            let content = RefOr::T(Content::new(Some(schema)));
            response.content.insert(content_type.to_owned(), content);
        }
        self
    }

    /// This status with a text for people.
    pub(crate) fn refuses(self, status: u16, about: &str) -> Self {
        self.responds::<ErrorView>(status, about)
    }

    /// The `200` may have a next page.
    pub(crate) fn with_next_page(self) -> Self {
        self.with_header(
            200,
            "X-Next-Cursor",
            "`cursor` de la página siguiente; falta en la última",
        )
    }

    /// A header of the response with this status.
    pub(crate) fn with_header(mut self, status: u16, name: &str, about: &str) -> Self {
        let status = status.to_string();
        if let Some(RefOr::T(response)) = self.operation.responses.responses.get_mut(&status) {
            let header = header_of(Type::String, about);
            response.headers.insert(name.to_owned(), RefOr::T(header));
        }
        self
    }

    fn respond(mut self, status: u16, response: ResponseBuilder) -> Self {
        let response = match status {
            429 | 503 => response.header("Retry-After", header_of(Type::Integer, RETRY_AFTER)),
            200..=399 => response.header("X-Request-Id", header_of(Type::String, REQUEST_ID)),
            _ => response,
        };
        let response: RefOr<Response> = RefOr::T(response.build());
        self.operation
            .responses
            .responses
            .insert(status.to_string(), response);
        self
    }

    /// Adds a schema and those that it is made of.
    pub(crate) fn refer_to<T: ToSchema>(&mut self) {
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
    }
}
