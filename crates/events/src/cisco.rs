//! Cisco's `%FACILITY-severity-MNEMONIC: text` (*ASA Syslog Messages*, *FTD
//! Syslog Messages*, *IOS System Message Logging*).
//!
//! Fields: `facility`, `severity`, `mnemonic`, `message`; what the text of the
//! messages that matter says, under names of ours (`src_ip`, `dst_port`,
//! `user`, …); and for FTD's 430001–430005 its own names (`SrcIP`, …).

use memchr::memmem;

use crate::{format::Format, pattern, sink::Sink};

/// Whether a line holds such a message.
pub(crate) fn is_message(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(200)];
    memmem::find_iter(head, b"%").take(4).any(|at| parts(&text[at..]).is_some())
}

/// Facility, severity, mnemonic, text.
fn parts(text: &str) -> Option<(&str, &str, &str, &str)> {
    // Some relay takes the colon for its own.
    let (code, message) = text.strip_prefix('%')?.split_once([':', ' '])?;
    let (facility, rest) = code.split_once('-')?;
    let (severity, mnemonic) = rest.rsplit_once('-').map(|(middle, mnemonic)| {
        // `%SW_MATM-SP-4-MACFLAP_NOTIF` has a part more.
        (middle.rsplit('-').next().unwrap_or(middle), mnemonic)
    })?;
    let plain = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    let level = severity.len() == 1 && severity.as_bytes()[0].is_ascii_digit();
    (level && plain(facility) && plain(mnemonic)).then_some((
        facility,
        severity,
        mnemonic,
        message.trim(),
    ))
}

/// Decodes a message; what stands before the percent sign is passed over.
pub(crate) fn decode(text: &str, sink: &mut Sink<'_>) -> bool {
    let found = memmem::find_iter(text.as_bytes(), b"%").take(4).find_map(|at| parts(&text[at..]));
    let Some((facility, severity, mnemonic, message)) = found else {
        return bare_text(text, sink);
    };
    sink.format(Format::Cisco);
    let firewall = matches!(facility, "ASA" | "FTD" | "PIX" | "FWSM" | "NGIPS");
    sink.event.source.service = if firewall { "asa" } else { "ios" };
    sink.event.source.category = if firewall { "firewall" } else { "" };
    sink.add("facility", facility);
    sink.add_number("severity", severity);
    sink.add("mnemonic", mnemonic);
    sink.message(message);
    sink.add("message", message);
    sink.event.event_id = mnemonic.parse().ok();
    if mnemonic.starts_with("43000") {
        add_labels(message, sink);
    } else {
        add_text(message, sink);
    }
    true
}

/// What one of the texts that matter says. Whether it is one.
fn add_text(text: &str, sink: &mut Sink<'_>) -> bool {
    let found = pattern::add_first(TEXTS.iter().map(|(text, _)| text), text, sink);
    let Some(row) = found else { return false };
    sink.add("action", TEXTS[row].1);
    if text.starts_with("Built outbound") {
        sink.add("direction", "outbound");
    }
    if TEXTS[row].1.starts_with("session")
        && sink.slot("reason").is_none()
        && let Some((_, what)) = text.split_once("IP <").and_then(|(_, rest)| rest.split_once("> "))
    {
        sink.add("reason", what);
    }
    true
}

/// A message that lost its code on the way.
fn bare_text(text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::Cisco);
    add_text(text.trim(), sink)
}

/// `SrcIP: 192.0.2.1, DstIP: …`.
fn add_labels(text: &str, sink: &mut Sink<'_>) {
    for part in text.split(", ") {
        if let Some((name, value)) = part.split_once(": ") {
            sink.add(name.trim(), value.trim());
        }
    }
}

