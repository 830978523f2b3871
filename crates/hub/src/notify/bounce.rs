//! What a message that came in says about one of ours: a delivery status
//! notification (RFC 3464), a bounce in a mail server's own words, an automatic
//! answer, or a person's reply. Pure: bytes in, a reading out.
//!
//! What cannot be understood is [`Kind::Unknown`], never dropped.

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::letter::CODE_HEADER;
use crate::store::vocabulary;

/// Longest text that is looked through for a server's words.
const TEXT_LIMIT: usize = 256 * 1024;
/// Longest quotation kept of them.
const REASON_LIMIT: usize = 300;
/// Ending of our own `Message-ID`s.
const OURS: &str = "@thap-canh";

vocabulary! {
    /// What a message that came in is.
    Kind in "notify.bounce-kind" {
        /// Our mail could not be delivered.
        Failed = "failed",
        /// It is late, and still being tried.
        Delayed = "delayed",
        /// It lies in the mailbox.
        Delivered = "delivered",
        /// An automatic answer.
        Automatic = "automatic",
        /// A person's reply.
        Reply = "reply",
        /// Not understood.
        Unknown = "unknown",
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it is.
    pub kind: Kind,
    /// Who sent it.
    pub sender: String,
    /// Its subject line.
    pub subject: String,
    /// Whom our mail could not reach.
    pub recipient: Option<String>,
    /// Enhanced status code (RFC 3463), as `5.1.1`.
    pub status: Option<String>,
    /// The server's words.
    pub reason: Option<String>,
    /// `Message-ID` of our mail.
    pub message_id: Option<String>,
    /// Number of the notice, as `TB-2024-000123`.
    pub code: Option<String>,
}

/// Reads a message. Bytes that are no message at all give an unknown one.
pub fn read(bytes: &[u8]) -> Reading {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Reading::unknown();
    };
    let text = all_text(&message);
    let mut reading = Reading {
        sender: sender(&message),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: our_message_id(&text),
        code: message.subject().and_then(find_code).or_else(|| find_code(&text)),
        ..Reading::unknown()
    };
    if let Some(status) = delivery_status(&message) {
        read_status(&mut reading, &status);
    } else if is_from_a_mail_server(&message, &reading) {
        read_words(&mut reading, &message, &text);
    } else if is_automatic(&message) {
        reading.kind = Kind::Automatic;
    } else if reading.code.is_some() || reading.message_id.is_some() {
        reading.kind = Kind::Reply;
    }
    reading
}

impl Reading {
    fn unknown() -> Self {
        Self {
            kind: Kind::Unknown,
            sender: String::new(),
            subject: String::new(),
            recipient: None,
            status: None,
            reason: None,
            message_id: None,
            code: None,
        }
    }
}

fn sender(message: &Message<'_>) -> String {
    let first = message.from().and_then(|from| from.first());
    first.and_then(|from| from.address()).unwrap_or_default().to_owned()
}

/// The fields of `message/delivery-status`, if there is such a part.
fn delivery_status(message: &Message<'_>) -> Option<String> {
    let part = message.parts.iter().find(|part| {
        part.is_content_type("message", "delivery-status")
            || part.is_content_type("message", "global-delivery-status")
    })?;
    Some(String::from_utf8_lossy(part.contents()).into_owned())
}

/// The groups of fields after the first are one a recipient (RFC 3464, 2.3).
/// The first that failed speaks for the message: one of ours has one recipient.
fn read_status(reading: &mut Reading, status: &str) {
    let unfolded = status.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let groups = unfolded.split("\n\n").filter(|group| field(group, "action").is_some());
    let mut groups: Vec<&str> = groups.collect();
    groups.sort_by_key(|group| field(group, "action") != Some("failed"));
    let Some(group) = groups.first() else {
        return;
    };
    reading.kind = match field(group, "action").unwrap_or_default().to_ascii_lowercase().as_str() {
        "failed" => Kind::Failed,
        "delayed" => Kind::Delayed,
        "delivered" => Kind::Delivered,
        // Handed to somebody who gives no notice: that is no delivery.
        _ => Kind::Unknown,
    };
    let recipient = field(group, "original-recipient").or_else(|| field(group, "final-recipient"));
    reading.recipient = recipient.map(after_type);
    reading.status = field(group, "status").and_then(find_status);
    reading.reason = field(group, "diagnostic-code").map(|text| quote(&after_type(text)));
}

/// The value of a field in a group of lines.
fn field<'a>(group: &'a str, name: &str) -> Option<&'a str> {
    group.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// `rfc822; a@b.example` without its type.
fn after_type(value: &str) -> String {
    value.split_once(';').map_or(value, |(_, rest)| rest).trim().to_owned()
}

/// How mail servers begin the subjects of their bounces, folded.
const SUBJECTS: [&str; 8] = [
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "mail delivery failed",
    "returned mail",
    "failure notice",
    "delivery has failed",
    "khong gui duoc",
];

