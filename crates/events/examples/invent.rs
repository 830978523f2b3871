//! Writes logs of invented events for measuring: `invent FORMAT MEBIBYTES FILE`,
//! FORMAT one of `syslog`, `fortigate`, `eve`, `evtx`.

#[expect(clippy::unwrap_used, reason = "written for tests, which stop at what they did not expect")]
#[path = "../tests/common/evtx.rs"]
mod evtx;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
};

use evtx::{Invented, Value};

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [format, mebibytes, file] = words.as_slice() else {
        return Err(io::Error::other("invent FORMAT MEBIBYTES FILE"));
    };
    let size = mebibytes.parse::<usize>().map_err(io::Error::other)? << 20;
    let mut out = BufWriter::new(File::create(file)?);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut written = 0;
    let mut next = 1;
    if format == "evtx" {
        out.write_all(&evtx::file(&[])[..4096])?;
    }
    while written < size {
        let piece = match format.as_str() {
            "syslog" => syslog(&mut dice).into_bytes(),
            "fortigate" => fortigate(&mut dice).into_bytes(),
            "eve" => eve(&mut dice).into_bytes(),
            "evtx" => chunk(&mut next, &mut dice),
            _ => return Err(io::Error::other("no such format")),
        };
        out.write_all(&piece)?;
        written += piece.len();
    }
    out.flush()
}

/// The same numbers each time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn ip(&mut self) -> String {
        format!("198.51.100.{}", self.below(254) + 1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap_or_default()]
    }

    fn clock(&mut self) -> String {
        format!("{:02}:{:02}:{:02}", self.below(24), self.below(60), self.below(60))
    }
}

const USERS: &[&str] = &["root", "admin", "an.nguyen", "binh.tran", "backup"];

fn syslog(dice: &mut Dice) -> String {
    let (clock, pid, ip, port) = (dice.clock(), dice.below(60000), dice.ip(), dice.below(60000));
    let user = dice.one(USERS);
    match dice.below(4) {
        0 => format!(
            "<38>Jan 31 {clock} gw01 sshd[{pid}]: Failed password for {user} from {ip} port {port} ssh2\n"
        ),
        1 => format!(
            "<86>Jan 31 {clock} gw01 sudo: {user} : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt update\n"
        ),
        2 => format!(
            "<30>Jan 31 {clock} gw01 systemd[1]: Started Daily apt download activities, run {pid}.\n"
        ),
        _ => format!(
            "<78>Jan 31 {clock} db01 CRON[{pid}]: ({user}) CMD (test -x /usr/sbin/anacron || run-parts /etc/cron.daily)\n"
        ),
    }
}

fn fortigate(dice: &mut Dice) -> String {
    let (clock, source, target) = (dice.clock(), dice.ip(), dice.ip());
    let (port, session, sent, received) =
        (dice.below(60000), dice.below(1 << 30), dice.below(99999), dice.below(999_999));
    let action = dice.one(&["accept", "deny", "close", "timeout"]);
    format!(
        "date=2026-01-31 time={clock} devname=\"FGT-TEST\" devid=\"FGT0000000000001\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" eventtime=1769848200000000000 srcip={source} srcport={port} srcintf=\"port1\" srcintfrole=\"lan\" dstip={target} dstport=443 dstintf=\"wan1\" dstintfrole=\"wan\" poluuid=\"00000000-0000-51e5-0000-000000000001\" sessionid={session} proto=6 action=\"{action}\" policyid=12 policytype=\"policy\" service=\"HTTPS\" dstcountry=\"Reserved\" srccountry=\"Reserved\" trandisp=\"snat\" duration=61 sentbyte={sent} rcvdbyte={received} sentpkt=12 rcvdpkt=15 appcat=\"unscanned\"\n"
    )
}

fn eve(dice: &mut Dice) -> String {
    let (clock, source, target) = (dice.clock(), dice.ip(), dice.ip());
    let (flow, port, bytes) = (dice.below(1 << 50), dice.below(60000), dice.below(999_999));
    format!(
        "{{\"timestamp\":\"2026-01-31T{clock}.123456+0000\",\"flow_id\":{flow},\"in_iface\":\"eth0\",\"event_type\":\"alert\",\"src_ip\":\"{source}\",\"src_port\":{port},\"dest_ip\":\"{target}\",\"dest_port\":80,\"proto\":\"TCP\",\"tx_id\":0,\"alert\":{{\"action\":\"allowed\",\"gid\":1,\"signature_id\":1000001,\"rev\":3,\"signature\":\"TEST invented beacon to invented host\",\"category\":\"A Network Trojan was detected\",\"severity\":1,\"metadata\":{{\"created_at\":[\"2025_01_01\"],\"updated_at\":[\"2025_06_01\"]}}}},\"http\":{{\"hostname\":\"www.invented.example\",\"url\":\"\\/download\\/update.bin?id={port}\",\"http_user_agent\":\"Mozilla\\/5.0 (Windows NT 10.0; Win64; x64)\",\"http_content_type\":\"application\\/octet-stream\",\"http_method\":\"GET\",\"protocol\":\"HTTP\\/1.1\",\"status\":200,\"length\":{bytes}}},\"app_proto\":\"http\",\"flow\":{{\"pkts_toserver\":6,\"pkts_toclient\":8,\"bytes_toserver\":612,\"bytes_toclient\":{bytes},\"start\":\"2026-01-31T{clock}.000001+0000\"}}}}\n"
    )
}

