//! Exposures (*phơi nhiễm lỗ hổng*): a weakness on a machine, (host, CVE):
//! fixed, missing, not affected or unknown, each with its proof.
//!
//! A unit delivers inventories ([`inventories`]): every file gets a result,
//! every machine is placed on a host of the register or waits to be. What is
//! known of weaknesses are packs of bulletins and authorities' letters
//! ([`bulletins`]); all that is in force together is a *basis*. The newest facts
//! of a host are judged by the newest basis ([`judge`]), which gives the host a
//! *sheet* of verdicts: the same one as every other host at its patch level.
//! With each inventory and each basis a host gets a new assessment, so every
//! (host, CVE) has a history. A [`campaign`] chooses CVEs as a letter words
//! them; [`checks`] proves the demand with it. A risk may be accepted until a
//! day ([`accept`]) and is never counted as fixed. When something grew graver,
//! the units that have it are told again ([`raise`]).
//!
//! *What this room must not know:* directives; they ask here. File formats and
//! the seven rules of the decision: the crate `patches` has them.
//!
//! *To add a filter to campaigns:* a field of `patches::campaign::Campaign`, its
//! column in `bulletin_cves`, its line in [`campaign::narrow`] and in the form.

pub mod accept;
mod api;
pub mod bulletins;
pub mod bundle;
pub mod campaign;
pub mod checks;
mod home;
pub mod inventories;
mod jobs;
pub mod judge;
mod pages;
pub mod proof;
pub mod raise;
pub mod read;
mod reply;
pub mod rules;
mod sheet;
pub mod units;

use crate::{
    nouns::{Entry, Noun, Section},
    store::vocabulary,
};

crate::ids::id! {
    /// A pack of bulletins, or a letter.
    BulletinId
}
crate::ids::id! {
    /// All bulletins that were in force together.
    BasisId
}
crate::ids::id! {
    /// A delivery of inventories.
    InventoryId
}
crate::ids::id! {
    /// A machine as a delivery describes it.
    MachineId
}
crate::ids::id! {
    /// A host's verdicts for a time.
    AssessmentId
}
crate::ids::id! {
    /// An accepted risk.
    AcceptanceId
}

vocabulary! {
    /// The answer for a host and a CVE.
    Verdict in "exposures.verdict" {
        /// The fix is on the host.
        Fixed = "fixed",
        /// It is not.
        Missing = "missing",
        /// The host's product is not listed.
        NotAffected = "not_affected",
        /// It cannot be known.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Where a host stands in a campaign.
    Standing in "exposures.standing" {
        /// Something of the campaign is missing.
        Missing = "missing",
        /// It cannot be said.
        Unknown = "unknown",
        /// What is missing was accepted until a day.
        Accepted = "accepted",
        /// Whatever concerns it is fixed.
        Handled = "handled",
        /// Nothing of the campaign concerns it.
        NotAffected = "not_affected",
    }
}

vocabulary! {
    /// Why a host cannot be said to be handled.
    Doubt in "exposures.doubt" {
        /// Nobody delivered an inventory of it.
        NoInventory = "no-inventory",
        /// The newest is too old to prove anything.
        Stale = "inventory-stale",
        /// A verdict is unknown.
        Verdict = "verdict-unknown",
    }
}

/// Everything that can be found wrong here.
pub const CODES: &[&str] = &[
    "exposures.campaign-unreadable",
    "exposures.day-to-come",
    "exposures.day-too-far",
    "exposures.file-missing",
    "exposures.letter-empty",
    "exposures.machine-placed",
    "exposures.nothing-to-accept",
    "exposures.pack-again",
    "exposures.pack-altered",
    "exposures.pack-older",
    "exposures.pack-unknown",
    "exposures.pack-untrusted",
    "exposures.reason-missing",
    "exposures.state-forbids",
    "exposures.until-missing",
];

/// The room's card.
pub const NOUN: Noun = Noun {
    schema: &[include_str!("schema.sql")],
    pages: Some(pages::routes),
    api: Some(api::routes),
    section: Section::Sensing,
    menu: &[
        Entry {
            path: "/bulletins",
            text: "exposures.menu.bulletins",
            shown: |viewer| viewer.scope().is_province(),
        },
        Entry { path: "/inventories", text: "exposures.menu.inventories", shown: |_| true },
        Entry { path: "/exposures", text: "exposures.menu.exposures", shown: |_| true },
    ],
    jobs: jobs::JOBS,
    checks: &[&checks::Patched],
    home: Some(home::greet),
    replies: Some(&reply::ExposureReplies),
    ..Noun::named("exposures")
};

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_explained_in_both_languages() {
        assert_eq!(words::check_codes("exposures", super::CODES), Ok(()));
    }
}
