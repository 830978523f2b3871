//! Reading a list: recognise its kind, settle its columns, take its rows.

use diag::{Diagnostic, Place};
use jiff::{Timestamp, civil, tz::TimeZone};
use tables::{FieldSpec, Limits, Mapping, Opened, Options, Rejected, Table, mapping};

use crate::{
    Entry, Format, List, Settings, WrongAddress, fields, guess, json, markup,
    plan::Plan,
    rows::Collector,
    shadowserver::{self, Reading, Schema},
    taxonomy::Taxonomy,
    text,
};

/// The data packs that reading needs.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Shadowserver reports.
    pub schema: Schema,
    /// RSIT.
    pub taxonomy: Taxonomy,
}

impl Rulebook {
    /// From the texts of `packs/shadowserver/reports.toml` and
    /// `packs/taxonomies/rsit.toml`. A broken pack is a set-up error.
    pub fn parse(reports: &str, rsit: &str) -> Result<Self, Box<Diagnostic>> {
        let broken = |file: &str, reason: String| {
            Box::new(
                Diagnostic::error("lists.pack-broken", Place::file(file)).with("reason", reason),
            )
        };
        let taxonomy =
            Taxonomy::parse(rsit).map_err(|reason| broken("taxonomies/rsit.toml", reason))?;
        let schema =
            Schema::parse(reports).map_err(|reason| broken("shadowserver/reports.toml", reason))?;
        Ok(Self { schema, taxonomy })
    }

    /// The packs that were current when this was built.
    pub fn built_in() -> Result<Self, Box<Diagnostic>> {
        Self::parse(
            include_str!("../../../packs/shadowserver/reports.toml"),
            include_str!("../../../packs/taxonomies/rsit.toml"),
        )
    }
}

/// What is known about a list beside its bytes.
#[derive(Clone, Debug)]
pub struct Context<'c> {
    /// The name that the file came with: it may say report and date.
    pub file_name: &'c str,
    /// Now: later times are marked.
    pub now: Timestamp,
    /// The day of the list, when its letter says it. It stands in for rows
    /// without time; without it the file's name does, and then today.
    pub list_date: Option<civil::Date>,
    /// What the feed remembers.
    pub settings: &'c Settings,
    /// Bounds.
    pub limits: Limits,
    /// Data packs.
    pub rulebook: &'c Rulebook,
}

/// Reads a list. Never fails: what could not be read is in the diagnostics,
/// which carry the file's name.
pub fn read(bytes: &[u8], context: &Context<'_>) -> List {
    let mut entries = Vec::new();
    let mut list = read_each(bytes, context, &mut |entry| entries.push(entry));
    list.entries = entries;
    list
}

/// The same, handing over each entry as it is read; the list that is given
/// back has none. A long list then needs no more memory than a short one.
pub fn read_each(bytes: &[u8], context: &Context<'_>, each: &mut dyn FnMut(Entry)) -> List {
    let opened = tables::open(bytes, &table_options(context));
    let head = opened.head();
    let mut reader = Reader::new(context, each);
    let forced = context.settings.format;
    let is_workbook = matches!(head.source.format, tables::Format::Xlsx | tables::Format::Ods);
    let list = if opened.is_stopped() {
        // What is no text is not searched for addresses either.
        reader.list(opened.finish(), Format::default())
    } else if forced.is_none_or(|f| f == Format::Shadowserver)
        && let Some(reading) = reader.shadowserver(head)
    {
        reader.report(opened, reading)
    } else if is_workbook || forced == Some(Format::Table) {
        reader.table(opened, Format::Table)
    } else {
        let limit = usize::try_from(context.limits.bytes).unwrap_or(usize::MAX);
        reader.textual(&bytes[..bytes.len().min(limit)], opened)
    };
    finish(list, context)
}

fn table_options(context: &Context<'_>) -> Options {
    let mut specs = fields::specs();
    // A remembered column name is as good as a synonym for finding the header.
    for (field, column) in context.settings.mapping.iter().flat_map(|mapping| &mapping.columns) {
        if let Some(spec) =
            specs.iter_mut().find(|spec: &&mut FieldSpec| spec.name == field.as_str())
        {
            spec.synonyms.push(column.clone().into());
        }
    }
    Options {
        limits: context.limits,
        fields: specs,
        sheet: context.settings.sheet.clone(),
        delimiter: None,
    }
}

fn finish(mut list: List, context: &Context<'_>) -> List {
    list.diagnostics =
        list.diagnostics.into_iter().map(|found| found.in_file(context.file_name)).collect();
    list
}

struct Reader<'c> {
    context: &'c Context<'c>,
    date: Option<civil::Date>,
    collector: Collector<'c>,
}

