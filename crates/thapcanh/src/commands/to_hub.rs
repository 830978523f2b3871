//! Detections of a hunt on their way to a hub, which raises alerts for them.
//!
//! They are put aside while the hunt runs and sent when it is over: a hub that
//! is slow or away costs the hunt nothing, and a file on disk holds what memory
//! would not. Sending again adds nothing: the hub knows each one.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Seek, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use detect::hunt::{Detail, Detection, Outcome, Prepared, Sink};
use serde::Deserialize;
use ureq::{
    Agent,
    tls::{Certificate, RootCerts, TlsConfig},
};
use words::Lang;

use super::terminal::printable;

/// Lines of one post, and bytes after which it is sent with fewer.
const LINES: usize = 1_000;
const BYTES: usize = 8 * 1024 * 1024;
/// Waits before a post is tried again, in seconds.
const PAUSES: [u64; 3] = [1, 3, 9];

/// Where detections go as alerts.
#[derive(Args)]
pub struct ToHub {
    /// Address of the hub whose alerts the detections become.
    #[arg(id = "to_hub", long = "to-hub", value_name = "URL", requires = "token_file")]
    address: Option<String>,
    /// File with the API token of an account there.
    #[arg(long, value_name = "FILE", requires = "to_hub")]
    token_file: Option<PathBuf>,
    /// Reference of the case that the alerts are raised on.
    #[arg(long, value_name = "TEXT", requires = "to_hub")]
    case: Option<String>,
    /// Code of the unit whose machines the logs are from.
    #[arg(long, value_name = "CODE", requires = "to_hub")]
    unit: Option<String>,
    /// The machine, in place of what the logs say: name or address in the register.
    #[arg(long, value_name = "NAME", requires = "to_hub")]
    host: Option<String>,
    /// Certificate of the authority that vouches for the hub, as PEM.
    #[arg(long, value_name = "FILE", requires = "to_hub")]
    hub_ca: Option<PathBuf>,
}

/// A hub that is ready to be told.
pub struct Hub {
    agent: Agent,
    address: String,
    token: String,
    about: Vec<(&'static str, String)>,
}

/// What the hub answered to all posts.
#[derive(Default)]
pub struct Told {
    created: u64,
    grouped: u64,
    known: u64,
    /// By code: how many, and what the hub said of the first.
    refused: BTreeMap<String, (u64, Finding)>,
}

#[derive(Deserialize)]
struct Answer {
    created: u64,
    grouped: u64,
    known: u64,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    errors: Vec<Finding>,
}

#[derive(Clone, Deserialize)]
struct Finding {
    code: String,
    text: String,
    hint: String,
}

#[derive(Deserialize)]
struct Problem {
    title: String,
    #[serde(default)]
    errors: Vec<Finding>,
}

impl ToHub {
    /// The hub, if one was named. Whether it answers is seen at once, not after
    /// hours of hunting. Errors: a token that cannot be read or is not taken.
    pub fn hub(&self) -> Result<Option<Hub>> {
        let (Some(address), Some(file)) = (&self.address, &self.token_file) else {
            return Ok(None);
        };
        let token = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let about = [("case", &self.case), ("unit", &self.unit), ("host", &self.host)];
        let hub = Hub {
            agent: agent(self.hub_ca.as_deref())?,
            address: format!("{}/api/v1/alerts", address.trim_end_matches('/')),
            token: token.trim().to_owned(),
            about: about
                .into_iter()
                .filter_map(|(name, text)| Some((name, text.clone()?)))
                .collect(),
        };
        hub.post(&[]).with_context(|| address.clone())?;
        Ok(Some(hub))
    }
}

fn agent(authority: Option<&Path>) -> Result<Agent> {
    let mut tls = TlsConfig::builder();
    if let Some(file) = authority {
        let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        tls = tls.root_certs(RootCerts::new_with_certs(&[Certificate::from_pem(&pem)?]));
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_mins(2)))
        .tls_config(tls.build());
    Ok(config.build().into())
}

