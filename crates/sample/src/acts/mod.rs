//! What people do in the story, as plain data with its time: the demo replays
//! it through the same verbs that the pages use.
//!
//! *To add an act:* a variant of [`Act`], its struct here, and lines in
//! `replies.rs` (about lists) or `reports.rs` (about the letter).

mod replies;
mod reports;

use std::net::IpAddr;

use jiff::{Timestamp, civil::Date};

pub(crate) use replies::{Scene, replies};
pub(crate) use reports::reports;

/// One thing that somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A unit answers the notice about one list.
    Reply(Reply),
    /// A unit names the machines behind an address.
    Located(Located),
    /// The province sets a sighting aside.
    Refusal(Refusal),
    /// A unit reports on a demand.
    Report(Report),
    /// The province accepts or returns a report.
    Review(Review),
    /// A unit asks for more time.
    Extension(Extension),
    /// A unit says that it cannot.
    CannotComply(CannotComply),
}

impl Act {
    /// When it happens.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Reply(act) => act.at,
            Self::Located(act) => act.at,
            Self::Refusal(act) => act.at,
            Self::Report(act) => act.at,
            Self::Review(act) => act.at,
            Self::Extension(act) => act.at,
            Self::CannotComply(act) => act.at,
        }
    }

    /// Code of the unit it is about; none for a refusal.
    pub fn unit(&self) -> Option<&'static str> {
        match self {
            Self::Reply(act) => Some(act.unit),
            Self::Located(act) => Some(act.unit),
            Self::Refusal(_) => None,
            Self::Report(act) => Some(act.unit),
            Self::Review(act) => Some(act.unit),
            Self::Extension(act) => Some(act.unit),
            Self::CannotComply(act) => Some(act.unit),
        }
    }
}

/// A file that somebody hands in with words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Content: UTF-8 text.
    pub bytes: Vec<u8>,
}

/// What a unit answers to the notice about one list, over its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// When.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Name of the list's file.
    pub list: String,
    /// Mailbox of whoever answers.
    pub by: String,
    /// One answer for each sighting that is answered.
    pub answers: Vec<Answer>,
}

/// What a unit says of one sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Address in the list.
    pub address: IpAddr,
    /// Family in the list.
    pub family: &'static str,
    /// What is said.
    pub word: Word,
}

/// The four things that a reply link can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// The machine was cleaned.
    Cleaned {
        /// How.
        how: String,
        /// On which day.
        on: Date,
        /// Name of the machine inside, if it is known.
        host: Option<String>,
        /// What proves it, if anything.
        file: Option<Attachment>,
    },
    /// The address is not the unit's.
    NotOurs {
        /// Why.
        why: String,
    },
    /// It is the unit's, but no infection.
    FalseAlarm {
        /// Why.
        why: String,
    },
    /// The unit cannot do it alone.
    NeedHelp {
        /// What is missing.
        what: String,
    },
}

/// The machines that were found behind an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// When.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Address in the list.
    pub address: IpAddr,
    /// Family in the list.
    pub family: &'static str,
    /// Names of the machines.
    pub hosts: Vec<String>,
}

/// A sighting that need not be cleaned, for a reason and for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Timestamp,
    /// Address in the list.
    pub address: IpAddr,
    /// Family in the list.
    pub family: &'static str,
    /// Why.
    pub reason: String,
    /// Mailbox of whoever approves it.
    pub approver: String,
    /// Last day on which it holds.
    pub expires: Date,
}

/// A unit's report on one demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// When it was handed in.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Code of the demand in the directive's pack.
    pub demand: &'static str,
    /// Mailbox of whoever reports.
    pub by: String,
    /// "Nothing to report."
    pub zero: bool,
    /// Handled of total, where the demand counts.
    pub counts: Option<(u32, u32)>,
    /// In the unit's words.
    pub text: String,
    /// Day on which what it says was true.
    pub effective: Date,
    /// Evidence.
    pub file: Option<Attachment>,
}

/// What the province says to the latest report of a unit on a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// When.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Code of the demand.
    pub demand: &'static str,
    /// Mailbox of whoever reviews.
    pub by: String,
    /// None accepts; a reason returns.
    pub returned: Option<String>,
}

/// A request for more time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// When it is asked.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Code of the demand.
    pub demand: &'static str,
    /// Mailbox of whoever asks.
    pub by: String,
    /// New last day.
    pub until: Date,
    /// Why.
    pub reason: String,
    /// When it is granted and by whom; none while it waits.
    pub granted: Option<(Timestamp, String)>,
}

/// A unit cannot do what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotComply {
    /// When it says so.
    pub at: Timestamp,
    /// Code of the unit.
    pub unit: &'static str,
    /// Code of the demand.
    pub demand: &'static str,
    /// Mailbox of whoever says so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What is done instead, and until when.
    pub plan: String,
    /// When it is approved and by whom; none while it waits.
    pub approved: Option<(Timestamp, String)>,
}

/// Mailbox of the province's security team.
pub(crate) const TEAM: &str = "attt@stttt.dongthap.example";
/// Mailbox of the one who approves exceptions.
pub(crate) const APPROVER: &str = "lanhdao@stttt.dongthap.example";
