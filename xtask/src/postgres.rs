//! A throw-away PostgreSQL: from Debian's package, in a temporary folder, on a
//! loopback port of its own, gone when the value is dropped.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{step::quietly, tools};

/// A running server.
pub struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Address of its maintenance database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts one, installing the package if it may. The error says why not.
pub fn start() -> Result<Server, String> {
    let programs = programs().or_else(|| {
        tools::apt_install(&["postgresql"]);
        programs()
    });
    let programs = programs.ok_or("no PostgreSQL server here, and none could be installed")?;
    let port = free_port()?;
    let folder = std::env::temp_dir().join(format!("thapcanh-postgres-{port}"));
    std::fs::create_dir_all(&folder).map_err(|cause| cause.to_string())?;
    let data = folder.join("data");
    prepare(&programs, &folder, &data)?;
    let settings =
        format!("-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=400");
    let process = as_postgres(&programs.join("postgres"))
        .arg("-D")
        .arg(&data)
        .args(settings.split(' '))
        .arg("-k")
        .arg(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|cause| cause.to_string())?;
    let server = Server { process, folder, port };
    wait_for(&programs, port)?;
    Ok(server)
}

fn prepare(programs: &Path, folder: &Path, data: &Path) -> Result<(), String> {
    if is_root() {
        quietly(Command::new("chown").args(["-R", "postgres"]).arg(folder));
    }
    let mut initdb = as_postgres(&programs.join("initdb"));
    initdb
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
        .arg(data);
    if quietly(initdb.current_dir("/")) { Ok(()) } else { Err("initdb failed".to_owned()) }
}

fn wait_for(programs: &Path, port: u16) -> Result<(), String> {
    for _ in 0..100 {
        let ready = programs.join("pg_isready");
        if quietly(Command::new(ready).args(["-h", "127.0.0.1", "-p", &port.to_string()])) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("PostgreSQL did not come up".to_owned())
}

/// The server refuses to run as root; Debian's package brings a user for it.
fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command.current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(Result::ok).map(|entry| entry.path().join("bin"));
    folders.filter(|folder| folder.join("initdb").exists()).max()
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|cause| cause.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|cause| cause.to_string())
}
