//! The page of a bundle: read in any browser, offline, with nothing to load
//! and nothing to run. Headings are in both languages; values are as recorded.

use std::{collections::BTreeMap, fmt::Write as _};

use packs::Text;
use serde_json::Value;
use words::Lang;

use crate::{FileLine, Heading, Sealed};

/// A record as the page shows it.
pub(crate) struct Record {
    pub(crate) title: Text,
    pub(crate) value: Value,
}

/// No script, no picture, no connection: what is inside is somebody's evidence.
const HEAD: &str = "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\">\n<style>\
body{font:1rem/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
td th{width:12rem}code{font-size:.85em;overflow-wrap:anywhere}\
</style>\n";

pub(crate) fn render<'a>(
    heading: &Heading,
    records: &[Record],
    files: impl Iterator<Item = &'a FileLine>,
    audit: &[Sealed],
) -> String {
    let mut out = HEAD.to_owned();
    push(&mut out, &["<title>", &escape(&heading.title.vi), "</title></head>\n<body>\n"]);
    for lang in Lang::ALL {
        intro(&mut out, heading, lang);
    }
    for record in records {
        push(&mut out, &["<h2>", &both_of(&record.title), "</h2>\n"]);
        value(&mut out, &record.value);
    }
    file_table(&mut out, files);
    audit_table(&mut out, heading, audit);
    out.push_str("</body></html>\n");
    out
}

fn intro(out: &mut String, heading: &Heading, lang: Lang) {
    let title = match lang {
        Lang::Vi => &heading.title.vi,
        Lang::En => &heading.title.en,
    };
    let at = lang.date_time(heading.created_at, &heading.zone);
    let offset = heading.created_at.to_zoned(heading.zone.clone()).strftime("%:z").to_string();
    let made = lang.fill(
        "proof.page.made",
        &[("issuer", &heading.issuer), ("time", &at), ("offset", &offset)],
    );
    push(out, &["<section lang=\"", lang.code(), "\"><h1>", &escape(title), "</h1>\n<p>"]);
    push(out, &[&escape(&made), "</p>\n<p>", &escape(&lang.t("proof.page.verify"))]);
    out.push_str("<br><code>thapcanh verify BUNDLE.zip</code></p></section>\n");
}

fn file_table<'a>(out: &mut String, files: impl Iterator<Item = &'a FileLine>) {
    table(out, "proof.page.files", &["proof.page.path", "proof.page.size", "proof.page.sha256"]);
    for line in files {
        let path = escape(&line.path);
        let shown = escape(line.name.as_deref().unwrap_or(&line.path));
        push(out, &["<tr><td><a href=\"", &path, "\">", &shown, "</a></td><td>"]);
        push(out, &[&line.size.to_string(), "</td><td><code>", &escape(&line.sha256)]);
        out.push_str("</code></td></tr>\n");
    }
    out.push_str("</table>\n");
}

fn audit_table(out: &mut String, heading: &Heading, audit: &[Sealed]) {
    let columns = [
        "proof.page.seq",
        "proof.page.at",
        "proof.page.actor",
        "proof.page.action",
        "proof.page.hash",
    ];
    table(out, "proof.page.audit", &columns);
    for Sealed { entry, hash } in audit {
        let at = jiff::Timestamp::from_microsecond(entry.act.at);
        let at = at.map(|at| at.to_zoned(heading.zone.clone()).strftime("%F %T %:z").to_string());
        push(out, &["<tr><td>", &entry.seq.to_string(), "</td><td>", &at.unwrap_or_default()]);
        push(out, &["</td><td>", &escape(&entry.act.actor), "</td><td>"]);
        push(out, &[&escape(&entry.act.action), "</td><td><code>", &escape(hash)]);
        out.push_str("</code></td></tr>\n");
    }
    out.push_str("</table>\n");
}

fn table(out: &mut String, title: &str, columns: &[&str]) {
    push(out, &["<h2>", &both(title), "</h2>\n<table><tr>"]);
    for column in columns {
        push(out, &["<th>", &both(column), "</th>"]);
    }
    out.push_str("</tr>\n");
}

/// Any JSON value: an object as a table, a list as a list.
fn value(out: &mut String, of: &Value) {
    match of {
        Value::Object(members) => {
            // Sorted here, because another crate's feature of serde_json can unsort it.
            let members: BTreeMap<_, _> = members.iter().collect();
            out.push_str("<table>\n");
            for (name, inner) in members {
                push(out, &["<tr><th>", &escape(name), "</th><td>"]);
                value(out, inner);
                out.push_str("</td></tr>\n");
            }
            out.push_str("</table>\n");
        }
        Value::Array(items) => {
            out.push_str("<ol>\n");
            for item in items {
                out.push_str("<li>");
                value(out, item);
                out.push_str("</li>\n");
            }
            out.push_str("</ol>\n");
        }
        Value::String(text) => out.push_str(&escape(text)),
        Value::Null => out.push('–'),
        other => drop(write!(out, "{other}")),
    }
}

fn both(key: &str) -> String {
    both_of(&Text { vi: Lang::Vi.t(key).into_owned(), en: Lang::En.t(key).into_owned() })
}

fn both_of(text: &Text) -> String {
    format!("{} / <span lang=\"en\">{}</span>", escape(&text.vi), escape(&text.en))
}

fn push(out: &mut String, parts: &[&str]) {
    out.extend(parts.iter().copied());
}

/// For text and for attributes in double quotes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
