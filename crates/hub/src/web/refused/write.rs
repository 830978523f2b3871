//! Writing into a drawn page: the typed values, the faults beside their fields,
//! and the summary on top with a link to each.

use diag::Diagnostic;
use dom_query::{Document, NodeRef, Selection};
use maud::{Markup, html};
use words::Lang;

use super::super::form::{FROM_PAGE, Held};

/// Kinds of inputs whose value is not a person's to type, or not ours to repeat.
const UNTYPED: [&str; 7] = ["hidden", "password", "file", "submit", "button", "image", "reset"];

/// A refused form.
pub(super) struct Refusal<'a> {
    /// The path it was sent to.
    pub action: &'a str,
    /// What it held.
    pub held: &'a Held,
    /// Name of the error.
    pub name: &'a str,
    /// What was wrong.
    pub found: &'a [Diagnostic],
}

/// A fault as the summary shows it.
struct Fault {
    field: Option<(String, String)>,
    text: String,
    hint: String,
}

/// The page with the form as it was sent and what was wrong with it.
pub(super) fn into(page: &str, refusal: &Refusal<'_>) -> String {
    let document = Document::from(page);
    let lang = document.select_single("html").attr("lang");
    let lang = lang.and_then(|code| Lang::from_code(&code)).unwrap_or_default();
    let form = find(&document, refusal);
    let controls = form.as_ref().map(|form| controls(&document, form)).unwrap_or_default();
    for control in &controls {
        fill(control, refusal.held);
    }
    if let Some(form) = &form {
        unfold(form);
    }
    let faults: Vec<Fault> =
        refusal.found.iter().map(|one| fault(&document, &controls, lang, one)).collect();
    document.select("[autofocus]").remove_attr("autofocus");
    let lost = form.is_none().then_some(refusal.held);
    let summary = summary(lang, refusal, &faults, lost).into_string();
    document.select_single("main").prepend_html(summary);
    let title = document.select_single("title");
    let error = lang.fill("web.refused.title", &[("title", &title.text())]);
    title.set_text(&error);
    document.html().to_string()
}

/// The form that was sent: by where it goes, and where several go there by
/// what their hidden fields say.
fn find<'d>(document: &'d Document, refusal: &Refusal<'_>) -> Option<NodeRef<'d>> {
    let forms = document.select("form[method=post]");
    forms.nodes().iter().find(|form| is_sent(form, refusal)).copied()
}

fn is_sent(form: &NodeRef<'_>, refusal: &Refusal<'_>) -> bool {
    let hidden = Selection::from(*form).select("input[type=hidden]");
    let own = |name: &str| !matches!(name, "csrf" | FROM_PAGE);
    form.attr("action").is_some_and(|action| *action == *refusal.action)
        && hidden.nodes().iter().all(|field| {
            let name = field.attr_or("name", "");
            let typed = refusal.held.get(&name);
            !own(&name) || typed.is_none_or(|typed| *typed == *field.attr_or("value", ""))
        })
}

/// The fields of a form: inside it, or elsewhere on the page and tied to it.
fn controls<'d>(document: &'d Document, form: &NodeRef<'d>) -> Vec<NodeRef<'d>> {
    let fields = "input[name], select[name], textarea[name]";
    let mut all = Selection::from(*form).select(fields).nodes().to_vec();
    if let Some(id) = form.attr("id") {
        let tied = document.select("[form]");
        all.extend(tied.nodes().iter().filter(|field| field.attr("form").as_ref() == Some(&id)));
    }
    all
}

fn kind(control: &NodeRef<'_>) -> String {
    match control.node_name().as_deref() {
        Some("input") => control.attr_or("type", "text").to_string(),
        other => other.unwrap_or_default().to_owned(),
    }
}

/// Writes what was typed into a field.
fn fill(control: &NodeRef<'_>, held: &Held) {
    let name = control.attr_or("name", "");
    match kind(control).as_str() {
        kind if UNTYPED.contains(&kind) => {}
        "checkbox" | "radio" => {
            let set = held.has(&name, &control.attr_or("value", "on"));
            mark(control, "checked", set);
        }
        "select" => {
            for option in Selection::from(*control).select("option").nodes() {
                let value = option.attr("value").unwrap_or_else(|| option.text());
                mark(option, "selected", held.has(&name, &value));
            }
        }
        kind => {
            let Some(typed) = held.get(&name) else { return };
            if kind == "textarea" {
                control.set_text(typed);
            } else if &*control.attr_or("autocomplete", "") != "one-time-code" {
                control.set_attr("value", typed);
            }
        }
    }
}

