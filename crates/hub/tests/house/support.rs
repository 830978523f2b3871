//! A server in a temporary folder, and visitors to it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use hub::{
    App, Settings,
    access::{Administer, Role},
    clock::Clock,
    ids::UnitId,
    people::create::{NewAccount, create},
};
use jiff::{Timestamp, tz::TimeZone};
use tower::ServiceExt;

/// Everybody's password here.
pub const PASSWORD: &str = "mật khẩu dài để thử";

/// A server under test. Set `THAPCANH_TEST_POSTGRES` to the URL of an empty
/// database server to run on PostgreSQL: each house then gets a database of its own.
pub struct House {
    pub app: App,
    router: Router,
    folder: Arc<tempfile::TempDir>,
}

/// Someone at a browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    forgetful: bool,
    headers: Vec<(&'static str, String)>,
    /// What was typed at sign-in.
    pub login: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl House {
    /// A house at 08:00 on 15 January 2024, in the province's time.
    pub async fn new() -> Self {
        Self::at("2024-01-15T01:00:00Z").await
    }

    pub async fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().to_owned(),
            database: database().await,
            public_url: "http://127.0.0.1:8080".into(),
            zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
            clock: Clock::held(now.parse().unwrap()),
            demonstration: false,
        };
        let app = App::open(settings).await.unwrap();
        let router = app.router();
        Self { app, router, folder: Arc::new(folder) }
    }

    /// The same house, as a server finds it that was stopped and started again.
    pub async fn started_again(&self) -> Self {
        let app = App::open(self.app.settings.clone()).await.unwrap();
        let router = app.router();
        Self { app, router, folder: Arc::clone(&self.folder) }
    }

    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Moves the clock and lets the jobs run, in steps as a night has them.
    pub async fn pass(&self, hours: i64) {
        for _ in 0..hours {
            self.app.clock.set(self.now() + jiff::SignedDuration::from_hours(1));
            hub::jobs::tick(&self.app, self.now()).await.unwrap();
        }
    }

    /// A browser that is not signed in.
    pub fn stranger(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            forgetful: false,
            headers: Vec::new(),
            login: String::new(),
        }
    }

    /// Makes an account of the role and signs in with it.
    pub async fn person(&self, role: Role, units: &[UnitId]) -> Browser {
        let login = format!("{}.{}", role.name(), hub::ids::ulid(self.now()).to_lowercase());
        let new = NewAccount {
            login: login.clone(),
            name: format!("Người Thử ({})", role.name()),
            email: None,
            role,
            units: units.to_vec(),
            password: PASSWORD.into(),
            must_change_password: false,
        };
        let by = Administer::of_system("test");
        create(&self.app.db, &by, self.now(), new).await.unwrap();
        self.sign_in(&login).await
    }

    pub async fn sign_in(&self, login: &str) -> Browser {
        let mut browser = self.stranger();
        browser.login = login.to_owned();
        let answer = browser.post("/login", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        browser
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Vec::new()).await
    }

    /// Posts a form that starts a work, waits for its end, and says where the
    /// browser is led to then: what came of it, or the work that was refused.
    pub async fn post_and_wait(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let to = self.post(path, fields).await.sent_on();
        if !to.starts_with("/works/") {
            return to;
        }
        let work = self.get(&format!("/api/v1{to}?wait=60")).await.ok().json();
        work["result"].as_str().map_or(to, str::to_owned)
    }

    /// Posts a form with the token of the session, as a page's form would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let mut all = vec![("csrf", token.as_str())];
        all.extend(fields);
        self.post_with(path, &all).await
    }

    /// Posts a form with one file.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        let token = self.token();
        let mut all = vec![("csrf", token.as_str())];
        all.extend(fields);
        let body = multipart(&all, file);
        self.send(Method::POST, path, "multipart/form-data; boundary=B", body).await
    }

    /// Calls the API with a file as the body.
    pub async fn send_bytes(&mut self, method: Method, path: &str, bytes: Vec<u8>) -> Answer {
        self.send(method, path, "application/octet-stream", bytes).await
    }

    /// Posts a form as it stands: for pages whose forms carry a token of their own.
    pub async fn post_with(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send(Method::POST, path, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    /// Posts a form with one file as it stands.
    pub async fn upload_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Answer {
        let body = multipart(fields, file);
        self.send(Method::POST, path, "multipart/form-data; boundary=B", body).await
    }

    /// From now on requests carry this header.
    pub fn header(&mut self, name: &'static str, value: &str) {
        self.headers.push((name, value.to_owned()));
    }

    /// Calls the API with a JSON body, as the page's script would.
    pub async fn call(&mut self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, "application/json", bytes).await
    }

    /// From now on requests carry this API token.
    pub fn bearer(&mut self, token: &str) {
        self.headers.push(("authorization", format!("Bearer {token}")));
    }

    /// From now on posts carry this key.
    pub fn idempotency_key(&mut self, key: &str) {
        self.headers.push(("idempotency-key", key.to_owned()));
    }

    fn jar(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// From now on forms lack their token, as another site's would.
    pub fn forget_token(&mut self) {
        self.forgetful = true;
    }

    fn token(&self) -> String {
        if self.forgetful {
            return String::new();
        }
        let secret = self.cookies.get("thapcanh_session").map_or("", String::as_str);
        hub::people::sessions::csrf(secret)
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, kind)
            .header(header::COOKIE, self.jar())
            .header("x-csrf-token", self.token());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let text = |name| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (location, content_type) = (text(header::LOCATION), text(header::CONTENT_TYPE));
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, location, content_type: content_type.unwrap_or_default(), bytes }
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self
    }

    /// Asserts that the form was taken and the browser sent on; says where to.
    #[track_caller]
    pub fn sent_on(self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        self.location.unwrap()
    }
}

fn multipart(fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    let part = |name: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"");
    for (name, value) in fields {
        body.extend(format!("{}\r\n\r\n{value}\r\n", part(name)).bytes());
    }
    let (name, file_name, bytes) = file;
    body.extend(format!("{}; filename=\"{file_name}\"\r\n\r\n", part(name)).bytes());
    body.extend(bytes);
    body.extend(b"\r\n--B--\r\n");
    body
}

fn encode(text: &str) -> String {
    hub::web::parts::encode(text)
}

async fn database() -> Option<String> {
    let server = std::env::var("THAPCANH_TEST_POSTGRES").ok()?;
    let name = format!("t{}", hub::ids::ulid(Timestamp::UNIX_EPOCH).to_lowercase());
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&pool)
        .await
        .unwrap();
    Some(format!("{}/{name}", server.trim_end_matches("/postgres")))
}
