//! Who logged in, or tried to: `sshd` (formats from OpenSSH's own source),
//! PAM modules, `sudo`, `su`, `login`, `useradd` and kin, `systemd-logind`.
//!
//! Fields: `action` (a word of ours for what happened), `user`, `src_ip`,
//! `src_port`, `method`, `reason`; for `sudo` its own `TTY`, `PWD`, `USER`,
//! `COMMAND`; for PAM `pam_module`, `pam_service`, `pam_type`.

use crate::{format::Format, kv, pattern, sink::Sink};

/// Whether a program writes such messages.
pub(crate) fn is_program(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(
        name,
        "sshd"
            | "sshd-session"
            | "sudo"
            | "su"
            | "login"
            | "gdm-password"
            | "lightdm"
            | "useradd"
            | "usermod"
            | "userdel"
            | "groupadd"
            | "groupdel"
            | "groupmod"
            | "passwd"
            | "chpasswd"
            | "systemd-logind"
            | "polkitd"
            | "pkexec"
            | "doas"
            | "vsftpd"
            | "dropbear"
            | "chage"
    ) || name.starts_with("sshd(")
        || name.starts_with("su(")
        || name.starts_with("login(")
        || name.contains("(pam_unix)")
}

/// Pattern, and what happened. Words at the end are cut off before: `ssh2`,
/// `[preauth]`.
const SSHD: &[(&str, &str)] = &[
    ("Accepted {method} for {user} from {src_ip} port {src_port} ssh2: {fingerprint}", "accepted"),
    ("Accepted {method} for {user} from {src_ip} port {src_port}", "accepted"),
    (
        "Failed {method} for invalid user {user} from {src_ip} port {src_port} ssh2: {fingerprint}",
        "failed",
    ),
    ("Failed {method} for invalid user {user} from {src_ip} port {src_port}", "failed"),
    ("Failed {method} for illegal user {user} from {src_ip} port {src_port}", "failed"),
    ("Failed {method} for {user} from {src_ip} port {src_port} ssh2: {fingerprint}", "failed"),
    ("Failed {method} for {user} from {src_ip} port {src_port}", "failed"),
    ("Postponed {method} for {user} from {src_ip} port {src_port}", "postponed"),
    ("Partial {method} for {user} from {src_ip} port {src_port}", "postponed"),
    ("Invalid user {user} from {src_ip} port {src_port}", "invalid user"),
    ("Invalid user {user} from {src_ip}", "invalid user"),
    ("Illegal user {user} from {src_ip}", "invalid user"),
    ("Connection closed by invalid user {user} {src_ip} port {src_port}", "closed"),
    ("Connection closed by authenticating user {user} {src_ip} port {src_port}", "closed"),
    ("Connection closed by {src_ip} port {src_port}", "closed"),
    ("Connection closed by {src_ip}", "closed"),
    ("Connection reset by invalid user {user} {src_ip} port {src_port}", "reset"),
    ("Connection reset by authenticating user {user} {src_ip} port {src_port}", "reset"),
    ("Connection reset by {src_ip} port {src_port}", "reset"),
    ("Connection reset by {src_ip}", "reset"),
    ("Connection from {src_ip} port {src_port} on {dst_ip} port {dst_port}", "connected"),
    ("Connection from {src_ip} port {src_port}", "connected"),
    ("Disconnected from invalid user {user} {src_ip} port {src_port}", "disconnected"),
    ("Disconnected from illegal user {user} {src_ip} port {src_port}", "disconnected"),
    ("Disconnected from authenticating user {user} {src_ip} port {src_port}", "disconnected"),
    ("Disconnected from user {user} {src_ip} port {src_port}", "disconnected"),
    ("Disconnected from {src_ip} port {src_port}", "disconnected"),
    (
        "Disconnecting invalid user {user} {src_ip} port {src_port}: Too many authentication failures",
        "too many attempts",
    ),
    (
        "Disconnecting authenticating user {user} {src_ip} port {src_port}: Too many authentication failures",
        "too many attempts",
    ),
    ("main: sshd: {reason}", "configured"),
    ("Disconnecting invalid user {user} {src_ip} port {src_port}", "disconnected"),
    ("Disconnecting authenticating user {user} {src_ip} port {src_port}", "disconnected"),
    ("Read error from remote host {src_ip} port {src_port}: {reason}", "reset"),
    ("Read error from remote host {src_ip}: {reason}", "reset"),
    ("Corrupted MAC on input.{}", "error"),
    ("Corrupted MAC on input.", "error"),
    ("Bad packet length {length}.", "error"),
    ("Authentication refused: {reason}", "failed"),
    ("subsystem request for {subsystem} by user {user} failed, {reason}", "failed"),
    ("Disconnecting invalid user {user} {src_ip} port {src_port}: {reason}", "disconnected"),
    ("Disconnecting authenticating user {user} {src_ip} port {src_port}: {reason}", "disconnected"),
    ("Disconnecting: {reason}", "disconnected"),
    ("Received disconnect from {src_ip} port {src_port}:{code}: {reason}", "disconnected"),
    ("Received disconnect from {src_ip} port {src_port}:{code}:", "disconnected"),
    ("Received disconnect from {src_ip}: {code}: {reason}", "disconnected"),
    ("Received disconnect from {src_ip}: {code}:", "disconnected"),
    ("Unable to negotiate with {src_ip} port {src_port}: {reason}", "negotiation failed"),
    ("fatal: Unable to negotiate with {src_ip} port {src_port}: {reason}", "negotiation failed"),
    ("Did not receive identification string from {src_ip} port {src_port}", "no identification"),
    ("Did not receive identification string from {src_ip}", "no identification"),
    (
        "Bad protocol version identification '{reason}' from {src_ip} port {src_port}",
        "bad protocol",
    ),
    ("banner exchange: Connection from {src_ip} port {src_port}: {reason}", "bad protocol"),
    ("User {user} from {src_ip} not allowed because {reason}", "not allowed"),
    ("User {user} not allowed because {reason}", "not allowed"),
    ("fatal: Timeout before authentication for {src_ip} port {src_port}", "timed out"),
    ("fatal: Timeout before authentication for {src_ip}", "timed out"),
    (
        "error: maximum authentication attempts exceeded for invalid user {user} from {src_ip} port {src_port}",
        "too many attempts",
    ),
    (
        "error: maximum authentication attempts exceeded for {user} from {src_ip} port {src_port}",
        "too many attempts",
    ),
    ("error: PAM: {reason} for illegal user {user} from {src_ip}", "failed"),
    ("error: PAM: {reason} for {user} from {src_ip}", "failed"),
    (
        "reverse mapping checking getaddrinfo for {src_host} [{src_ip}] failed - POSSIBLE BREAK-IN ATTEMPT!",
        "reverse mapping failed",
    ),
    (
        "reverse mapping checking getaddrinfo for {src_host} failed - POSSIBLE BREAK-IN ATTEMPT!",
        "reverse mapping failed",
    ),
    (
        "Address {src_ip} maps to {src_host}, but this does not map back to the address",
        "reverse mapping failed",
    ),
    (
        "Address {src_ip} maps to {src_host}, but this does not map back to the address{}",
        "reverse mapping failed",
    ),
    ("input_userauth_request: invalid user {user}", "invalid user"),
    ("User child is on pid {child_pid}", "session started"),
    (
        "Starting session: {method} for {user} from {src_ip} port {src_port} id {session}",
        "session started",
    ),
    ("Server listening on {dst_ip} port {dst_port}.", "listening"),
    ("fatal: {reason}", "fatal"),
    ("error: {reason}", "error"),
];

