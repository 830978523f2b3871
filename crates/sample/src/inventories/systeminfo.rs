//! The text of `systeminfo` as it comes out of a console, with the words of
//! three languages. It names no revision, and cuts a long list of updates.

use std::fmt::Write;

use super::{
    Said,
    machine::{Machine, Windows},
};
use crate::dice::Dice;

/// The language of a Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
    Vietnamese,
}

/// Column at which values begin.
type Words = (usize, [&'static str; 16], [&'static str; 5]);

/// Labels in their order; then: not applicable, before the build, standalone,
/// installed updates, installed network cards.
const ENGLISH: Words = (
    27,
    [
        "Host Name",
        "OS Name",
        "OS Version",
        "OS Manufacturer",
        "OS Configuration",
        "Product ID",
        "System Boot Time",
        "System Model",
        "System Type",
        "Processor(s)",
        "Windows Directory",
        "Time Zone",
        "Domain",
        "Logon Server",
        "Hotfix(s)",
        "Network Card(s)",
    ],
    ["N/A", "Build", "Standalone Workstation", "Hotfix(s) Installed.", "NIC(s) Installed."],
);
const FRENCH: Words = (
    44,
    [
        "Nom de l'hôte",
        "Nom du système d'exploitation",
        "Version du système",
        "Fabricant du système d'exploitation",
        "Configuration du système d'exploitation",
        "Identificateur de produit",
        "Heure de démarrage du système",
        "Modèle du système",
        "Type du système",
        "Processeur(s)",
        "Répertoire Windows",
        "Fuseau horaire",
        "Domaine",
        "Serveur d'ouverture de session",
        "Correctif(s)",
        "Carte(s) réseau",
    ],
    [
        "N/A",
        "version",
        "Station de travail autonome",
        "Corrections installées.",
        "carte(s) réseau installée(s).",
    ],
);
const VIETNAMESE: Words = (
    30,
    [
        "Tên máy chủ",
        "Tên HĐH",
        "Phiên bản HĐH",
        "Nhà sản xuất HĐH",
        "Cấu hình HĐH",
        "ID sản phẩm",
        "Thời gian khởi động hệ thống",
        "Kiểu máy hệ thống",
        "Loại hệ thống",
        "Bộ xử lý",
        "Thư mục Windows",
        "Múi giờ",
        "Miền",
        "Máy chủ đăng nhập",
        "Cập nhật nóng",
        "Thẻ mạng",
    ],
    [
        "Không có",
        "Bản dựng",
        "Máy trạm độc lập",
        "Cập nhật nóng Đã được cài đặt.",
        "NIC Đã được cài đặt.",
    ],
);

/// Most updates that the tool prints.
const PRINTED: usize = 200;

/// The text for a machine. A few clerks copy the screen only as far as it
/// shows without scrolling, which leaves the updates out.
pub(super) fn text(
    dice: &mut Dice,
    machine: &Machine,
    windows: &Windows,
    language: Language,
) -> (String, Said) {
    let (column, labels, [none, build, alone, installed, cards]) = match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::Vietnamese => VIETNAMESE,
    };
    let release = windows.release;
    let pack = if release.build == 7601 { "Service Pack 1" } else { none };
    let version = format!("{} {pack} {build} {}", release.version, release.build);
    let kind = if windows.is_32_bit { "X86-based PC" } else { "x64-based PC" };
    let boot = machine.collected.strftime("%d/%m/%Y, 07:30:05").to_string();
    let logon = format!("\\\\{}", machine.name);
    let values = [
        machine.name.as_str(),
        release.caption,
        &version,
        "Microsoft Corporation",
        alone,
        "00330-00000-00000-AA000",
        &boot,
        "MAU-01",
        kind,
        "1 x Intel64 ~1800 Mhz",
        "C:\\Windows",
        "(UTC+07:00) Bangkok, Hanoi, Jakarta",
        "WORKGROUP",
        &logon,
    ];
    let mut text = String::from("\r\n");
    for (label, value) in labels.iter().zip(values) {
        row(&mut text, column, label, value);
    }
    let mut said = Said {
        name: machine.name.clone(),
        system: release.caption.to_owned(),
        build: Some(release.build),
        ..Said::default()
    };
    if dice.chance(3) {
        return (text, said);
    }
    let all = windows.hotfixes.len();
    let printed = &windows.hotfixes[..all.min(PRINTED)];
    row(&mut text, column, labels[14], &format!("{all} {installed}"));
    entries(&mut text, column, printed.iter().map(|kb| format!("KB{kb}")));
    row(&mut text, column, labels[15], &format!("1 {cards}"));
    entries(&mut text, column, ["Intel(R) Ethernet Connection I219-V".to_owned()]);
    said.hotfixes = Some(printed.to_vec());
    said.is_cut = all > PRINTED;
    (text, said)
}

fn row(text: &mut String, column: usize, label: &str, value: &str) {
    let label = format!("{label}:");
    let _ = write!(text, "{label:column$}{value}\r\n");
}

fn entries(text: &mut String, column: usize, values: impl IntoIterator<Item = String>) {
    for (nth, value) in (1..).zip(values) {
        let _ = write!(text, "{:column$}[{nth:02}]: {value}\r\n", "");
    }
}
