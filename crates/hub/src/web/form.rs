//! Reading forms. A form without the token of its session is refused before
//! anything of it is looked at.

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use diag::{Diagnostic, Place};
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{
    PageError,
    ctx::{DEVICE_COOKIE, LANG_COOKIE, SESSION_COOKIE, cookie},
};
use crate::{App, Error, people::sessions};

/// The body of a form, once its token was checked. Use it in place of
/// `axum::Form`, after [`super::Ctx`]. A field that may come several times is a
/// `Vec` with `#[serde(default)]`.
pub struct Posted<T>(pub T);

/// The body of a form of somebody without a session; another site's is refused.
pub struct PublicForm<T>(pub T);

/// An uploaded form: its text fields and its files, once its token was checked.
/// The token must be the form's first field.
pub struct Upload {
    /// Text fields.
    pub fields: BTreeMap<String, String>,
    /// Files, in the order of the form. Empty file fields are left out.
    pub files: Vec<FileField>,
}

/// An uploaded file.
pub struct FileField {
    /// Name of the field.
    pub field: String,
    /// Name that the browser gave: to be shown, never to be opened.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Most that one upload may hold, in bytes.
pub const UPLOAD_LIMIT: usize = 64 * 1024 * 1024;
/// What a browser says of a form without files.
const FORM: &str = "application/x-www-form-urlencoded";
/// Most that a form without files may hold, in bytes.
const FORM_LIMIT: usize = 256 * 1024;

/// Fields whose content is never kept nor shown again.
const SECRET: [&str; 3] = ["csrf", "password", "old"];
/// The field that says on which page of ours a form stood (see [`super::parts::token`]).
pub(super) const FROM_PAGE: &str = "from_page";

#[derive(serde::Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// What a form held, kept beside the request until it is known whether the form
/// must come back (see [`super::refused`]). Secrets are not in it.
#[derive(Clone, Default)]
pub(super) struct Typed(Arc<OnceLock<Held>>);

/// What a form held.
#[derive(Default)]
pub(super) struct Held {
    /// Text fields in their order.
    pub texts: Vec<(String, String)>,
    /// Names of the chosen files.
    pub files: Vec<String>,
}

impl Held {
    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field came with this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.texts.iter().any(|(key, own)| key == name && own == value)
    }
}

impl Typed {
    /// What was kept, if a form was read at all.
    pub fn held(&self) -> Option<&Held> {
        self.0.get()
    }

    fn keep(&self, mut held: Held) {
        held.texts.retain(|(name, _)| !SECRET.contains(&name.as_str()));
        // A request has one body: nothing is kept twice.
        let _ = self.0.set(held);
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Posted<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Self, PageError> {
        let expected = expected_token(request.headers())?;
        let (typed, body) = form_body(request).await?;
        let token: Token = serde_html_form::from_bytes(&body).map_err(unreadable)?;
        check(&expected, &token.csrf)?;
        parse(&typed, &body).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for PublicForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &App) -> Result<Self, PageError> {
        super::guard::same_site(request.headers())?;
        let (typed, body) = form_body(request).await?;
        parse(&typed, &body).map(Self)
    }
}

async fn form_body(mut request: Request) -> Result<(Typed, Bytes), PageError> {
    let typed = request.extensions_mut().remove::<Typed>().unwrap_or_default();
    let kind = request.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes())) {
        return Err(unreadable("not a form"));
    }
    let body = to_bytes(request.into_body(), FORM_LIMIT).await.map_err(|_| Error::TooLarge)?;
    Ok((typed, body))
}

/// Keeps what was typed, then reads it: a value that cannot be read is named by
/// its field.
fn parse<T: DeserializeOwned>(typed: &Typed, body: &[u8]) -> Result<T, PageError> {
    let texts = serde_html_form::from_bytes(body).map_err(unreadable)?;
    typed.keep(Held { texts, files: Vec::new() });
    let form = serde_html_form::Deserializer::from_bytes(body);
    serde_path_to_error::deserialize(form).map_err(|fault| {
        let field = fault.path().iter().find_map(|part| match part {
            serde_path_to_error::Segment::Map { key } => Some(key.clone()),
            _ => None,
        });
        field.map_or_else(|| unreadable(fault.inner()), |field| unusable(&field))
    })
}

