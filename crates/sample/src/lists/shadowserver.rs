//! Shadowserver's `event4_sinkhole` and `event4_sinkhole_http`: its column
//! names in its order, times in UTC without saying so.

use std::net::IpAddr;

use jiff::civil::DateTime;

use super::Hit;
use crate::{Error, calendar::in_utc, infections::Family};

/// Columns of `event4_sinkhole`.
pub(crate) const SINKHOLE_HEADER: [&str; 31] = [
    "timestamp",
    "protocol",
    "src_ip",
    "src_port",
    "src_asn",
    "src_geo",
    "src_region",
    "src_city",
    "src_hostname",
    "src_naics",
    "src_sector",
    "device_vendor",
    "device_type",
    "device_model",
    "dst_ip",
    "dst_port",
    "dst_asn",
    "dst_geo",
    "dst_region",
    "dst_city",
    "dst_hostname",
    "dst_naics",
    "dst_sector",
    "public_source",
    "infection",
    "family",
    "tag",
    "application",
    "version",
    "event_id",
    "severity",
];

/// What `event4_sinkhole_http` has between `event_id` and `severity`.
const HTTP_HEADER: [&str; 6] =
    ["http_url", "http_host", "http_agent", "forwarded_by", "ssl_cipher", "http_referer"];

/// Where the columns of HTTP go in.
const BEFORE_SEVERITY: usize = SINKHOLE_HEADER.len() - 1;

pub(super) fn sinkhole(file: &str, hits: &[Hit]) -> Result<Vec<u8>, Error> {
    let rows = hits.iter().map(line).collect();
    write(file, SINKHOLE_HEADER.to_vec(), rows)
}

pub(super) fn sinkhole_http(file: &str, hits: &[Hit]) -> Result<Vec<u8>, Error> {
    let mut header = SINKHOLE_HEADER.to_vec();
    header.splice(BEFORE_SEVERITY..BEFORE_SEVERITY, HTTP_HEADER);
    let rows = hits.iter().map(|hit| {
        let mut row = line(hit);
        row.splice(BEFORE_SEVERITY..BEFORE_SEVERITY, http(hit));
        row
    });
    write(file, header, rows.collect())
}

/// What a sinkhole knows of one call.
pub(crate) struct Call {
    /// As clocks in Vietnam showed it.
    pub(crate) at: DateTime,
    pub(crate) source: IpAddr,
    pub(crate) source_port: u16,
    pub(crate) sinkhole: String,
    pub(crate) family: Family,
    pub(crate) event: String,
}

impl Call {
    /// Its row; AS numbers are those kept for documentation (RFC 5398).
    pub(crate) fn row(self) -> [String; SINKHOLE_HEADER.len()] {
        let mut row = [const { String::new() }; SINKHOLE_HEADER.len()];
        let mut put = |column: &str, text: String| {
            if let Some(at) = SINKHOLE_HEADER.iter().position(|name| *name == column) {
                row[at] = text;
            }
        };
        put("timestamp", in_utc(self.at).strftime("%Y-%m-%d %H:%M:%S").to_string());
        put("protocol", "tcp".into());
        put("src_ip", self.source.to_string());
        put("src_port", self.source_port.to_string());
        put("src_asn", "64496".into());
        put("src_geo", "VN".into());
        put("src_region", "DONG THAP".into());
        // Its way of saying "unknown".
        put("src_naics", "0".into());
        put("dst_ip", self.sinkhole);
        put("dst_port", self.family.port.to_string());
        put("dst_asn", "64500".into());
        put("dst_geo", "ZZ".into());
        put("infection", self.family.infection.into());
        put("family", self.family.name.into());
        put("tag", self.family.infection.into());
        put("event_id", self.event);
        put("severity", "critical".into());
        row
    }
}

fn line(hit: &Hit) -> Vec<String> {
    let call = Call {
        at: hit.at,
        source: hit.address,
        source_port: hit.source_port,
        sinkhole: hit.server_address(),
        family: hit.family,
        event: hit.at.strftime("%d%H%M%S").to_string(),
    };
    call.row().to_vec()
}

fn http(hit: &Hit) -> [String; 6] {
    let agent = "Mozilla/4.0 (compatible; sample)".to_owned();
    let none = String::new();
    ["POST /gate HTTP/1.1".to_owned(), hit.server_name(), agent, none.clone(), none.clone(), none]
}

fn write(file: &str, header: Vec<&str>, mut rows: Vec<Vec<String>>) -> Result<Vec<u8>, Error> {
    spoil(&mut rows, header.len());
    let text = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut writer = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::NonNumeric)
            .from_writer(Vec::new());
        writer.write_record(header)?;
        for row in rows {
            writer.write_record(row)?;
        }
        Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
    };
    text().map_err(|cause| Error::new(file, cause))
}

/// Even a machine's list can be damaged on its way: a wrong address, a day
/// that no calendar has, an empty row.
fn spoil(rows: &mut Vec<Vec<String>>, width: usize) {
    let Some(model) = rows.first().cloned() else { return };
    let mut address = model.clone();
    "192.0.2".clone_into(&mut address[2]);
    let mut day = model;
    "2024-02-31 01:15:00".clone_into(&mut day[0]);
    let middle = rows.len() / 2;
    rows.splice(middle..middle, [address, day, vec![String::new(); width]]);
}
