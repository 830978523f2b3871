//! A notice to a unit, as a draft in the order of an official letter. Number,
//! signature and deadline are left for whoever sends it.

use std::fmt::Display;

use lists::botnet::{Seen, UnitReport};

use super::Telling;

/// Addresses named in the text itself; the rest is in the file.
const LISTED: usize = 20;
/// Lists named as its ground.
const NAMED: usize = 5;

impl Telling<'_> {
    /// The text; `file` is the name of the unit's rows beside it.
    pub(super) fn notice(&self, unit: &UnitReport, file: &str) -> String {
        let parts = [
            self.notice_head(unit),
            self.notice_found(unit),
            self.notice_list(unit),
            self.notice_requests(unit, file),
            self.notice_say("closing", &[]),
        ];
        parts.join("\n\n") + "\n"
    }

    fn notice_say(&self, name: &str, values: &[(&str, &dyn Display)]) -> String {
        self.lang.fill(&format!("cli.notice.{name}"), values)
    }

    fn notice_head(&self, unit: &UnitReport) -> String {
        let subject = self.lang.count("cli.notice.subject", unit.sightings.len() as u64);
        let day = self.as_of.to_zoned(self.zone.clone()).date();
        let (year, month, day) = (day.year(), day.month(), day.day());
        let date: [(&str, &dyn Display); 3] =
            [("day", &format!("{day:02}")), ("month", &format!("{month:02}")), ("year", &year)];
        [
            self.notice_say("draft", &[]),
            self.notice_say("number", &[("subject", &subject)]),
            self.notice_say("date", &date),
            self.notice_say("to", &[("unit", &unit.name)]),
        ]
        .join("\n\n")
    }

    fn notice_found(&self, unit: &UnitReport) -> String {
        let mut names: Vec<&str> =
            self.report.lists.iter().take(NAMED).map(|list| base(&list.path)).collect();
        if self.report.lists.len() > NAMED {
            names.push("…");
        }
        let ground =
            [("lists", &names.join(", ") as &dyn Display), ("time", &self.time(self.as_of))];
        let opening = self.lang.count("cli.notice.opening", unit.sightings.len() as u64);
        [self.notice_say("ground", &ground), opening].join("\n\n")
    }

    fn notice_list(&self, unit: &UnitReport) -> String {
        let total = unit.sightings.len();
        let mut lines = vec![self.lang.count("cli.notice.list", total as u64)];
        let shown = unit.sightings.iter().take(LISTED);
        lines.extend((1..).zip(shown).map(|(n, seen): (u32, _)| self.notice_line(n, seen)));
        if total > LISTED {
            lines.push(self.lang.count("cli.notice.more", (total - LISTED) as u64));
        }
        lines.join("\n")
    }

    fn notice_line(&self, number: u32, seen: &Seen) -> String {
        let values: [(&str, &dyn Display); 6] = [
            ("number", &number),
            ("address", &seen.ip),
            ("family", &self.family(&seen.family)),
            ("first", &self.time(seen.first_seen)),
            ("last", &self.time(seen.last_seen)),
            ("rows", &self.lang.number(seen.rows)),
        ];
        self.notice_say("line", &values)
    }

    fn notice_requests(&self, unit: &UnitReport, file: &str) -> String {
        let mut lines = vec![self.notice_say("requests", &[("unit", &unit.name)])];
        let asked = ["find", "clean", "answer"];
        let asked =
            asked.map(|name| self.notice_say(&format!("request-{name}"), &[("file", &file)]));
        lines.extend((1..).zip(asked).map(|(n, text): (u32, _)| format!("{n}. {text}")));
        lines.push(self.notice_say("due", &[]));
        lines.join("\n")
    }
}

/// The name of a file without its folders: they are the sender's own affair.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
