//! `/api`: the OpenAPI document as a page to read, drawn from the document
//! itself, so that it cannot say anything else.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value;

use crate::web::{Ctx, frame, parts};

/// An operation of the document.
struct Operation<'d> {
    method: &'d str,
    path: &'d str,
    value: &'d Value,
}

/// The page.
pub(super) fn draw(ctx: &Ctx, document: &Value) -> Markup {
    let title = ctx.t("api.title");
    let file = html! { a.button href="/api/v1/openapi.json" { "openapi.json" } };
    frame(
        ctx,
        &title,
        &html! {
            (parts::heading(&title, &file))
            p.soft { (ctx.t("api.what")) }
            (how(ctx))
            @for (tag, operations) in by_tag(document) {
                h2 id=(tag) { (tag) }
                @for one in &operations { (operation(ctx, document, one)) }
            }
        },
    )
}

fn how(ctx: &Ctx) -> Markup {
    html! {
        ul {
            @for key in ["api.how-token", "api.how-errors", "api.how-slices", "api.how-key"] {
                li { (ctx.t(key)) }
            }
        }
        p { a href="/account" { (ctx.t("api.make-token")) } }
    }
}

fn by_tag(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut tags: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, methods) in paths {
        for (method, value) in methods.as_object().into_iter().flatten() {
            let tag = value["tags"][0].as_str().unwrap_or_default();
            tags.entry(tag).or_default().push(Operation { method, path, value });
        }
    }
    tags
}

fn operation(ctx: &Ctx, document: &Value, one: &Operation<'_>) -> Markup {
    let value = one.value;
    html! {
        details {
            summary { code { (one.method.to_uppercase()) " " (one.path) } " " span.soft lang="en" { (text(&value["summary"])) } }
            @if let Some(more) = value["description"].as_str() { p lang="en" { (more) } }
            (parameters(ctx, value))
            @if let Some(body) = schema(&value["requestBody"]) {
                h3 { (ctx.t("api.body")) }
                (shape(document, body))
            }
            h3 { (ctx.t("api.answers")) }
            @for (status, answer) in value["responses"].as_object().into_iter().flatten() {
                p { code { (status) } " " span lang="en" { (text(&answer["description"])) } }
                @if status.starts_with('2') { @if let Some(found) = schema(answer) { (shape(document, found)) } }
            }
        }
    }
}

fn parameters(ctx: &Ctx, value: &Value) -> Markup {
    let all = value["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if !all.is_empty() {
            h3 { (ctx.t("api.parameters")) }
            ul { @for one in all {
                li { code { (text(&one["name"])) } " (" (text(&one["in"])) ") " span lang="en" { (text(&one["description"])) } }
            } }
        }
    }
}

/// The schema of a body's or an answer's content, whatever its media type.
fn schema(holder: &Value) -> Option<&Value> {
    holder["content"].as_object()?.values().next().map(|media| &media["schema"])
}

/// A schema as indented JSON, its reference followed once.
fn shape(document: &Value, schema: &Value) -> Markup {
    let named =
        schema["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#')));
    let shown = serde_json::to_string_pretty(named.unwrap_or(schema)).unwrap_or_default();
    html! { pre tabindex="0" { (shown) } }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
