//! An OpenAPI description, as far as requests are concerned.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use serde_json::{Value, json};

use crate::stub::Recorded;

/// A loaded description.
pub(crate) struct Description {
    document: Value,
    /// Compiled schemas, by their text: compiling takes longer than everything else.
    compiled: RefCell<HashMap<String, Rc<jsonschema::Validator>>>,
}

impl Description {
    pub(crate) fn load(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let document = serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&text).unwrap();
        Self {
            document: plain(document),
            compiled: RefCell::default(),
        }
    }

    /// Everything in which a request differs from the description.
    pub(crate) fn problems(&self, request: &Recorded) -> Vec<String> {
        let Some((template, operation)) = self.operation(request) else {
            return vec!["no such operation".to_owned()];
        };
        let mut problems = self.wrong_parameters(request, &template, operation);
        problems.extend(self.wrong_body(request, operation));
        problems
    }

    /// The operation with the most literal path that fits.
    fn operation(&self, request: &Recorded) -> Option<(String, &Value)> {
        let method = request.method.to_lowercase();
        let paths = self.document["paths"].as_object()?;
        let mut fitting: Vec<(&String, &Value)> = paths
            .iter()
            .filter(|(template, item)| fits(template, &request.path) && item.get(&method).is_some())
            .collect();
        fitting.sort_by_key(|(template, _)| template.matches('{').count());
        fitting
            .first()
            .map(|(template, item)| ((*template).clone(), &item[&method]))
    }

    fn wrong_parameters(
        &self,
        request: &Recorded,
        template: &str,
        operation: &Value,
    ) -> Vec<String> {
        let mut problems = Vec::new();
        let none = Vec::new();
        let parameters: Vec<&Value> = operation["parameters"]
            .as_array()
            .unwrap_or(&none)
            .iter()
            .map(|parameter| self.resolve(parameter))
            .collect();
        for parameter in &parameters {
            let name = parameter["name"].as_str().unwrap();
            let sent: Vec<String> = match parameter["in"].as_str().unwrap() {
                "query" => request
                    .query
                    .iter()
                    .filter(|(key, _)| key == name)
                    .map(|(_, value)| value.clone())
                    .collect(),
                "header" => request
                    .header(&name.to_lowercase())
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                "path" => in_path(template, &request.path, name).into_iter().collect(),
                _ => Vec::new(),
            };
            if sent.is_empty() && parameter["required"] == json!(true) {
                problems.push(format!("{name} is required"));
            }
            for text in sent {
                let value = match parameter["schema"]["type"].as_str() {
                    Some("integer") => text.parse::<i64>().map_or(json!(text), Value::from),
                    _ => json!(text),
                };
                problems.extend(self.wrong(&parameter["schema"], &value, name));
            }
        }
        for (key, _) in &request.query {
            let is_described = parameters
                .iter()
                .any(|parameter| parameter["in"] == "query" && parameter["name"] == json!(key));
            if !is_described {
                problems.push(format!("query parameter {key} is not described"));
            }
        }
        problems
    }

    fn wrong_body(&self, request: &Recorded, operation: &Value) -> Vec<String> {
        let described = &operation["requestBody"];
        if request.body.is_empty() {
            let is_required = described["required"] == json!(true);
            return is_required
                .then(|| "a body is required".to_owned())
                .into_iter()
                .collect();
        }
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec!["no body is described".to_owned()];
        }
        let body = request.json();
        let mut problems = self.wrong(schema, &body, "body");
        let properties = &self.resolve(schema)["properties"];
        for name in body.as_object().unwrap().keys() {
            if properties.get(name).is_none() {
                problems.push(format!("body field {name} is not described"));
            }
        }
        problems
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self
                .document
                .pointer(reference.trim_start_matches('#'))
                .unwrap(),
            None => value,
        }
    }

    /// Checks a value against a schema of this description.
    fn wrong(&self, schema: &Value, value: &Value, what: &str) -> Vec<String> {
        let validator = self.validator(schema);
        validator
            .iter_errors(value)
            .map(|error| format!("{what}: {error}"))
            .collect()
    }

    fn validator(&self, schema: &Value) -> Rc<jsonschema::Validator> {
        let build = || {
            let root = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "components": self.document["components"],
                "allOf": [schema],
            });
            let options = jsonschema::options().should_validate_formats(true);
            Rc::new(options.build(&root).unwrap())
        };
        let mut compiled = self.compiled.borrow_mut();
        Rc::clone(compiled.entry(schema.to_string()).or_insert_with(build))
    }
}

/// YAML as JSON: keys become texts.
fn plain(value: serde_yaml_ng::Value) -> Value {
    use serde_yaml_ng::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => flag.into(),
        Yaml::Number(number) => serde_json::to_value(number).unwrap(),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let key = match plain(key) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, plain(value))
            })
            .collect(),
        Yaml::Tagged(tagged) => plain(tagged.value),
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted
            .iter()
            .zip(&given)
            .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

fn in_path(template: &str, path: &str, name: &str) -> Option<String> {
    let wanted = format!("{{{name}}}");
    template
        .split('/')
        .zip(path.split('/'))
        .find(|(part, _)| *part == wanted)
        .map(|(_, value)| value.to_owned())
}
