//! Declared routes as an OpenAPI document.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Object, Schema};
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

    pub(super) fn add<I: ToSchema, O: ToSchema>(
        &mut self,
        tag: &'static str,
        route: &Route,
        method: &HttpMethod,
        verb: &str,
    ) {
        let mut nested = Vec::new();
        I::schemas(&mut nested);
        O::schemas(&mut nested);
        self.schemas.extend(nested);
        let mut operation = OperationBuilder::new()
            .tag(tag)
            .summary(Some(route.summary))
            .operation_id(Some(operation_id(verb)))
            .extensions(Some(ExtensionsBuilder::new().add("x-guard", json!(route.guard.to_string())).build()));
        let (parameters, body) = split::<I>(route, method == &HttpMethod::Get);
        for parameter in parameters {
            operation = operation.parameter(parameter);
        }
        if let Some(body) = body {
            let content = ContentBuilder::new().schema(Some(body)).build();
            let body =
                RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build();
            operation = operation.request_body(Some(body));
        }
        let output = self.component::<O>();
        let problem = self.component::<Problem>();
        let operation = operation
            .response("200", response("Done", "application/json", output))
            .response("default", response("Refused or failed", "application/problem+json", problem))
            .build();
        self.operations.push((route.path, method.clone(), operation));
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

fn response(description: &str, content_type: &str, schema: RefOr<Schema>) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(content_type, content).build()
}

/// Fields named in the path become path parameters; the rest is the query string
/// of a query or the body of a command.
fn split<I: ToSchema>(route: &Route, query: bool) -> (Vec<utoipa::openapi::path::Parameter>, Option<RefOr<Schema>>) {
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

fn parameter(
    name: &str,
    place: ParameterIn,
    required: Required,
    schema: RefOr<Schema>,
) -> utoipa::openapi::path::Parameter {
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
