//! Tests on CVSS: its shape, its arithmetic, its vector (FIRST, CVSS 3.0 and
//! 3.1, section 7 and 8; CVSS 2.0, section 3.2.1).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::bulletins::csaf::{array, text_at};

fn scores<'v>(document: &'v Value, key: &'static str) -> impl Iterator<Item = &'v Value> {
    let all = array(document, "/vulnerabilities").iter().flat_map(|v| array(v, "/scores"));
    all.filter_map(move |s| s.get(key))
}

/// What the JSON schema of CVSS demands of every score.
pub(super) fn invalid(document: &Value) -> Option<String> {
    let three = scores(document, "cvss_v3").find_map(|s| {
        let severities = ["NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"];
        let ok = matches!(text_at(s, "/version"), "3.0" | "3.1")
            && severities.contains(&text_at(s, "/baseSeverity"))
            && s.get("baseScore").is_some_and(Value::is_number)
            && !vector(text_at(s, "/vectorString")).is_empty();
        (!ok).then(|| text_at(s, "/vectorString").to_owned())
    });
    three.or_else(|| {
        scores(document, "cvss_v2").find_map(|s| {
            let ok = text_at(s, "/version") == "2.0"
                && s.get("baseScore").is_some_and(Value::is_number)
                && !vector(text_at(s, "/vectorString")).is_empty();
            (!ok).then(|| text_at(s, "/vectorString").to_owned())
        })
    })
}

/// The base score and severity must be what the vector comes to.
pub(super) fn miscalculated(document: &Value) -> Option<String> {
    scores(document, "cvss_v3")
        .find_map(|s| {
            let metrics = vector(text_at(s, "/vectorString"));
            let computed = base_three(&metrics)?;
            let said = s.get("baseScore")?.as_f64()?;
            let severity = s.get("baseSeverity")?.as_str()?;
            let wrong =
                (computed - said).abs() > 0.01 || !severity.eq_ignore_ascii_case(severity_of(said));
            wrong.then(|| format!("{said} {severity}, computed {computed:.1}"))
        })
        .or_else(|| {
            scores(document, "cvss_v2").find_map(|s| {
                let computed = base_two(&vector(text_at(s, "/vectorString")))?;
                let said = s.get("baseScore")?.as_f64()?;
                ((computed - said).abs() > 0.01).then(|| format!("{said}, computed {computed:.1}"))
            })
        })
}

fn severity_of(score: f64) -> &'static str {
    match score {
        s if s >= 9.0 => "CRITICAL",
        s if s >= 7.0 => "HIGH",
        s if s >= 4.0 => "MEDIUM",
        s if s > 0.0 => "LOW",
        _ => "NONE",
    }
}

/// A property beside the vector must say what the vector says.
pub(super) fn inconsistent(document: &Value) -> Option<String> {
    const NAMES: [(&str, &str); 8] = [
        ("attackVector", "AV"),
        ("attackComplexity", "AC"),
        ("privilegesRequired", "PR"),
        ("userInteraction", "UI"),
        ("scope", "S"),
        ("confidentialityImpact", "C"),
        ("integrityImpact", "I"),
        ("availabilityImpact", "A"),
    ];
    scores(document, "cvss_v3").find_map(|s| {
        let metrics = vector(text_at(s, "/vectorString"));
        NAMES.iter().find_map(|(name, metric)| {
            let said = s.get(*name)?.as_str()?;
            let written = metrics.get(metric)?;
            (said.get(..1)? != *written).then(|| format!("{name} {said}"))
        })
    })
}

/// The metrics of a vector string.
fn vector(text: &str) -> BTreeMap<&str, &str> {
    let text =
        text.strip_prefix("CVSS:").and_then(|t| t.split_once('/')).map_or(text, |(_, rest)| rest);
    text.split('/').filter_map(|part| part.split_once(':')).collect()
}

fn weight(metrics: &BTreeMap<&str, &str>, metric: &str, weights: &[(&str, f64)]) -> Option<f64> {
    let value = metrics.get(metric)?;
    weights.iter().find(|(v, _)| v == value).map(|(_, w)| *w)
}

fn base_three(m: &BTreeMap<&str, &str>) -> Option<f64> {
    let changed = *m.get("S")? == "C";
    let (low, high) = if changed { (0.68, 0.5) } else { (0.62, 0.27) };
    let impact = [("H", 0.56), ("L", 0.22), ("N", 0.0)];
    let (c, i, a) = (weight(m, "C", &impact)?, weight(m, "I", &impact)?, weight(m, "A", &impact)?);
    let exploitability = 8.22
        * weight(m, "AV", &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?
        * weight(m, "AC", &[("L", 0.77), ("H", 0.44)])?
        * weight(m, "PR", &[("N", 0.85), ("L", low), ("H", high)])?
        * weight(m, "UI", &[("N", 0.85), ("R", 0.62)])?;
    let sub = 1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a);
    let impact =
        if changed { 7.52 * (sub - 0.029) - 3.25 * (sub - 0.02).powi(15) } else { 6.42 * sub };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let factor = if changed { 1.08 } else { 1.0 };
    Some(round_up((factor * (impact + exploitability)).min(10.0)))
}

/// CVSS 3.1, appendix A: up to one decimal, without the noise of binary fractions.
fn round_up(score: f64) -> f64 {
    let whole = (score * 100_000.0).round();
    if whole % 10_000.0 == 0.0 {
        whole / 100_000.0
    } else {
        ((whole / 10_000.0).floor() + 1.0) / 10.0
    }
}

fn base_two(m: &BTreeMap<&str, &str>) -> Option<f64> {
    let impact = [("C", 0.660), ("P", 0.275), ("N", 0.0)];
    let (c, i, a) = (weight(m, "C", &impact)?, weight(m, "I", &impact)?, weight(m, "A", &impact)?);
    let exploitability = 20.0
        * weight(m, "AV", &[("L", 0.395), ("A", 0.646), ("N", 1.0)])?
        * weight(m, "AC", &[("H", 0.35), ("M", 0.61), ("L", 0.71)])?
        * weight(m, "Au", &[("M", 0.45), ("S", 0.56), ("N", 0.704)])?;
    let impact = 10.41 * (1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a));
    let factor = if impact == 0.0 { 0.0 } else { 1.176 };
    Some(((0.6 * impact + 0.4 * exploitability - 1.5) * factor * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_the_standard() {
        for (text, score) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C", 7.8),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ] {
            assert_eq!(base_three(&vector(text)), Some(score), "{text}");
        }
        assert_eq!(base_two(&vector("AV:N/AC:L/Au:N/C:C/I:C/A:C")), Some(10.0));
    }
}
