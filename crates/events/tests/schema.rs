#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
//! The schema in code, and the page that is made of it. With `UPDATE_DOCS` set
//! the page is written anew.

use std::{fmt::Write, path::Path};

use events::{Format, ecs};

#[test]
fn fields_are_in_order_and_once() {
    for pair in ecs::FIELDS.windows(2) {
        assert!(pair[0].name < pair[1].name, "{} {}", pair[0].name, pair[1].name);
    }
}

#[test]
fn every_row_names_a_field() {
    for format in Format::ALL {
        for row in ecs::table(*format) {
            let known = ecs::FIELDS.iter().any(|field| field.name == row.name);
            // Lists of Sysmon, which become `process.hash.md5`, `dns.answers.data` and kin.
            let list = matches!(row.name, "process.hash" | "file.hash" | "dns.answers");
            assert!(known || list, "{} of {}", row.name, format.name());
        }
    }
}

#[test]
fn every_format_has_a_name_that_leads_back() {
    for format in Format::ALL {
        assert_eq!(Format::named(format.name()), Some(*format));
    }
}

#[test]
fn the_page_shows_the_schema() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/events-schema.md");
    let text = page_text();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &text).unwrap();
    }
    let there = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(there == text, "run with UPDATE_DOCS=1 to write {} anew", page.display());
}

fn page_text() -> String {
    let mut page = String::from(
        "# Event schema\n\n\
         Made from `crates/events/src/ecs` by the test `the_page_shows_the_schema`.\n\n\
         Events keep the names of their source; this page says which of them is which field of the \
         Elastic Common Schema. Where several of a source's fields are named, the first that has a \
         value counts; *always* is a value that every record of the format has. What follows from \
         other fields for every format (`related.*`, `*.address`, parts of URLs, paths and domain \
         names, `user_agent.*`) is not repeated. `@timestamp`, `host.name` and, for network devices, \
         `observer.hostname` come from the event itself. CEF of Palo Alto Networks and Fortinet \
         has the rows of their own formats after its own, their names with or without the vendor's prefix.\n",
    );
    for format in Format::ALL {
        let rows = ecs::table(*format);
        if rows.is_empty() {
            continue;
        }
        write!(page, "\n## {}\n\n| ECS | from |\n|---|---|\n", format.name()).unwrap();
        let mut names: Vec<_> = rows.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let mut from: Vec<String> = Vec::new();
            for row in rows.iter().filter(|row| row.name == name) {
                let source =
                    if row.from.is_empty() { "*always*".into() } else { format!("`{}`", row.from) };
                if !from.contains(&source) {
                    from.push(source);
                }
            }
            writeln!(page, "| `{name}` | {} |", from.join(", ")).unwrap();
        }
    }
    page
}
