//! Folders of rule files → one set of rules.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use diag::{Diagnostic, Place};
use rustc_hash::FxHashSet;

use super::{
    correlation::Correlation,
    license::Licenses,
    load::load,
    modifiers::Placeholders,
    rule::{Document, Filter, Rule},
};

/// Longest rule file that is read. The largest public one has 60 KiB.
const MAX_FILE: u64 = 2 << 20;
/// Folders inside folders.
const MAX_DEPTH: usize = 32;

/// A rule file as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Name as the person gave it, plus what was found below.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Licence of the collection, for rules that name none; empty if unknown.
    pub license: String,
}

/// Rules that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSet {
    /// Rules about one event.
    pub rules: Vec<Rule>,
    /// Rules about several detections.
    pub correlations: Vec<Correlation>,
    /// Exceptions.
    pub filters: Vec<Filter>,
    /// What was refused or doubted, by file and line.
    pub found: Vec<Diagnostic>,
}

impl RuleSet {
    /// Loads files that were read before.
    pub fn load(files: &[RuleFile], placeholders: &Placeholders) -> Self {
        let mut set = Self::default();
        for file in files {
            let (rules, correlations) = (set.rules.len(), set.correlations.len());
            set.add_text(&file.path, &file.text, placeholders);
            let metas = set.rules.iter_mut().skip(rules).map(|rule| &mut rule.meta);
            let more = set.correlations.iter_mut().skip(correlations).map(|c| &mut c.meta);
            for meta in metas.chain(more).filter(|meta| meta.license.is_empty()) {
                meta.license.clone_from(&file.license);
            }
        }
        set.check_references();
        set
    }

    /// Adds the documents of one file; [`RuleSet::check_references`] comes after the last.
    pub fn add_text(&mut self, path: &str, text: &str, placeholders: &Placeholders) {
        let loaded = load(path, text, placeholders);
        self.found.extend(loaded.found);
        for document in loaded.documents {
            match document {
                Document::Rule(rule) => self.rules.push(rule),
                Document::Correlation(correlation) => self.correlations.push(correlation),
                Document::Filter(filter) => self.filters.push(filter),
            }
        }
    }

    /// Names ids given twice and correlations that refer to nothing. A rule
    /// whose id and file are both known already is the same file met twice,
    /// and is kept once.
    pub fn check_references(&mut self) {
        self.drop_copies();
        let names = self.names();
        let mut lost = Vec::new();
        for correlation in &self.correlations {
            for rule in correlation.rules.iter().filter(|name| !names.contains(*name)) {
                lost.push(at("detect.correlation-rule-missing", correlation).with("rule", rule));
            }
        }
        self.correlations.retain(|c| c.rules.iter().all(|name| names.contains(name)));
        self.found.extend(lost);
    }

    /// What rules and correlations are called.
    fn names(&self) -> FxHashSet<String> {
        let metas = self.rules.iter().map(|rule| &rule.meta);
        let metas = metas.chain(self.correlations.iter().map(|c| &c.meta));
        metas.flat_map(|meta| [meta.id.clone(), meta.name.clone()]).collect()
    }

    fn drop_copies(&mut self) {
        let mut seen: FxHashSet<(String, String, u32)> = FxHashSet::default();
        let mut ids: FxHashSet<String> = FxHashSet::default();
        let mut found = Vec::new();
        self.rules.retain(|rule| {
            let meta = &rule.meta;
            let fresh = seen.insert((meta.sha256.clone(), meta.title.clone(), meta.line));
            if fresh && !meta.id.is_empty() && !ids.insert(meta.id.clone()) {
                let place = Place::line(u64::from(meta.line)).in_file(meta.path.clone());
                found.push(Diagnostic::warning("detect.rule-id-twice", place).with("id", &meta.id));
            }
            fresh
        });
        self.found.extend(found);
    }
}

fn at(code: &'static str, correlation: &Correlation) -> Diagnostic {
    let meta = &correlation.meta;
    Diagnostic::error(code, Place::line(u64::from(meta.line)).in_file(meta.path.clone()))
}

/// Reads every `.yml` and `.yaml` file below the paths, in the order of their
/// names. A file named directly is read whatever its name.
pub fn read_files(paths: &[PathBuf]) -> (Vec<RuleFile>, Vec<Diagnostic>) {
    let (mut files, mut found) = (Vec::new(), Vec::new());
    for path in paths {
        if path.is_dir() {
            walk(path, 0, &mut files, &mut found);
        } else {
            read(path, &mut files, &mut found);
        }
    }
    let mut licenses = Licenses::default();
    for file in &mut files {
        file.license = licenses.of(Path::new(&file.path));
    }
    (files, found)
}

fn walk(dir: &Path, depth: usize, files: &mut Vec<RuleFile>, found: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(dir) {
        Ok(entries) if depth < MAX_DEPTH => entries,
        Ok(_) => return found.push(unreadable(dir, "folders nested too deeply")),
        Err(error) => return found.push(unreadable(dir, &error.to_string())),
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, depth + 1, files, found),
            Ok(kind) if kind.is_file() && is_rule_file(&path) => read(&path, files, found),
            _ => {}
        }
    }
}

fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}

fn read(path: &Path, files: &mut Vec<RuleFile>, found: &mut Vec<Diagnostic>) {
    match read_bounded(path) {
        Ok(text) => {
            let path = path.display().to_string();
            files.push(RuleFile { path, text, license: String::new() });
        }
        Err(error) => found.push(unreadable(path, &error.to_string())),
    }
}

fn read_bounded(path: &Path) -> io::Result<String> {
    let size = fs::metadata(path)?.len();
    if size > MAX_FILE {
        return Err(io::Error::other(format!("{size} bytes; a rule file has at most {MAX_FILE}")));
    }
    fs::read_to_string(path)
}

fn unreadable(path: &Path, reason: &str) -> Diagnostic {
    Diagnostic::error("detect.file-unreadable", Place::file(path.display().to_string()))
        .with("reason", reason)
}
