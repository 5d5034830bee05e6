//! Declared routes as an OpenAPI document.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{
    Components, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, ResponseBuilder,
};

use super::{Route, Routes};
use crate::problem::Problem;

/// What a slice adds to the document.
#[derive(Default)]
pub(super) struct Parts {
    operations: Vec<(&'static str, HttpMethod, Operation)>,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Parts {
    pub(super) fn extend(&mut self, other: Self) {
        self.operations.extend(other.operations);
        self.schemas.extend(other.schemas);
    }

    pub(super) fn add<I: ToSchema, O: ToSchema>(&mut self, tag: &'static str, route: &Route, verb: &str) {
        let (parameters, body) = split::<I>(route, route.method == "GET");
        let body = body.map(|schema| request_body("application/json", schema));
        let output = self.json::<O>();
        self.enter::<I>(route, describe(tag, route, verb, parameters).request_body(body).response("200", output));
    }

    /// The body is the file.
    pub(super) fn add_upload<I: ToSchema, O: ToSchema>(&mut self, tag: &'static str, route: &Route, verb: &str) {
        let (parameters, _) = split::<I>(route, true);
        let body = Some(request_body(BYTES, file()));
        let output = self.json::<O>();
        self.enter::<I>(route, describe(tag, route, verb, parameters).request_body(body).response("200", output));
    }

    /// The answer is the file.
    pub(super) fn add_download<I: ToSchema>(&mut self, tag: &'static str, route: &Route, verb: &str) {
        let (parameters, _) = split::<I>(route, true);
        let output = response("The file", BYTES, file());
        self.enter::<I>(route, describe(tag, route, verb, parameters).response("200", output));
    }

    /// The answer is one message after the other.
    pub(super) fn add_stream<I: ToSchema, T: ToSchema>(&mut self, tag: &'static str, route: &Route, verb: &str) {
        let (parameters, _) = split::<I>(route, true);
        let mut nested = Vec::new();
        T::schemas(&mut nested);
        self.schemas.extend(nested);
        let output = response("Messages, one after the other", "text/event-stream", self.component::<T>());
        self.enter::<I>(route, describe(tag, route, verb, parameters).response("200", output));
    }

    fn json<O: ToSchema>(&mut self) -> utoipa::openapi::Response {
        let mut nested = Vec::new();
        O::schemas(&mut nested);
        self.schemas.extend(nested);
        response("Done", "application/json", self.component::<O>())
    }

    fn enter<I: ToSchema>(&mut self, route: &Route, operation: OperationBuilder) {
        let mut nested = Vec::new();
        I::schemas(&mut nested);
        self.schemas.extend(nested);
        let problem = self.component::<Problem>();
        let refused = response("Refused or failed", "application/problem+json", problem);
        let method = if route.method == "GET" { HttpMethod::Get } else { HttpMethod::Post };
        self.operations.push((route.path, method, operation.response("default", refused).build()));
    }

    /// A named schema goes to the components; a generic one stands where it is used.
    fn component<T: ToSchema>(&mut self) -> RefOr<Schema> {
        if std::any::type_name::<T>().contains('<') {
            return T::schema();
        }
        let name = T::name().into_owned();
        self.schemas.insert(name.clone(), T::schema());
        RefOr::Ref(Ref::from_schema_name(name))
    }
}

/// The media type of a file in the document; the answer of a download says its own.
const BYTES: &str = "application/octet-stream";

fn describe(tag: &'static str, route: &Route, verb: &str, parameters: Vec<Parameter>) -> OperationBuilder {
    let guard = ExtensionsBuilder::new().add("x-guard", json!(route.guard.to_string())).build();
    let operation = OperationBuilder::new()
        .tag(tag)
        .summary(Some(route.summary))
        .operation_id(Some(operation_id(verb)))
        .extensions(Some(guard));
    parameters.into_iter().fold(operation, OperationBuilder::parameter)
}

fn request_body(content_type: &str, schema: RefOr<Schema>) -> RequestBody {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RequestBodyBuilder::new().content(content_type, content).required(Some(Required::True)).build()
}

fn file() -> RefOr<Schema> {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).build()))
}

fn response(description: &str, content_type: &str, schema: RefOr<Schema>) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(content_type, content).build()
}

/// Fields named in the path become path parameters; the rest is the query string
/// of a query or the body of a command.
fn split<I: ToSchema>(route: &Route, query: bool) -> (Vec<Parameter>, Option<RefOr<Schema>>) {
    let RefOr::T(Schema::Object(mut object)) = I::schema() else {
        return (Vec::new(), (!query).then(I::schema));
    };
    let mut parameters = Vec::new();
    for name in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema = object.properties.remove(name).unwrap_or_else(|| RefOr::T(Schema::Object(Object::new())));
        object.required.retain(|required| required != name);
        parameters.push(parameter(name, ParameterIn::Path, Required::True, schema));
    }
    if !query {
        return (parameters, Some(RefOr::T(Schema::Object(object))));
    }
    for (name, schema) in object.properties {
        let required = if object.required.contains(&name) { Required::True } else { Required::False };
        parameters.push(parameter(&name, ParameterIn::Query, required, schema));
    }
    (parameters, None)
}

fn parameter(name: &str, place: ParameterIn, required: Required, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema)).build()
}

/// `registry::member::approve::approve` → `member_approve`.
fn operation_id(verb: &str) -> String {
    let parts: Vec<_> = verb.split("::").skip(1).collect();
    let mut kept: Vec<&str> = Vec::new();
    for part in parts {
        if kept.last() != Some(&part) {
            kept.push(part);
        }
    }
    kept.join("_")
}

/// The whole document; sorted, so that it can be compared in review.
#[must_use]
pub fn document(title: &str, version: &str, routes: &Routes) -> OpenApi {
    let mut items: BTreeMap<&str, Vec<(HttpMethod, Operation)>> = BTreeMap::new();
    for (path, method, operation) in &routes.document.operations {
        items.entry(path).or_default().push((method.clone(), operation.clone()));
    }
    let mut paths = PathsBuilder::new();
    for (path, operations) in items {
        let mut item = PathItem::default();
        for (method, operation) in operations {
            item.merge_operations(PathItem::new(method, operation));
        }
        paths = paths.path(path, item);
    }
    let mut components = Components::new();
    components.schemas.extend(routes.document.schemas.clone());
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title(title).version(version).build())
        .paths(paths.build())
        .components(Some(components))
        .build()
}