impl Hub {
    /// Sends what was put aside, a thousand lines at a time.
    pub fn tell(&self, aside: Aside) -> Result<Told> {
        let mut told = Told::default();
        let mut batch = Vec::new();
        let mut lines = 0;
        for line in aside.lines()? {
            batch.extend(line?.into_bytes());
            batch.push(b'\n');
            lines += 1;
            if lines == LINES || batch.len() > BYTES {
                told.add(self.post(&batch)?);
                (lines, batch) = (0, Vec::new());
            }
        }
        if lines > 0 {
            told.add(self.post(&batch)?);
        }
        Ok(told)
    }

    /// One post, tried again where the hub is away or busy.
    fn post(&self, body: &[u8]) -> Result<Answer> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let failed = match self.try_post(body) {
                Ok((200, text)) => return Ok(serde_json::from_str(&text)?),
                Ok((status, text)) if status < 500 && status != 429 => {
                    bail!(problem(status, &text))
                }
                Ok((status, text)) => anyhow::anyhow!(problem(status, &text)),
                Err(cause) => cause.into(),
            };
            let Some(seconds) = pauses.next() else { return Err(failed) };
            std::thread::sleep(Duration::from_secs(seconds));
        }
    }

    fn try_post(&self, body: &[u8]) -> Result<(u16, String), ureq::Error> {
        let about = self.about.iter().map(|(name, text)| (*name, text.as_str()));
        let mut answer = self
            .agent
            .post(&self.address)
            .query_pairs(about)
            .header("authorization", format!("Bearer {}", self.token))
            .content_type("application/x-ndjson")
            .send(body)?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
    }
}

/// What a problem document says (RFC 9457), or the bare status.
fn problem(status: u16, text: &str) -> String {
    let Ok(problem) = serde_json::from_str::<Problem>(text) else {
        return format!("HTTP {status}");
    };
    let errors = problem.errors.iter().map(|one| format!(" {} {}", one.text, one.hint));
    printable(&format!("HTTP {status}: {}.{}", problem.title, errors.collect::<String>()))
}

impl Told {
    fn add(&mut self, answer: Answer) {
        self.created += answer.created;
        self.grouped += answer.grouped;
        self.known += answer.known;
        for finding in answer.items.into_iter().flat_map(|item| item.errors) {
            let entry = self.refused.entry(finding.code.clone());
            entry.or_insert((0, finding)).0 += 1;
        }
    }

    /// What became of the detections, for a terminal.
    pub fn say(&self, lang: Lang) {
        let refused: u64 = self.refused.values().map(|(count, _)| count).sum();
        let counts = [self.created, self.grouped, self.known, refused].map(|n| lang.number(n));
        let [created, grouped, known, refused] = &counts;
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("created", created), ("grouped", grouped), ("known", known), ("refused", refused)];
        eprintln!("{}", lang.fill("cli.hunt.told", &values));
        for (count, finding) in self.refused.values() {
            let (text, hint) = (printable(&finding.text), printable(&finding.hint));
            eprintln!("  {} × {text} {hint}", lang.number(*count));
        }
    }
}

/// Detections put aside in a file that nobody else sees, beside whatever else
/// is done with them.
pub struct Aside {
    lines: io::BufWriter<File>,
}

impl Aside {
    /// Nothing yet.
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().context("no temporary file")?;
        Ok(Self { lines: io::BufWriter::new(file) })
    }

    fn lines(self) -> Result<io::Lines<BufReader<File>>> {
        let mut file = self.lines.into_inner()?;
        file.rewind()?;
        Ok(BufReader::new(file).lines())
    }
}

/// Puts every detection aside before it goes where it was going.
pub struct Both<'a> {
    /// For the hub.
    pub aside: &'a mut Aside,
    /// For whoever hunts.
    pub shown: &'a mut dyn Sink,
}

impl Sink for Both<'_> {
    fn detail(&self) -> Detail {
        Detail::Event
    }

    fn take(&mut self, prepared: &Prepared, detection: Detection) -> io::Result<()> {
        writeln!(self.aside.lines, "{}", detection.to_json(prepared))?;
        self.shown.take(prepared, detection)
    }

    fn finish(&mut self, prepared: &Prepared, outcome: &Outcome) -> io::Result<()> {
        self.shown.finish(prepared, outcome)
    }
}
