//! What bulletins say, in a compact interned form: which update fixes which
//! CVE in which product, and what is known about the CVE.
//!
//! Facts only. Titles, descriptions and FAQ texts of vendors are never kept.
//! Indices (`CveId`, `ProductId`, `FixId`, `SourceId`) are positions in the
//! tables of one [`Facts`] and mean nothing outside it.

mod builder;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

pub use builder::Builder;

/// Position in [`Facts::cves`].
pub type CveId = u32;
/// Position in [`Facts::products`].
pub type ProductId = u32;
/// Position in [`Facts::fixes`].
pub type FixId = u32;
/// Position in [`Facts::sources`].
pub type SourceId = u16;

/// A vendor's severity word, on the four steps that MSRC and CVSS share.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The vendor gave none.
    #[default]
    Unrated,
    /// Low.
    Low,
    /// Moderate (CVSS: medium).
    Moderate,
    /// Important (CVSS: high).
    Important,
    /// Critical.
    Critical,
}

impl Severity {
    /// The step that a word of MSRC, CSAF, CVSS or a Vietnamese letter stands for.
    pub fn parse(word: &str) -> Self {
        match word.trim().to_lowercase().as_str() {
            "critical" | "nghiêm trọng" => Self::Critical,
            "important" | "high" | "cao" => Self::Important,
            "moderate" | "medium" | "trung bình" => Self::Moderate,
            "low" | "thấp" => Self::Low,
            _ => Self::Unrated,
        }
    }

    /// The word in which MSRC writes it; empty when unrated.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unrated => "",
            Self::Low => "Low",
            Self::Moderate => "Moderate",
            Self::Important => "Important",
            Self::Critical => "Critical",
        }
    }
}

/// A month of bulletins, as `yyyymm`; written `2023-05`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub struct Month(pub u32);

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once('-');
        let numbers =
            parts.and_then(|(y, m)| Some((y.parse::<u32>().ok()?, m.parse::<u32>().ok()?)));
        let month =
            numbers.filter(|(y, m)| *y < 10_000 && *m <= 12).map(|(y, m)| Self(y * 100 + m));
        month.ok_or_else(|| format!("no month: {text}"))
    }
}

impl Month {
    /// The month in which a day lies.
    pub fn of(day: Date) -> Self {
        Self(u32::try_from(day.year()).unwrap_or(0) * 100 + u32::from(day.month().unsigned_abs()))
    }

    /// Its second Tuesday, on which Microsoft publishes.
    pub fn second_tuesday(self) -> Option<Date> {
        let (year, month) = (i16::try_from(self.0 / 100).ok()?, i8::try_from(self.0 % 100).ok()?);
        Date::new(year, month, 1).ok()?.nth_weekday_of_month(2, Weekday::Tuesday).ok()
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        if self.0 % 100 == 12 { Self(self.0 + 89) } else { Self(self.0 + 1) }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

/// The format a source came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// MSRC's monthly document, ICASI CVRF 1.1 with Microsoft's extensions.
    Cvrf,
    /// OASIS CSAF 2.0.
    Csaf,
    /// CISA's catalogue of known exploited vulnerabilities.
    Kev,
    /// FIRST's exploit prediction scores.
    Epss,
    /// An authority's letter.
    Letter,
    /// wesng's definitions.
    Wesng,
}

/// One document the facts came from, so that a verdict can be walked back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// File name as it was given.
    pub name: String,
    /// What it is.
    pub format: Format,
    /// The document's own number, `2023-Nov` or a letter's number.
    pub id: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// First published.
    pub released: Option<Date>,
    /// Last revised: what happened later it cannot know.
    pub current: Option<Date>,
    /// The months of bulletins it holds whole. Empty for single advisories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
}

/// An entry of CISA's catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kev {
    /// Day it entered the catalogue.
    pub added: Date,
    /// Day by which US agencies had to act.
    pub due: Option<Date>,
    /// Known to be used by ransomware groups.
    pub ransomware: bool,
}

/// A probability of exploitation in the next thirty days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epss {
    /// Probability, 0 to 1.
    pub score: f32,
    /// Share of CVEs with a lower score, 0 to 1.
    pub percentile: f32,
}

