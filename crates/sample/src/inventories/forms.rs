//! In which form a unit sends what it found.

use jiff::civil::Date;

use super::{
    Said, lists,
    machine::Machine,
    osquery, packages,
    systeminfo::{self, Language},
    table,
};
use crate::{
    Error,
    dice::Dice,
    encode::{Encoding, encode},
    units::{CENTRE, Kind, Unit},
};

/// A unit's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A zip with the text of `systeminfo`, a file a machine.
    Systeminfo(Language, Encoding),
    /// The same, with a list of updates beside each file.
    WithLists(Language, Encoding),
    /// `wmic qfe` of all machines in one file, and nothing else.
    Updates,
    /// osquery's log of results.
    Osquery,
    /// A sheet that somebody keeps.
    Sheet(u8, Encoding),
    /// The same as a workbook, under a title.
    Workbook,
}

/// A file that was written.
pub(super) struct Written {
    pub(super) extension: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) said: Vec<Said>,
    pub(super) strays: usize,
}

impl Form {
    /// The way of the `nth` unit; `None` for one that does not answer.
    pub(super) fn of(unit: &Unit, nth: usize) -> Option<Self> {
        use Encoding::{Oem850, Utf8, Utf8WithBom, Utf16, Windows1258};
        use Language::{English, French, Vietnamese};
        let ways: &[Option<Self>] = match unit.kind {
            _ if unit.code == CENTRE => &[Some(Self::Osquery)],
            Kind::Department | Kind::District => &[
                Some(Self::Systeminfo(English, Utf8)),
                Some(Self::Systeminfo(Vietnamese, Utf16)),
                Some(Self::Workbook),
                Some(Self::WithLists(English, Utf16)),
                Some(Self::Osquery),
                Some(Self::Systeminfo(Vietnamese, Windows1258)),
                None,
                Some(Self::Sheet(b',', Utf8WithBom)),
                Some(Self::Updates),
            ],
            Kind::Service | Kind::Province => &[
                Some(Self::Systeminfo(French, Oem850)),
                Some(Self::Osquery),
                Some(Self::Sheet(b'\t', Utf16)),
            ],
            Kind::Commune => &[
                Some(Self::Sheet(b';', Windows1258)),
                Some(Self::Workbook),
                None,
                Some(Self::Sheet(b',', Utf8)),
            ],
        };
        ways.get(nth % ways.len()).copied().flatten()
    }

    pub(super) fn write(
        self,
        dice: &mut Dice,
        unit: &Unit,
        machines: &[Machine],
        sent: Date,
    ) -> Result<Written, Error> {
        match self {
            Self::Systeminfo(language, encoding) => {
                folder(dice, machines, language, encoding, false)
            }
            Self::WithLists(language, encoding) => folder(dice, machines, language, encoding, true),
            Self::Updates => Ok(lists::of_all(machines)),
            Self::Osquery => Ok(osquery::log(dice, machines)),
            Self::Sheet(delimiter, encoding) => {
                table::sheet(dice, machines).csv(delimiter, encoding)
            }
            Self::Workbook => table::sheet(dice, machines).workbook(unit, sent),
        }
    }
}

/// A zip with a file a machine, and what else lay in the folder.
fn folder(
    dice: &mut Dice,
    machines: &[Machine],
    language: Language,
    encoding: Encoding,
    with_lists: bool,
) -> Result<Written, Error> {
    let mut files = Vec::new();
    let mut said = Vec::new();
    for machine in machines {
        let Some(windows) = &machine.windows else {
            let (text, says) = packages::list(dice, machine);
            files.push((format!("{}.txt", machine.name), text.into_bytes()));
            said.push(says);
            continue;
        };
        let (text, mut says) = systeminfo::text(dice, machine, windows, language);
        files.push((format!("{}_systeminfo.txt", machine.name), encode(&text, encoding)));
        if with_lists {
            let list = lists::of_one(machine, windows);
            files.push((format!("{}_qfe.txt", machine.name), encode(&list, encoding)));
            says.hotfixes = Some(windows.hotfixes.clone());
            says.is_cut = false;
        }
        said.push(says);
    }
    files.push(("phong-may.jpg".to_owned(), vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 16]));
    let bytes = zip(&files).map_err(|cause| Error::new("inventory.zip", cause))?;
    Ok(Written { extension: "zip", bytes, said, strays: 1 })
}

/// The same bytes for the same files: a zip's own clock stays at its beginning.
fn zip(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::default())
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        std::io::Write::write_all(&mut zip, bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
