//! Campaigns (*đợt rà soát*): which CVEs a letter asks about, as it words them.
//! `patches::campaign` says what the filters mean; here the same condition is
//! put to the database.

use jiff::civil::Date;
use patches::{
    campaign::Campaign,
    facts::{Month, Severity},
};
use serde::{Deserialize, Serialize};

use super::{Standing, bulletins::Basis, rules::Ground};
use crate::{
    Error, Result,
    store::{Arg, Db, Select},
};

/// What a demand's check says, and what the form of the pages asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The filters; a CVE is in when any takes it.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// These as well, whatever their month.
    pub cves: Vec<String>,
    /// Days after which an inventory proves nothing any more.
    pub max_age_days: i64,
}

impl Default for Asked {
    fn default() -> Self {
        let max_age_days = patches::verdict::STALE_AFTER_DAYS;
        Self { campaign: Campaign::default(), cves: Vec::new(), max_age_days }
    }
}

/// The names that a check may carry.
const NAMES: [&str; 10] = [
    "named",
    "severities",
    "exploited",
    "kev",
    "cvss_from",
    "from",
    "to",
    "everything",
    "cves",
    "max_age_days",
];

impl Asked {
    /// The union by which a letter is read when nobody says otherwise.
    pub fn union() -> Self {
        Self::default().or_union()
    }

    /// What a check's parameters say. Without any filter it is the union, over
    /// the months given. Errors: a value that is none of its kind, or a filter
    /// that nobody knows: dropped in silence it would ask for something else.
    pub fn of_parameters(given: &serde_json::Value) -> Result<Self> {
        let fault = || Error::field("exposures.campaign-unreadable", "check_parameters");
        let known = |name: &String| NAMES.contains(&name.as_str()) || name == "demand";
        if given.as_object().is_some_and(|all| !all.keys().all(known)) {
            return Err(fault());
        }
        if given.is_null() {
            return Ok(Self::union());
        }
        let asked = Self::deserialize(given).map_err(|_| fault())?;
        let backwards =
            asked.campaign.from.zip(asked.campaign.to).is_some_and(|(from, to)| from > to);
        if backwards || asked.max_age_days < 1 || !asked.cves.iter().all(|cve| is_cve(cve)) {
            return Err(fault());
        }
        Ok(asked.or_union())
    }

    fn or_union(mut self) -> Self {
        if !self.has_filter() {
            let (from, to) = (self.campaign.from, self.campaign.to);
            self.campaign = Campaign { from, to, ..Campaign::union() };
        }
        self
    }

    fn has_filter(&self) -> bool {
        let one = &self.campaign;
        one.named
            || one.exploited
            || one.kev
            || one.everything
            || !one.severities.is_empty()
            || one.cvss_from.is_some()
            || !self.cves.is_empty()
    }

    /// The CVEs asked for one by one, as `,CVE-…,CVE-…,`.
    pub(super) fn typed(&self) -> String {
        let upper: Vec<String> = self.cves.iter().map(|cve| cve.to_uppercase()).collect();
        format!(",{},", upper.join(","))
    }

    /// The instant before which an inventory is too old at `now`.
    pub fn oldest(&self, now: jiff::Timestamp) -> jiff::Timestamp {
        let days = self.max_age_days.clamp(1, 36_500);
        now - jiff::SignedDuration::from_hours(24 * days)
    }
}

/// What the form of the pages sends: the same names as in the parameters, a
/// severity each for itself.
impl Asked {
    /// From the pairs of a query string. What cannot be read is an error: a page
    /// that shows something else than asked would mislead.
    pub fn of_query(get: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let fault = |field| Error::field("exposures.campaign-unreadable", field);
        let month = |field: &'static str| match get(field) {
            None => Ok(None),
            Some(text) => Month::try_from(text).map(Some).map_err(|_| fault(field)),
        };
        let yes = |field: &str| get(field).is_some_and(|value| value == "1");
        let severities = [("critical", Severity::Critical), ("important", Severity::Important)];
        let cvss_from = match get("cvss_from") {
            None => None,
            Some(text) => Some(tenths(&text).ok_or_else(|| fault("cvss_from"))?),
        };
        let typed = get("cves").unwrap_or_default().to_uppercase();
        let cves: Vec<String> = typed
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|cve| !cve.is_empty())
            .map(str::to_owned)
            .collect();
        if !cves.iter().all(|cve| is_cve(cve)) {
            return Err(fault("cves"));
        }
        let campaign = Campaign {
            named: yes("named"),
            severities: severities
                .into_iter()
                .filter(|(name, _)| yes(name))
                .map(|(_, s)| s)
                .collect(),
            exploited: yes("exploited"),
            kev: yes("kev"),
            cvss_from,
            from: month("from")?,
            to: month("to")?,
            everything: yes("everything"),
        };
        Ok(Self { campaign, cves, ..Self::default() }.or_union())
    }

    /// The query string that says the same, with its `?`.
    pub fn query(&self) -> String {
        let one = &self.campaign;
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let mut yes = |name: &'static str, is: bool| {
            if is {
                pairs.push((name, "1".to_owned()));
            }
        };
        yes("named", one.named);
        yes("critical", one.severities.contains(&Severity::Critical));
        yes("important", one.severities.contains(&Severity::Important));
        yes("exploited", one.exploited);
        yes("kev", one.kev);
        yes("everything", one.everything);
        if let Some(cvss) = one.cvss_from {
            pairs.push(("cvss_from", format!("{}.{}", cvss / 10, cvss % 10)));
        }
        for (name, month) in [("from", one.from), ("to", one.to)] {
            pairs.extend(month.map(|month| (name, month.to_string())));
        }
        if !self.cves.is_empty() {
            pairs.push(("cves", self.cves.join(",")));
        }
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
        crate::web::parts::with_query("", &pairs)
    }
}

