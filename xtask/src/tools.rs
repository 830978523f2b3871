//! What the whole-system tests need from outside, installed where that is
//! allowed: Debian's chromium and exim, axe-core from npm, schemathesis and
//! aiosmtpd from PyPI.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::step::{has, quietly, root};

type Environment = Vec<(String, String)>;

/// Installs Debian packages if we may; whoever asked looks whether it helped.
pub fn apt_install(packages: &[&str]) {
    if !has("apt-get") {
        return;
    }
    println!("installing {}", packages.join(", "));
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    quietly(apt().arg("update"));
    quietly(apt().args(["install", "-y", "--no-install-recommends"]).args(packages));
}

/// A browser with its driver, and axe-core if npm can fetch it.
pub fn browser() -> Result<Environment, String> {
    if !(has("chromium") && has("chromedriver")) {
        apt_install(&["chromium", "chromium-driver", "fonts-noto-core"]);
    }
    if !(has("chromium") && has("chromedriver")) {
        return Err("no chromium with chromedriver here, and none could be installed".to_owned());
    }
    let axe = axe_core().ok_or("axe-core could not be fetched from npm")?;
    Ok(vec![("THAPCANH_AXE".to_owned(), axe.display().to_string())])
}

/// axe-core's script, unpacked under `target/`.
fn axe_core() -> Option<PathBuf> {
    let folder = root().join("target/tools/axe");
    let script = folder.join("package/axe.min.js");
    if script.exists() {
        return Some(script);
    }
    std::fs::create_dir_all(&folder).ok()?;
    quietly(Command::new("npm").args(["pack", "axe-core@4"]).current_dir(&folder));
    let archive = std::fs::read_dir(&folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let archive =
        archive.into_iter().find(|path| path.extension().is_some_and(|end| end == "tgz"))?;
    quietly(Command::new("tar").arg("-xzf").arg(archive).current_dir(&folder));
    script.exists().then_some(script)
}

/// Python clients in an environment of their own under `target/`.
pub fn python_clients() -> Result<Environment, String> {
    let folder = root().join("target/tools/python");
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        install_python(&folder);
    }
    if program.exists() {
        Ok(vec![("THAPCANH_SCHEMATHESIS".to_owned(), program.display().to_string())])
    } else {
        Err("schemathesis could not be installed from PyPI".to_owned())
    }
}

/// Mail servers that nobody here wrote: aiosmtpd with an authority for its
/// certificates, in the same environment, and Debian's exim where it may be had.
pub fn mail_servers() -> Result<Environment, String> {
    let folder = root().join("target/tools/python");
    let bin = folder.join("bin");
    if !bin.join("pip").exists() {
        install_python(&folder);
    }
    if !bin.join("aiosmtpd").exists() {
        quietly(Command::new(bin.join("pip")).args(["install", "aiosmtpd==1.*", "trustme==1.*"]));
    }
    if !bin.join("aiosmtpd").exists() {
        return Err("aiosmtpd could not be installed from PyPI".to_owned());
    }
    let python = bin.join("python").display().to_string();
    let mut environment = vec![("THAPCANH_MAIL_PYTHON".to_owned(), python)];
    if !has("exim4") {
        apt_install(&["exim4-daemon-light"]);
    }
    if has("exim4") {
        environment.push(("THAPCANH_EXIM".to_owned(), "exim4".to_owned()));
    }
    Ok(environment)
}

fn install_python(folder: &Path) {
    if !quietly(Command::new("python3").args(["-m", "venv"]).arg(folder)) {
        apt_install(&["python3-venv"]);
        quietly(Command::new("python3").args(["-m", "venv"]).arg(folder));
    }
    quietly(Command::new(folder.join("bin/pip")).args(["install", "schemathesis==4.*"]));
}
