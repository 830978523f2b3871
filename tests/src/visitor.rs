//! A person at a plain browser without a script: follows links, sends forms,
//! reads what comes back.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context, Result};
use dom_query::{Document, NodeRef, Selection};
use ureq::Agent;

use crate::crawl::{is_page, shape};

/// Somebody with a cookie jar.
pub struct Visitor {
    agent: Agent,
    server: String,
}

/// What came back.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body, if it is a page.
    pub html: String,
}

/// A form of a page, with a value for each of its fields.
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// Whether it is an upload.
    pub multipart: bool,
    /// Fields in their order.
    pub fields: Vec<(String, String)>,
    /// Whether a person can type or choose anything in it.
    pub is_typed: bool,
}

impl Visitor {
    /// Somebody who is not signed in.
    pub fn stranger(server: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
        Self { agent: config.build().into(), server: server.to_owned() }
    }

    /// Somebody signed in, whose pages speak `lang`.
    pub fn sign_in(server: &str, login: &str, password: &str, lang: &str) -> Result<Self> {
        let visitor = Self::stranger(server);
        let answer = visitor.post("/login", &[("login", login), ("password", password)])?;
        anyhow::ensure!(answer.status == 303, "{login} could not sign in: {}", answer.status);
        visitor.post("/language", &[("lang", lang), ("back", "/")])?;
        Ok(visitor)
    }

    /// Gets a page.
    pub fn get(&self, path: &str) -> Result<Answer> {
        let url = format!("{}{path}", self.server);
        read(self.agent.get(url).call().with_context(|| path.to_owned())?)
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let url = format!("{}{path}", self.server);
        read(self.agent.post(url).send_form(fields.iter().copied())?)
    }

    /// Sends a form as a browser would.
    pub fn send(&self, form: &Form) -> Result<Answer> {
        let pairs: Vec<_> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        if !form.multipart {
            return self.post(&form.action, &pairs);
        }
        let url = format!("{}{}", self.server, form.action);
        let kind = "multipart/form-data; boundary=BOUNDARY";
        read(self.agent.post(url).header("content-type", kind).send(multipart(&pairs))?)
    }

    /// Every page there is for this person, one of each shape, from `/` on: its
    /// path and how it answered.
    pub fn walk(&self, most: usize) -> Result<BTreeMap<String, (String, Answer)>> {
        let mut seen = BTreeMap::new();
        let mut waiting = VecDeque::from(["/".to_owned()]);
        while let Some(path) = waiting.pop_front() {
            let shape = shape(&path);
            if seen.len() >= most || seen.contains_key(&shape) {
                continue;
            }
            let answer = self.get(&path)?;
            waiting.extend(links(&answer.html));
            seen.insert(shape, (path, answer));
        }
        Ok(seen)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer> {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let is_html = kind.is_some_and(|kind| kind.starts_with("text/html"));
    let html = if is_html { response.body_mut().read_to_string()? } else { String::new() };
    Ok(Answer { status, html })
}

fn multipart(fields: &[(&str, &str)]) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        let head = format!("--BOUNDARY\r\nContent-Disposition: form-data; name=\"{name}\"");
        format!("{head}\r\n\r\n{value}\r\n")
    };
    let body: String = fields.iter().map(part).collect();
    format!("{body}--BOUNDARY--\r\n").into_bytes()
}

fn links(html: &str) -> Vec<String> {
    let document = Document::from(html);
    let links = document.select("a[href]:not([download])");
    let own = links.nodes().iter().filter_map(|link| link.attr("href"));
    own.map(|href| href.to_string()).filter(|href| href.starts_with('/') && is_page(href)).collect()
}

/// The forms of a page, each field filled with what `typed` gives for its kind
/// (`text`, `date`, `select` …). Hidden fields stay as they are.
pub fn forms(html: &str, typed: impl Fn(&str) -> &'static str) -> Vec<Form> {
    let document = Document::from(html);
    let all = document.select("form[method=post]");
    all.nodes().iter().map(|form| filled(form, &typed)).collect()
}

fn filled(form: &NodeRef<'_>, typed: &impl Fn(&str) -> &'static str) -> Form {
    let controls = Selection::from(*form).select("input[name], select[name], textarea[name]");
    let mut sent = Form {
        action: form.attr_or("action", "").to_string(),
        multipart: form.attr_or("enctype", "").starts_with("multipart"),
        fields: Vec::new(),
        is_typed: false,
    };
    let button = Selection::from(*form).select("button[name]");
    if button.exists() {
        let (name, value) = (button.attr_or("name", ""), button.attr_or("value", ""));
        sent.fields.push((name.to_string(), value.to_string()));
    }
    for control in controls.nodes() {
        let tag = control.node_name().unwrap_or_default();
        let kind = if &*tag == "input" { control.attr_or("type", "text") } else { tag };
        let value = match &*kind {
            "hidden" => control.attr_or("value", "").to_string(),
            kind => typed(kind).to_owned(),
        };
        sent.is_typed |= &*kind != "hidden";
        if !matches!(&*kind, "checkbox" | "radio" | "file") {
            sent.fields.push((control.attr_or("name", "").to_string(), value));
        }
    }
    sent
}