/// A score such as `7` or `7.5` in tenths.
fn tenths(text: &str) -> Option<u8> {
    let text = text.trim();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let whole: u8 = whole.parse().ok().filter(|whole| *whole <= 10)?;
    let part: u8 = part.parse().ok().filter(|part| *part <= 9)?;
    Some(whole * 10 + part).filter(|tenths| *tenths <= 100)
}

/// Whether a text is written as a CVE.
pub fn is_cve(text: &str) -> bool {
    let Some((year, number)) = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4 && (4..=7).contains(&number.len()) && digits(year) && digits(number)
}

/// The campaign's condition on a row `c` of `bulletin_cves`, to stand in a
/// literal; [`values`] are its values. `patches::campaign::Campaign::select` is
/// the same in memory, and a test holds one against the other. What was
/// published after the day is in only when it was asked for by its number.
macro_rules! takes {
    () => {
        "({} LIKE '%,' || c.cve || ',%' OR (COALESCE(c.released, '') <= {} \
         AND (({} = 1 AND c.named > 0) OR (c.month >= {} AND c.month <= {} AND ({} = 1 \
         OR {} LIKE '%,' || CAST(c.severity AS TEXT) || ',%' OR ({} = 1 AND c.exploited = 1) \
         OR ({} = 1 AND c.kev_added <= {}) OR c.cvss >= {})))))"
    };
}
/// The values of [`takes`], as seen on `today`.
pub(super) fn values(asked: &Asked, today: Date) -> [Arg; 11] {
    let one = &asked.campaign;
    let flag = |yes: bool| Arg::Int(i64::from(yes));
    let month = |month: Option<Month>, open: i64| Arg::Int(month.map_or(open, |m| i64::from(m.0)));
    let severities: Vec<String> =
        one.severities.iter().map(|severity| (*severity as u8).to_string()).collect();
    [
        Arg::Text(asked.typed()),
        Arg::Text(today.to_string()),
        flag(one.named),
        month(one.from, 0),
        month(one.to, i64::from(u32::MAX)),
        flag(one.everything),
        Arg::Text(format!(",{},", severities.join(","))),
        flag(one.exploited),
        flag(one.kev),
        Arg::Text(today.to_string()),
        // A score is at most 100 tenths.
        Arg::Int(one.cvss_from.map_or(1_000, i64::from)),
    ]
}

/// Only CVEs of the campaign, as seen on `today`: `c` is a row of `bulletin_cves`.
#[must_use]
pub fn narrow(select: Select, asked: &Asked, today: Date) -> Select {
    select.and(takes!(), values(asked, today))
}

/// The CVEs that a campaign takes in, on a day.
pub async fn cves(db: &Db, asked: &Asked, today: Date) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = narrow(Select::new("c.cve", "bulletin_cves c"), asked, today)
        .order("c.cve", crate::store::Direction::Up)
        .fetch(db.reader())
        .await?;
    Ok(rows.into_iter().map(|(cve,)| cve).collect())
}

/// Whether the campaign takes in anything, and the data reach as far as it asks.
pub async fn ground(db: &Db, basis: Option<&Basis>, asked: &Asked, today: Date) -> Result<Ground> {
    let taken = narrow(Select::new("c.cve", "bulletin_cves c"), asked, today);
    let n = taken.count(db.reader()).await?;
    let typed = asked.cves.iter().map(|cve| cve.to_uppercase());
    let known = Select::new("c.cve", "bulletin_cves c")
        .and::<&str>("c.month > 0 OR c.named > 0", [])
        .any_of("c.cve", typed)
        .count(db.reader())
        .await?;
    Ok(Ground {
        asks_nothing: n == 0 && asked.cves.is_empty(),
        is_short: known < asked.cves.len() as i64 || is_short(basis, asked, today),
    })
}

