//! What rule engines get wrong: each row is a rule's log source and search, a
//! record, and whether the rule must fire on it.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use detect::{
    compile::Matcher,
    interpret,
    sigma::{Placeholders, RuleSet},
    taxonomy::Taxonomy,
};
use events::{Options, Reader};
use serde_json::{Value, json};

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";
const DEFENDER: &str = "Microsoft-Windows-Windows Defender/Operational";

/// Whether the rule fires; the interpreter must say the same.
fn fires(source: &str, search: &str, record: &Value) -> bool {
    let rule = format!(
        "title: t\nlogsource: {{{source}}}\ndetection:\n  s:\n    {search}\n  condition: s\n"
    );
    let mut set = RuleSet::default();
    set.add_text("t.yml", &rule, &Placeholders::new());
    assert!(set.found.is_empty(), "{:?}\n{rule}", set.found);
    let matcher = Matcher::new(set, Taxonomy::builtin().unwrap(), []);
    let options = Options::new("2026-11-22T00:00:00Z".parse().unwrap());
    let text = record.to_string();
    let names = matcher.names().clone();
    let mut reader = Reader::open("t.json", text.as_bytes(), names, &options).unwrap();
    let event = reader.next().unwrap();
    let mut fired = Vec::new();
    matcher.scanner().scan(event, &mut fired);
    let rule = &matcher.rules().rules[0];
    assert_eq!(
        !fired.is_empty(),
        interpret::fires(matcher.taxonomy(), rule, &[], event),
        "{search}"
    );
    !fired.is_empty()
}

fn of(channel: &str, id: u32, mut fields: Value) -> Value {
    fields["Channel"] = channel.into();
    fields["EventID"] = id.into();
    fields["TimeCreated"] = "2026-03-02T08:30:00Z".into();
    fields
}

fn check(rows: Vec<(&str, &str, Value, bool)>) {
    for (source, search, record, expected) in rows {
        assert_eq!(fires(source, search, &record), expected, "{source}\n{search}\n{record}");
    }
}

#[test]
fn modifiers() {
    let creation = "product: windows, category: process_creation";
    let with = |line: &str| of(SYSMON, 1, json!({ "CommandLine": line }));
    check(vec![
        (creation, "CommandLine|contains|windash: ' -enc '", with("x \u{2013}enc y"), true),
        (creation, "CommandLine|contains|windash: ' -enc '", with("x /ENC y"), true),
        (creation, "CommandLine|contains|windash: ' -enc '", with("x enc y"), false),
        (creation, "CommandLine|contains|windash|all: [' /c ', ' -k ']", with("x -c /k y"), true),
        (creation, "CommandLine|contains|windash: 'a-b'", with("a/b"), false),
        (creation, "CommandLine|contains|cased: 'IeX'", with("IeX"), true),
        (creation, "CommandLine|contains|cased: 'IeX'", with("iex"), false),
        (creation, "CommandLine|re: 'IEX.+'", with("iex x"), false),
        (creation, "CommandLine|re|i: 'IEX.+'", with("iex x"), true),
        (creation, "CommandLine|re: '^b$'", with("a\nb"), false),
        (creation, "CommandLine|re|m: '^b$'", with("a\nb"), true),
        (creation, "CommandLine|re: 'a.b'", with("a\nb"), false),
        (creation, "CommandLine|re|s: 'a.b'", with("a\nb"), true),
        (creation, r"CommandLine|endswith: '\\*'", with(r"x\anything"), true),
        (creation, r"CommandLine|contains: 'a\*b'", with("xa*by"), true),
        (creation, r"CommandLine|contains: 'a\*b'", with("xa--by"), false),
        (creation, "CommandLine|contains: 'a?b'", with("xa-by"), true),
        (creation, "CommandLine|contains: 'a?b'", with("xaby"), false),
        (
            creation,
            "CommandLine|utf16le|base64offset|contains: 'whoami'",
            with("dwBoAG8AYQBtAGkA"),
            true,
        ),
        (creation, "CommandLine|contains: 'ĐĂNG'", with("đăng nhập"), true),
        (creation, "CommandLine|fieldref|contains: User", with("x"), false),
        (creation, "CommandLine: null", of(SYSMON, 1, json!({ "CommandLine": "" })), true),
        (creation, "CommandLine: null", of(SYSMON, 1, json!({})), true),
        (creation, "CommandLine|exists: true", of(SYSMON, 1, json!({ "CommandLine": null })), true),
        (creation, "CommandLine: ''", of(SYSMON, 1, json!({})), false),
    ]);
}