/// One full chunk of process creations and logons.
fn chunk(next: &mut u64, dice: &mut Dice) -> Vec<u8> {
    let mut chunk = evtx::Chunk::new();
    loop {
        let id = *next;
        let time = 134_142_999_000_000_000 + id * 10_000_000;
        let fits = if dice.below(3) > 0 {
            created(&mut chunk, id, time, dice)
        } else {
            logon(&mut chunk, id, time, dice)
        };
        if !fits {
            return chunk.finish();
        }
        *next += 1;
    }
}

fn created(chunk: &mut evtx::Chunk, id: u64, time: u64, dice: &mut Dice) -> bool {
    let image = dice.one(&[
        r"C:\Windows\System32\cmd.exe",
        r"C:\Windows\System32\svchost.exe",
        r"C:\Windows\explorer.exe",
    ]);
    let command =
        format!("{image} /c invented task {} --quiet --profile default", dice.below(100_000));
    let guid = [u8::try_from(dice.below(256)).unwrap_or_default(); 16];
    let data = vec![
        ("RuleName", Value::Text("-")),
        ("UtcTime", Value::Text("2026-01-31 08:30:00.123")),
        ("ProcessGuid", Value::Guid(guid)),
        ("ProcessId", Value::UInt32(u32::try_from(dice.below(9999)).unwrap_or_default())),
        ("Image", Value::Text(image)),
        ("FileVersion", Value::Text("10.0.19041.1 (WinBuild.160101.0800)")),
        ("Description", Value::Text("Invented program for measurements")),
        ("Product", Value::Text("Invented operating system")),
        ("Company", Value::Text("Invented Corporation")),
        ("OriginalFileName", Value::Text("Invented.Exe")),
        ("CommandLine", Value::Text(&command)),
        ("CurrentDirectory", Value::Text(r"C:\Windows\system32\")),
        ("User", Value::Text(r"TEST\an.nguyen")),
        ("LogonGuid", Value::Guid(guid)),
        ("LogonId", Value::Hex64(dice.below(1 << 40))),
        ("TerminalSessionId", Value::UInt32(1)),
        ("IntegrityLevel", Value::Text("Medium")),
        (
            "Hashes",
            Value::Text(
                "SHA1=0000000000000000000000000000000000000000,MD5=00000000000000000000000000000000,SHA256=0000000000000000000000000000000000000000000000000000000000000000,IMPHASH=00000000000000000000000000000000",
            ),
        ),
        ("ParentProcessGuid", Value::Guid(guid)),
        ("ParentProcessId", Value::UInt32(4)),
        ("ParentImage", Value::Text(r"C:\Windows\explorer.exe")),
        ("ParentCommandLine", Value::Text(r"C:\Windows\Explorer.EXE")),
        ("ParentUser", Value::Text(r"TEST\an.nguyen")),
    ];
    chunk.add(&Invented {
        id,
        event_id: 1,
        time,
        provider: "Microsoft-Windows-Sysmon",
        channel: "Microsoft-Windows-Sysmon/Operational",
        computer: "pc-01.test.example",
        data,
    })
}

fn logon(chunk: &mut evtx::Chunk, id: u64, time: u64, dice: &mut Dice) -> bool {
    const SYSTEM: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
    let (ip, user) = (dice.ip(), dice.one(USERS));
    let data = vec![
        ("SubjectUserSid", Value::Sid(SYSTEM)),
        ("SubjectUserName", Value::Text("PC-01$")),
        ("SubjectDomainName", Value::Text("TEST")),
        ("SubjectLogonId", Value::Hex64(0x3e7)),
        ("TargetUserSid", Value::Sid(SYSTEM)),
        ("TargetUserName", Value::Text(user)),
        ("TargetDomainName", Value::Text("TEST")),
        ("TargetLogonId", Value::Hex64(dice.below(1 << 40))),
        ("LogonType", Value::UInt32(3)),
        ("LogonProcessName", Value::Text("NtLmSsp ")),
        ("AuthenticationPackageName", Value::Text("NTLM")),
        ("WorkstationName", Value::Text("PC-02")),
        ("ProcessId", Value::Hex64(0)),
        ("ProcessName", Value::Text("-")),
        ("IpAddress", Value::Text(&ip)),
        ("IpPort", Value::Text("50123")),
    ];
    chunk.add(&Invented {
        id,
        event_id: 4624,
        time,
        provider: "Microsoft-Windows-Security-Auditing",
        channel: "Security",
        computer: "pc-01.test.example",
        data,
    })
}