/// Whether a month that the campaign asks about is not loaded. An open end
/// means the last month whose bulletins must be out: they come monthly, on the
/// second Tuesday, so a month and a half is patience enough.
fn is_short(basis: Option<&Basis>, asked: &Asked, today: Date) -> bool {
    let one = &asked.campaign;
    let by_month = one.everything
        || one.exploited
        || one.kev
        || !one.severities.is_empty()
        || one.cvss_from.is_some();
    if !by_month {
        return false;
    }
    let Some(basis) = basis else { return true };
    let out = Month::of(today.saturating_sub(jiff::Span::new().days(45)));
    let first = one.from.or(basis.months.0.first().copied()).unwrap_or(out);
    let last = one.to.unwrap_or(out).min(Month::of(today));
    std::iter::successors(Some(first), |month| Some(month.next()))
        .take_while(|month| *month <= last)
        .take(600)
        .any(|month| !basis.months.0.contains(&month))
}

/// A vendor's severity from its number in a column.
pub fn severity(number: i64) -> Severity {
    match number {
        4 => Severity::Critical,
        3 => Severity::Important,
        2 => Severity::Moderate,
        1 => Severity::Low,
        _ => Severity::Unrated,
    }
}

impl Standing {
    /// Whether the unit has something to do about a host that stands so.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Missing | Self::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_check_may_say() {
        let union = Asked::union();
        for (given, expected) in [
            (json!({}), Some(union.clone())),
            (json!(null), Some(union.clone())),
            (json!({"demand": "01H"}), Some(union.clone())),
            (
                json!({"named": true}),
                Some(Asked {
                    campaign: Campaign { named: true, ..Campaign::default() },
                    ..Asked::default()
                }),
            ),
            (
                json!({"from": "2023-05", "to": "2023-11"}),
                Some(Asked {
                    campaign: Campaign {
                        from: Some(Month(202_305)),
                        to: Some(Month(202_311)),
                        ..Campaign::union()
                    },
                    ..Asked::default()
                }),
            ),
            (json!({"from": "2023-11", "to": "2023-05"}), None),
            (json!({"from": "November"}), None),
            (
                json!({"severities": ["critical"], "max_age_days": 30}).clone(),
                Some(Asked {
                    campaign: Campaign {
                        severities: vec![Severity::Critical],
                        ..Campaign::default()
                    },
                    max_age_days: 30,
                    ..Asked::default()
                }),
            ),
            (json!({"severities": ["grave"]}), None),
            (json!({"serverity": ["critical"]}), None),
            (json!({"max_age_days": 0}), None),
            (json!({"cves": ["KB5032196"]}), None),
            (
                json!({"cves": ["CVE-2023-36397"]}),
                Some(Asked { cves: vec!["CVE-2023-36397".into()], ..Asked::default() }),
            ),
            (json!(["critical"]), None),
        ] {
            assert_eq!(Asked::of_parameters(&given).ok(), expected, "{given}");
        }
    }

    #[test]
    fn a_month_that_is_not_loaded_is_short() {
        use jiff::civil::date;
        let basis = Basis {
            id: super::super::BasisId::new(jiff::Timestamp::UNIX_EPOCH),
            digest: String::new(),
            parts: crate::store::Json(Vec::new()),
            months: crate::store::Json((5..=11).map(|m| Month(202_300 + m)).collect()),
            data_ends: None,
            since: crate::store::At(jiff::Timestamp::UNIX_EPOCH),
        };
        let asked = |from: Option<u32>, to: Option<u32>| Asked {
            campaign: Campaign { from: from.map(Month), to: to.map(Month), ..Campaign::union() },
            ..Asked::default()
        };
        let named =
            Asked { campaign: Campaign { named: true, ..Campaign::default() }, ..Asked::default() };
        let (january, december) = (date(2024, 1, 29), date(2023, 12, 20));
        for (what, today, expected) in [
            (asked(Some(202_305), Some(202_311)), january, false),
            (asked(Some(202_304), Some(202_311)), january, true),
            (asked(Some(202_305), Some(202_312)), january, true),
            (asked(None, None), january, true),
            (asked(None, None), december, false),
            (asked(Some(202_305), Some(202_412)), december, true),
            (named, january, false),
        ] {
            assert_eq!(is_short(Some(&basis), &what, today), expected, "{what:?} {today}");
            let by_name = what.campaign.named && what.campaign.severities.is_empty();
            assert_eq!(is_short(None, &what, today), !by_name);
        }
    }
}
