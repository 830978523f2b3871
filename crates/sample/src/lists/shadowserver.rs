//! Shadowserver's `event4_sinkhole` and `event4_sinkhole_http`: its column
//! names in its order, times in UTC without saying so.

use super::Hit;
use crate::{Error, calendar::in_utc};

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

/// AS numbers are those kept for documentation (RFC 5398).
fn line(hit: &Hit) -> Vec<String> {
    let family = hit.family;
    let mut row = [const { String::new() }; SINKHOLE_HEADER.len()];
    row[0] = in_utc(hit.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
    row[1] = "tcp".to_owned();
    row[2] = hit.address.to_string();
    row[3] = hit.source_port.to_string();
    row[4] = "64496".to_owned();
    row[5] = "VN".to_owned();
    row[6] = "DONG THAP".to_owned();
    row[9] = "0".to_owned();
    row[14] = hit.server_address();
    row[15] = family.port.to_string();
    row[16] = "64500".to_owned();
    row[17] = "ZZ".to_owned();
    row[24] = family.infection.to_owned();
    row[25] = family.name.to_owned();
    row[26] = family.infection.to_owned();
    row[29] = hit.at.strftime("%d%H%M%S").to_string();
    row[30] = "critical".to_owned();
    row.to_vec()
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
