//! Why there is an alert: the rule, and the records that it matched.
//!
//! Everything here was written by whoever wrote the log or the rule. It is
//! shown as text; no address of it becomes a link.

use maud::{Markup, html};
use serde_json::Value;

use crate::{
    alerts::{Alert, posted::Detection, read::Kept},
    web::Ctx,
};

/// Detections shown; the rest is in the file.
pub(super) const MOST: u32 = 50;

/// The rule, with its author: its licence asks for the name wherever it speaks.
pub(super) fn rule(ctx: &Ctx, alert: &Alert) -> Markup {
    let fact = |key: &str, value: &str| {
        html! {
            @if !value.is_empty() { dt { (ctx.t(key)) } dd.mono { (value) } }
        }
    };
    html! {
        h2 { (ctx.t("alerts.rule.title")) }
        dl.facts {
            (fact("alerts.rule.id", &alert.rule_id))
            (fact("alerts.rule.author", &alert.author))
            (fact("alerts.rule.license", &alert.license))
            (fact("alerts.rule.version", &alert.rule_sha256))
            @if !alert.tags.0.is_empty() {
                dt { (ctx.t("alerts.rule.tags")) }
                dd { @for tag in &alert.tags.0 { code { (technique(tag)) } " " } }
            }
            @if !alert.references.0.is_empty() {
                dt { (ctx.t("alerts.rule.references")) }
                dd { @for one in &alert.references.0 { code { (one) } br; } }
            }
        }
    }
}

/// `attack.t1059.001` as ATT&CK writes it, `T1059.001`; any other tag as it is.
fn technique(tag: &str) -> String {
    let number =
        tag.strip_prefix("attack.t").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    number.map_or_else(|| tag.to_owned(), |number| format!("T{number}"))
}

/// The detections, each with what matched and the line as it was posted.
pub(super) fn detections(ctx: &Ctx, alert: &Alert, kept: &[Kept]) -> Markup {
    let more = alert.detection_count - kept.len() as i64;
    html! {
        h2 { (ctx.t("alerts.why.title")) }
        p.soft { (ctx.t("alerts.why.about")) }
        p { a.button href={ "/alerts/" (alert.id) "/file" } download { (ctx.t("alerts.why.file")) } }
        @for one in kept { div.card { (detection(ctx, one)) } }
        @if more > 0 { p.soft { (ctx.fill("alerts.why.more", &[("n", &ctx.number(more))])) } }
    }
}

fn detection(ctx: &Ctx, kept: &Kept) -> Markup {
    html! {
        @if let Some(one) = kept.detection() { (read(ctx, &one)) }
        p.soft {
            (ctx.t("alerts.why.posted")) " " (ctx.time(kept.posted_at)) " · " (kept.posted_by) " · "
            (ctx.t("alerts.why.file-digest")) " " code title=(kept.source_sha256) { (kept.source_sha256[..12]) }
        }
        details {
            summary { (ctx.t("alerts.why.raw")) }
            pre { (pretty(&kept.raw)) }
        }
    }
}

fn read(ctx: &Ctx, one: &Detection) -> Markup {
    html! {
        h3 { (super::seen(ctx, one.time.map(Into::into))) }
        p {
            @for part in [&one.channel, &one.source.path] { @if !part.is_empty() { (part) " · " } }
            @if let Some(id) = one.event_id { (ctx.fill("alerts.why.event-id", &[("id", &id)])) " · " }
            (ctx.fill("alerts.why.record", &[("id", &one.record_id), ("offset", &one.source.offset)]))
        }
        @if let Some(span) = &one.correlation {
            p { (ctx.fill("alerts.why.correlation", &[("n", &span.count), ("from", &ctx.time(span.first))])) }
        }
        @if !one.matched.is_empty() {
            dl.facts {
                @for (field, value) in &one.matched { dt.mono { (field) } dd.mono { (text(value)) } }
            }
        }
    }
}

/// A value, or several, as a reader wants them.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// The line with its members one under the other.
fn pretty(raw: &str) -> String {
    let value: Option<Value> = serde_json::from_str(raw).ok();
    value
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_written_as_attack_writes_them() {
        for (tag, shown) in [
            ("attack.t1059.001", "T1059.001"),
            ("attack.t1003", "T1003"),
            ("attack.execution", "attack.execution"),
            ("attack.ta0002", "attack.ta0002"),
            ("cve.2024-1709", "cve.2024-1709"),
        ] {
            assert_eq!(technique(tag), shown);
        }
    }
}
