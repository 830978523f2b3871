//! A letter from its pack to its proof.

use axum::http::{Method, StatusCode};
use hub::{
    access::{Decide, Role, Scope},
    directives::{
        Demand, Directive, Task,
        board::{self, Board, Slot},
        read,
        rules::Cell,
        snapshot,
    },
    ids::UnitId,
    registry::{
        Keeper, enter,
        units::{Kind, UnitEntry},
    },
};
use jiff::{Timestamp, civil::date};

use crate::support::{Browser, House};

const PACK: &str = "vn-dt-2024-01";

/// A province of three units that the pack's letter asks, and one that it does not.
struct Province {
    house: House,
    analyst: Browser,
    department: UnitId,
    district: UnitId,
    centre: UnitId,
}

async fn unit(house: &House, code: &str, name: &str, kind: Kind) -> UnitId {
    let by = Keeper::from(Decide::of_system("test"));
    let entry = UnitEntry {
        code: code.into(),
        name: name.into(),
        short_name: None,
        kind,
        parent_id: None,
        valid_from: None,
        valid_to: None,
        ended_as: None,
        successor_id: None,
        note: None,
    };
    enter::add(&house.app.db, &by, house.now(), &entry).await.unwrap().parse().unwrap()
}

impl Province {
    async fn new() -> Self {
        let house = House::new().await;
        let department = unit(&house, "SYT", "Sở Y tế mẫu", Kind::Department).await;
        let district = unit(&house, "UBND-CL", "Huyện mẫu", Kind::District).await;
        let centre = unit(&house, "TTCDS", "Trung tâm mẫu", Kind::Centre).await;
        unit(&house, "XA-1", "Xã mẫu", Kind::Commune).await;
        let analyst = house.person(Role::Analyst, &[]).await;
        Self { house, analyst, department, district, centre }
    }

    /// With the pack's letter issued.
    async fn issued() -> (Self, Directive) {
        let mut province = Self::new().await;
        let path = province.draft().await;
        let issued = province.analyst.post(&format!("{path}/issue"), &[]).await.sent_on();
        assert!(issued.starts_with("/board/"), "{issued}");
        let letter = province.letter().await;
        (province, letter)
    }

    async fn draft(&mut self) -> String {
        let on = self.analyst.post("/directives/packs", &[("pack", PACK)]).await.sent_on();
        on.split('?').next().unwrap().to_owned()
    }

    async fn letter(&self) -> Directive {
        read::issued(&self.house.app.db, &Scope::province()).await.unwrap().remove(0)
    }

    async fn demand(&self, letter: &Directive, code: &str) -> Demand {
        let demands = read::demands(&self.house.app.db, &letter.id).await.unwrap();
        demands.into_iter().find(|one| one.code == code).unwrap()
    }

    async fn task(&self, letter: &Directive, code: &str, unit: &UnitId) -> Task {
        let demand = self.demand(letter, code).await;
        read::task_at(&self.house.app.db, &Scope::province(), &demand.id, unit).await.unwrap()
    }

    async fn board(&self, letter: &Directive) -> std::sync::Arc<Board> {
        let now = self.house.now();
        board::read(&self.house.app, &Scope::province(), &letter.id, now).await.unwrap()
    }

    async fn cell(&self, letter: &Directive, code: &str, unit: &UnitId) -> Cell {
        self.slot(letter, code, unit).await.cell
    }

    async fn slot(&self, letter: &Directive, code: &str, unit: &UnitId) -> Slot {
        let board = self.board(letter).await;
        let found = board.slots().find(|(row, demand, _)| row.unit == *unit && demand.code == code);
        found.unwrap().2.clone()
    }

    async fn accept(&mut self, task: &Task) {
        self.analyst.post(&format!("/tasks/{}/accept", task.id), &[]).await.sent_on();
    }
}

async fn report(person: &mut Browser, task: &Task, fields: &[(&str, &str)]) -> StatusCode {
    let path = format!("/tasks/{}/report", task.id);
    person.upload(&path, fields, ("file", "Biên bản.pdf", b"%PDF minh chung")).await.status
}

