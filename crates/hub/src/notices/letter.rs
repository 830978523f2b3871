//! The text of a notice, in the order of an official letter: number, addressee,
//! grounds, what was found, the list, what is asked, by when, how to answer,
//! whom to call. Every sentence stands in the locales.

use jiff::civil::Date;
use words::Lang;

use crate::installation::Installation;

/// Where the reply link goes in a text.
pub const LINK: &str = "{{link}}";
/// Where the last day for an answer goes.
pub const DUE: &str = "{{due}}";
/// Rows named in the text itself; the rest is in the file.
const LISTED: usize = 20;

/// What a room says in a notice.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Subject line, without the number.
    pub subject: String,
    /// Grounds, each after "Căn cứ".
    pub grounds: Vec<String>,
    /// What happened.
    pub opening: String,
    /// One line a row.
    pub list: Vec<String>,
    /// What is asked, in order.
    pub requests: Vec<String>,
}

/// Whom it is from and to.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Language.
    pub lang: Lang,
    /// Number.
    pub code: &'a str,
    /// Name of the unit.
    pub unit: &'a str,
    /// Who writes.
    pub from: &'a Installation,
}

/// The text, with [`LINK`] and [`DUE`] in their places.
pub fn write(frame: &Frame<'_>, content: &Content) -> String {
    let parts = [
        head(frame, content),
        grounds(frame, content),
        content.opening.clone(),
        list(frame, content),
        requests(frame, content),
        say(frame, "due", &[("due", &DUE)]),
        say(frame, "reply", &[("link", &LINK), ("code", &frame.code)]),
        contact(frame),
        say(frame, "closing", &[]),
    ];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The text with the link and the last day filled in.
pub fn fill(body: &str, lang: Lang, link: &str, due: Date) -> String {
    body.replace(LINK, link).replace(DUE, &lang.date(due))
}

/// Who writes: the team, or the province, or nobody in particular.
pub fn writer(lang: Lang, from: &Installation) -> String {
    [&from.team, &from.province]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .cloned()
        .unwrap_or_else(|| lang.t("notices.letter.writer").to_string())
}

fn say(frame: &Frame<'_>, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    frame.lang.fill(&format!("notices.letter.{key}"), values)
}

fn head(frame: &Frame<'_>, content: &Content) -> String {
    let writer = writer(frame.lang, frame.from).to_uppercase();
    let number = say(frame, "number", &[("code", &frame.code), ("subject", &content.subject)]);
    let to = say(frame, "to", &[("unit", &frame.unit)]);
    format!("{writer}\n{number}\n\n{to}")
}

fn grounds(frame: &Frame<'_>, content: &Content) -> String {
    let lines = content.grounds.iter().map(|ground| say(frame, "ground", &[("ground", ground)]));
    lines.collect::<Vec<_>>().join("\n")
}

fn list(frame: &Frame<'_>, content: &Content) -> String {
    if content.list.is_empty() {
        return String::new();
    }
    let total = content.list.len();
    let mut lines = vec![frame.lang.count("notices.letter.list", total as u64)];
    lines.extend(numbered(content.list.iter().take(LISTED)));
    if total > LISTED {
        lines.push(frame.lang.count("notices.letter.more", (total - LISTED) as u64));
    }
    lines.join("\n")
}

fn requests(frame: &Frame<'_>, content: &Content) -> String {
    if content.requests.is_empty() {
        return String::new();
    }
    let mut lines = vec![say(frame, "requests", &[("unit", &frame.unit)])];
    lines.extend(numbered(content.requests.iter()));
    lines.join("\n")
}

fn numbered<'a>(lines: impl Iterator<Item = &'a String>) -> impl Iterator<Item = String> {
    (1..).zip(lines).map(|(number, line): (u32, _)| format!("{number}. {line}"))
}

fn contact(frame: &Frame<'_>) -> String {
    let writer = writer(frame.lang, frame.from);
    if frame.from.phone.trim().is_empty() {
        return say(frame, "contact-without-phone", &[("team", &writer)]);
    }
    say(frame, "contact", &[("team", &writer), ("phone", &frame.from.phone)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lang: Lang, rows: usize) -> String {
        let from = Installation {
            team: "Đội ứng cứu sự cố tỉnh Mẫu".into(),
            phone: "0277 000 0000".into(),
            ..Installation::default()
        };
        let frame = Frame { lang, code: "TB-2024-000123", unit: "Sở Y tế", from: &from };
        let content = Content {
            subject: "Máy nhiễm mã độc".into(),
            grounds: vec!["danh sách tháng 01/2024".into()],
            opening: "Phát hiện máy nhiễm.".into(),
            list: (0..rows).map(|n| format!("192.0.2.{n}")).collect(),
            requests: vec!["Cô lập máy.".into(), "Báo cáo.".into()],
        };
        write(&frame, &content)
    }

    #[test]
    fn a_letter_has_its_parts_in_their_order() {
        let text = text(Lang::Vi, 25);
        let parts = [
            "ĐỘI ỨNG CỨU SỰ CỐ TỈNH MẪU",
            "TB-2024-000123",
            "Kính gửi: Sở Y tế",
            "Căn cứ danh sách tháng 01/2024",
            "Phát hiện máy nhiễm.",
            "1. 192.0.2.0",
            "20. 192.0.2.19",
            "5 dòng",
            "1. Cô lập máy.",
            "{{due}}",
            "{{link}}",
            "0277 000 0000",
            "Trân trọng",
        ];
        let mut from = 0;
        for part in parts {
            let at = text[from..].find(part);
            from += at.unwrap_or_else(|| panic!("{part} is missing or out of order in:\n{text}"));
        }
        assert!(!text.contains("192.0.2.20") && !text.contains('['), "{text}");
    }

    #[test]
    fn link_and_day_are_filled_in_both_languages() {
        let due = jiff::civil::date(2024, 1, 22);
        for (lang, day) in [(Lang::Vi, "22/01/2024"), (Lang::En, "2024-01-22")] {
            let filled = fill(&text(lang, 1), lang, "https://canh.example/r/x", due);
            assert!(filled.contains(day) && filled.contains("https://canh.example/r/x"));
            assert!(!filled.contains("{{"), "{filled}");
        }
    }
}
