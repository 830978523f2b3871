//! The administrator at a browser, as far as a test needs one.

use anyhow::{Context, Result};
use ureq::Agent;

use crate::server::ADMIN;

/// Signs in; gives the browser and the token that its forms carry.
pub fn sign_in(address: &str, password: &str) -> Result<(Agent, String)> {
    let agent = Agent::new_with_defaults();
    agent.post(format!("{address}/login")).send_form([("login", ADMIN), ("password", password)])?;
    let page = read(&agent, &format!("{address}/account"))?;
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").context("no form token")?.to_owned();
    Ok((agent, csrf))
}

/// A page's text.
pub fn read(agent: &Agent, address: &str) -> Result<String> {
    Ok(agent.get(address).call()?.body_mut().read_to_string()?)
}

/// An API token that may change things, made as a person would make it.
pub fn api_token(address: &str, password: &str) -> Result<String> {
    let (agent, csrf) = sign_in(address, password)?;
    let form = [("csrf", csrf.as_str()), ("name", "test"), ("days", "1"), ("scope", "change")];
    let mut answer = agent.post(format!("{address}/account/tokens")).send_form(form)?;
    let page = answer.body_mut().read_to_string()?;
    Ok(between(&page, "<code>", "<").context("no token on the page")?.to_owned())
}

/// What stands after `before` and up to `after`, the first time.
pub fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
