//! Choosing CVEs as a letter words it. "High and critical holes" is nowhere
//! defined, so each reading is a filter of its own and the default is their
//! union: named by the authority, or — within the months asked about —
//! Critical by the vendor, exploited, in CISA's catalogue, or CVSS 7 and more.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::facts::{Cve, Facts, Format, Month, Severity};

/// What is asked for; a CVE is in when any filter takes it.
#[expect(clippy::struct_excessive_bools, reason = "each is a filter that a person ticks")]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Campaign {
    /// CVEs named by an authority's letter, whatever their month.
    pub named: bool,
    /// These vendor severities.
    pub severities: Vec<Severity>,
    /// Exploited, by the vendor's word.
    pub exploited: bool,
    /// In CISA's catalogue.
    pub kev: bool,
    /// CVSS base score of at least this, in tenths.
    pub cvss_from: Option<u8>,
    /// Only CVEs of bulletins from this month on.
    pub from: Option<Month>,
    /// Only CVEs of bulletins to this month.
    pub to: Option<Month>,
    /// Everything, when no filter is given.
    pub everything: bool,
}

impl Campaign {
    /// Every CVE the data hold.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// The union by which a letter is read when nobody says otherwise.
    pub fn union() -> Self {
        Self {
            named: true,
            severities: vec![Severity::Critical],
            exploited: true,
            kev: true,
            cvss_from: Some(70),
            ..Self::default()
        }
    }

    /// The union, over the months that the loaded letters speak of.
    pub fn of_letters(facts: &Facts) -> Self {
        let letters = facts.sources.iter().filter(|s| s.format == Format::Letter);
        let months: Vec<Month> = letters.flat_map(|s| s.months.iter().copied()).collect();
        let (from, to) = (months.iter().min().copied(), months.iter().max().copied());
        match (from, to) {
            // A letter that names CVEs and no months asks for those CVEs alone.
            (None, _) => Self { named: true, ..Self::default() },
            _ => Self { from, to, ..Self::union() },
        }
    }

    /// For each CVE of the facts, whether it is asked for, as seen from `as_of`:
    /// a CVE counts from the day it was published, CISA's entry from the day it
    /// was made.
    pub fn select(&self, facts: &Facts, as_of: Option<Timestamp>) -> Vec<bool> {
        let today = as_of.map(|t| t.to_zoned(TimeZone::UTC).date());
        let is_out = |cve: &Cve| !matches!((cve.released, today), (Some(r), Some(t)) if r > t);
        facts.cves.iter().map(|cve| is_out(cve) && self.takes(cve, today)).collect()
    }

    fn takes(&self, cve: &Cve, today: Option<Date>) -> bool {
        if self.named && !cve.named.is_empty() {
            return true;
        }
        let in_range = self.from.is_none_or(|from| cve.month >= from)
            && self.to.is_none_or(|to| cve.month <= to);
        in_range && (self.everything || self.grave(cve, today))
    }

    fn grave(&self, cve: &Cve, today: Option<Date>) -> bool {
        self.severities.contains(&cve.severity)
            || (self.exploited && cve.exploited)
            || (self.kev && in_kev(cve, today))
            || self.cvss_from.is_some_and(|from| cve.cvss >= from)
    }
}

/// Whether a CVE was in CISA's catalogue on a day (`None`: ever).
pub fn in_kev(cve: &Cve, today: Option<Date>) -> bool {
    cve.kev.is_some_and(|kev| today.is_none_or(|today| kev.added <= today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Kev, Naming};
    use jiff::civil::date;

    fn cve(change: impl FnOnce(&mut Cve)) -> Cve {
        let mut cve = Cve { month: Month(202_307), ..Cve::default() };
        change(&mut cve);
        cve
    }

    #[test]
    fn the_union_takes_each_reading() {
        let union =
            Campaign { from: Some(Month(202_305)), to: Some(Month(202_311)), ..Campaign::union() };
        let kev = Kev { added: date(2023, 7, 11), due: None, ransomware: false };
        for (cve, expect) in [
            (cve(|_| ()), false),
            (cve(|c| c.severity = Severity::Critical), true),
            (cve(|c| c.severity = Severity::Important), false),
            (cve(|c| c.exploited = true), true),
            (cve(|c| c.cvss = 70), true),
            (cve(|c| c.cvss = 69), false),
            (cve(|c| c.kev = Some(kev)), true),
            (
                cve(|c| {
                    c.cvss = 98;
                    c.month = Month(202_304);
                }),
                false,
            ),
            (
                cve(|c| {
                    c.month = Month(202_304);
                    c.named.push(Naming { source: 0, severity: None, cvss: None });
                }),
                true,
            ),
        ] {
            assert_eq!(union.takes(&cve, None), expect, "{cve:?}");
        }
    }

    #[test]
    fn a_later_entry_of_the_catalogue_is_not_yet_known() {
        let cve =
            cve(|c| c.kev = Some(Kev { added: date(2024, 1, 10), due: None, ransomware: true }));
        assert!(!in_kev(&cve, Some(date(2023, 12, 31))));
        assert!(in_kev(&cve, Some(date(2024, 1, 10))));
        assert!(in_kev(&cve, None));
    }
}