fn mark(node: &NodeRef<'_>, attribute: &str, set: bool) {
    if set { node.set_attr(attribute, "") } else { node.remove_attr(attribute) }
}

/// Opens the folded parts that the form stands in.
fn unfold(form: &NodeRef<'_>) {
    for above in form.ancestors(None).iter().filter(|node| node.has_name("details")) {
        above.set_attr("open", "");
    }
}

/// Puts a fault beside its field, if the form has the field.
fn fault(document: &Document, controls: &[NodeRef<'_>], lang: Lang, one: &Diagnostic) -> Fault {
    let (text, hint) = lang.diagnostic(one);
    let named = one.place.column.as_deref().unwrap_or_default();
    let control = controls
        .iter()
        .find(|control| is_named(&control.attr_or("name", ""), named) && kind(control) != "hidden");
    let field = control.map(|control| beside(document, control, &text, &hint));
    Fault { field, text, hint }
}

/// A fault of `task` stands at the first of `task.1`, `task.2` …
fn is_named(name: &str, field: &str) -> bool {
    let rest = name.strip_prefix(field).filter(|_| !field.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Writes the fault after the field. Gives the field's identifier and its label.
fn beside(document: &Document, control: &NodeRef<'_>, text: &str, hint: &str) -> (String, String) {
    let id = control
        .id_attr()
        .map_or_else(|| format!("field-{}", control.attr_or("name", "")), |id| id.to_string());
    control.set_attr("id", &id);
    let fault = format!("{id}-fault");
    let said = control
        .attr("aria-describedby")
        .map_or_else(|| fault.clone(), |other| format!("{fault} {other}"));
    control.set_attr("aria-describedby", &said);
    control.set_attr("aria-invalid", "true");
    let words = html! {
        span.fault id=(fault) {
            span.mark aria-hidden="true" { "! " } (text)
            @if !hint.is_empty() { " " span.hint { (hint) } }
        }
    };
    control.after_html(words.into_string());
    let label = label(document, control, &id);
    (id, label)
}

fn label(document: &Document, control: &NodeRef<'_>, id: &str) -> String {
    let labels = document.select("label[for]");
    let own = labels.nodes().iter().find(|label| label.attr("for").as_deref() == Some(id));
    let text = own.map_or_else(|| control.attr_or("aria-label", ""), NodeRef::text);
    text.trim_end_matches(['*', ' ']).trim().to_owned()
}

/// What stands on top: that the form was not taken, why, and a link to each
/// field at fault. Where the page has the form no more, what was typed.
fn summary(lang: Lang, refusal: &Refusal<'_>, faults: &[Fault], lost: Option<&Held>) -> Markup {
    let name = refusal.name;
    html! {
        div #refused .failed role="alert" tabindex="-1" autofocus {
            h2 { (lang.t(&format!("error.{name}.title"))) }
            p { (lang.t(&format!("error.{name}.text"))) }
            ul.findings { @for fault in faults { li { (line(fault)) } } }
            @if !refusal.held.files.is_empty() {
                p { (lang.fill("web.refused.files", &[("files", &refusal.held.files.join(", "))])) }
            }
            @if let Some(held) = lost { (typed_texts(lang, held)) }
        }
    }
}

fn line(fault: &Fault) -> Markup {
    html! {
        @match &fault.field {
            Some((id, label)) => {
                a href={ "#" (id) } { @if !label.is_empty() { (label) ": " } (fault.text) }
            }
            None => strong { (fault.text) },
        }
        @if !fault.hint.is_empty() { " " span.hint { (fault.hint) } }
    }
}

/// Sentences somebody wrote are not lost with a form that is no longer there.
fn typed_texts(lang: Lang, held: &Held) -> Markup {
    let sentences: Vec<&str> = held
        .texts
        .iter()
        .map(|(_, value)| value.trim())
        .filter(|value| value.contains(char::is_whitespace))
        .collect();
    html! {
        @if !sentences.is_empty() {
            p { (lang.t("web.refused.typed")) }
            @for text in sentences { pre { (text) } }
        }
    }
}