/// What an authority's letter says of a CVE, apart from vendor and CVSS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// The letter.
    pub source: SourceId,
    /// The severity in the letter's own word, if it gave one.
    pub severity: Option<Severity>,
    /// The score in the letter, in tenths, if it gave one.
    pub cvss: Option<u8>,
}

/// What is known of one CVE (or vendor advisory such as `ADV230001`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cve {
    /// `CVE-2023-36397`.
    pub id: String,
    /// First published.
    pub released: Option<Date>,
    /// Month of the first bulletin that holds it.
    pub month: Month,
    /// The highest severity the vendor gives it in any product.
    pub severity: Severity,
    /// The highest CVSS base score in any product, in tenths; 0 when none.
    pub cvss: u8,
    /// The vendor says it is being exploited.
    #[serde(default)]
    pub exploited: bool,
    /// The vendor says it was public before the fix.
    #[serde(default)]
    pub disclosed: bool,
    /// CISA's entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kev: Option<Kev>,
    /// FIRST's score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epss: Option<Epss>,
    /// Letters that name it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Naming>,
    /// A row of it could not be placed on a product: for no host may it be
    /// called *not affected*.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unplaced: bool,
}

/// What kind of update a fix is, which decides what it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A cumulative update (Windows 10 and later), or any single update of another product.
    #[default]
    Update,
    /// Cumulative, for Windows 8.1, Server 2012 R2 and older.
    MonthlyRollup,
    /// One month alone; covers nothing earlier.
    SecurityOnly,
    /// Cumulative for Internet Explorer's engine alone.
    IeCumulative,
    /// Without restart, on top of a baseline; ordered by revision like any other.
    Hotpatch,
}

impl Kind {
    /// The kind that MSRC's `SubType` stands for (its spelling varies by month).
    pub fn parse(subtype: &str) -> Self {
        let flat: String =
            subtype.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        match flat.as_str() {
            "monthlyrollup" => Self::MonthlyRollup,
            "securityonly" => Self::SecurityOnly,
            "iecumulative" => Self::IeCumulative,
            other if other.contains("hotpatch") => Self::Hotpatch,
            _ => Self::Update,
        }
    }

    /// Whether a later one of this kind contains the earlier ones.
    pub fn is_cumulative(self) -> bool {
        !matches!(self, Self::SecurityOnly)
    }
}

/// One way to be rid of a CVE.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fix {
    /// The KB number; 0 when the vendor gave none (`Release Notes`, `Click to Run`).
    pub kb: u32,
    /// The version that no longer has the fault, as the vendor wrote it; may be odd or empty.
    pub build: String,
    /// What kind of update it is.
    pub kind: Kind,
    /// KB numbers the vendor says it replaces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<u32>,
    /// The document that says so.
    pub source: SourceId,
}

/// One vendor-fix row: this CVE, in this product, by this fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The CVE.
    pub cve: CveId,
    /// The product.
    pub product: ProductId,
    /// The fix.
    pub fix: FixId,
    /// The vendor's severity in this product.
    pub severity: Severity,
    /// CVSS base score in this product, in tenths; 0 when none.
    pub cvss: u8,
}

/// The vendor lists the product as affected and no row fixes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoFix {
    /// The CVE.
    pub cve: CveId,
    /// The product.
    pub product: ProductId,
    /// The document that says so.
    pub source: SourceId,
}

/// What a vendor says of a package (CSAF, VEX).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// This version, and later ones, are rid of it.
    Fixed,
    /// This version has it.
    Affected,
    /// This version never had it.
    NotAffected,
    /// The vendor does not know yet.
    Investigating,
}

/// A vendor's statement about a package or a product with a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The CVE.
    pub cve: CveId,
    /// What it is about.
    pub component: Component,
    /// What the vendor says.
    pub status: Status,
    /// The document that says so.
    pub source: SourceId,
}

/// A thing with a version, as purl or a product tree names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Component {
    /// purl type (`deb`, `rpm`, …); empty when only a name is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ecosystem: String,
    /// purl namespace (`debian`, `redhat`) or the vendor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its version; empty means every version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// A `vers:` or `<=`-style range, when the vendor gave one instead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub range: String,
}

