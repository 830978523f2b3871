//! The real binary, started on a port of its own in a folder of its own.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A running server; killed when dropped.
pub struct Server {
    process: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// What it printed: login and password among it.
    pub printed: Vec<String>,
}

impl Server {
    /// Starts `thapcanh demo` on a data folder.
    pub fn demo(data: &Path) -> Result<Self> {
        Self::start("demo", data, &[])
    }

    /// Starts `thapcanh serve` on a data folder, with a first administrator.
    pub fn serve(data: &Path) -> Result<Self> {
        let password = data.join("password");
        std::fs::create_dir_all(data)?;
        std::fs::write(&password, format!("{PASSWORD}\n"))?;
        let password = password.display().to_string();
        let province = "Tỉnh Mẫu";
        let first = ["--admin", ADMIN, "--admin-password-file", &password, "--province", province];
        Self::start("serve", data, &first)
    }

    fn start(command: &str, data: &Path, more: &[&str]) -> Result<Self> {
        let port = free_port()?;
        let mut process = Command::new(binary()?)
            .arg(command)
            .arg("--data")
            .arg(data)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(more)
            .env("THAPCANH_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the binary")?;
        let output = process.stdout.take().context("no output")?;
        let mut server =
            Self { process, address: format!("http://127.0.0.1:{port}"), printed: Vec::new() };
        for line in BufReader::new(output).lines() {
            let line = line?;
            let ready = line.contains(&server.address);
            server.printed.push(line);
            if ready {
                break;
            }
        }
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(1) {
            if ureq::get(format!("{}/readyz", self.address)).call().is_ok() {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("the server ended: {status}; it printed {:?}", self.printed);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the server did not come up")
    }

    /// What the demo printed after a label, as `Đăng nhập: ` or `Mật khẩu: `.
    pub fn said(&self, label: &str) -> Option<String> {
        let found = self.printed.iter().find_map(|line| line.split_once(label))?;
        Some(found.1.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Kills it as a power cut would: no signal that it could handle.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Login of the administrator, of [`Server::serve`] and of [`Server::demo`].
pub const ADMIN: &str = "quantri";
/// Password of the first administrator of [`Server::serve`].
pub const PASSWORD: &str = "mật khẩu quản trị để thử";

/// The binary under test: beside this test's own, or `THAPCANH_BINARY`.
pub fn binary() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("THAPCANH_BINARY") {
        return Ok(path.into());
    }
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2).context("no target folder")?;
    let path = folder.join("thapcanh");
    if path.exists() { Ok(path) } else { bail!("build it first: cargo build --package thapcanh") }
}

/// A loopback port nobody listens on just now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
