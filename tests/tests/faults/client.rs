//! The administrator, sending files and asking the API.

use anyhow::{Context, Result};
use house_tests::{
    server::PASSWORD,
    session::{read, sign_in},
};
use serde_json::Value;

/// Signed in; the session outlives the server that began it.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    address: String,
    csrf: String,
}

impl Client {
    pub fn sign_in(address: &str) -> Result<Self> {
        let (agent, csrf) = sign_in(address, PASSWORD)?;
        Ok(Self { agent, address: address.to_owned(), csrf })
    }

    /// The same person, at the same house under another port.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    pub fn page(&self, path: &str) -> Result<String> {
        read(&self.agent, &format!("{}{path}", self.address))
    }

    /// An answer of the API.
    pub fn json(&self, path: &str) -> Result<Value> {
        let mut answer = self.agent.get(format!("{}{path}", self.address)).call()?;
        Ok(answer.body_mut().with_config().limit(64 << 20).read_json()?)
    }

    /// Posts to the API.
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("content-type", kind).header("x-csrf-token", &self.csrf);
        Ok(request.send(body)?.body_mut().read_json()?)
    }

    /// Posts a form with one file; the page that it leads to.
    pub fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Result<String> {
        let part = |name: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"");
        let mut body = format!("{}\r\n\r\n{}\r\n", part("csrf"), self.csrf).into_bytes();
        body.extend(format!("{}; filename=\"{name}\"\r\n\r\n", part("file")).bytes());
        body.extend(bytes);
        body.extend(b"\r\n--B--\r\n");
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request.header("content-type", "multipart/form-data; boundary=B");
        let answer = request.config().max_redirects(0).build().send(&body[..])?;
        let to = answer.headers().get("location").context("not sent on")?;
        Ok(to.to_str()?.to_owned())
    }
}
