//! The floor that our EVTX decoder is measured against: the crate `evtx`
//! decoding to JSON text on one thread, as its `evtx_dump` does.

use evtx::{EvtxParser, ParserSettings};

fn main() {
    let (mut records, mut bytes) = (0usize, 0usize);
    for file in std::env::args().skip(1) {
        let settings = ParserSettings::default().num_threads(1).indent(false);
        match EvtxParser::from_path(&file) {
            Ok(parser) => {
                for record in parser.with_configuration(settings).records_json().flatten() {
                    records += 1;
                    bytes += record.data.len();
                }
            }
            Err(error) => eprintln!("{file}: {error}"),
        }
    }
    eprintln!("{records} records, {bytes} bytes of JSON");
}
