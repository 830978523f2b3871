//! `thapcanh demo`: the sample province.
