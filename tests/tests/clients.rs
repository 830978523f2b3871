//! Third-party clients on the API: schemathesis throws what the OpenAPI document
//! allows, and what it does not, at every operation.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use house_tests::{server::Server, session::api_token};

/// What a fault would break: the answers themselves.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Each seed makes other calls.
const SEEDS: [&str; 3] = ["1", "2", "3"];

#[test]
fn schemathesis_finds_nothing() -> Result<()> {
    let Some(program) = std::env::var_os("THAPCANH_SCHEMATHESIS") else {
        println!("SKIPPED: no schemathesis; run `cargo xtask ci clients`");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    // The sample province, for an operation on what is not there says little.
    let server = Server::demo(&folder.path().join("data"))?;
    let password = server.said("Mật khẩu: ").context("no password printed")?;
    let token = api_token(&server.address, &password)?;
    for seed in SEEDS {
        let status = Command::new(&program)
            .arg("run")
            .arg(format!("{}/api/v1/openapi.json", server.address))
            .args(["--header", &format!("Authorization: Bearer {token}")])
            .args(["--max-examples", "20", "--workers", "1", "--no-color", "--checks", CHECKS])
            .args(["--seed", seed])
            .current_dir(folder.path())
            .env("SCHEMATHESIS_HOOKS", "house_hooks")
            .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("clients"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("THAPCANH_ADDRESS", &server.address)
            .env("THAPCANH_TOKEN", &token)
            .status()
            .context("running schemathesis")?;
        assert!(status.success(), "schemathesis found something with seed {seed}");
    }
    Ok(())
}
