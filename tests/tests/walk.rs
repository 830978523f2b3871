//! A walk of every page of the demo by every role, in both languages, without
//! a browser: no page fails, no link leads where one may not go, no text is
//! missing or in the other language; and every form that is refused comes back
//! filled, with its faults beside their fields.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use dom_query::{Document, NodeRef};
use house_tests::{
    server::Server,
    visitor::{Answer, Form, Visitor, forms},
};
use words::Lang;

/// More page shapes than there are.
const MOST: usize = 300;
/// What is typed into password fields, and must never come back.
const SECRET: &str = "lộ-mật-khẩu-này";
/// What is typed into fields of text.
const TYPED: &str = "chữ <gõ> & \"sai\"";

struct Demo {
    server: Server,
    password: String,
    logins: Vec<String>,
    _folder: tempfile::TempDir,
}

fn demo() -> Result<Demo> {
    let folder = tempfile::tempdir()?;
    let server = Server::demo(folder.path())?;
    let password = server.said("Mật khẩu: ").context("no password printed")?;
    let after = |line: &String| {
        Some(line.split_once("Đăng nhập: ")?.1.split_whitespace().next()?.to_owned())
    };
    let logins: Vec<String> = server.printed.iter().filter_map(after).collect();
    anyhow::ensure!(logins.len() >= 4, "logins printed: {logins:?}");
    Ok(Demo { server, password, logins, _folder: folder })
}

#[test]
fn every_page_opens_and_speaks_one_language() -> Result<()> {
    let demo = demo()?;
    let mut wrong = BTreeSet::new();
    let mut pages = 0;
    for lang in Lang::ALL {
        let foreign = Foreign::to(lang);
        for login in &demo.logins {
            let visitor =
                Visitor::sign_in(&demo.server.address, login, &demo.password, lang.code())?;
            for (shape, (path, answer)) in visitor.walk(MOST)? {
                pages += 1;
                for fault in faults(&answer, lang, &foreign) {
                    wrong.insert(format!("{} {login} {shape}: {fault} ({path})", lang.code()));
                }
            }
        }
    }
    println!("{pages} pages");
    assert!(pages > 150, "the walk found only {pages} pages");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    Ok(())
}

fn faults(answer: &Answer, lang: Lang, foreign: &Foreign) -> Vec<String> {
    if !matches!(answer.status, 200 | 303) {
        return vec![format!("answers {}", answer.status)];
    }
    let texts = texts(&answer.html, lang);
    let missing = texts.iter().filter(|text| names_a_key(text));
    let mut found: Vec<String> = missing.map(|text| format!("no words for {text}")).collect();
    found.extend(foreign.in_texts(&texts));
    found
}

/// Every text that our functions drew: data in another language is marked with
/// its `lang` (WCAG 2.1, 3.1.2), and quoted bytes stand in `code`.
fn texts(html: &str, lang: Lang) -> Vec<String> {
    let document = Document::from(html);
    let other = if lang == Lang::Vi { "en" } else { "vi" };
    document.select("script, style, code, pre, .mono, textarea").remove();
    document.select(&format!("body [lang={other}]")).remove();
    let nodes = document.root().descendants();
    let mut all: Vec<String> = nodes
        .iter()
        .filter(|node| node.is_text())
        .map(|node| node.text().trim().to_owned())
        .collect();
    for name in ["aria-label", "placeholder", "title", "alt"] {
        let named = |node: &NodeRef<'_>| node.attr(name).map(|text| text.trim().to_owned());
        all.extend(nodes.iter().filter_map(named));
    }
    all.retain(|text| !text.is_empty());
    all
}

/// `[room.key]`, as the locales show a text that is not there.
fn names_a_key(text: &str) -> bool {
    text.match_indices('[').any(|(at, _)| {
        let inside = text[at + 1..].split(']').next().unwrap_or_default();
        inside.contains('.')
            && inside.bytes().all(|b| b.is_ascii_lowercase() || b".-_".contains(&b))
    })
}

/// The texts of the other language that are not texts of this one.
struct Foreign {
    whole: BTreeSet<String>,
    parts: Vec<String>,
}

