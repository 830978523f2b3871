//! A province of many units under one letter, to look at its board and to load
//! it: `cargo run --release -p hub --example board -- 300 8090`, then
//! `wrk -t2 -c20 -d10s --latency -H "Cookie: $COOKIE" http://127.0.0.1:8090/board/ID`
//! with what it prints.

use std::{error::Error, net::SocketAddr};

use hub::{
    App, Settings,
    access::{Actor, Administer, Answer, Decide, Role, Scope},
    clock::Clock,
    directives::{
        Covers, Directive, Text,
        ask::{Plea, ask},
        draft::{self, Asking},
        issue, read,
        report::{Said, report},
        review::{self, Seen},
        rules::Claim,
    },
    people::create::{NewAccount, create},
    registry::{
        Keeper, enter,
        units::{Kind, UnitEntry},
    },
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const PASSWORD: &str = "mật khẩu dài để thử";

#[tokio::main]
async fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let units: usize = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let port: u16 = arguments.next().map_or(Ok(8090), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let at: Timestamp = "2024-02-03T02:00:00Z".parse()?;
    let app = App::open(Settings {
        data: folder.path().to_owned(),
        database: None,
        public_url: format!("http://127.0.0.1:{port}"),
        zone: TimeZone::get("Asia/Ho_Chi_Minh")?,
        clock: Clock::held(at),
        demonstration: false,
    })
    .await?;
    fill(&app, units, at).await?;
    hub::jobs::tick(&app, at).await?;
    let listen = SocketAddr::from(([127, 0, 0, 1], port));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

async fn fill(app: &App, units: usize, at: Timestamp) -> Outcome {
    let issued = at - SignedDuration::from_hours(24 * 19);
    people(app, issued).await?;
    for number in 0..units {
        add_unit(app, number, issued).await?;
    }
    let letter = letter(app, issued).await?;
    play(app, &letter, at).await?;
    println!("login: analyst / {PASSWORD}\npath: /board/{}", letter.id);
    Ok(())
}

async fn people(app: &App, at: Timestamp) -> Outcome {
    let new = NewAccount {
        login: "analyst".into(),
        name: "Chuyên viên mẫu".into(),
        email: None,
        role: Role::Analyst,
        units: Vec::new(),
        password: PASSWORD.into(),
        must_change_password: false,
    };
    create(&app.db, &Administer::of_system("board"), at, new).await?;
    Ok(())
}

async fn add_unit(app: &App, number: usize, at: Timestamp) -> Outcome {
    let (kind, name) = match number {
        0 => (Kind::Centre, "Trung tâm Chuyển đổi số mẫu".to_owned()),
        number if number % 3 == 0 => {
            (Kind::District, format!("Ủy ban nhân dân huyện mẫu {number}"))
        }
        number => (Kind::Department, format!("Sở mẫu số {number}")),
    };
    let code = if number == 0 { "TTCDS".into() } else { format!("DV-{number:03}") };
    let entry = UnitEntry {
        code,
        name,
        short_name: None,
        kind,
        parent_id: None,
        valid_from: None,
        valid_to: None,
        ended_as: None,
        successor_id: None,
        note: None,
    };
    let by = Keeper::from(Decide::of_system("board"));
    enter::add(&app.db, &by, at, &entry).await?;
    Ok(())
}

/// The pack's letter with three more demands: fifteen in all.
async fn letter(app: &App, at: Timestamp) -> Outcome<Directive> {
    let by = Decide::of_system("board");
    let zone = &app.settings.zone;
    let pack = draft::from_packs(app).await?.0.remove(0);
    let id = draft::from_pack(&app.db, &by, at, pack, zone).await?;
    for number in 1..=3 {
        let asking = Asking {
            code: format!("x-{number}"),
            clause: String::new(),
            title: Text { vi: format!("Yêu cầu thêm {number}"), en: String::new() },
            text: Text::default(),
            covers: Covers::All,
            due_at: at + SignedDuration::from_hours(24 * 10),
            check_kind: "declared".into(),
            check_parameters: serde_json::json!({}),
            zero_allowed: true,
            counts: None,
        };
        draft::add_demand(&app.db, &by, at, &id, &asking).await?;
    }
    issue::issue(&app.db, &by, at, &id, zone).await?;
    Ok(read::directive(&app.db, &Scope::province(), &id).await?)
}

/// Reports, reviews and requests, spread by the task's number.
async fn play(app: &App, letter: &Directive, now: Timestamp) -> Outcome {
    let tasks: Vec<hub::directives::Task> =
        read::tasks(&Scope::province()).fetch(app.db.reader()).await?;
    let counted = read::demands(&app.db, &letter.id).await?;
    let by = Decide::of_system("board");
    for (number, task) in tasks.iter().enumerate() {
        let at = now - SignedDuration::from_hours(i64::try_from(number % 300)?);
        let right = Answer::by_link(Actor::system("board"), task.unit_id.clone());
        let counts = counted.iter().any(|one| one.id == task.demand_id && one.counts.is_some());
        let part = if number % 5 == 0 { 7 } else { 10 };
        let figures = counts.then_some((part, 10));
        let claim = Claim {
            zero: false,
            handled: figures.map(|(handled, _)| handled),
            total: figures.map(|(_, total)| total),
        };
        let said = Said { claim, text: "Đã thực hiện.".into(), files: Vec::new() };
        match number % 11 {
            0 | 1 => {}
            2 => {
                let plea = Plea {
                    kind: hub::directives::Asked::Cannot,
                    reason: "Chưa có kinh phí".into(),
                    measure: "Tách mạng".into(),
                    until: now + SignedDuration::from_hours(24 * 60),
                };
                ask(&app.db, &right, at, &task.id, &plea).await?;
            }
            3 => drop(report(app, &right, at, &task.id, said).await?),
            4 => {
                report(app, &right, at, &task.id, said).await?;
                let seen = Seen { task: task.id.clone(), report: None };
                review::return_report(&app.db, &by, at, &seen, "Thiếu danh sách").await?;
            }
            _ => {
                report(app, &right, at, &task.id, said).await?;
                let seen = Seen { task: task.id.clone(), report: None };
                review::accept(&app.db, &by, at, &[seen]).await?;
            }
        }
    }
    Ok(())
}