#[test]
fn records_belong_to_their_log_sources_and_to_no_other() {
    let registry = json!({ "EventType": "SetValue", "TargetObject": r"HKLM\x", "Image": "a.exe" });
    let any_id = "EventID: 13";
    let source = |text: &'static str| text;
    check(vec![
        // A Sysmon record is of several categories at once.
        (
            source("product: windows, category: registry_set"),
            any_id,
            of(SYSMON, 13, registry.clone()),
            true,
        ),
        (
            source("product: windows, category: registry_event"),
            any_id,
            of(SYSMON, 13, registry.clone()),
            true,
        ),
        (
            source("product: windows, service: sysmon"),
            any_id,
            of(SYSMON, 13, registry.clone()),
            true,
        ),
        (
            source("product: windows, category: registry_add"),
            any_id,
            of(SYSMON, 13, registry.clone()),
            false,
        ),
        (
            source("product: windows, category: process_creation"),
            any_id,
            of(SYSMON, 13, registry.clone()),
            false,
        ),
        // The same number means other things in other channels.
        (
            source("product: windows, service: system"),
            "EventID: 13",
            of(SYSMON, 13, registry.clone()),
            false,
        ),
        (
            source("product: windows, category: registry_set"),
            any_id,
            of("System", 13, registry),
            false,
        ),
        (
            source("product: windows, service: security"),
            "EventID: 1102",
            of("System", 1102, json!({})),
            false,
        ),
        (
            source("product: windows, service: security"),
            "EventID: 1102",
            of("SECURITY", 1102, json!({})),
            true,
        ),
        (
            source("product: windows, service: powershell"),
            "EventID: 400",
            of("Windows PowerShell", 400, json!({})),
            false,
        ),
        (
            source("product: windows, category: ps_classic_start"),
            "EventID: 400",
            of("Windows PowerShell", 400, json!({})),
            true,
        ),
        (
            source("product: linux, category: process_creation"),
            "EventID: 1",
            of(SYSMON, 1, json!({})),
            false,
        ),
        (
            source("product: linux, category: process_creation"),
            "EventID: 1",
            of("Linux-Sysmon/Operational", 1, json!({})),
            true,
        ),
        (
            source("product: windows, category: file_delete"),
            "EventID: 26",
            of(SYSMON, 26, json!({})),
            true,
        ),
        (
            source("product: windows, category: pipe_created"),
            "EventID: 18",
            of(SYSMON, 18, json!({})),
            true,
        ),
    ]);
}

#[test]
fn words_of_sysmon_are_found_in_records_of_the_security_log() {
    let creation = "product: windows, category: process_creation";
    let made = json!({
        "NewProcessName": r"C:\Windows\System32\whoami.exe",
        "ParentProcessName": r"C:\Windows\System32\cmd.exe",
        "CommandLine": "whoami /all", "SubjectUserName": "lan", "SubjectDomainName": "XA-MAU",
        "SubjectLogonId": "0x3e7", "NewProcessId": "0x10", "ProcessId": "0x8",
        "MandatoryLabel": "S-1-16-12288",
    });
    let set = json!({
        "ObjectName": r"\REGISTRY\MACHINE\SOFTWARE\Sample", "ObjectValueName": "Run",
        "OperationType": "%%1905", "NewValue": "a.exe", "ProcessName": r"C:\x.exe",
    });
    let mut gone = set.clone();
    gone["OperationType"] = "%%1906".into();
    let registry = "product: windows, category: registry_set";
    let deleted = "product: windows, category: registry_delete";
    check(vec![
        (creation, r"Image|endswith: '\whoami.exe'", of("Security", 4688, made.clone()), true),
        (creation, r"ParentImage|endswith: '\cmd.exe'", of("Security", 4688, made.clone()), true),
        (creation, r"User: 'xa-mau\lan'", of("Security", 4688, made.clone()), true),
        (creation, "IntegrityLevel: High", of("Security", 4688, made.clone()), true),
        (creation, "LogonId: '0x3e7'", of("Security", 4688, made.clone()), true),
        (creation, "ProcessId: '0x10'", of("Security", 4688, made.clone()), true),
        (creation, r"Image|endswith: '\whoami.exe'", of("Security", 4689, made), false),
        (
            registry,
            r"TargetObject: 'HKLM\Software\Sample\Run'",
            of("Security", 4657, set.clone()),
            true,
        ),
        (registry, "Details: a.exe", of("Security", 4657, set.clone()), true),
        (registry, "EventType: SetValue", of("Security", 4657, set.clone()), true),
        (registry, "Details: a.exe", of("Security", 4657, gone.clone()), false),
        (deleted, "EventType: DeleteValue", of("Security", 4657, gone), true),
        (deleted, "EventType: DeleteValue", of("Security", 4657, set), false),
    ]);
}

#[test]
fn defenders_names_have_spaces() {
    let found = json!({
        "Threat Name": "Trojan:Win32/Sample", "Source Name": "AMSI", "Process Name": "x.exe",
        "Severity ID": "5", "Path": "file:_C:\\x.exe", "Action Name": "Quarantine",
    });
    let changed = json!({ "New Value": "HKLM\\x = 0x1", "Old Value": "y" });
    let defender = "product: windows, service: windefend";
    check(vec![
        (defender, "ThreatName|contains: Trojan", of(DEFENDER, 1116, found.clone()), true),
        (defender, "Threat Name|contains: Trojan", of(DEFENDER, 1116, found.clone()), true),
        (defender, "SourceName: AMSI", of(DEFENDER, 1116, found.clone()), true),
        (defender, "Source_Name: AMSI", of(DEFENDER, 1116, found.clone()), true),
        (defender, "NewValue|contains: '= 0x1'", of(DEFENDER, 5007, changed), true),
        (
            "category: antivirus",
            "Signature|startswith: Trojan",
            of(DEFENDER, 1116, found.clone()),
            true,
        ),
        ("category: antivirus", "Signature|startswith: Trojan", of(DEFENDER, 1000, found), false),
    ]);
}