const DONE: [(&str, &str); 4] =
    [("handled", "8"), ("total", "10"), ("text", "Đã rà quét"), ("effective_on", "2024-01-10")];

#[tokio::test]
async fn a_pack_becomes_a_draft_and_then_a_task_for_every_unit_that_it_covers() {
    let mut province = Province::new().await;
    let path = province.draft().await;
    let page = province.analyst.get(&path).await.ok().text();
    assert!(page.contains("1c-botnet") && page.contains("6410/BTTTT-CATTT"), "{page}");
    let preview = province.analyst.get(&format!("{path}/issue")).await.ok().text();
    assert!(preview.contains("Sẽ giao 30 nhiệm vụ."), "{preview}");
    province.analyst.post(&format!("{path}/issue"), &[]).await.sent_on();
    let letter = province.letter().await;
    let board = province.board(&letter).await;
    assert_eq!((board.rows.len(), board.demands.len(), board.tally().asked), (3, 12, 30));
    assert!(board.slots().all(|(.., slot)| matches!(slot.cell, Cell::Open | Cell::Unknown { .. })));
    // What was issued stands.
    let again = province.analyst.post(&format!("{path}/issue"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let edit = [("number", "x"), ("issuer", "x"), ("date", "2024-01-01"), ("title", "x")];
    let edited = province.analyst.post(&format!("{path}/edit"), &edit).await;
    assert_eq!(edited.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_kind_that_no_room_has_is_unknown_and_never_proved() {
    let mut province = Province::new().await;
    let path = province.draft().await;
    let demand = [
        ("code", "y"),
        ("title", "Việc chưa ai kiểm tra được"),
        ("due", "2024-02-05"),
        ("covers", "all"),
        ("check_kind", "made-up"),
    ];
    province.analyst.post(&format!("{path}/demands/new"), &demand).await.sent_on();
    province.analyst.post(&format!("{path}/issue"), &[]).await.sent_on();
    let (letter, unit) = (province.letter().await, province.department.clone());
    let unknown = Cell::Unknown { reason: "no-check".into() };
    assert_eq!(province.cell(&letter, "y", &unit).await, unknown);
    // A report, even an accepted one, is a person's word: the check would have to prove it.
    let task = province.task(&letter, "y", &unit).await;
    let mut officer = province.house.person(Role::UnitOfficer, std::slice::from_ref(&unit)).await;
    report(&mut officer, &task, &[("text", "Đã xong")]).await;
    province.accept(&task).await;
    assert_eq!(province.cell(&letter, "y", &unit).await.name(), "claimed");
}

#[tokio::test]
async fn a_demand_is_refused_with_parameters_that_its_check_cannot_read() {
    let mut province = Province::new().await;
    let add = format!("{}/demands/new", province.draft().await);
    let mut post = async |code: &str, kind: &str, parameters: &str| {
        let demand = [
            ("code", code),
            ("title", "Bóc gỡ"),
            ("due", "2024-02-05"),
            ("covers", "all"),
            ("check_kind", kind),
            ("check_parameters", parameters),
        ];
        province.analyst.post(&add, &demand).await.status
    };
    for (kind, parameters, expected) in [
        ("botnet-clean", r#"{"months": 3}"#, StatusCode::SEE_OTHER),
        ("botnet-clean", r#"{"months": "ba"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("botnet-clean", r#"{"absent_lists": 9007199254740992}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("made-up", "[1]", StatusCode::UNPROCESSABLE_ENTITY),
        ("made-up", r#"{"weight": 0.5}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("made-up", r#"{"weight": "0.5"}"#, StatusCode::SEE_OTHER),
    ] {
        assert_eq!(post(&format!("{kind} {parameters}"), kind, parameters).await, expected);
    }
}

#[tokio::test]
async fn a_claim_is_proved_only_once_it_is_accepted() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.department.clone();
    let task = province.task(&letter, "1c-sweep", &unit).await;
    let mut officer = province.house.person(Role::UnitOfficer, std::slice::from_ref(&unit)).await;
    let page = officer.get("/tasks").await.ok().text();
    assert!(
        page.contains(&format!("/tasks/{}", task.id)) && !page.contains("[directives"),
        "{page}"
    );
    assert_eq!(report(&mut officer, &task, &DONE).await, StatusCode::SEE_OTHER);
    let claimed = Cell::Claimed { handled: Some(8), total: Some(10) };
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, claimed);

    let path = format!("/tasks/{}/return", task.id);
    let silent = province.analyst.post(&path, &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    province.analyst.post(&path, &[("reason", "Thiếu danh sách máy")]).await.sent_on();
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, Cell::Returned);
    let page = officer.get(&format!("/tasks/{}", task.id)).await.ok().text();
    assert!(page.contains("Thiếu danh sách máy") && page.contains("Biên bản.pdf"), "{page}");

    assert_eq!(report(&mut officer, &task, &DONE).await, StatusCode::SEE_OTHER);
    province.accept(&task).await;
    let partly = Cell::Partly { handled: 8, total: 10 };
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, partly);
    // The rest, later: until it is accepted, both figures stand side by side.
    let all = [("handled", "10"), ("total", "10"), ("text", "Đã xong")];
    assert_eq!(report(&mut officer, &task, &all).await, StatusCode::SEE_OTHER);
    let slot = province.slot(&letter, "1c-sweep", &unit).await;
    assert_eq!((slot.cell, slot.claim.unwrap().handled), (partly, 10));
    province.accept(&task).await;
    let proved = Cell::Proved { total: 10 };
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, proved);

    let task = province.task(&letter, "1c-sweep", &unit).await;
    let reports = read::reports(&province.house.app.db, &task).await.unwrap();
    assert_eq!(reports.iter().map(|one| one.revision).collect::<Vec<_>>(), [3, 2, 1]);
    let files = read::evidence(&province.house.app.db, &task).await.unwrap();
    assert_eq!(files.len(), 3, "a new report keeps the files of the old ones");
    assert!(files.iter().any(|file| file.effective_on.0 == date(2024, 1, 10)));
    let traces = read::traces(&province.house.app.db, &task).await.unwrap();
    let actions: Vec<_> = traces.iter().map(|one| one.action.as_str()).collect();
    assert_eq!(actions[..2], ["directives.issue", "directives.assign"]);
    assert_eq!(actions.len(), 2 + 3 + 3, "{actions:?}");
}

#[tokio::test]
async fn the_board_sums_what_the_tasks_say() {
    let (mut province, letter) = Province::issued().await;
    for (code, unit) in
        [("1b-duty", province.department.clone()), ("2b-link", province.centre.clone())]
    {
        let task = province.task(&letter, code, &unit).await;
        let mut head = province.house.person(Role::UnitHead, &[unit]).await;
        assert_eq!(report(&mut head, &task, &[("text", "Đã xong")]).await, StatusCode::SEE_OTHER);
        province.accept(&task).await;
    }
    let board = province.board(&letter).await;
    let counts = board.by_state();
    let count = |name: &str| counts.iter().find(|(state, _)| *state == name).unwrap().1;
    assert_eq!(count("proved"), 2);
    assert_eq!(counts.iter().map(|(_, cells)| cells).sum::<u64>(), board.tally().asked);
    let columns: u64 = (0..board.demands.len()).map(|at| board.tally_of(at).proved).sum();
    let rows: u64 = board.rows.iter().map(|row| row.tally().proved).sum();
    assert_eq!((columns, rows, board.tally().proved), (2, 2, 2));

    let page = province.analyst.get(&format!("/board/{}", letter.id)).await.ok().text();
    assert!(page.contains("Đã chứng minh 2/30 (6%)") && !page.contains("[directives"), "{page}");
    let only =
        province.analyst.get(&format!("/board/{}?kind=district", letter.id)).await.ok().text();
    assert!(only.contains("Huyện mẫu") && !only.contains("Sở Y tế mẫu"));
    let late = province.analyst.get(&format!("/board/{}?late=1", letter.id)).await.ok().text();
    assert!(!late.contains("Huyện mẫu"), "nothing is late yet");
    let sheet = province.analyst.get(&format!("/board/{}?format=xlsx", letter.id)).await.ok();
    assert_eq!(&sheet.bytes[..2], b"PK");
    let text = board::text::text(&board, words::Lang::Vi, 200);
    assert!(text.contains("SYT") && text.contains("✓") && !text.contains("[directives"), "{text}");
    let narrow = board::text::text(&board, words::Lang::Vi, 60);
    assert!(narrow.lines().skip(1).take(4).all(|line| line.chars().count() <= 60), "{narrow}");
}

#[tokio::test]
async fn time_makes_late_and_more_time_unmakes_it() {
    let (province, letter) = Province::issued().await;
    let unit = province.district.clone();
    let task = province.task(&letter, "1c-sweep", &unit).await;
    province.house.app.clock.set("2024-02-05T16:59:59Z".parse().unwrap());
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, Cell::Open);
    province.house.app.clock.set("2024-02-05T17:00:00Z".parse().unwrap());
    let late = Cell::Late { handled: None, total: None };
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, late);

    let mut officer = province.house.person(Role::UnitOfficer, std::slice::from_ref(&unit)).await;
    let mut analyst = province.house.person(Role::Analyst, &[]).await;
    let path = format!("/tasks/{}/ask", task.id);
    let wish = |until| [("kind", "extension"), ("reason", "Chờ thử nghiệm"), ("until", until)];
    let early = officer.post(&path, &wish("2024-02-01")).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    officer.post(&path, &wish("2024-02-29")).await.sent_on();
    let second = officer.post(&path, &wish("2024-03-01")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, late, "asked is not granted");
    let task = province.task(&letter, "1c-sweep", &unit).await;
    let request = read::requests(&province.house.app.db, &task).await.unwrap().remove(0);
    let queue = analyst.get("/reviews").await.ok().text();
    assert!(queue.contains("Chờ thử nghiệm") && !queue.contains("[directives"), "{queue}");
    let grant = [("request", request.id.as_str()), ("granted", "1"), ("word", "")];
    analyst.post(&format!("/tasks/{}/answer", task.id), &grant).await.sent_on();
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, Cell::Open);
    province.house.app.clock.set("2024-02-29T17:00:00Z".parse().unwrap());
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, late);
}

