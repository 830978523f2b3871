//! A document of thirty megabytes is read in less than ten times its size:
//! what is read is facts, and no tree of elements is ever held.
//!
//! Alone in its file, for the high-water mark is the whole process's.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

use std::{fmt::Write, fs};

use patches::{bulletins, facts::Builder};

const PRODUCTS: usize = 60;
const SIZE: usize = 30 << 20;

/// A month's document in Microsoft's shape, as long as wanted: every CVE in
/// every product, with the prose that real ones have.
fn document() -> String {
    let mut text = String::with_capacity(SIZE + (1 << 20));
    text.push_str("<cvrf:cvrfdoc xmlns:cvrf=\"c\" xmlns:vuln=\"v\" xmlns:prod=\"p\"><cvrf:DocumentTracking><cvrf:InitialReleaseDate>2023-05-09T07:00:00</cvrf:InitialReleaseDate></cvrf:DocumentTracking><prod:ProductTree>");
    for product in 0..PRODUCTS {
        let _ = write!(
            text,
            "<prod:FullProductName ProductID=\"{product}\">San pham mau {product}</prod:FullProductName>"
        );
    }
    text.push_str("</prod:ProductTree>");
    let mut nth = 10_000;
    while text.len() < SIZE {
        nth += 1;
        let _ = write!(
            text,
            "<vuln:Vulnerability><vuln:Notes><vuln:Note>{}</vuln:Note></vuln:Notes><vuln:CVE>CVE-2023-{nth}</vuln:CVE><vuln:Remediations>",
            "Mo ta mau. ".repeat(120)
        );
        for product in 0..PRODUCTS {
            let _ = write!(
                text,
                "<vuln:Remediation Type=\"Vendor Fix\"><vuln:Description>50{:05}</vuln:Description><vuln:ProductID>{product}</vuln:ProductID><vuln:SubType>Security Update</vuln:SubType><vuln:FixedBuild>10.0.20348.{product}</vuln:FixedBuild></vuln:Remediation>",
                10_000 + product
            );
        }
        text.push_str("</vuln:Remediations></vuln:Vulnerability>");
    }
    text.push_str("</cvrf:cvrfdoc>");
    text
}

/// The most memory that this process ever held, in bytes.
fn high_water() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}

#[test]
fn a_large_document_is_read_in_less_than_ten_times_its_size() {
    let text = document();
    let Some(before) = high_water() else {
        eprintln!("SKIPPED: no high-water mark of memory here");
        return;
    };
    let mut builder = Builder::default();
    let found = bulletins::read("large.xml", text.as_bytes(), &mut builder);
    assert!(found.is_empty(), "{found:?}");
    let facts = builder.finish();
    assert!(facts.rows.len() > 100_000, "{} rows", facts.rows.len());
    let took = high_water().unwrap() - before.min(high_water().unwrap()) + text.len();
    eprintln!("{} MiB of document, {} MiB of memory", text.len() >> 20, took >> 20);
    assert!(took < 10 * text.len(), "{took} bytes for {}", text.len());
}
