//! Notices: from a list to the units' answers, with and without a mail server.

mod by_hand;
mod delivery;
mod journey;
mod post_office;
mod real_mail;
mod replies;

use std::collections::BTreeMap;

use hub::{
    access::{Administer, Decide, Role, Scope, Watch},
    ids::UnitId,
    installation::{self, Installation, MailSecurity, MailServer},
    notices::{self, Notice, NoticeId},
    registry::{Kind, import as register, units},
    sightings::{
        ListId,
        feeds::{self, FeedData},
        import::{self, Incoming},
        notify,
    },
};

use crate::support::{Browser, House};
use post_office::PostOffice;

const UNITS: &str = "\
Mã đơn vị,Tên đơn vị,Trực thuộc,Loại,Ngày hiệu lực
UBT,Ủy ban nhân dân tỉnh Mẫu,,UBND tỉnh,01/01/2020
SYT,Sở Y tế,UBT,\"Sở, ban, ngành\",01/01/2020
SNV,Sở Nội vụ,UBT,\"Sở, ban, ngành\",01/01/2020
";
const NETWORKS: &str = "\
Dải địa chỉ,Đơn vị,Từ ngày,Loại
192.0.2.16/29,SYT,01/01/2021,Công cộng
198.51.100.8/29,SNV,01/01/2021,Công cộng
";
const CONTACTS: &str = "\
Đơn vị,Họ tên,Vai trò,Điện thoại,Thư điện tử,Ngày xác nhận
SYT,Trần Thị Ví Dụ,Cán bộ CNTT,0277 000 1001,cntt@syt.example,20/12/2023
SYT,Nguyễn Văn Mẫu,Thủ trưởng,0277 000 1000,lanhdao@syt.example,20/12/2023
SNV,Phạm Thử Nghiệm,Cán bộ CNTT,0277 000 2001,cntt@snv.example,20/12/2023
UBT,Lê Hữu Thử,Trực,0277 000 3001,truc@ubt.example,20/12/2023
";
/// Two addresses of Sở Y tế, one of Sở Nội vụ.
pub const LIST: &str = "\
IP,Cổng,Thời gian,Mã độc
192.0.2.17,51234,10/01/2024 08:00:00,qakbot
192.0.2.18,40001,11/01/2024 09:30:00,andromeda
198.51.100.9,50505,12/01/2024 10:00:00,qakbot
";

/// A house with a list, and a post office.
pub struct Town {
    pub house: House,
    pub office: PostOffice,
    pub list: ListId,
    pub units: BTreeMap<&'static str, UnitId>,
}

impl Town {
    /// A town whose mail server is set up.
    pub async fn new() -> Self {
        let town = Self::without_mail().await;
        town.set_mail(MailSecurity::None).await;
        town
    }

    pub async fn without_mail() -> Self {
        let house = House::new().await;
        let by = Decide::of_system("test").into();
        for (kind, text) in
            [(Kind::Units, UNITS), (Kind::Networks, NETWORKS), (Kind::Contacts, CONTACTS)]
        {
            let bytes = text.as_bytes().to_vec();
            let taken =
                register::take_in(&house.app, &by, house.now(), kind, "thu.csv", bytes, None)
                    .await
                    .unwrap();
            assert_eq!(taken.counts.created, text.lines().count() as i64 - 1, "{kind:?}");
        }
        let list = receive(&house, LIST).await;
        let mut ids = BTreeMap::new();
        for code in ["UBT", "SYT", "SNV"] {
            let unit = units::by_code(&house.app.db, &Scope::province(), code).await.unwrap();
            ids.insert(code, unit.id);
        }
        Self { office: PostOffice::open().await, house, list, units: ids }
    }

    pub async fn set_mail(&self, security: MailSecurity) {
        let mail = MailServer {
            host: "127.0.0.1".into(),
            port: self.office.port,
            security,
            login: None,
            password_file: None,
            from: "Đội ứng cứu sự cố <canh@canh.example>".into(),
        };
        let new = Installation {
            province: "Tỉnh Mẫu".into(),
            team: "Đội ứng cứu sự cố tỉnh Mẫu".into(),
            phone: "0277 000 0000".into(),
            mail: Some(mail),
        };
        let by = Administer::of_system("test");
        installation::change(&self.house.app.db, &by, self.house.now(), &new).await.unwrap();
    }

    /// Drafts the notices of the list: those of Sở Y tế and of Sở Nội vụ.
    pub async fn draft(&self) -> (NoticeId, NoticeId) {
        let by = Watch::of_system("test");
        let app = &self.house.app;
        notify::draft(app, &by, self.house.now(), &self.list, None).await.unwrap();
        (self.notice("SYT").await.id, self.notice("SNV").await.id)
    }

    /// Drafts again, for units whose notice was taken back.
    pub async fn draft_again(&self) -> (NoticeId, NoticeId) {
        let by = Watch::of_system("test");
        let app = &self.house.app;
        let drafted = notify::draft(app, &by, self.house.now(), &self.list, None).await.unwrap();
        let of = |code: &str| {
            let unit = &self.units[code];
            drafted.iter().find(|one| one.unit_id == *unit).unwrap().id.clone()
        };
        (of("SYT"), of("SNV"))
    }

    /// The first notice of a unit.
    pub async fn notice(&self, unit: &str) -> Notice {
        let scope = Scope::province();
        let all = notices::of_unit(&self.house.app.db, &scope, &self.units[unit]).await.unwrap();
        all.into_iter().last().unwrap()
    }

    pub async fn state(&self, unit: &str) -> &'static str {
        self.notice(unit).await.state.name()
    }

    /// Lets the jobs run for so many minutes.
    pub async fn minutes(&self, minutes: i64) {
        for _ in 0..minutes {
            let app = &self.house.app;
            app.clock.set(self.house.now() + jiff::SignedDuration::from_mins(1));
            hub::jobs::tick(app, self.house.now()).await.unwrap();
        }
    }

    pub async fn duty(&self) -> Browser {
        self.house.person(Role::Duty, &[]).await
    }

    /// Tells a notice to be sent, as the page does.
    pub async fn send(&self, id: &NoticeId) {
        let mut duty = self.duty().await;
        duty.post(&format!("/notices/{id}/send"), &[]).await.sent_on();
    }
}

async fn receive(house: &House, text: &str) -> ListId {
    let by = Watch::of_system("test");
    let data = FeedData {
        zone: Some("Asia/Ho_Chi_Minh".into()),
        ..FeedData::monthly("stttt", "Danh sách tháng")
    };
    let feed = feeds::create(&house.app.db, &by, house.now(), &data).await.unwrap();
    let incoming = Incoming {
        feed,
        file_name: "thang-01.csv".into(),
        bytes: text.as_bytes().to_vec().into(),
        covers: None,
        settings: None,
        draft: None,
    };
    let progress = hub::works::Progress::default();
    let taken = import::take_in(&house.app, &by, house.now(), incoming, &progress).await.unwrap();
    taken.list().clone()
}

/// The path of the reply link in a text.
pub fn link_in(text: &str) -> String {
    let at = text.find("/r/").unwrap_or_else(|| panic!("no link in {text}"));
    text[at..].split_whitespace().next().unwrap().to_owned()
}

/// The token of the forms on a link's page.
pub fn token(link: &str) -> String {
    notices::link::form_token(link.trim_start_matches("/r/"))
}

/// Presses the button of the first page.
pub async fn open(browser: &mut Browser, link: &str) -> String {
    let path = format!("{link}/open");
    browser.post_with(&path, &[("csrf", &token(link))]).await.ok().text()
}