#[tokio::test]
async fn who_cannot_comply_says_why_and_is_excused_by_the_province_alone() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.district.clone();
    let task = province.task(&letter, "1c-sweep", &unit).await;
    let mut head = province.house.person(Role::UnitHead, std::slice::from_ref(&unit)).await;
    let path = format!("/tasks/{}/ask", task.id);
    let mut plea = vec![("kind", "cannot"), ("reason", "Hết hỗ trợ"), ("until", "2024-06-30")];
    assert_eq!(head.post(&path, &plea).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    plea.push(("measure", "Tách mạng"));
    head.post(&path, &plea).await.sent_on();
    let request = read::requests(&province.house.app.db, &task).await.unwrap().remove(0);
    let answer = format!("/tasks/{}/answer", task.id);
    let grant = [("request", request.id.as_str()), ("granted", "1"), ("word", "Đồng ý")];
    assert_eq!(head.post(&answer, &grant).await.status, StatusCode::FORBIDDEN);
    province.analyst.post(&answer, &grant).await.sent_on();
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await, Cell::Excused);
    province.house.app.clock.set("2024-06-30T17:00:00Z".parse().unwrap());
    assert_eq!(province.cell(&letter, "1c-sweep", &unit).await.name(), "late");
}

#[tokio::test]
async fn nothing_to_report_is_an_answer_only_where_the_demand_allows_it() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.department.clone();
    let mut officer = province.house.person(Role::UnitOfficer, std::slice::from_ref(&unit)).await;
    let refused = province.task(&letter, "1c-sweep", &unit).await;
    assert_eq!(
        report(&mut officer, &refused, &[("zero", "1")]).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let allowed = province.task(&letter, "1b-watch", &unit).await;
    assert_eq!(report(&mut officer, &allowed, &[("zero", "1")]).await, StatusCode::SEE_OTHER);
    province.accept(&allowed).await;
    assert_eq!(province.cell(&letter, "1b-watch", &unit).await, Cell::Proved { total: 0 });
}

