#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| events_fuzz::read(bytes, Some(events::Format::WindowsJson)));
