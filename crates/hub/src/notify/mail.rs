//! Handing a mail to the installation's mail server (RFC 5321, 6409).
//!
//! The line is protected or it is not used: STARTTLS is required where it is
//! chosen, and a line in the clear goes to this very machine only. The password
//! is read from a file of the data folder for each run and is in no table,
//! record or log. A server whose certificate comes from the office's own
//! authority is known by `mail/ca.pem` in the data folder.

use std::{net::IpAddr, path::Path, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::Fate;
use crate::{
    Error, Result,
    installation::{MailSecurity, MailServer},
};

/// For how long one exchange may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The folder of the data folder where passwords lie.
pub const SECRETS: &str = "secrets";

/// A mail server that can be reached and has let us in.
pub struct Line(AsyncSmtpTransport<Tokio1Executor>);

/// Connects, protects the line and signs in. An error here is the server's or
/// the settings', never a recipient's.
pub async fn connect(server: &MailServer, data: &Path) -> Result<Line> {
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .timeout(Some(TIMEOUT))
        .tls(protection(server, data)?);
    if let Some(login) = &server.login {
        builder = builder.credentials(Credentials::new(login.clone(), password(server, data)?));
    }
    let transport = builder.build();
    match transport.test_connection().await {
        Ok(true) => Ok(Line(transport)),
        Ok(false) => Err(unreachable("no answer")),
        Err(cause) => Err(unreachable(&cause.to_string())),
    }
}

impl Line {
    /// Hands over one mail.
    pub async fn send(&self, message: Message) -> Fate {
        match self.0.send(message).await {
            Ok(_) => Fate::Sent,
            Err(cause) if cause.is_permanent() => Fate::Refused { reason: cause.to_string() },
            Err(cause) => {
                Fate::Delayed { certain: cause.status().is_some(), reason: cause.to_string() }
            }
        }
    }
}

fn unreachable(cause: &str) -> Error {
    let place = diag::Place::default();
    Error::Setup(Box::new(
        diag::Diagnostic::error("notify.server-unreachable", place).with("cause", cause),
    ))
}

fn protection(server: &MailServer, data: &Path) -> Result<Tls> {
    match server.security {
        MailSecurity::None if is_this_machine(&server.host) => Ok(Tls::None),
        MailSecurity::None => Err(Error::field("notify.line-in-the-clear", "security")),
        MailSecurity::StartTls => Ok(Tls::Required(parameters(server, data)?)),
        MailSecurity::Tls => Ok(Tls::Wrapper(parameters(server, data)?)),
    }
}

fn parameters(server: &MailServer, data: &Path) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Ok(pem) = std::fs::read(data.join("mail").join("ca.pem")) {
        let own = Certificate::from_pem(&pem);
        builder =
            builder.add_root_certificate(own.map_err(|cause| unreachable(&cause.to_string()))?);
    }
    builder.build().map_err(|cause| unreachable(&cause.to_string()))
}

/// Whether a host name is this machine, as it is written.
pub fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn password(server: &MailServer, data: &Path) -> Result<String> {
    let name = server.password_file.as_deref().unwrap_or_default();
    let plain = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && !name.starts_with('.');
    let missing = || {
        let place = diag::Place::file(format!("{SECRETS}/{name}"));
        Error::Setup(Box::new(diag::Diagnostic::error("notify.password-missing", place)))
    };
    if !plain {
        return Err(missing());
    }
    let text = std::fs::read_to_string(data.join(SECRETS).join(name)).map_err(|_| missing())?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Keeps a password in the data folder, for the server's own user only.
pub fn keep_password(data: &Path, name: &str, password: &str) -> Result<()> {
    let folder = data.join(SECRETS);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    std::io::Write::write_all(&mut file, password.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, security: MailSecurity) -> MailServer {
        MailServer {
            host: host.into(),
            port: 25,
            security,
            login: Some("canh".into()),
            password_file: Some("mail-password".into()),
            from: "Đội ứng cứu <canh@canh.example>".into(),
        }
    }

    #[test]
    fn a_line_in_the_clear_goes_to_this_machine_only() {
        let data = tempfile::tempdir().unwrap();
        for (host, allowed) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("LocalHost", true),
            ("mail.canh.example", false),
            ("192.0.2.25", false),
            ("127.0.0.1.evil.example", false),
        ] {
            let found = protection(&server(host, MailSecurity::None), data.path());
            assert_eq!(found.is_ok(), allowed, "{host}");
        }
    }

    #[test]
    fn the_password_comes_from_its_file_and_from_no_other() {
        let data = tempfile::tempdir().unwrap();
        keep_password(data.path(), "mail-password", "bí mật\n").unwrap();
        std::fs::write(data.path().join("other"), "x").unwrap();
        let mut server = server("localhost", MailSecurity::None);
        assert_eq!(password(&server, data.path()).unwrap(), "bí mật");
        for name in ["../other", "", ".hidden", "a/b"] {
            server.password_file = Some(name.into());
            assert!(matches!(password(&server, data.path()), Err(Error::Setup(_))), "{name}");
        }
    }
}