fn unusable(field: &str) -> PageError {
    let place = Place::default().in_column(field);
    Error::Invalid(vec![Diagnostic::error("web.field-unreadable", place)]).into()
}

impl FromRequest<App> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let expected = expected_token(request.headers())?;
        Self::guarded(request, app, &expected).await
    }
}

impl Upload {
    /// Reads an upload whose first field must be this token: for pages that
    /// people without a session use.
    pub async fn guarded(request: Request, app: &App, expected: &str) -> Result<Self, PageError> {
        super::guard::same_site(request.headers())?;
        let typed = request.extensions().get::<Typed>().cloned().unwrap_or_default();
        let form = Multipart::from_request(request, app).await.map_err(unreadable)?;
        let mut upload = Self { fields: BTreeMap::new(), files: Vec::new() };
        let read = upload.read(form, expected).await;
        if !matches!(read, Err(PageError { error: Error::Forbidden, .. })) {
            typed.keep(upload.held());
        }
        read.map(|()| upload)
    }

    async fn read(&mut self, mut form: Multipart, expected: &str) -> Result<(), PageError> {
        let mut checked = false;
        let mut size = 0;
        while let Some(field) = form.next_field().await.map_err(not_whole)? {
            let key = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(not_whole)?;
            size += bytes.len();
            if size > UPLOAD_LIMIT {
                return Err(Error::TooLarge.into());
            }
            if !checked {
                let token = if key == "csrf" { &bytes[..] } else { b"" };
                check(expected, &String::from_utf8_lossy(token))?;
                checked = true;
            } else if let Some(name) = file_name {
                self.push_file(key, name, bytes.into());
            } else {
                self.fields.insert(key, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if checked { Ok(()) } else { Err(Error::Forbidden.into()) }
    }

    fn held(&self) -> Held {
        Held {
            texts: self.fields.clone().into_iter().collect(),
            files: self.files.iter().map(|file| file.name.clone()).collect(),
        }
    }

    fn push_file(&mut self, field: String, name: String, bytes: Vec<u8>) {
        if !name.is_empty() {
            self.files.push(FileField { field, name, bytes });
        }
    }

    /// A text field, without the spaces around it; `None` when it is empty.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

/// A form that ended early: at the limit, or for another reason.
fn not_whole(cause: MultipartError) -> PageError {
    if cause.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Error::TooLarge.into();
    }
    unreadable(cause)
}

fn unreadable(cause: impl std::fmt::Display) -> PageError {
    tracing::info!(%cause, "upload not readable");
    Error::field("web.form-unreadable", "form").into()
}

fn expected_token(headers: &HeaderMap) -> Result<String, Error> {
    super::guard::same_site(headers)?;
    cookie(headers, SESSION_COOKIE).map(|secret| sessions::csrf(&secret)).ok_or(Error::SignIn)
}

fn check(expected: &str, given: &str) -> Result<(), Error> {
    use subtle::ConstantTimeEq;
    if bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// Sends the browser on after a form was handled (POST → GET).
pub fn redirect(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}

/// The cookie that begins a session, or with an empty secret ends it.
pub fn set_session(app: &App, secret: &str) -> String {
    let age = if secret.is_empty() { 0 } else { sessions::LONGEST.as_secs() };
    set_secret(app, SESSION_COOKIE, secret, age)
}

/// The cookie by which a browser is known at its next sign-in, for a year.
pub fn set_device(app: &App, secret: &str) -> String {
    set_secret(app, DEVICE_COOKIE, secret, YEAR)
}

/// The cookie that holds a visitor's language. Nothing secret is in it.
pub fn set_lang(lang: words::Lang) -> String {
    format!("{LANG_COOKIE}={}; Path=/; SameSite=Lax; Max-Age={YEAR}", lang.code())
}

/// Seconds of a year.
const YEAR: i64 = 31_536_000;

fn set_secret(app: &App, name: &str, secret: &str, age: i64) -> String {
    let secure = if app.settings.public_url.starts_with("https:") { "; Secure" } else { "" };
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}
