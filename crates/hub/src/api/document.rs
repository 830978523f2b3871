//! The finishing touch on the OpenAPI document: what every operation may answer
//! besides its own, and the media type of problems, said once here instead of
//! at each handler.

use serde_json::{Map, Value, json};

/// What any operation may answer, by RFC 9110 and our own middleware.
const ANYWHERE: [(&str, &str); 10] = [
    ("400", "The request cannot be read."),
    ("401", "Nobody is signed in."),
    ("403", "The role, or a reading token, does not allow it."),
    ("404", "It is not there, or not for this caller."),
    ("405", "The path has no such method."),
    ("409", "The present state forbids it."),
    ("413", "The body is too large."),
    ("415", "The body has another media type."),
    ("422", "What was sent cannot be used; each finding names its place."),
    ("429", "Too many requests."),
];

/// The document with problems as RFC 9457 has them.
pub(super) fn finish(mut document: Value) -> Value {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, methods) in paths {
        for (_, operation) in methods.as_object_mut().into_iter().flatten() {
            if let Some(responses) = operation["responses"].as_object_mut() {
                finish_responses(responses);
            }
        }
    }
    document
}

fn finish_responses(responses: &mut Map<String, Value>) {
    for (status, what) in ANYWHERE {
        responses.insert(status.to_owned(), problem(what));
    }
}

fn problem(what: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ "description": what, "content": { "application/problem+json": { "schema": schema } } })
}