/// Everything the loaded bulletins say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The documents.
    pub sources: Vec<Source>,
    /// The product names, as the vendor writes them.
    pub products: Vec<String>,
    /// The CVEs.
    pub cves: Vec<Cve>,
    /// The distinct fixes.
    pub fixes: Vec<Fix>,
    /// The vendor-fix rows.
    pub rows: Vec<Row>,
    /// Affected, and nothing fixes it.
    pub no_fix: Vec<NoFix>,
    /// Statements about packages.
    pub statements: Vec<Statement>,
}

impl Facts {
    /// The months of bulletins that are loaded whole, ascending.
    pub fn months(&self) -> Vec<Month> {
        self.months_of(Format::Cvrf)
    }

    /// The months that sources of one format speak of, ascending.
    pub fn months_of(&self, format: Format) -> Vec<Month> {
        let sources = self.sources.iter().filter(|s| s.format == format);
        let mut months: Vec<_> = sources.flat_map(|s| s.months.clone()).collect();
        months.sort_unstable();
        months.dedup();
        months
    }

    /// Whether no month is lacking between the first and the last loaded.
    pub fn is_unbroken(&self) -> bool {
        self.months().windows(2).all(|pair| matches!(pair, [a, b] if a.next() == *b))
    }

    /// The first day of which the loaded months cannot speak: the vendor
    /// publishes on the second Tuesday of each month. Without whole months, a
    /// month and a half after the last document.
    pub fn blind_from(&self) -> Option<Date> {
        match self.months().last() {
            Some(last) => last.next().second_tuesday(),
            None => self.data_ends()?.checked_add(46.days()).ok(),
        }
    }

    /// The last day the vendor's documents know of.
    pub fn data_ends(&self) -> Option<Date> {
        let vendor = |s: &&Source| matches!(s.format, Format::Cvrf | Format::Csaf | Format::Wesng);
        self.sources.iter().filter(vendor).flat_map(|s| [s.current, s.released]).flatten().max()
    }

    /// The fixes for the CVE and product of the row at a position, of which any is enough.
    pub fn alternatives(&self, row: u32) -> Vec<&Fix> {
        let Some(row) = self.rows.get(row as usize) else { return Vec::new() };
        let key = (row.product, row.cve);
        let first = self.rows.partition_point(|r| (r.product, r.cve) < key);
        let rows = self.rows.iter().skip(first).take_while(|r| (r.product, r.cve) == key);
        rows.filter_map(|r| self.fixes.get(r.fix as usize)).collect()
    }

    /// Where the update with this KB number is to be had; the CVE's page when there is no KB.
    pub fn url(&self, fix: &Fix, cve: CveId) -> String {
        if fix.kb > 0 {
            return format!(
                "https://catalog.update.microsoft.com/v7/site/Search.aspx?q=KB{}",
                fix.kb
            );
        }
        let id = self.cves.get(cve as usize).map_or("", |c| c.id.as_str());
        format!("https://msrc.microsoft.com/update-guide/vulnerability/{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_a_subtype_are_one_kind() {
        for (word, kind) in [
            ("Security Update", Kind::Update),
            ("Security Hotpatch Update", Kind::Hotpatch),
            ("SecurityHotpatchUpdate", Kind::Hotpatch),
            ("AzureHotpatch", Kind::Hotpatch),
            ("Monthly Rollup", Kind::MonthlyRollup),
            ("Security Only", Kind::SecurityOnly),
            ("IE Cumulative", Kind::IeCumulative),
            ("CBL-Mariner", Kind::Update),
        ] {
            assert_eq!(Kind::parse(word), kind, "{word}");
        }
    }

    #[test]
    fn after_december_comes_january() {
        assert_eq!(Month(202_312).next(), Month(202_401));
        assert_eq!(Month(202_305).next().to_string(), "2023-06");
        let tuesday = Month(202_312).second_tuesday().map(|d| d.to_string());
        assert_eq!(tuesday.as_deref(), Some("2023-12-12"));
    }
}