fn is_from_a_mail_server(message: &Message<'_>, reading: &Reading) -> bool {
    let local = reading.sender.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let subject = words::fold(&reading.subject);
    matches!(local.as_str(), "mailer-daemon" | "postmaster" | "mail-daemon")
        || message.header("X-Failed-Recipients").is_some()
        || SUBJECTS.iter().any(|words| subject.contains(words))
}

/// What mail servers write while they are still trying.
const LATE: [&str; 4] = ["warning: message", "delayed", "will be retried", "not yet been"];

/// A bounce in a server's own words: qmail, Exim, older Exchange. Only a text
/// with a permanent code, or words that say so, is a failure.
fn read_words(reading: &mut Reading, message: &Message<'_>, text: &str) {
    let failed = message.header("X-Failed-Recipients").and_then(HeaderValue::as_text);
    let ours = text.split("Original message").next().unwrap_or(text);
    reading.recipient = failed.map(str::to_owned).or_else(|| bracketed(ours));
    reading.status = find_status(ours);
    reading.reason = telling_line(ours).map(quote);
    let lower = format!("{} {ours}", reading.subject).to_lowercase();
    let class = reading.status.as_deref().and_then(|status| status.chars().next());
    let late = LATE.iter().any(|words| lower.contains(words));
    reading.kind = match class {
        Some('4') => Kind::Delayed,
        Some('5') => Kind::Failed,
        _ if late => Kind::Delayed,
        _ if reading.recipient.is_some() || reading.reason.is_some() => Kind::Failed,
        _ => Kind::Unknown,
    };
}

fn is_automatic(message: &Message<'_>) -> bool {
    let text = |name: &'static str| message.header(name).and_then(HeaderValue::as_text);
    text("Auto-Submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"))
        || text("Precedence").is_some_and(|value| value.trim().eq_ignore_ascii_case("auto_reply"))
        || message.header("X-Autoreply").is_some()
}

/// Every text of the message, inner messages and their headers included, cut
/// to a limit.
fn all_text(message: &Message<'_>) -> String {
    let mut out = String::new();
    for (name, value) in message.headers_raw() {
        if matches!(name, "In-Reply-To" | "References") || name.eq_ignore_ascii_case(CODE_HEADER) {
            push(&mut out, value);
        }
    }
    for part in &message.parts {
        push_part(&mut out, part);
    }
    out
}

fn push_part(out: &mut String, part: &MessagePart<'_>) {
    match &part.body {
        PartType::Text(text) => push(out, text),
        PartType::Html(html) => push(out, &mail_parser::decoders::html::html_to_text(html)),
        PartType::Message(inner) => push(out, &String::from_utf8_lossy(inner.raw_message())),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes)
            if part
                .content_type()
                .is_some_and(|kind| matches!(kind.ctype(), "text" | "message")) =>
        {
            push(out, &String::from_utf8_lossy(bytes));
        }
        _ => {}
    }
}

fn push(out: &mut String, text: &str) {
    let room = TEXT_LIMIT.saturating_sub(out.len());
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= room).unwrap_or(text.len());
    out.push_str(&text[..end]);
    out.push('\n');
}

/// The first of our own `Message-ID`s in a text.
fn our_message_id(text: &str) -> Option<String> {
    let end = text.find(OURS)? + OURS.len();
    let start = text[..end].rfind(|c: char| c == '<' || c.is_whitespace()).map_or(0, |at| at + 1);
    Some(text[start..end].trim_start_matches('<').to_owned())
}

/// The first number of a notice in a text: `TB-2024-000123`.
pub fn find_code(text: &str) -> Option<String> {
    let found = text.match_indices("TB-").map(|(at, _)| &text[at..]);
    found.filter_map(|rest| rest.get(..14)).find(|code| is_code(code)).map(str::to_owned)
}

fn is_code(code: &str) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        code.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    code.starts_with("TB-") && digits(3..7) && code.get(7..8) == Some("-") && digits(8..14)
}

/// An enhanced status code, or one made of a plain reply code (`550` → `5.0.0`).
fn find_status(text: &str) -> Option<String> {
    let words = || text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let enhanced = words().map(|word| word.trim_matches('.')).find(|word| is_enhanced(word));
    let plain = || words().find(|word| word.len() == 3 && is_reply_code(word));
    enhanced.map(str::to_owned).or_else(|| plain().map(|word| format!("{}.0.0", &word[..1])))
}

fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && matches!(parts[0], "2" | "4" | "5")
        && parts[1..].iter().all(|part| (1..=3).contains(&part.len()))
}

fn is_reply_code(word: &str) -> bool {
    word.starts_with(['4', '5']) && word[1..].bytes().all(|byte| byte.is_ascii_digit()) && {
        matches!(&word[1..2], "0" | "2" | "5" | "7")
    }
}

/// The first address in angle brackets.
fn bracketed(text: &str) -> Option<String> {
    let found = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    found
        .map(|(address, _)| address.trim().trim_start_matches("mailto:"))
        .find(|address| {
            address.contains('@')
                && !address.contains(char::is_whitespace)
                && !address.ends_with(OURS)
        })
        .map(str::to_owned)
}