impl Foreign {
    fn to(lang: Lang) -> Self {
        let other = if lang == Lang::Vi { Lang::En } else { Lang::Vi };
        // What commands print and what rules say of machines stands on no page.
        let keys = || words::keys().into_iter().filter(|key| !key.starts_with("cli."));
        let own: Vec<String> = keys().map(|key| lang.t(key).to_string()).collect();
        let ours = own.join("\n");
        let foreign = keys().map(|key| other.t(key).to_string()).filter(|text| !own.contains(text));
        let (mut whole, mut parts) = (BTreeSet::new(), Vec::new());
        for text in foreign {
            let part = text.split(['{', '}']).step_by(2).max_by_key(|part| part.len());
            let part = part.unwrap_or_default().trim().to_owned();
            if part.chars().count() >= 20 && !ours.contains(&part) {
                parts.push(part);
            }
            whole.insert(text);
        }
        Self { whole, parts }
    }

    fn in_texts(&self, texts: &[String]) -> Vec<String> {
        let page = texts.join("\n");
        let parts = self.parts.iter().filter(|part| page.contains(part.as_str()));
        let whole = texts.iter().filter(|text| self.whole.contains(*text));
        parts.chain(whole).map(|text| format!("speaks the other language: {text}")).collect()
    }
}

#[test]
fn every_refused_form_comes_back() -> Result<()> {
    let demo = demo()?;
    let mut wrong = BTreeSet::new();
    let mut refused = 0;
    for login in &demo.logins {
        let visitor = Visitor::sign_in(&demo.server.address, login, &demo.password, "vi")?;
        for (shape, (path, _)) in visitor.walk(MOST)? {
            for values in [empty as Values, nonsense] {
                for (form, answer) in all_sent(&visitor, &path, values)? {
                    refused += usize::from(answer.status >= 400);
                    for fault in faults_of_return(&form, &answer) {
                        wrong.insert(format!("{login} {shape} → {}: {fault}", form.action));
                    }
                }
            }
        }
    }
    println!("{refused} refused forms");
    assert!(refused > 60, "only {refused} forms were refused");
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    Ok(())
}

/// What is typed into a kind of field.
type Values = fn(&str) -> &'static str;

/// Sends each form of a page in which something can be typed. The page is got
/// anew before each: a form that was taken may have changed it.
fn all_sent(visitor: &Visitor, path: &str, values: Values) -> Result<Vec<(Form, Answer)>> {
    let mut sent = Vec::new();
    for index in 0.. {
        let page = visitor.get(path)?;
        let mut all = forms(&page.html, values).into_iter().filter(|form| form.is_typed);
        let Some(form) = all.nth(index) else { break };
        let answer = visitor.send(&form)?;
        sent.push((form, answer));
    }
    Ok(sent)
}

fn empty(_: &str) -> &'static str {
    ""
}

fn nonsense(kind: &str) -> &'static str {
    match kind {
        "password" => SECRET,
        "select" => "không-có",
        "date" | "datetime-local" | "number" => "hôm nào đó",
        _ => TYPED,
    }
}

/// What is wrong with how a form came back.
fn faults_of_return(form: &Form, answer: &Answer) -> Vec<String> {
    match answer.status {
        200..400 => return Vec::new(),
        409 | 413 | 422 | 429 => {}
        other => return vec![format!("answers {other}")],
    }
    let page = Document::from(answer.html.as_str());
    let summary = page.select("#refused[role=alert][tabindex='-1'][autofocus]");
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{what} ({}: {})", answer.status, summary.text().trim()));
        }
    };
    must(summary.length() == 1, "no summary on top");
    must(page.select("[autofocus]").length() == 1, "the focus has two places to go");
    must(!answer.html.contains(SECRET), "a password came back");
    let links = page.select("#refused a[href]");
    let all_placed = links.exists() && links.length() == page.select("#refused li").length();
    must(answer.status != 422 || all_placed, "a fault stands at no field");
    for link in links.nodes() {
        let id = link.attr_or("href", "").trim_start_matches('#').to_owned();
        let field = page.select(&format!("[id='{id}'][aria-invalid=true]"));
        let told = field.attr_or("aria-describedby", "").to_string();
        let told = told.split(' ').next().unwrap_or_default().to_owned();
        must(field.length() == 1, "a link leads to no field at fault");
        must(page.select(&format!("[id='{told}']")).length() == 1, "a fault has no text beside it");
    }
    let was_typed = form.fields.iter().any(|(name, value)| value == TYPED && name != "from_page");
    let comes_back =
        answer.html.contains("chữ &lt;gõ&gt; &amp;") || answer.html.contains("chữ <gõ> &amp;");
    must(!was_typed || comes_back, "what was typed is lost");
    wrong
}
