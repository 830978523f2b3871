//! Running the binary, and a data folder with something in it.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sample::{Province, SampleFile, Step};

/// What a run said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thapcanh"));
    for name in ["DATA", "DATABASE", "ZONE", "LISTEN", "PUBLIC_URL"] {
        command.env_remove(format!("THAPCANH_{name}"));
    }
    command
}

/// Runs a command in English.
pub fn run(arguments: &[&str]) -> Said {
    let done = binary().args(arguments).args(["--lang", "en"]).output().unwrap();
    Said {
        code: done.status.code().unwrap(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn province() -> Province {
    sample::province(sample::SEED).unwrap()
}

/// The first file of a kind, written into a folder.
pub fn file(province: &Province, folder: &Path, is: fn(&Step) -> bool) -> PathBuf {
    let found: &SampleFile = province.files.iter().find(|file| is(&file.step)).unwrap();
    let path = folder.join(&found.name);
    std::fs::write(&path, &found.bytes).unwrap();
    path
}

/// A new data folder, made by the server's own first start, with units in it.
pub fn house(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let mut server = binary()
        .args(["serve", "--province", "Tỉnh Mẫu", "--admin", "quan.tri"])
        .args(["--listen", "127.0.0.1:0", "--data", text(&data)])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It says its address when the first start is over.
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("Tháp Canh:")));
    server.kill().unwrap();
    server.wait().unwrap();
    let units = file(&province(), folder, |step| *step == Step::Units);
    let said = run(&["import", "units", text(&units), "--data", text(&data)]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    data
}