/// Text of a message, and what it says was done.
const TEXTS: &[(&str, &str)] = &[
    // Access lists
    (
        "{direction} {protocol} connection denied from {src_ip}/{src_port} to {dst_ip}/{dst_port} flags {flags} on interface {src_interface}",
        "deny",
    ),
    (
        "Deny inbound {protocol} from {src_ip}/{src_port} to {dst_ip}/{dst_port} on interface {src_interface}",
        "deny",
    ),
    ("Deny IP from {src_ip} to {dst_ip}, {reason}", "deny"),
    ("Deny IP spoof from ({src_ip}) to {dst_ip} on interface {src_interface}", "deny"),
    (
        "Deny {protocol} ({reason}) from {src_ip}/{src_port} to {dst_ip}/{dst_port} flags {flags} on interface {src_interface}",
        "deny",
    ),
    (
        "Deny {protocol} reverse path check from {src_ip} to {dst_ip} on interface {src_interface}",
        "deny",
    ),
    (
        "Deny {protocol} src {src_interface}:{src_ip}/{src_port} dst {dst_interface}:{dst_ip}/{dst_port} by access-group \"{rule}\" [{}]",
        "deny",
    ),
    (
        "Deny {protocol} src {src_interface}:{src_ip}/{src_port} dst {dst_interface}:{dst_ip}/{dst_port} by access-group \"{rule}\"",
        "deny",
    ),
    (
        "Deny {protocol} src {src_interface}:{src_ip} dst {dst_interface}:{dst_ip} (type {icmp_type}, code {icmp_code}) by access-group \"{rule}\" [{}]",
        "deny",
    ),
    (
        "Denied {protocol} type={icmp_type}, code={icmp_code} from {src_ip} on interface {src_interface}",
        "deny",
    ),
    (
        "access-list {rule} {verdict} {protocol} {src_interface}/{src_ip}({src_port}) -> {dst_interface}/{dst_ip}({dst_port}) hit-cnt {hits} {}",
        "access-list",
    ),
    (
        "list {rule} {verdict} {protocol} {src_ip}({src_port}) {}-> {dst_ip}({dst_port}), {hits} packet{}",
        "access-list",
    ),
    (
        "list {rule} {verdict} {protocol} {src_ip}({src_port}) -> {dst_ip}({dst_port}), {hits} packet",
        "access-list",
    ),
    ("list {rule} {verdict} {protocol} {src_ip} -> {dst_ip} {}", "access-list"),
    (
        "{protocol} access denied by ACL from {src_ip}/{src_port} to {dst_interface}:{dst_ip}/{dst_port}",
        "deny",
    ),
    (
        "Dropping {protocol} {reason} from {src_interface}:{src_ip}/{src_port} to {dst_interface}:{dst_ip}/{dst_port}",
        "deny",
    ),
    (
        "Routing failed to locate next hop for {protocol} from {src_interface}:{src_ip}/{src_port} to {dst_interface}:{dst_ip}/{dst_port}",
        "routing failed",
    ),
    // Connections
    (
        "Built outbound {protocol} connection for faddr {dst_ip}/{dst_port} gaddr {nat_ip}/{} laddr {src_ip}/{src_port} type {icmp_type} code {icmp_code}",
        "built",
    ),
    (
        "Built outbound {protocol} connection for faddr {dst_ip}/{dst_port} gaddr {nat_ip}/{} laddr {src_ip}/{src_port}",
        "built",
    ),
    // The one who connects stands last when the connection goes out.
    (
        "Built outbound {protocol} connection {connection} for {dst_interface}:{dst_ip}/{dst_port} ({dst_nat_ip}/{dst_nat_port}) to {src_interface}:{src_ip}/{src_port} ({src_nat_ip}/{src_nat_port})",
        "built",
    ),
    (
        "Built outbound {protocol} connection {connection} for {dst_interface}:{dst_ip}/{dst_port} ({dst_nat_ip}/{dst_nat_port}) to {src_interface}:{src_ip}/{src_port} ({src_nat_ip}/{src_nat_port}) ({user})",
        "built",
    ),
    (
        "Built {direction} {protocol} connection {connection} for {src_interface}:{src_ip}/{src_port} ({src_nat_ip}/{src_nat_port}) to {dst_interface}:{dst_ip}/{dst_port} ({dst_nat_ip}/{dst_nat_port})",
        "built",
    ),
    (
        "Built {direction} {protocol} connection {connection} for {src_interface}:{src_ip}/{src_port} ({src_nat_ip}/{src_nat_port}) to {dst_interface}:{dst_ip}/{dst_port} ({dst_nat_ip}/{dst_nat_port}) ({user})",
        "built",
    ),
    (
        "Teardown {protocol} connection {connection} for {src_interface}:{src_ip}/{src_port} to {dst_interface}:{dst_ip}/{dst_port} duration {duration} bytes {bytes} {reason}",
        "teardown",
    ),
    (
        "Teardown {protocol} connection {connection} for {src_interface}:{src_ip}/{src_port} to {dst_interface}:{dst_ip}/{dst_port} duration {duration} bytes {bytes}",
        "teardown",
    ),
    (
        "Built {direction} {protocol} connection for faddr {src_ip}/{src_port}({user}) gaddr {nat_ip}/{} laddr {dst_ip}/{dst_port} {} type {icmp_type} code {icmp_code}",
        "built",
    ),
    (
        "Built {direction} {protocol} connection for faddr {src_ip}/{src_port} gaddr {nat_ip}/{} laddr {dst_ip}/{dst_port} type {icmp_type} code {icmp_code}",
        "built",
    ),
    (
        "Built {direction} {protocol} connection for faddr {src_ip}/{src_port} gaddr {nat_ip}/{} laddr {dst_ip}/{dst_port}",
        "built",
    ),
    (
        "Teardown {protocol} connection for faddr {src_ip}/{src_port} gaddr {nat_ip}/{} laddr {dst_ip}/{dst_port} type {icmp_type} code {icmp_code}",
        "teardown",
    ),
    (
        "Teardown {protocol} connection for faddr {src_ip}/{src_port} gaddr {nat_ip}/{} laddr {dst_ip}/{dst_port}",
        "teardown",
    ),
    (
        "Built {} {protocol} translation from {src_interface}:{src_ip}/{src_port} to {dst_interface}:{src_nat_ip}/{src_nat_port}",
        "translation built",
    ),
    (
        "Teardown {} {protocol} translation from {src_interface}:{src_ip}/{src_port} to {dst_interface}:{src_nat_ip}/{src_nat_port} duration {duration}",
        "translation teardown",
    ),
    ("Built local-host {src_interface}:{src_ip}", "local-host built"),
    ("Teardown local-host {src_interface}:{src_ip} duration {duration}", "local-host teardown"),
    // Threats
    ("[{}] drop rate-{rule} exceeded. {reason}", "rate exceeded"),
    ("Threat-detection adds host {src_ip} to shun list", "shunned"),
    ("Shunned packet: {src_ip} ==> {dst_ip} on interface {src_interface}", "deny"),
    // Logins
    ("User '{user}' executed the '{command}' command.", "command"),
    ("User '{user}', running '{process}' from IP {src_ip}, executed '{command}'", "command"),
    ("User '{user}', running '{process}', executed '{command}'", "command"),
    ("Begin configuration: {src_ip} reading from {reason}", "configuration begins"),
    ("{src_ip} end configuration: {reason}", "configuration ends"),
    ("AAA user {kind} Successful : local database : user = {user}", "accepted"),
    ("AAA user {kind} Successful : server = {server_ip} : user = {user}", "accepted"),
    (
        "AAA user {kind} Rejected : reason = {reason} : server = {server_ip} : user = {user} : user IP = {src_ip}",
        "rejected",
    ),
    (
        "AAA user {kind} Rejected : reason = {reason} : server = {server_ip} : user = {user}",
        "rejected",
    ),
    (
        "AAA user {kind} Rejected : reason = {reason} : local database : user = {user} : user IP = {src_ip}",
        "rejected",
    ),
    ("AAA user {kind} Rejected : reason = {reason} : local database : user = {user}", "rejected"),
    (
        "Login permitted from {src_ip}/{src_port} to {dst_interface}:{dst_ip}/{service} for user \"{user}\"",
        "accepted",
    ),
    (
        "Login denied from {src_ip}/{src_port} to {dst_interface}:{dst_ip}/{service} for user \"{user}\"",
        "rejected",
    ),
    (
        "Login failed from {src_ip}/{src_port} to {dst_interface}:{dst_ip}/{service} for user \"{user}\"",
        "rejected",
    ),
    ("User logged out: Uname: {user}", "logged out"),
    ("User authentication succeeded: IP address: {src_ip}, Uname: {user}", "accepted"),
    ("User authentication failed: IP address: {src_ip}, Uname: {user}", "rejected"),
    ("User authentication failed: Uname: {user}", "rejected"),
    ("Login Success [user: {user}] [Source: {src_ip}] [localport: {dst_port}] at {}", "accepted"),
    (
        "Login failed [user: {user}] [Source: {src_ip}] [localport: {dst_port}] [Reason: {reason}] at {}",
        "rejected",
    ),
    ("Configured from console by {user} on {tty} ({src_ip})", "configured"),
    ("Configured from console by {user}", "configured"),
    ("User {user} has logged on console from {src_ip}", "accepted"),
    ("Interface {interface}, changed state to {state}", "interface"),
    ("Line protocol on Interface {interface}, changed state to {state}", "interface"),
    // VPN
    (
        "Group <{group}> User <{user}> IP <{src_ip}> IPv4 Address <{tunnel_ip}> IPv6 address <{tunnel_ip6}> assigned to session",
        "assigned",
    ),
    (
        "Group <{group}> User <{user}> IP <{src_ip}> IPv4 Address <> IPv6 address <{tunnel_ip6}> assigned to session",
        "assigned",
    ),
    ("Group <{group}> User <{user}> IP <{src_ip}> SVC closing connection: {reason}.", "session"),
    ("Task ran for {duration} msec, Process = {process}, PC = {}", "task"),
    (
        "Group <{group}> User <{user}> IP <{src_ip}> AnyConnect session lost connection. {}",
        "session lost",
    ),
    (
        "Group <{group}> User <{user}> IP <{src_ip}> AnyConnect session resumed connection from IP <{}>.",
        "session resumed",
    ),
    (
        "Group <{group}> User <{user}> IP <{src_ip}> AnyConnect parent session started.",
        "session started",
    ),
    ("Group <{group}> User <{user}> IP <{src_ip}> Authentication: {reason}", "authentication"),
    ("Group <{group}> User <{user}> IP <{src_ip}> {detail}", "session"),
    ("TunnelGroup <{}> GroupPolicy <{group}> User <{user}> IP <{src_ip}> {detail}", "session"),
    (
        "Group = {group}, Username = {user}, IP = {src_ip}, Session disconnected. Session Type: {session}, Duration: {duration}, Bytes xmt: {bytes_out}, Bytes rcv: {bytes_in}, Reason: {reason}",
        "session ended",
    ),
    ("Group = {group}, Username = {user}, IP = {src_ip}, {detail}", "session"),
    ("Group = {group}, IP = {src_ip}, {detail}", "session"),
    (
        "(WebVPN-Primary) WebVPN session for client user {user}, IP {src_ip} has been created.",
        "session started",
    ),
    ("UAUTH: Session={session}, User={user}, Assigned IP={assigned_ip}, {detail}", "session"),
    ("IPAA: Freeing local pool address {assigned_ip}", "released"),
    (
        "Local:{dst_ip}:{dst_port} Remote:{src_ip}:{src_port} Username:{user} {detail}. Reason: {reason}",
        "ikev2",
    ),
    (
        "Local:{dst_ip}:{dst_port} Remote:{src_ip}:{src_port} Username:{user} {detail} due to ERROR: {reason}",
        "ikev2",
    ),
    ("Local:{dst_ip}:{dst_port} Remote:{src_ip}:{src_port} Username:{user} {detail}", "ikev2"),
    (
        "SSL session with client {src_interface}:{src_ip}/{src_port} terminated.",
        "ssl session terminated",
    ),
    (
        "Device failed SSL handshake with client {src_interface}:{src_ip}/{src_port}",
        "ssl handshake failed",
    ),
    (
        "Device completed SSL handshake with client {src_interface}:{src_ip}/{src_port} to {dst_ip}/{dst_port} for {}",
        "ssl handshake",
    ),
    (
        "Starting SSL handshake with client {src_interface}:{src_ip}/{src_port} to {dst_ip}/{dst_port} for {}",
        "ssl handshake",
    ),
];
