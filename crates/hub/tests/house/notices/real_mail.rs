//! Mail servers that nobody here wrote: aiosmtpd with STARTTLS, implicit TLS
//! and AUTH under an invented authority, and exim, whose bounces come back.
//! `cargo xtask ci mail` installs them and says where they are.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use hub::{
    access::{Administer, Role},
    installation::{MailSecurity, MailServer},
    notify::settings,
};

use super::Town;

const PASSWORD: &str = "mật khẩu thư";

/// A real server, and its folder.
struct Real {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Real {
    /// Starts aiosmtpd with a certificate for `localhost` of an authority made
    /// up on the spot; `None`, said aloud, where it is not installed.
    fn open(mode: &str) -> Option<Self> {
        let Some(python) = std::env::var_os("THAPCANH_MAIL_PYTHON") else {
            println!("SKIPPED: no aiosmtpd; run `cargo xtask ci mail`");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let authority = ["-m", "trustme", "-q", "-i", "localhost", "-d"];
        let certificate = Command::new(&python).args(authority).arg(folder.path()).status();
        assert!(certificate.unwrap().success());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/house/notices/real_mail.py");
        let mut process = Command::new(python)
            .args([Path::new(script), folder.path(), Path::new(mode)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        Some(Self { process, port: said.trim().parse().unwrap(), folder })
    }

    fn mails(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        let mails = files.filter(|path| path.extension().is_some_and(|end| end == "eml"));
        mails.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Lets the house know the server, and its authority unless `stranger`.
    async fn introduce(&self, town: &Town, how: MailSecurity, password: &str, stranger: bool) {
        let app = &town.house.app;
        let server = MailServer {
            host: "localhost".into(),
            port: self.port,
            security: how,
            login: Some("canh".into()),
            password_file: None,
            from: "Đội ứng cứu <canh@canh.example>".into(),
        };
        let by = Administer::of_system("test");
        settings::set(app, &by, town.house.now(), Some(server), Some(password)).await.unwrap();
        let authority = app.settings.data.join("mail");
        std::fs::create_dir_all(&authority).unwrap();
        if !stranger {
            std::fs::copy(self.folder.path().join("client.pem"), authority.join("ca.pem")).unwrap();
        }
    }
}

/// What the settings page says of a mail tried out now.
async fn tried(town: &Town, to: &str) -> String {
    let mut admin = town.house.person(Role::Administrator, &[]).await;
    admin.post("/notices/mail/test", &[("address", to)]).await.ok().text()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_line_with_a_login_carries_notices() {
    for (mode, how) in [("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls)] {
        let Some(real) = Real::open(mode) else { return };
        let town = Town::without_mail().await;
        real.introduce(&town, how, PASSWORD, false).await;
        let (syt, _) = town.draft().await;
        town.send(&syt).await;
        town.minutes(1).await;
        assert_eq!(town.state("SYT").await, "sent", "{mode}");
        let mails = real.mails();
        assert_eq!(mails.len(), 1, "{mode}");
        assert!(mails[0].contains("To: ") && mails[0].contains("cntt@syt.example"), "{}", mails[0]);
        assert!(tried(&town, "a@canh.example").await.contains("Máy chủ thư đã nhận thư thử"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_certificate_or_login_is_seen_and_nothing_is_handed_over() {
    for (mode, how) in [("starttls", MailSecurity::StartTls), ("tls", MailSecurity::Tls)] {
        let Some(real) = Real::open(mode) else { return };
        for (password, stranger, cause) in
            [(PASSWORD, true, "certificate"), ("sai rồi", false, "535")]
        {
            let town = Town::without_mail().await;
            real.introduce(&town, how, password, stranger).await;
            let said = tried(&town, "a@canh.example").await;
            assert!(said.contains("Không kết nối được máy chủ thư"), "{mode}: {said}");
            assert!(said.contains(cause), "{mode}: the cause is shown: {said}");
            let (syt, _) = town.draft().await;
            town.send(&syt).await;
            town.minutes(2).await;
            assert_eq!(town.state("SYT").await, "sending", "{mode}: it waits");
            let mut admin = town.house.person(Role::Administrator, &[]).await;
            let page = admin.get("/notices/mail").await.ok().text();
            assert!(page.contains("role=\"alert\"") && page.contains(cause), "{mode}: {page}");
        }
        assert!(real.mails().is_empty(), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_is_shown_and_the_next_is_told() {
    let Some(real) = Real::open("starttls") else { return };
    let town = Town::without_mail().await;
    real.introduce(&town, MailSecurity::StartTls, PASSWORD, false).await;
    rename_mailbox(&town, "gone@syt.example").await;
    assert!(tried(&town, "gone@canh.example").await.contains("no such mailbox here"));
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(2).await;
    assert_eq!(town.state("SYT").await, "sent", "by the next contact");
    let page = town.duty().await.get(&format!("/notices/{syt}")).await.ok().text();
    assert!(page.contains("gone@syt.example") && page.contains("no such mailbox here"), "{page}");
}

async fn rename_mailbox(town: &Town, to: &str) {
    sqlx::query("UPDATE contacts SET email = $1 WHERE email = 'cntt@syt.example'")
        .bind(to)
        .execute(town.house.app.db.reader())
        .await
        .unwrap();
}

/// Exim as an office's relay: it takes everything, and sends back what has no
/// mailbox, into the folder that the house reads.
fn exim(town: &Town) -> Option<Real> {
    let Some(program) = std::env::var_os("THAPCANH_EXIM") else {
        println!("SKIPPED: no exim; run `cargo xtask ci mail`");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bounces = town.house.app.settings.data.join("mail/bounces");
    let settings = format!(
        "deliver_drop_privilege = true\nprimary_hostname = mx.canh.example\n\
         spool_directory = {folder}/spool\nlog_file_path = {folder}/log/%slog\n\
         pid_file_path = {folder}/pid\nkeep_environment =\ntls_advertise_hosts =\n\
         acl_smtp_rcpt = accept\nacl_smtp_data = accept\n\
         begin routers\n\
         box:\n  driver = accept\n  local_parts = canh\n  transport = maildir\n\
         gone:\n  driver = redirect\n  data = :fail: no such mailbox here\n  allow_fail\n\
         begin transports\n\
         maildir:\n  driver = appendfile\n  maildir_format\n  directory = {bounces}\n",
        folder = folder.path().display(),
        bounces = bounces.display(),
    );
    std::fs::write(folder.path().join("conf"), settings).unwrap();
    for part in ["spool", "log"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
        open_to_all(&folder.path().join(part));
    }
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(bounces.join(part)).unwrap();
        open_to_all(&bounces.join(part));
    }
    for way in [folder.path(), &town.house.app.settings.data, &bounces] {
        open_to_all(way);
    }
    let address = format!("127.0.0.1:{port}");
    let process = Command::new(program)
        .arg("-C")
        .arg(folder.path().join("conf"))
        .args(["-bdf", "-oX", &address])
        .spawn()
        .unwrap();
    Some(Real { process, port, folder })
}

/// Exim runs as its own user, who must reach the folders of the test.
fn open_to_all(folder: &Path) {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_server_sends_back_is_read_and_shown() {
    let town = Town::new().await;
    let Some(real) = exim(&town) else { return };
    let by = Administer::of_system("test");
    let server = MailServer {
        host: "127.0.0.1".into(),
        port: real.port,
        security: MailSecurity::None,
        login: None,
        password_file: None,
        from: "canh@canh.example".into(),
    };
    let app = &town.house.app;
    settings::set(app, &by, town.house.now(), Some(server), None).await.unwrap();
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    let bounces = app.settings.data.join("mail/bounces");
    let came_back = async || {
        for _ in 0..100 {
            if std::fs::read_dir(bounces.join("new")).unwrap().next().is_some() {
                return true;
            }
            // Exim starts, takes the mail and turns it away in its own time.
            tokio::time::sleep(Duration::from_millis(100)).await;
            town.minutes(1).await;
            if !hub::notify::bounces::select()
                .fetch::<hub::notify::bounces::Bounce>(app.db.reader())
                .await
                .unwrap()
                .is_empty()
            {
                return true;
            }
        }
        false
    };
    assert!(came_back().await, "exim sent nothing back");
    town.minutes(2).await;
    let mut duty = town.duty().await;
    let page = duty.get("/notices/bounces").await.ok().text();
    assert!(page.contains("cntt@syt.example"), "{page}");
    let page = duty.get(&format!("/notices/{syt}")).await.ok().text();
    assert!(page.contains("cntt@syt.example") && page.contains("5.0.0"), "{page}");
}