impl<'c> Reader<'c> {
    fn new(context: &'c Context<'c>, each: &'c mut dyn FnMut(Entry)) -> Self {
        let settings = context.settings;
        let named = shadowserver::of_file_name(context.file_name).and_then(|(date, _)| date);
        let date = context.list_date.or(named);
        let zone_name = settings.zone.as_deref().unwrap_or("UTC");
        let zone = TimeZone::get(zone_name);
        let known = zone.is_ok();
        let zone = zone.unwrap_or(TimeZone::UTC);
        let list_time = date
            .and_then(|date| date.to_zoned(zone.clone()).ok())
            .map_or(context.now, |zoned| zoned.timestamp());
        let rules = context.rulebook;
        let mut collector = Collector::new(
            &rules.taxonomy,
            context.now,
            list_time,
            zone,
            context.limits.findings,
            each,
        );
        if !known {
            let found = Diagnostic::error("lists.zone-unknown", Place::default());
            collector.findings.add(found.with("zone", zone_name));
        }
        let class = settings.classification.as_deref().and_then(|name| collector.known_class(name));
        collector.set_defaults(class, settings.family.as_deref());
        Self { context, date, collector }
    }

    /// The report that a file's name says, if its columns bear it out.
    fn shadowserver(&self, table: &Table) -> Option<Reading> {
        let schema = &self.context.rulebook.schema;
        let (date, name) = shadowserver::of_file_name(self.context.file_name)?;
        let reading = schema.reading(&name);
        let has = |columns: &[String]| columns.iter().any(|column| table.header.contains(column));
        let fits = has(&reading.shape.time) && has(&reading.shape.address);
        (fits && (reading.known || date.is_some())).then_some(reading)
    }

    fn report(&mut self, opened: Opened<'_>, reading: Reading) -> List {
        let schema = &self.context.rulebook.schema;
        let taxonomy = &self.context.rulebook.taxonomy;
        self.collector.zone = TimeZone::get(&schema.zone).unwrap_or(TimeZone::UTC);
        if !reading.known {
            let found = Diagnostic::warning("lists.report-unknown", Place::default());
            self.collector.findings.add(found.with("report", &reading.report));
        }
        let class = reading.kind.as_deref().and_then(|kind| taxonomy.find(kind));
        self.collector.set_defaults(class, self.context.settings.family.as_deref());
        let plan = Plan::of_reading(&reading, opened.head(), &schema.unknown);
        let mut list = self.rows(opened, &plan, Format::Shadowserver);
        list.report = Some(reading.report);
        list
    }

    fn table(&mut self, opened: Opened<'_>, format: Format) -> List {
        let specs = fields::specs();
        let mapping = self.mapping(opened.head(), &specs);
        let (columns, missing) = mapping.resolve(opened.head(), &specs);
        self.collector.findings.extend(missing);
        let plan = Plan::of_columns(&columns, opened.head());
        let mut list = self.rows(opened, &plan, format);
        list.mapping = Some(mapping);
        list
    }

    /// The feed's mapping, or a guess.
    fn mapping(&self, table: &Table, specs: &[FieldSpec]) -> Mapping {
        self.context.settings.mapping.clone().unwrap_or_else(|| guessed(table, specs))
    }

    fn has_address(&self, table: &Table) -> bool {
        let specs = fields::specs();
        self.mapping(table, &specs).resolve(table, &specs).0.index("address").is_some()
    }

    /// Text: JSON, a page, a table if a column holds addresses, else lines.
    fn textual(&mut self, bytes: &[u8], opened: Opened<'_>) -> List {
        let forced = self.context.settings.format;
        let encoding = opened.head().source.encoding.clone();
        let start = tables::decode(&bytes[..bytes.len().min(4096)], &encoding);
        if forced == Some(Format::Json) || (forced.is_none() && json::is_json(&start)) {
            return self.json(&tables::decode(bytes, &encoding), opened);
        }
        if forced != Some(Format::Text) && markup::is_markup(&start) {
            return self.page(&tables::decode(bytes, &encoding), opened);
        }
        let is_table = opened.head().source.delimiter.is_some();
        if forced != Some(Format::Text) && is_table && self.has_address(opened.head()) {
            return self.table(opened, Format::Table);
        }
        self.lines(&tables::decode(bytes, &encoding), opened)
    }

    fn json(&mut self, text: &str, opened: Opened<'_>) -> List {
        let mut table = json::to_table(text, &self.context.limits);
        let whole = without_columns(opened);
        table.diagnostics.extend(whole.diagnostics);
        table.source = whole.source;
        if self.has_address(&table) {
            return self.table(table.into(), Format::Json);
        }
        // No column is an address: whatever address an object names will do.
        for row in std::mem::take(&mut table.rows) {
            text::line(&mut self.collector, row.line, &row.raw);
        }
        self.list(table, Format::Json)
    }

    fn lines(&mut self, text: &str, opened: Opened<'_>) -> List {
        let table = without_columns(opened);
        for (number, line) in (1..).zip(text.lines()).take(self.context.limits.rows) {
            self.plain_line(number, line);
        }
        self.list(table, Format::Text)
    }