const OTHERS: &[(&str, &str)] = &[
    (
        "new user: name={user}, UID={uid}, GID={gid}, home={home}, shell={shell}, from={tty}",
        "user added",
    ),
    ("new user: name={user}, UID={uid}, GID={gid}, home={home}, shell={shell}", "user added"),
    ("new group: name={group}, GID={gid}", "group added"),
    ("add '{user}' to group '{group}'", "added to group"),
    ("add '{user}' to shadow group '{group}'", "added to group"),
    ("delete user '{user}'", "user deleted"),
    ("change user '{user}' password", "password changed"),
    ("password changed for {user}", "password changed"),
    ("removed group '{group}' owned by '{user}'", "group deleted"),
    ("New session {session} of user {user}.", "session started"),
    ("Session {session} logged out. Waiting for processes to exit.", "session ended"),
    ("Removed session {session}.", "session ended"),
    ("(to {target_user}) {user} on {tty}", "su"),
    ("Successful su for {target_user} by {user}", "su"),
    ("FAILED su for {target_user} by {user}", "su failed"),
    ("FAILED SU (to {target_user}) {user} on {tty}", "su failed"),
    ("FAILED LOGIN ({count}) on '{tty}' FOR '{user}', {reason}", "failed"),
    ("FAILED LOGIN SESSION FROM {src_host} FOR {user}, {reason}", "failed"),
    ("ROOT LOGIN ON {tty}", "accepted"),
    ("ROOT LOGIN on {tty}", "accepted"),
    ("LOGIN ON {tty} BY {user}", "accepted"),
    ("check pass; user unknown", "failed"),
    ("BAD SU {user} to {target_user} on {tty}", "su failed"),
    ("failed: {tty} changing from {user} to {target_user}", "su failed"),
    ("{user} ran command {COMMAND} as {target_user} from {PWD}", "sudo"),
    ("{user} ran command as {target_user}: {COMMAND}", "sudo"),
    ("failed command for {user}: {COMMAND}", "sudo failed"),
    ("failed auth for {user}", "sudo failed"),
    ("Bad password attempt for '{user}' from {src_ip}:{src_port}", "failed"),
    ("Login attempt for nonexistent user from {src_ip}:{src_port}", "invalid user"),
    ("Login attempt for nonexistent user '{user}' from {src_ip}:{src_port}", "invalid user"),
    ("Password auth succeeded for '{user}' from {src_ip}:{src_port}", "accepted"),
    (
        "Pubkey auth succeeded for '{user}' with key {fingerprint} from {src_ip}:{src_port}",
        "accepted",
    ),
];

