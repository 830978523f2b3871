//! Finding a text by its name, and filling it in.

use std::{borrow::Cow, collections::BTreeSet, fmt::Display};

use diag::Diagnostic;

use crate::Lang;

impl Lang {
    /// The text of this name, or `[name]` when there is none: visible on the
    /// page, and no reason to fail one.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        match self.texts().get(key) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(format!("[{key}]")),
        }
    }

    /// Whether there is a text of this name.
    pub fn has(self, key: &str) -> bool {
        self.texts().contains_key(key)
    }

    /// The text of this name with each `{placeholder}` replaced. A placeholder
    /// without a value stays as it is. Values are not escaped: that is the page's work.
    pub fn fill(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        fill_with(&self.t(key), |name| {
            values.iter().find(|(each, _)| *each == name).map(|(_, value)| value.to_string())
        })
    }

    /// The text for this many, with `{n}` as the language writes numbers.
    pub fn count(self, key: &str, n: u64) -> String {
        self.count_fill(key, n, &[])
    }

    /// The text for this many, with `{n}` and further placeholders.
    pub fn count_fill(self, key: &str, n: u64, values: &[(&str, &dyn Display)]) -> String {
        let number = self.number(n);
        let mut all: Vec<(&str, &dyn Display)> = vec![("n", &number)];
        all.extend_from_slice(values);
        let one = format!("{key}.one");
        let other = format!("{key}.other");
        if n == 1 && self == Self::En && self.has(&one) {
            self.fill(&one, &all)
        } else if self.has(&other) {
            self.fill(&other, &all)
        } else {
            self.fill(key, &all)
        }
    }

    /// What a diagnostic says, and what to do about it. Without a text, its
    /// bare form and no hint: its values are never lost.
    pub fn diagnostic(self, found: &Diagnostic) -> (String, String) {
        let Some((text, hint)) = diagnostic_keys(&found.code) else {
            return (found.to_string(), String::new());
        };
        if !self.has(&text) {
            return (found.to_string(), String::new());
        }
        let value = |name: &str| found.values.get(name).cloned();
        (fill_with(&self.t(&text), value), fill_with(&self.t(&hint), value))
    }
}

fn diagnostic_keys(code: &str) -> Option<(String, String)> {
    let (file, name) = code.split_once('.')?;
    let at = format!("{file}.diag.{name}");
    Some((format!("{at}.text"), format!("{at}.hint")))
}

fn fill_with(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        out.push_str(before);
        match value(name) {
            Some(value) => out.push_str(&value),
            None => out.extend(["{", name, "}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the next `{name}`, the name, and what follows it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, opened) = text.split_once('{')?;
    let (name, after) = opened.split_once('}')?;
    Some((before, name, after))
}

/// The name that code uses: a counted text without its `.one` or `.other`.
pub(crate) fn used_name(key: &str) -> &str {
    key.strip_suffix(".one").or_else(|| key.strip_suffix(".other")).unwrap_or(key)
}

/// Every name that code may use, for a test that compares them with the sources.
pub fn keys() -> BTreeSet<&'static str> {
    Lang::ALL.into_iter().flat_map(|lang| lang.texts().keys()).map(|key| used_name(key)).collect()
}

/// For a test in each crate: whether all its codes are named `<crate>.<…>` and
/// have a text and a hint in both languages, and no text is left over from a
/// code that is gone.
///
/// # Errors
/// Everything that is missing or left over, one a line.
pub fn check_codes(crate_name: &str, codes: &[&str]) -> Result<(), String> {
    let mut faults = Vec::new();
    let mut wanted = BTreeSet::new();
    for code in codes {
        match diagnostic_keys(code).filter(|_| code.starts_with(&format!("{crate_name}."))) {
            Some((text, hint)) => wanted.extend([text, hint]),
            None => faults.push(format!("{code}: not named {crate_name}.<what-is-wrong>")),
        }
    }
    let under = format!("{crate_name}.diag.");
    for lang in Lang::ALL {
        let at = lang.code();
        let missing = wanted.iter().filter(|key| !lang.has(key));
        faults.extend(missing.map(|key| format!("{key}: missing in locales/{at}")));
        let present = lang.texts().keys().filter(|key| key.starts_with(&under));
        let left = present.filter(|key| !wanted.contains(*key));
        faults.extend(left.map(|key| format!("{key}: in locales/{at} without a code")));
    }
    faults.sort();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

#[cfg(test)]
mod tests {
    use diag::Place;

    use super::*;

    #[test]
    fn a_missing_name_is_shown_in_brackets() {
        assert_eq!(Lang::Vi.t("no.such.text"), "[no.such.text]");
    }

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let text = fill_with("{a} of {b}, {c", |name| (name == "a").then(|| "1".to_owned()));
        assert_eq!(text, "1 of {b}, {c");
        assert_eq!(
            Lang::En.fill("common.table.page-of", &[("page", &2), ("pages", &"9")]),
            "Page 2 of 9"
        );
    }

    #[test]
    fn english_tells_one_from_many_and_vietnamese_need_not() {
        assert_eq!(Lang::En.count("common.count.rows", 1), "1 row");
        assert_eq!(Lang::En.count("common.count.rows", 0), "0 rows");
        assert_eq!(Lang::En.count("common.count.rows", 1200), "1,200 rows");
        assert_eq!(Lang::Vi.count("common.count.rows", 1), "1 dòng");
        assert_eq!(Lang::Vi.count("common.count.rows", 1200), "1.200 dòng");
    }

    #[test]
    fn a_value_with_braces_is_not_filled_again() {
        assert_eq!(fill_with("{a}", |_| Some("{a}".to_owned())), "{a}");
    }

    #[test]
    fn a_diagnostic_is_told_with_its_values() {
        let found = Diagnostic::error("packs.too-large", Place::default()).with("limit_mib", 64);
        let (text, hint) = Lang::En.diagnostic(&found);
        assert!(text.contains("64 MiB"), "{text}");
        assert!(!hint.is_empty());
        let unknown = Diagnostic::error("nobody.knows", Place::line(3)).with("why", "x");
        assert_eq!(Lang::En.diagnostic(&unknown).0, ":3: nobody.knows why=\"x\"");
    }

    #[test]
    fn codes_without_texts_and_texts_without_codes_are_named() {
        assert_eq!(check_codes("packs", packs::CODES), Ok(()));
        let faults = check_codes("packs", &["packs.new", "other.code"]).unwrap_err();
        assert!(faults.contains("other.code: not named packs.<what-is-wrong>"), "{faults}");
        assert!(faults.contains("packs.diag.new.text: missing in locales/vi"), "{faults}");
        assert!(
            faults.contains("packs.diag.missing.hint: in locales/en without a code"),
            "{faults}"
        );
    }
}