    /// A page or XML: its tables if a column of theirs holds addresses, else
    /// whatever its lines name.
    fn page(&mut self, text: &str, opened: Opened<'_>) -> List {
        let table = without_columns(opened);
        let lines = markup::lines(text);
        let mut cut = markup::to_table(&lines);
        cut.source.encoding.clone_from(&table.source.encoding);
        let cut = tables::with_header(cut, &table_options(self.context));
        if self.has_address(cut.head()) {
            for (number, line) in lines.iter().filter(|(_, line)| !line.contains('\t')) {
                text::line(&mut self.collector, *number, line);
            }
            return self.table(cut, Format::Text);
        }
        for (number, line) in &lines {
            text::line(&mut self.collector, *number, &markup::tidy(line));
        }
        self.list(table, Format::Text)
    }

    fn plain_line(&mut self, number: u64, line: &str) {
        let (counts, start) = (&mut self.collector.counts, line.trim_start());
        if start.is_empty() {
            counts.rows += 1;
            counts.skipped.blank += 1;
        } else if start.starts_with(['#', ';']) || start.starts_with("//") {
            counts.rows += 1;
            counts.skipped.comments += 1;
        } else if line.len() > self.context.limits.line {
            // Reported when the table was tried.
            counts.rows += 1;
            counts.rejected += 1;
            let raw = line.chars().take(4096).collect();
            self.collector.rejected.push(Rejected { line: number, raw });
        } else {
            let before = line.split(['#', ';']).next().unwrap_or(line);
            let named = text::addresses(&crate::refang(before)).named;
            let part = if named.is_some() { before } else { line };
            self.take_line(number, line, part);
        }
    }

    fn take_line(&mut self, number: u64, line: &str, part: &str) {
        if part.len() == line.len() {
            return text::line(&mut self.collector, number, line);
        }
        self.collector.counts.rows += 1;
        match text::addresses(&crate::refang(part)).named {
            Some(named) => self.collector.bare(number, line, &named),
            None => self.collector.refuse(number, line, &WrongAddress::NotUnderstood, part),
        }
    }

    fn rows(&mut self, mut opened: Opened<'_>, plan: &Plan, format: Format) -> List {
        for row in opened.by_ref() {
            self.collector.row(row, plan);
        }
        self.list(opened.finish(), format)
    }

    fn list(&mut self, table: Table, format: Format) -> List {
        let collector = &mut self.collector;
        collector.finish();
        let mut counts = collector.counts;
        let refused = table.rejected.len() as u64;
        counts.rejected += refused;
        counts.skipped.blank += table.blank;
        counts.skipped.comments += table.comments.len() as u64;
        counts.skipped.preamble += table.preamble.len() as u64;
        counts.rows += refused + table.blank + (table.comments.len() + table.preamble.len()) as u64;
        let mut rejected = std::mem::take(&mut collector.rejected);
        rejected.extend(table.rejected);
        rejected.sort_by_key(|row| row.line);
        let mut diagnostics = table.diagnostics;
        diagnostics.extend(std::mem::take(&mut collector.findings).into_list());
        List {
            format,
            report: None,
            source: table.source,
            header: table.header,
            mapping: None,
            date: self.date,
            entries: Vec::new(),
            repeated: std::mem::take(&mut collector.repeated),
            rejected,
            counts,
            diagnostics,
        }
    }
}

/// It was not a table after all: findings about its columns would mislead.
fn without_columns(opened: Opened<'_>) -> Table {
    const KEPT: [&str; 5] = [
        "tables.bytes-limit",
        "tables.line-limit",
        "tables.encoding-guessed",
        "tables.encoding-broken",
        "tables.nul-stripped",
    ];
    let mut table = opened.finish();
    table.diagnostics.retain(|found| KEPT.contains(&found.code.as_ref()));
    let encoding = std::mem::take(&mut table.source.encoding);
    let source = tables::Source { encoding, ..tables::Source::default() };
    Table { source, diagnostics: table.diagnostics, ..Table::default() }
}

/// Columns by their names; by their content where they have none. A list of
/// command servers names only destinations: then these are what it is about.
fn guessed(table: &Table, specs: &[FieldSpec]) -> Mapping {
    let has_names = table.source.header_line.is_some() || table.source.delimiter.is_none();
    let mut mapping =
        if has_names { mapping::guess(&table.header, specs) } else { Mapping::default() };
    if !mapping.columns.contains_key("address") {
        for (field, other) in [("address", "destination_address"), ("port", "destination_port")] {
            if let Some(column) = mapping.columns.remove(other) {
                mapping = mapping.with(field, &column);
            }
        }
    }
    if !mapping.columns.contains_key("address") {
        for (field, column) in guess::by_content(table).columns {
            mapping.columns.entry(field).or_insert(column);
        }
    }
    mapping
}