/// The line in which a server says why.
fn telling_line(text: &str) -> Option<&str> {
    const WORDS: [&str; 10] = [
        "550",
        "551",
        "552",
        "553",
        "554",
        "mailbox",
        "user unknown",
        "does not exist",
        "no such user",
        "quota",
    ];
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(|line| {
        let lower = line.to_lowercase();
        WORDS.iter().any(|words| lower.contains(words))
    })
}

fn quote(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(REASON_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dsn(action: &str, status: &str) -> String {
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@mx.syt.example>\r\n\
             To: canh@canh.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n\
             --B\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n\r\n\
             --B\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.syt.example\r\n\r\n\
             Final-Recipient: rfc822; it@syt.example\r\nAction: {action}\r\nStatus: {status}\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <it@syt.example>:\r\n Recipient address rejected\r\n\r\n\
             --B\r\nContent-Type: message/rfc822\r\n\r\n\
             Message-ID: <01HM5V0000000000000000000A.00ff@thap-canh>\r\n\
             X-ThapCanh-Code: TB-2024-000012\r\nSubject: x\r\n\r\nBody\r\n--B--\r\n"
        )
    }

    #[test]
    fn a_notification_of_the_standard_says_all() {
        let rows = [
            ("failed", "5.1.1", Kind::Failed),
            ("delayed", "4.4.1", Kind::Delayed),
            ("delivered", "2.0.0", Kind::Delivered),
            ("relayed", "2.0.0", Kind::Unknown),
        ];
        for (action, status, kind) in rows {
            let reading = read(dsn(action, status).as_bytes());
            assert_eq!(reading.kind, kind, "{action}");
            assert_eq!(reading.recipient.as_deref(), Some("it@syt.example"));
            assert_eq!(reading.status.as_deref(), Some(status));
            assert_eq!(reading.code.as_deref(), Some("TB-2024-000012"));
            assert_eq!(
                reading.message_id.as_deref(),
                Some("01HM5V0000000000000000000A.00ff@thap-canh")
            );
            assert_eq!(
                reading.reason.as_deref(),
                Some("550 5.1.1 <it@syt.example>: Recipient address rejected")
            );
        }
    }

    #[test]
    fn servers_words_are_understood() {
        let qmail = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n\
            Hi. This is the program at mx.example.\n\n<duty@ubnd.example>:\n\
            Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy\n\
            Message-ID: <01HM5V.ab@thap-canh>\n";
        let reading = read(qmail.as_bytes());
        assert_eq!(reading.kind, Kind::Failed);
        assert_eq!(reading.recipient.as_deref(), Some("duty@ubnd.example"));
        assert_eq!(reading.status.as_deref(), Some("5.1.1"));
        assert_eq!(reading.message_id.as_deref(), Some("01HM5V.ab@thap-canh"));

        let exim = "From: Mail System <postmaster@mx.example>\nSubject: Mail delivery failed\n\
            X-Failed-Recipients: head@so.example\n\nA message that you sent could not be \
            delivered.\n  head@so.example\n    host 192.0.2.1: 552 mailbox is full\n";
        let reading = read(exim.as_bytes());
        assert_eq!((reading.kind, reading.status.as_deref()), (Kind::Failed, Some("5.0.0")));
        assert_eq!(reading.recipient.as_deref(), Some("head@so.example"));

        let late = "From: MAILER-DAEMON@mx.example\nSubject: Warning: message delayed\n\n\
            The message to <it@so.example> has not yet been delivered.\n";
        assert_eq!(read(late.as_bytes()).kind, Kind::Delayed);
    }

    #[test]
    fn people_and_machines_that_answer_are_told_apart() {
        let reply = "From: it@syt.example\nSubject: Re: [TB-2024-000012] x\n\nDa xu ly.\n";
        let reading = read(reply.as_bytes());
        assert_eq!((reading.kind, reading.code.as_deref()), (Kind::Reply, Some("TB-2024-000012")));
        let away = "From: it@syt.example\nAuto-Submitted: auto-replied\nSubject: Nghi phep\n\n.\n";
        assert_eq!(read(away.as_bytes()).kind, Kind::Automatic);
        let other = "From: shop@ban.example\nSubject: Khuyen mai\n\n550 dong\n";
        assert_eq!(read(other.as_bytes()).kind, Kind::Unknown);
        assert_eq!(read(b"").kind, Kind::Unknown);
    }

    #[test]
    fn codes_are_found_where_they_stand() {
        for (text, expected) in [
            ("[TB-2024-000123] Về việc", Some("TB-2024-000123")),
            ("TB-24-1 rồi TB-2024-000007", Some("TB-2024-000007")),
            ("TB-2024-00012", None),
            ("TB-ộộộộộộộ", None),
        ] {
            assert_eq!(find_code(text).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stop(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            read(&bytes);
        }

        #[test]
        fn no_cut_or_changed_notification_makes_it_stop(cut in 0_usize..900, at in 0_usize..900, byte: u8) {
            let mut bytes = dsn("failed", "5.1.1").into_bytes();
            bytes.truncate(cut);
            if let Some(place) = bytes.get_mut(at) { *place = byte; }
            read(&bytes);
        }
    }
}
