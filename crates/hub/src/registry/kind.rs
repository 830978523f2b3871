//! The five kinds of things that people enter, and the fields of each: one
//! description for the form, the columns of files, and the export.

use crate::store::vocabulary;

vocabulary! {
    /// What a file or a form is about.
    Kind in "registry.kind" {
        /// Units.
        Units = "units",
        /// Address ranges.
        Networks = "networks",
        /// People to call.
        Contacts = "contacts",
        /// Information systems.
        Systems = "systems",
        /// Machines.
        Hosts = "hosts",
    }
}

/// How a field is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line of text.
    Line,
    /// Several lines.
    Lines,
    /// A mailbox.
    Email,
    /// A telephone number.
    Phone,
    /// A day.
    Day,
    /// A day, or an instant as the register writes it.
    Moment,
    /// 1 to 5.
    Level,
    /// A unit of the keeper's own, by code.
    Unit,
    /// Any unit that the keeper may name, by code.
    Operator,
    /// A system, by code.
    System,
    /// One of a closed set: name and locale key.
    Words(&'static [(&'static str, &'static str)]),
}

/// A field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in forms, mappings and the pack of columns.
    pub name: &'static str,
    /// Locale key of its title.
    pub title: &'static str,
    /// How it is entered.
    pub input: Input,
    /// Whether nothing can be entered without it.
    pub required: bool,
}

impl Field {
    pub(super) const fn new(name: &'static str, title: &'static str, input: Input) -> Self {
        Self { name, title, input, required: false }
    }

    pub(super) const fn needed(name: &'static str, title: &'static str, input: Input) -> Self {
        Self { name, title, input, required: true }
    }
}

impl Kind {
    /// Where its list is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Units => "/units",
            Self::Networks => "/networks",
            Self::Contacts => "/contacts",
            Self::Systems => "/systems",
            Self::Hosts => "/hosts",
        }
    }

    /// Its fields, in the order of forms and files.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Units => super::units::entry::FIELDS,
            Self::Networks => super::networks::entry::FIELDS,
            Self::Contacts => super::contacts::entry::FIELDS,
            Self::Systems => super::systems::entry::FIELDS,
            Self::Hosts => super::hosts::entry::FIELDS,
        }
    }
}
