//! A request and its answer.

use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

/// A request being put together.
pub(crate) struct Call<'a> {
    agent: &'a Agent,
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Which request this answers, for messages of failed assertions.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
    /// The body, null when it is not JSON.
    pub(crate) body: Value,
}

impl<'a> Call<'a> {
    pub(crate) fn new(agent: &'a Agent, method: &str, url: String) -> Self {
        Self {
            agent,
            method: method.parse().unwrap(),
            url,
            headers: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As somebody with this session token.
    pub(crate) fn session(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// As the portal with this API key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("X-API-Key", key)
    }

    /// Sends it without a body.
    pub(crate) fn send(self) -> Answer {
        self.finish(None)
    }

    /// Sends it with a JSON body.
    pub(crate) fn json(self, body: &Value) -> Answer {
        self.bytes("application/json", body.to_string())
    }

    /// Sends it with this body.
    pub(crate) fn bytes(self, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.header("Content-Type", content_type)
            .finish(Some(body.into()))
    }

    fn finish(self, body: Option<Vec<u8>>) -> Answer {
        let request = format!("{} {}", self.method, self.url);
        let mut builder = Request::builder().method(self.method).uri(self.url);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let sent = match body {
            Some(body) => self.agent.run(builder.body(body).unwrap()),
            None => self.agent.run(builder.body(()).unwrap()),
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{request}: {error}"));
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let bytes = response.body_mut().read_to_vec().unwrap();
        Answer {
            request,
            status: response.status().as_u16(),
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            bytes,
        }
    }
}

impl Answer {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    /// The body, after checking the status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text());
        &self.body
    }

    /// Checks status and exact text of a refusal; a refusal says nothing else unless it is told
    /// to customers with more fields.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, detail: &str) {
        let body = self.expect(status);
        assert_eq!(body["detail"], detail, "{}", self.request);
    }

    /// Checks a `422` and answers its `(place.field, type)` pairs, each with a reason in words.
    #[track_caller]
    pub(crate) fn problems(&self) -> Vec<(String, String)> {
        let body = self.expect(422);
        let items = body["detail"]
            .as_array()
            .unwrap_or_else(|| panic!("{}: {body}", self.request));
        assert!(!items.is_empty(), "{}", self.request);
        items
            .iter()
            .map(|item| {
                let place: Vec<&str> = item["loc"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|part| part.as_str().unwrap())
                    .collect();
                assert!(
                    !item["msg"].as_str().unwrap().is_empty(),
                    "{}: no reason in {item}",
                    self.request
                );
                (place.join("."), item["type"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// Checks that exactly this field is refused.
    #[track_caller]
    pub(crate) fn refuses_field(&self, field: &str) {
        let fields: Vec<String> = self.problems().into_iter().map(|(at, _)| at).collect();
        assert_eq!(fields, [field], "{}: {}", self.request, self.text());
    }
}
