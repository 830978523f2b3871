//! A mail as a value, and as the bytes that go over the wire.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::{
    Message,
    message::{
        Attachment as Part, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::{Error, Result, installation::MailServer};

/// Header that carries the number of what the mail is about. Bounces bring it back.
pub const CODE_HEADER: &str = "X-ThapCanh-Code";

/// A file sent along.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Plain name.
    pub name: String,
    /// Media type.
    pub kind: &'static str,
    /// Content.
    pub bytes: Vec<u8>,
}

/// A mail, written.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Name of the recipient.
    pub name: String,
    /// Mailbox of the recipient; none in a draft that somebody else will send.
    pub address: Option<String>,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Number of what it is about.
    pub code: String,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// The mail as a message (RFC 5322). The envelope's sender is the server's
/// `from`: that is where bounces go.
pub fn message(
    letter: &Letter,
    from: &MailServer,
    message_id: &str,
    at: Timestamp,
) -> Result<Message> {
    let address = letter.address.as_deref().unwrap_or_default();
    let address = address.parse().map_err(|_| Error::field("notify.address-wrong", "email"))?;
    let builder = Message::builder()
        .from(sender(from)?)
        .to(Mailbox::new(Some(letter.name.clone()), address))
        .subject(letter.subject.clone())
        .date(system_time(at))
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header(CODE_HEADER, &letter.code)?);
    builder.multipart(body(letter)?).map_err(Error::internal)
}

/// The mail as a draft that a mail program opens for sending (`X-Unsent`). The
/// recipient is filled in by whoever sends it when none is known.
pub fn draft(letter: &Letter, from: &str, at: Timestamp) -> Result<Vec<u8>> {
    let nobody = "thap-canh@localhost";
    let from: Mailbox = from.parse().or_else(|_| nobody.parse()).map_err(Error::internal)?;
    let mut builder = Message::builder()
        .from(from)
        .subject(letter.subject.clone())
        .date(system_time(at))
        .raw_header(header("X-Unsent", "1")?)
        .raw_header(header(CODE_HEADER, &letter.code)?);
    let known = letter.address.as_deref().and_then(|address| address.parse().ok());
    builder = match known {
        Some(address) => builder.to(Mailbox::new(Some(letter.name.clone()), address)),
        None => builder.envelope(
            lettre::address::Envelope::new(None, vec![nobody.parse().map_err(Error::internal)?])
                .map_err(Error::internal)?,
        ),
    };
    Ok(builder.multipart(body(letter)?).map_err(Error::internal)?.formatted())
}

/// The sender of a mail server's settings.
pub fn sender(server: &MailServer) -> Result<Mailbox> {
    server.from.parse().map_err(|_| Error::field("notify.sender-wrong", "from"))
}

fn body(letter: &Letter) -> Result<MultiPart> {
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(letter.text.clone()));
    for file in &letter.attachments {
        let kind = ContentType::parse(file.kind).map_err(Error::internal)?;
        parts = parts.singlepart(Part::new(file.name.clone()).body(file.bytes.clone(), kind));
    }
    Ok(parts)
}

fn header(name: &'static str, value: &str) -> Result<HeaderValue> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(Error::internal)?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

fn system_time(at: Timestamp) -> SystemTime {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}