/// Decodes a message. Whether its kind is known.
pub(crate) fn decode(program: &str, text: &str, sink: &mut Sink<'_>) -> bool {
    sink.format(Format::LinuxAuth);
    let program = program.rsplit('/').next().unwrap_or(program);
    sink.event.source.service = service(program);
    if sink.event.provider.is_none() && program.is_empty() {
        sink.event.source.service = "sshd";
    }
    let text = after_solaris_id(text.trim());
    sink.message(text);
    sink.add_as("message", text);
    if text.starts_with("pam_") {
        return pam(text, sink);
    }
    if text.starts_with("authentication failure; ") {
        return pam_failure(text, sink);
    }
    if program == "sudo" {
        return sudo(text, sink);
    }
    let text = text.strip_suffix(" [preauth]").unwrap_or(text);
    let text = text.strip_suffix(" ssh2").unwrap_or(text).trim_end();
    let sshd = add_first(SSHD, text, sink);
    if sshd {
        sink.add_as("process", "sshd");
    }
    sshd || add_first(OTHERS, text, sink)
        || session(text, sink)
        || (text.contains(" ; COMMAND=") && sudo(text, sink))
}

/// Solaris numbers its messages: `[ID 800047 auth.notice] …`.
fn after_solaris_id(text: &str) -> &str {
    let numbered = text.strip_prefix("[ID ").and_then(|rest| rest.split_once("] "));
    numbered.map_or(text, |(_, rest)| rest)
}

/// Sigma's names of services; `auth` covers the rest.
fn service(program: &str) -> &'static str {
    match program {
        "sshd" | "sshd-session" => "sshd",
        "sudo" => "sudo",
        "vsftpd" => "vsftpd",
        _ => "auth",
    }
}

fn add_first(table: &[(&'static str, &'static str)], text: &str, sink: &mut Sink<'_>) -> bool {
    let found = pattern::add_first(table.iter().map(|(pattern, _)| pattern), text, sink);
    if let Some(row) = found {
        sink.add_as("action", table[row].1);
    }
    found.is_some()
}

/// `pam_unix(sshd:session): session opened for user root by (uid=0)`.
fn pam(text: &str, sink: &mut Sink<'_>) -> bool {
    let Some((module, rest)) = text.split_once('(') else { return false };
    let Some((place, message)) = rest.split_once("): ") else { return false };
    let (service, kind) = place.split_once(':').unwrap_or((place, ""));
    sink.add("pam_module", module);
    sink.add("pam_service", service);
    sink.add_some("pam_type", kind);
    if message.contains("failure; ") {
        return pam_failure(message, sink);
    }
    let known = &[
        ("Consecutive login failures for user {user} account temporarily locked", "locked"),
        ("user [{user}] has blank password; authenticated without it", "accepted"),
        ("Failed to create session: {reason}", "session failed"),
        ("{reason}: {detail}", "failed"),
    ];
    session(message, sink) || add_first(OTHERS, message, sink) || add_first(known, message, sink)
}

/// `session opened for user root(uid=0) by admin(uid=1000)`.
fn session(text: &str, sink: &mut Sink<'_>) -> bool {
    let known = [
        ("session opened for user ", "session opened"),
        ("session closed for user ", "session closed"),
    ];
    for (start, action) in known {
        if let Some(rest) = text.strip_prefix(start) {
            let (user, by) = rest.split_once(" by ").unwrap_or((rest, ""));
            sink.add_as("user", user.split('(').next().unwrap_or(user));
            let by = by.split('(').next().unwrap_or(by);
            sink.add_some("by", by);
            sink.add_as("action", action);
            return true;
        }
    }
    false
}

/// `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root`.
fn pam_failure(text: &str, sink: &mut Sink<'_>) -> bool {
    let (reason, pairs) = text.split_once("; ").unwrap_or((text, ""));
    sink.add_as("action", "failed");
    sink.add("reason", reason);
    for pair in kv::pairs(pairs).filter(|pair| !pair.value.is_empty()) {
        match pair.key {
            "rhost" if pair.value.parse::<std::net::IpAddr>().is_ok() => {
                sink.add("src_ip", pair.value);
            }
            "rhost" => sink.add("src_host", pair.value),
            _ => {}
        }
        sink.add(pair.key, pair.value);
    }
    true
}

/// `alice : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh`.
fn sudo(text: &str, sink: &mut Sink<'_>) -> bool {
    let Some((user, rest)) = text.split_once(" : ") else { return false };
    sink.add_as("user", user.trim());
    let mut action = "sudo";
    let (before, command) = rest.split_once("COMMAND=").unwrap_or((rest, ""));
    for part in before.split(" ; ") {
        match part.split_once('=') {
            Some((name, value)) => sink.add(name.trim(), value.trim()),
            None if !part.trim().is_empty() => {
                action = "sudo failed";
                sink.add("reason", part.trim());
            }
            None => {}
        }
    }
    sink.add_some_as("COMMAND", command);
    sink.add_as("action", action);
    true
}
