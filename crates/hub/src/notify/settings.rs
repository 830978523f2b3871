//! The mail server of the installation: choosing it, and trying it out.

use jiff::Timestamp;

use super::{Fate, Letter, letter, mail};
use crate::{
    App, Error, Result,
    access::Administer,
    installation::{self, MailSecurity, MailServer},
};

/// File in the data folder that holds the password.
const PASSWORD_FILE: &str = "mail-password";

/// Sets the mail server, or takes it away. A password that is given is put into
/// its file; without one the file stays as it is.
pub async fn set(
    app: &App,
    by: &Administer,
    at: Timestamp,
    server: Option<MailServer>,
    password: Option<&str>,
) -> Result<()> {
    let mut now = installation::read(&app.db).await?;
    now.mail = match server {
        Some(mut server) => {
            check(&server)?;
            server.password_file = server.login.is_some().then(|| PASSWORD_FILE.to_owned());
            Some(server)
        }
        None => None,
    };
    if let Some(password) = password {
        mail::keep_password(&app.settings.data, PASSWORD_FILE, password)?;
    }
    installation::change(&app.db, by, at, &now).await
}

fn check(server: &MailServer) -> Result<()> {
    if server.host.trim().is_empty() {
        return Err(Error::field("notify.host-missing", "host"));
    }
    if server.security == MailSecurity::None && !mail::is_this_machine(&server.host) {
        return Err(Error::field("notify.line-in-the-clear", "security"));
    }
    letter::sender(server).map(drop)
}

/// Sends a mail to `address` right now and says what became of it.
pub async fn test(
    app: &App,
    _by: &Administer,
    at: Timestamp,
    address: &str,
    (subject, text): (String, String),
) -> Result<Fate> {
    let Some(server) = installation::read(&app.db).await?.mail else {
        return Err(Error::conflict("notify.no-server"));
    };
    let letter = Letter {
        name: address.to_owned(),
        address: Some(address.to_owned()),
        subject,
        text,
        code: String::new(),
        attachments: Vec::new(),
    };
    let message_id = format!("test.{:016x}@thap-canh", rand::random::<u64>());
    let message = letter::message(&letter, &server, &message_id, at)?;
    Ok(mail::connect(&server, &app.settings.data).await?.send(message).await)
}
