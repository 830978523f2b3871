//! The report as one JSON object, written host by host. What is said of a
//! missing CVE depends on its row and not on the host, so each is made once.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{Report, kb_text};
use crate::{
    facts::{Fix, Kind},
    verdict::{Evidence, Finding, Judge, Verdict},
};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let judge = Judge::new(&report.facts);
    let mut made = Made::default();
    out.write_all(b"{\"data\":")?;
    serde_json::to_writer(&mut *out, &data(report))?;
    out.write_all(b",\"hosts\":[")?;
    for at in 0..report.hosts.len() {
        if at > 0 {
            out.write_all(b",")?;
        }
        host(report, &judge, at, &mut made, out)?;
    }
    out.write_all(b"],\"diagnostics\":")?;
    serde_json::to_writer(&mut *out, &diagnostics(report))?;
    out.write_all(b"}\n")
}

fn data(report: &Report) -> Value {
    let (hosts, handled, missing) = report.totals();
    let months: Vec<String> = report.facts.months().iter().map(ToString::to_string).collect();
    json!({
        "months": months,
        "ends": report.facts.data_ends(),
        "as_of": report.question.as_of,
        "incomplete": report.incomplete,
        "asked": report.question.asked.iter().filter(|a| **a).count(),
        "hosts": {"all": hosts, "handled": handled, "missing": missing},
        "sources": report.facts.sources,
    })
}

fn diagnostics(report: &Report) -> Vec<Value> {
    let one = |d: &diag::Diagnostic| {
        json!({
            "file": d.place.file,
            "line": d.place.line,
            "code": d.code,
            "severity": d.severity,
            "message": d.to_string(),
            "values": d.values,
        })
    };
    report.diagnostics.iter().map(one).collect()
}

fn host(
    report: &Report,
    judge: &Judge<'_>,
    at: usize,
    made: &mut Made,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (Some(host), Some(answer)) = (report.hosts.get(at), report.answers.get(at)) else {
        return out.write_all(b"null");
    };
    let kbs =
        host.hotfixes.as_ref().map(|l| l.kbs.iter().map(|kb| kb_text(*kb)).collect::<Vec<_>>());
    let not_collected = answer.not_collected.len();
    let ids = |cves: &[u32]| -> Vec<&str> {
        cves.iter()
            .filter_map(|c| report.facts.cves.get(*c as usize))
            .map(|c| c.id.as_str())
            .collect()
    };
    let head = json!({
        "host": host.name,
        "product": answer.product.as_ref().map(|p| p.name.as_str()).ok(),
        "os": host.os.name,
        "build": host.os.build_text(),
        "hotfixes": kbs.unwrap_or_default(),
        "hotfixes_collected": host.hotfixes.is_some(),
        "collected_at": host.collected_at(),
        "origins": host.origins,
        "warnings": report.warnings(at).iter().map(warning).collect::<Vec<_>>(),
        "summary": answer.summary(),
        "install": judge.plan(answer),
        "no_fix": ids(&answer.no_fix),
        "not_collected": not_collected,
    });
    let head = serde_json::to_vec(&head)?;
    out.write_all(head.strip_suffix(b"}").unwrap_or(&head))?;
    out.write_all(b",\"missing\":[")?;
    list(report, at, answer.findings.iter().filter(|f| f.verdict == Verdict::Missing), made, out)?;
    out.write_all(b"],\"unknown\":[")?;
    list(
        report,
        at,
        answer.findings.iter().filter(|f| matches!(f.verdict, Verdict::Unknown(_))),
        made,
        out,
    )?;
    out.write_all(b"]}")
}

/// A warning in one line: its code and values.
fn warning(found: &diag::Diagnostic) -> String {
    let values = found.values.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{}{}", found.code, values.collect::<String>())
}

/// Entries already written once, by CVE, row and verdict.
#[derive(Default)]
struct Made(HashMap<(u32, Option<u32>, Verdict, u8), Vec<u8>>);

fn list<'f>(
    report: &Report,
    host: usize,
    findings: impl Iterator<Item = &'f Finding>,
    made: &mut Made,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (at, finding) in findings.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        if finding.proof.row.is_none() && finding.verdict == Verdict::Missing {
            // What is said of a package depends on the host's own.
            out.write_all(entry(report, host, finding).to_string().as_bytes())?;
            continue;
        }
        let key = (finding.cve, finding.proof.row, finding.verdict, finding.proof.rule);
        let made = made.0.entry(key);
        out.write_all(
            made.or_insert_with(|| entry(report, host, finding).to_string().into_bytes()),
        )?;
    }
    Ok(())
}

fn entry(report: &Report, host: usize, finding: &Finding) -> Value {
    let cve = report.cve(finding);
    let needed: Vec<Value> =
        report.needed(host, finding).iter().map(|fix| need(report, fix, finding)).collect();
    let row = finding.proof.row.and_then(|at| report.facts.rows.get(at as usize));
    let product = row.and_then(|r| report.facts.products.get(r.product as usize));
    let source = row.and_then(|r| report.facts.fixes.get(r.fix as usize)).map(|f| f.source);
    let mut proof = json!({"rule": finding.proof.rule, "source": source});
    if let (Some(product), Evidence::Software(_)) = (product, finding.proof.by) {
        proof["product"] = json!(product);
    }
    let mut entry = json!({
        "cve": cve.id,
        "severity": report.severity(finding),
        "cvss": report.cvss(finding),
        "kev": report.is_kev(finding),
        "proof": proof,
    });
    if let Some(epss) = cve.epss {
        entry["epss"] = json!(epss.score);
    }
    if let (None, Evidence::Software(at)) = (row, finding.proof.by) {
        let software = report.hosts.get(host).and_then(|h| h.software.as_ref());
        entry["package"] = json!(software.and_then(|s| s.get(at as usize)).map(|s| &s.name));
    }
    if cve.exploited {
        entry["exploited"] = json!(true);
    }
    if let Verdict::Unknown(reason) = finding.verdict {
        entry["reason"] = json!(report.reason(reason));
        entry["code"] = json!(reason);
    } else {
        entry["needed"] = json!(needed);
    }
    entry
}

fn need(report: &Report, fix: &Fix, finding: &Finding) -> Value {
    let mut need = json!({
        "kb": (fix.kb > 0).then(|| kb_text(fix.kb)),
        "fixed_build": fix.build,
        "url": report.facts.url(fix, finding.cve),
    });
    if fix.kind != Kind::Update {
        need["kind"] = json!(fix.kind);
    }
    need
}
