//! Third-party clients on the API: schemathesis throws what the OpenAPI document
//! allows, and what it does not, at every operation.

#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use std::process::Command;

use anyhow::{Context, Result};
use house_tests::server::{ADMIN, PASSWORD, Server};

#[test]
fn schemathesis_finds_nothing() -> Result<()> {
    let Some(program) = std::env::var_os("THAPCANH_SCHEMATHESIS") else {
        println!("SKIPPED: no schemathesis; run `cargo xtask ci clients`");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let server = Server::serve(folder.path())?;
    let token = token(&server.address)?;
    let status = Command::new(program)
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", server.address))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        // It has no serializer for whole mails; the hub's own tests send them.
        .args(["--exclude-path", "/api/v1/bounces"])
        .args(["--max-examples", "20", "--seed", "1", "--workers", "1", "--no-color"])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
        .status()
        .context("running schemathesis")?;
    assert!(status.success(), "schemathesis found something");
    Ok(())
}

/// A token that may change things, made as a person would make it.
fn token(address: &str) -> Result<String> {
    let agent = ureq::Agent::new_with_defaults();
    let credentials = [("login", ADMIN), ("password", PASSWORD)];
    agent.post(format!("{address}/login")).send_form(credentials)?;
    let page = agent.get(format!("{address}/account")).call()?.body_mut().read_to_string()?;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.context("no form token on the page")?;
    let form = [("csrf", csrf), ("name", "schemathesis"), ("days", "1"), ("scope", "change")];
    let page = agent
        .post(format!("{address}/account/tokens"))
        .send_form(form)?
        .body_mut()
        .read_to_string()?;
    let token = page.split("<code>").nth(1).and_then(|rest| rest.split('<').next());
    Ok(token.context("no token on the page")?.to_owned())
}
