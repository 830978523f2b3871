//! Tests on version, status and revision history. Versions are integers or
//! semantic versions, never mixed.

use jiff::Timestamp;
use serde_json::Value;

use crate::bulletins::csaf::{array, text_at};

/// Numbers, the pre-release part, and whether it is a semantic version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    numbers: Vec<u64>,
    /// A pre-release sorts before the release it precedes.
    released: bool,
    before: Vec<(bool, u64, String)>,
}

impl Version {
    fn parse(text: &str) -> Self {
        let text = text.split('+').next().unwrap_or_default();
        let (numbers, before) = text.split_once('-').unwrap_or((text, ""));
        let identifier = |p: &str| match p.parse() {
            Ok(number) => (false, number, String::new()),
            Err(_) => (true, 0, p.to_owned()),
        };
        Self {
            numbers: numbers.split('.').map(|p| p.parse().unwrap_or(0)).collect(),
            released: before.is_empty(),
            before: before.split('.').filter(|p| !p.is_empty()).map(identifier).collect(),
        }
    }

    fn is_semantic(&self) -> bool {
        self.numbers.len() == 3
    }

    fn major(&self) -> u64 {
        self.numbers.first().copied().unwrap_or(0)
    }

    /// Not yet released: 0, 0.y.z, or a pre-release.
    fn is_draft(&self) -> bool {
        self.major() == 0 || !self.released
    }
}

struct Tracking {
    status: String,
    version: Version,
    /// Without the build metadata, as written.
    text: String,
    history: Vec<(Option<Timestamp>, Version, String)>,
}

fn tracking(document: &Value) -> Tracking {
    let plain = |text: &str| text.split('+').next().unwrap_or_default().to_owned();
    let text = text_at(document, "/document/tracking/version");
    let history = array(document, "/document/tracking/revision_history").iter().map(|r| {
        let number = text_at(r, "/number");
        (text_at(r, "/date").parse().ok(), Version::parse(number), plain(number))
    });
    Tracking {
        status: text_at(document, "/document/tracking/status").to_owned(),
        version: Version::parse(text),
        text: plain(text),
        history: history.collect(),
    }
}

pub(super) fn unsorted(document: &Value) -> Option<String> {
    let mut history = tracking(document).history;
    history.sort_by_key(|(date, ..)| *date);
    // Of several on one instant, the standard lets any order be the right one.
    let wrong = history.windows(2).find(|pair| match pair {
        [a, b] => a.0 < b.0 && a.1 > b.1,
        _ => false,
    });
    wrong.and_then(|pair| pair.first()).map(|(.., number)| number.clone())
}

pub(super) fn latest_version(document: &Value) -> Option<String> {
    let tracking = tracking(document);
    let last = tracking.history.iter().max_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)))?;
    let bare = |text: &str| text.split('-').next().unwrap_or_default().to_owned();
    let same = if tracking.status == "draft" || tracking.version.is_draft() {
        bare(&last.2) == bare(&tracking.text)
    } else {
        last.2 == tracking.text
    };
    (!same).then(|| format!("{} is not {}", tracking.text, last.2))
}

pub(super) fn draft_status(document: &Value) -> Option<String> {
    let tracking = tracking(document);
    (tracking.status != "draft" && tracking.version.is_draft()).then_some(tracking.text)
}

pub(super) fn released_with_zero(document: &Value) -> Option<String> {
    let tracking = tracking(document);
    let released = matches!(tracking.status.as_str(), "final" | "interim");
    let mut early = tracking.history.into_iter().filter(|(_, v, _)| v.major() == 0);
    early.next().filter(|_| released).map(|(.., number)| number)
}

pub(super) fn prerelease_listed(document: &Value) -> Option<String> {
    tracking(document).history.into_iter().find(|(_, v, _)| !v.released).map(|(.., number)| number)
}

pub(super) fn not_draft(document: &Value) -> Option<String> {
    let tracking = tracking(document);
    (tracking.status != "draft" && !tracking.version.released).then_some(tracking.text)
}

/// The numbers of the history must leave none out.
pub(super) fn missing_item(document: &Value) -> Option<String> {
    let mut history = tracking(document).history;
    history.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    if let Some((.., number)) = history.first().filter(|(_, version, _)| version.major() > 1) {
        return Some(number.clone());
    }
    let mut majors: Vec<u64> = history.iter().map(|(_, version, _)| version.major()).collect();
    majors.sort_unstable();
    majors.dedup();
    majors.windows(2).find_map(|pair| match pair {
        [a, b] if b - a > 1 => Some((a + 1).to_string()),
        _ => None,
    })
}

pub(super) fn number_twice(document: &Value) -> Option<String> {
    super::twice(tracking(document).history.into_iter().map(|(.., number)| number))
}

pub(super) fn mixed_versioning(document: &Value) -> Option<String> {
    let tracking = tracking(document);
    let kind = tracking.version.is_semantic();
    tracking
        .history
        .into_iter()
        .find(|(_, v, _)| v.is_semantic() != kind)
        .map(|(.., number)| number)
}
