//! Small parts that pages share. A part is a function; it knows no room.

use std::fmt::Write;

use crate::nouns::Next;
use maud::{Markup, html};
use words::Lang;

use super::{Ctx, form::FROM_PAGE};

/// The sign of the house: a watchtower.
pub fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 24 24" aria-hidden="true" {
            path d="M4 9 12 3l8 6v2H4zM6 11h12l-1.2 4H7.2zM9 15h6l2 7H7z" {}
        }
    }
}

/// The hidden fields of a form: the token without which it is refused (in an
/// upload it must come first), and the page to which it comes back.
pub fn token(ctx: &Ctx) -> Markup {
    hidden(&ctx.csrf, &ctx.page)
}

/// The same for a form of somebody without a session.
pub fn hidden(token: &str, page: &str) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(token);
        input type="hidden" name=(FROM_PAGE) value=(page);
    }
}

/// How a state looks: a word in a coloured box with a shape, so that colour is
/// never the only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Done, shown by facts.
    Good,
    /// Said to be done.
    Claimed,
    /// Under way, or in part.
    Partly,
    /// Asks for action.
    Bad,
    /// Not known.
    Unknown,
    /// Neither here nor there.
    Quiet,
}

impl Tone {
    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Claimed => "claimed",
            Self::Partly => "partly",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
            Self::Quiet => "quiet",
        }
    }

    /// The shape that stands beside the word.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Claimed => "◇",
            Self::Partly => "◐",
            Self::Bad => "!",
            Self::Unknown => "?",
            Self::Quiet => "·",
        }
    }
}

/// A state as a badge.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { span.mark aria-hidden="true" { (tone.mark()) } " " (text) } }
}

/// What the viewer had best do next, in order.
pub fn next(lang: Lang, things: &[Next]) -> Markup {
    html! {
        @if !things.is_empty() {
            h2 { (lang.t("web.home.next")) }
            ol.steps {
                @for thing in things {
                    li { a href=(thing.path) { strong { (thing.title) } } br; (thing.why) }
                }
            }
        }
    }
}

/// A labelled text field. `kind` is an HTML input type.
pub fn field(
    lang: Lang,
    label: &str,
    name: &str,
    kind: &str,
    value: &str,
    required: bool,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (lang.t(label)) @if required { span.required title=(lang.t("common.answer.required")) { " *" } } }
            input id=(name) name=(name) type=(kind) value=(value) required[required];
        }
    }
}

/// A labelled text of several lines.
pub fn area(lang: Lang, label: &str, name: &str, value: &str) -> Markup {
    html! {
        div.field { label for=(name) { (lang.t(label)) } textarea id=(name) name=(name) rows="4" { (value) } }
    }
}

/// A labelled choice: pairs of value and shown text.
pub fn choice(
    lang: Lang,
    label: &str,
    name: &str,
    options: &[(String, String)],
    chosen: &str,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (lang.t(label)) }
            select id=(name) name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// What a handled form says on the page it leads to: `?done=<locale key>`.
/// Only keys under `done.` of a room are shown, so a link can say nothing else.
pub fn done(ctx: &Ctx, key: Option<&str>) -> Markup {
    let key = key.filter(|key| key.contains(".done.") && ctx.lang.has(key));
    html! { @if let Some(key) = key { p.done role="status" { (ctx.t(key)) } } }
}

/// A share as a bar with its numbers.
pub fn share(ctx: &Ctx, handled: u64, total: u64) -> Markup {
    html! {
        span.share {
            progress max=(total.max(1)) value=(handled) aria-hidden="true" {}
            " " (ctx.number(handled as i64)) "/" (ctx.number(total as i64))
        }
    }
}

/// A page's heading with its actions.
pub fn heading(title: &str, actions: &Markup) -> Markup {
    html! { div.heading { h1 { (title) } div.actions { (actions) } } }
}

/// What an empty page says, and the next step.
pub fn empty(text: &str, next: &Markup) -> Markup {
    html! { div.empty { p { (text) } (next) } }
}

/// A path with query parameters, encoded.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    for (index, (key, value)) in pairs.iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(&encode(key));
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