#[tokio::test]
async fn a_unit_neither_sees_nor_answers_for_another() {
    let (province, letter) = Province::issued().await;
    let own = province.task(&letter, "1b-duty", &province.department).await;
    let other = province.task(&letter, "1b-duty", &province.district).await;
    let units = std::slice::from_ref(&province.department);
    let mut officer = province.house.person(Role::UnitOfficer, units).await;
    assert_eq!(officer.get(&format!("/tasks/{}", own.id)).await.status, StatusCode::OK);
    assert_eq!(officer.get(&format!("/tasks/{}", other.id)).await.status, StatusCode::NOT_FOUND);
    let cell = format!("/board/{}/{}/{}", letter.id, other.demand_id, other.unit_id);
    assert_eq!(officer.get(&cell).await.status, StatusCode::NOT_FOUND);
    assert_eq!(report(&mut officer, &other, &[("text", "x")]).await, StatusCode::NOT_FOUND);
    let board = officer.get(&format!("/board/{}", letter.id)).await.ok().text();
    assert!(board.contains("Sở Y tế mẫu") && !board.contains("Huyện mẫu"), "{board}");
    assert!(board.contains("0/12") || board.contains("0/9"), "sums are of the own unit: {board}");
    assert_eq!(officer.get("/reviews").await.status, StatusCode::FORBIDDEN);
    assert_eq!(officer.get("/directives/packs").await.status, StatusCode::FORBIDDEN);
    let mut auditor = province.house.person(Role::Auditor, &[]).await;
    assert_eq!(report(&mut auditor, &own, &[("text", "x")]).await, StatusCode::FORBIDDEN);
    // A unit of which nothing is asked does not see the letter at all.
    let stranger = unit(&province.house, "XA-2", "Xã khác", Kind::Commune).await;
    let mut clerk = province.house.person(Role::UnitOfficer, &[stranger]).await;
    let hidden = clerk.get(&format!("/board/{}", letter.id)).await.status;
    assert_eq!(hidden, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn evidence_comes_back_byte_for_byte_and_only_to_its_own() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.department.clone();
    let task = province.task(&letter, "1b-duty", &unit).await;
    let mut officer = province.house.person(Role::UnitOfficer, &[unit]).await;
    report(&mut officer, &task, &[("text", "x")]).await;
    let file = read::evidence(&province.house.app.db, &task).await.unwrap().remove(0);
    let path = format!("/tasks/{}/files/{}", task.id, file.sha256);
    assert_eq!(officer.get(&path).await.ok().bytes, b"%PDF minh chung");
    let others = std::slice::from_ref(&province.district);
    let mut other = province.house.person(Role::UnitOfficer, others).await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    let wrong = format!("/tasks/{}/files/{}", task.id, "0".repeat(64));
    assert_eq!(province.analyst.get(&wrong).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_trend_keeps_a_row_a_day_and_closing_keeps_the_last() {
    let (mut province, letter) = Province::issued().await;
    province.house.pass(49).await;
    let db = province.house.app.db.clone();
    let points = snapshot::trend(&db, &Scope::province(), &letter.id).await.unwrap();
    let days: std::collections::BTreeSet<_> = points.iter().map(|one| one.day.as_str()).collect();
    assert_eq!(days.into_iter().collect::<Vec<_>>(), ["2024-01-15", "2024-01-16", "2024-01-17"]);
    let total: i64 = points.iter().filter(|one| one.day == "2024-01-16").map(|one| one.cells).sum();
    assert_eq!(total, 30);
    let own = Scope::of([province.district.clone()]);
    let points = snapshot::trend(&db, &own, &letter.id).await.unwrap();
    assert_eq!(
        points.iter().filter(|one| one.day == "2024-01-16").map(|one| one.cells).sum::<i64>(),
        9
    );

    let mut analyst = province.house.person(Role::Analyst, &[]).await;
    let close = format!("/directives/{}/close", letter.id);
    analyst.post(&close, &[("reason", "Hết dịp Tết")]).await.sent_on();
    let task = province.task(&letter, "1b-duty", &province.district).await;
    let units = std::slice::from_ref(&province.district);
    let mut officer = province.house.person(Role::UnitOfficer, units).await;
    assert_eq!(report(&mut officer, &task, &[("text", "x")]).await, StatusCode::CONFLICT);
    // Past the due day, but it was not when the letter was closed.
    province.house.app.clock.set("2024-03-01T00:00:00Z".parse().unwrap());
    assert_eq!(
        province.cell(&province.letter().await, "1b-duty", &province.district).await,
        Cell::Open
    );
    province.analyst = province.house.person(Role::Analyst, &[]).await;
    let page = province.analyst.get(&format!("/board/{}", letter.id)).await.ok().text();
    assert!(page.contains("<svg class=\"trend\"") && page.contains("Đã kết thúc"), "{page}");
}

#[tokio::test]
async fn a_letter_typed_by_hand_goes_the_same_way() {
    let mut province = Province::new().await;
    let letter = [
        ("number", "12/STTTT"),
        ("issuer", "Sở mẫu"),
        ("date", "2024-01-15"),
        ("title", "Rà soát"),
        ("legal_base", "1/QĐ; 02/01/2024; Bộ mẫu; Quy định"),
        ("supersedes", "/STTTT-CDS&ATTT"),
    ];
    let path = province.analyst.post("/directives/new", &letter).await.sent_on();
    let path = path.split('?').next().unwrap().to_owned();
    let empty = province.analyst.post(&format!("{path}/issue"), &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let demand = |units| {
        [
            ("code", "a"),
            ("title", "Rà soát máy chủ"),
            ("due", "2024-01-20T17:00"),
            ("covers", "units"),
            ("units", units),
            ("check_kind", "declared"),
        ]
    };
    let add = format!("{path}/demands/new");
    province.analyst.post(&add, &demand("SYT, KHONG-CO")).await.sent_on();
    let unknown = province.analyst.get(&format!("{path}/issue")).await.ok().text();
    assert!(unknown.contains("KHONG-CO"), "{unknown}");
    let twice = province.analyst.post(&add, &demand("SYT")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "the code is taken");
    let page = province.analyst.get(&path).await.ok().text();
    let edit = page.split("href=\"").find(|part| part.contains("/demands/0")).unwrap();
    let edit = edit.split('"').next().unwrap().to_owned();
    province.analyst.get(&edit).await.ok();
    province.analyst.post(&edit, &demand("SYT")).await.sent_on();
    let file = ("file", "quét.pdf", b"%PDF ban quet".as_slice());
    province.analyst.upload(&format!("{path}/attach"), &[], file).await.sent_on();
    province.analyst.post(&format!("{path}/issue"), &[]).await.sent_on();
    let letter = province.letter().await;
    let board = province.board(&letter).await;
    assert_eq!((board.rows.len(), board.tally().asked), (1, 1));
    let due: Timestamp = "2024-01-20T10:00:00Z".parse().unwrap();
    assert_eq!(board.demands[0].due_at, due);
    let page = province.analyst.get(&path).await.ok().text();
    assert!(
        page.contains("quét.pdf") && page.contains("Bộ mẫu") && !page.contains("[directives"),
        "{page}"
    );
}

#[tokio::test]
async fn several_reports_are_accepted_at_once_and_none_that_was_not_seen() {
    let (mut province, letter) = Province::issued().await;
    let mut ticks = Vec::new();
    for unit in [province.department.clone(), province.district.clone()] {
        let task = province.task(&letter, "1b-duty", &unit).await;
        let mut officer = province.house.person(Role::UnitOfficer, &[unit]).await;
        report(&mut officer, &task, &[("text", "Đã phân công")]).await;
        let task = province.task(&letter, "1b-duty", &task.unit_id).await;
        ticks.push((format!("task.{}", task.id), task.report_id.unwrap(), task.unit_id, officer));
    }
    let queue = province.analyst.get("/reviews").await.ok().text();
    assert!(queue.contains(&ticks[0].0) && queue.contains(&ticks[1].0), "{queue}");
    // The second unit reports again while the reviewer reads.
    let newer = province.task(&letter, "1b-duty", &ticks[1].2).await;
    report(&mut ticks[1].3, &newer, &[("text", "Bổ sung")]).await;
    let form: Vec<_> = ticks.iter().map(|tick| (tick.0.as_str(), tick.1.as_str())).collect();
    let both = province.analyst.post("/reviews/accept", &form).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    assert_eq!(
        province.cell(&letter, "1b-duty", &ticks[0].2).await.name(),
        "claimed",
        "all or none"
    );
    province.analyst.post("/reviews/accept", &form[..1]).await.sent_on();
    assert_eq!(province.cell(&letter, "1b-duty", &ticks[0].2).await.name(), "proved");
}

#[tokio::test]
async fn the_first_page_says_what_waits_for_whom() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.department.clone();
    let task = province.task(&letter, "1b-duty", &unit).await;
    let mut officer = province.house.person(Role::UnitOfficer, &[unit]).await;
    report(&mut officer, &task, &[("text", "x")]).await;
    let page = province.analyst.get("/").await.ok().text();
    assert!(page.contains("báo cáo chờ duyệt"), "{page}");
    province.house.app.clock.set("2024-02-03T02:00:00Z".parse().unwrap());
    let units = std::slice::from_ref(&province.district);
    let mut clerk = province.house.person(Role::UnitOfficer, units).await;
    let page = clerk.get("/").await.ok().text();
    assert!(page.contains("đến hạn trong 3 ngày tới"), "{page}");
}

#[tokio::test]
async fn the_api_does_all_of_it() {
    let mut province = Province::new().await;
    let mut analyst = province.house.person(Role::Analyst, &[]).await;
    let mut officer =
        province.house.person(Role::UnitOfficer, std::slice::from_ref(&province.department)).await;
    let none = serde_json::Value::Null;
    let made = analyst.call(Method::POST, &format!("/api/v1/directives/packs/{PACK}"), &none).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/directives/{id}");
    let hidden = officer.call(Method::GET, &path, &none).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND, "a draft is nobody else's");
    let whole = analyst.call(Method::GET, &path, &none).await.ok().json();
    assert_eq!(whole["demands"].as_array().unwrap().len(), 12);
    let mut letter = whole["letter"].clone();
    letter["number"] = "07/STTTT-CDS&ATTT".into();
    assert_eq!(analyst.call(Method::PUT, &path, &letter).await.status, StatusCode::NO_CONTENT);
    let demand = &whole["demands"][11];
    let at = format!("{path}/demands/{}", demand["id"].as_str().unwrap());
    assert_eq!(analyst.call(Method::DELETE, &at, &none).await.status, StatusCode::NO_CONTENT);
    let issue = format!("{path}/issue");
    assert_eq!(officer.call(Method::POST, &issue, &none).await.status, StatusCode::FORBIDDEN);
    assert_eq!(analyst.call(Method::POST, &issue, &none).await.status, StatusCode::NO_CONTENT);

    let board = officer.call(Method::GET, &format!("{path}/board"), &none).await.ok().json();
    assert_eq!(board["rows"].as_array().unwrap().len(), 1);
    assert_eq!(board["number"], "07/STTTT-CDS&ATTT");
    let tasks = officer.call(Method::GET, "/api/v1/tasks?limit=2", &none).await.ok().json();
    assert_eq!(tasks["items"].as_array().unwrap().len(), 2);
    assert!(tasks["next"].is_string(), "{tasks}");
    let duty = board["demands"].as_array().unwrap().iter().position(|one| one["code"] == "1b-duty");
    let task = board["rows"][0]["cells"][duty.unwrap()]["task"].as_str().unwrap().to_owned();
    let said = serde_json::json!({"text": "Đã phân công", "files": [
        {"name": "ca-truc.txt", "content": "Y2EgdHJ1Yw==", "effective_on": "2024-01-14"},
    ]});
    let reports = format!("/api/v1/tasks/{task}/reports");
    let report = officer.call(Method::POST, &reports, &said).await;
    assert_eq!(report.status, StatusCode::CREATED, "{}", report.text());
    let seen = serde_json::json!([{"task": task, "report": report.json()["id"]}]);
    let accept = analyst.call(Method::POST, "/api/v1/tasks/accept", &seen).await;
    assert_eq!(accept.status, StatusCode::NO_CONTENT, "{}", accept.text());
    let whole =
        officer.call(Method::GET, &format!("/api/v1/tasks/{task}"), &none).await.ok().json();
    assert_eq!(
        (&whole["cell"]["state"], &whole["proof"]["state"]),
        (&"proved".into(), &"met".into())
    );
    assert_eq!(whole["reports"][0]["files"][0]["effective_on"], "2024-01-14");
    let sha256 = whole["reports"][0]["files"][0]["sha256"].as_str().unwrap();
    let file = officer.get(&format!("/api/v1/tasks/{task}/files/{sha256}")).await.ok();
    assert_eq!(file.bytes, b"ca truc");

    let because = serde_json::json!({"reason": "Hết hạn"});
    let closed = analyst.call(Method::POST, &format!("{path}/close"), &because).await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT);
    let late = officer.call(Method::POST, &reports, &said).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(late.json()["errors"][0]["code"], "directives.not-issued");
    let trend = analyst.call(Method::GET, &format!("{path}/trend"), &none).await.ok().json();
    assert!(trend.as_array().unwrap().iter().any(|one| one["state"] == "proved"), "{trend}");
    province.analyst.get(&format!("/directives/{id}")).await.ok();
}

#[test]
fn every_diagnostic_has_its_words() {
    words::check_codes("directives", hub::directives::CODES).unwrap();
}

#[tokio::test]
async fn what_is_finished_leaves_with_its_evidence_and_verifies_offline() {
    let (mut province, letter) = Province::issued().await;
    let unit = province.department.clone();
    let task = province.task(&letter, "1c-sweep", &unit).await;
    let mut officer = province.house.person(Role::UnitOfficer, std::slice::from_ref(&unit)).await;
    let path = format!("/tasks/{}/bundle", task.id);
    assert_eq!(officer.get(&path).await.status, StatusCode::CONFLICT, "nothing is finished yet");
    report(&mut officer, &task, &DONE).await;
    province.accept(&task).await;

    let trusted = province.house.app.key().unwrap().verifying_key();
    let check = |bytes: Vec<u8>| {
        proof::verify_bundle(std::io::Cursor::new(bytes), Some(&trusted)).map(|report| report.ok)
    };
    let bytes = officer.get(&path).await.ok().bytes;
    assert!(check(bytes.clone()).unwrap());
    let at = bytes.windows(5).position(|window| window == b"%PDF ").unwrap();
    let mut altered = bytes;
    altered[at] ^= 1;
    assert!(!check(altered).unwrap_or(false), "one byte of the evidence changed");
    let others = std::slice::from_ref(&province.district);
    let mut other = province.house.person(Role::UnitOfficer, others).await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);

    let close = format!("/directives/{}/close", letter.id);
    province.analyst.post(&close, &[("reason", "Hết dịp Tết")]).await.sent_on();
    let path = format!("/directives/{}/bundle", letter.id);
    assert!(check(province.analyst.get(&path).await.ok().bytes).unwrap());
}
