//! Text without columns: a plain list, a page, a mail. Every address that a
//! line names becomes an entry.

use crate::{
    Address, WrongAddress,
    address::{self, Named},
    refang,
    rows::Collector,
};

/// A line of text.
pub(crate) fn line(collector: &mut Collector<'_>, number: u64, raw: &str) {
    collector.counts.rows += 1;
    let plain = refang(raw);
    let found = addresses(&plain);
    if let Some(named) = found.named {
        collector.bare(number, raw, &named);
    } else if let Some((wrong, token)) = found.wrong {
        collector.refuse(number, raw, &wrong, &token);
    } else {
        collector.counts.skipped.text += 1;
    }
}

/// What a line of text names.
pub(crate) struct Found {
    pub(crate) named: Option<Named>,
    /// The first thing that would have been an address or a host.
    pub(crate) wrong: Option<(WrongAddress, String)>,
}

/// Finds the addresses in a line. One on its own keeps its port and URL.
pub(crate) fn addresses(line: &str) -> Found {
    let mut all: Vec<Named> = Vec::new();
    let mut wrong = None;
    for token in tokens(line) {
        match address::read(token) {
            // In prose 0.0.0.0 is a blank or a version, never a machine.
            Ok(named) if named.addresses.iter().all(|a| a.special() == Some("unspecified")) => {}
            Ok(named) => all.push(named),
            Err(WrongAddress::Empty | WrongAddress::NotUnderstood) => {}
            Err(other) => {
                wrong.get_or_insert((other, token.to_owned()));
            }
        }
    }
    let mut all = all.into_iter();
    let mut named = all.next();
    for more in all {
        if let Some(named) = named.as_mut() {
            let new: Vec<Address> =
                more.addresses.into_iter().filter(|a| !named.addresses.contains(a)).collect();
            named.addresses.extend(new);
        }
    }
    Found { named, wrong }
}

/// Words that could be an address or a host: they have a dot or two colons.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    const APART: [char; 15] =
        [',', ';', '|', '"', '\'', '<', '>', '(', ')', '{', '}', '=', '\u{a0}', '`', '!'];
    line.split(|c: char| c.is_whitespace() || APART.contains(&c))
        .map(|word| word.trim_end_matches(['.', ':', ',']).trim_matches(':'))
        .filter(|word| word.len() > 3 && (word.contains('.') || word.matches(':').count() > 1))
}
