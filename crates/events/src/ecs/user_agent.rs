//! The browser behind a `User-Agent`, as far as its own tokens say it
//! (RFC 9110 §10.1.5).

use super::Ecs;

/// Token, and the program's name: the first that occurs wins, so what poses as
/// others stands before them.
const PROGRAMS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "HeadlessChrome"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome Mobile iOS"),
    ("Trident/7.0; rv:", "IE"),
    ("MSIE ", "IE"),
    ("Trident/", "IE"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("python-requests/", "Python Requests"),
    ("Go-http-client/", "Go-http-client"),
    ("okhttp/", "okhttp"),
    ("Version/", "Safari"),
];

/// Token, and the system's name.
const SYSTEMS: &[(&str, &str)] = &[
    ("Windows NT ", "Windows"),
    ("Windows ", "Windows"),
    ("Win98", "Windows"),
    ("Android ", "Android"),
    ("iPhone OS ", "iOS"),
    ("CPU OS ", "iOS"),
    ("Mac OS X ", "Mac OS X"),
    ("Ubuntu", "Ubuntu"),
    ("CrOS ", "Chrome OS"),
    ("Linux", "Linux"),
];

/// Windows NT's versions under the names people know.
const WINDOWS: &[(&str, &str)] =
    &[("5.1", "XP"), ("6.0", "Vista"), ("6.1", "7"), ("6.2", "8"), ("6.3", "8.1"), ("10.0", "10")];

/// Adds what the text tells.
pub(super) fn derive(ecs: &mut Ecs<'_>) {
    let Some(text) = ecs.get("user_agent.original").map(str::to_owned) else { return };
    let after = |table: &[(&str, &'static str)]| {
        table.iter().find_map(|(token, name)| {
            let at = text.find(token)?;
            Some((*name, text[at + token.len()..].to_owned()))
        })
    };
    if let Some((name, rest)) = after(PROGRAMS) {
        ecs.set("user_agent.name", name);
        ecs.set("user_agent.version", version(&rest, 3));
    } else {
        ecs.set("user_agent.name", "Other");
    }
    match after(SYSTEMS) {
        Some((name, rest)) => {
            ecs.set("user_agent.os.name", name);
            let number = version(&rest, 3);
            let known = WINDOWS.iter().find(|(nt, _)| name == "Windows" && number == *nt);
            ecs.set(
                "user_agent.os.version",
                known.map_or(number.clone(), |(_, v)| (*v).to_owned()),
            );
        }
        None => ecs.set("user_agent.os.name", "Other"),
    }
    ecs.set("user_agent.device.name", device(&text));
}

fn device(text: &str) -> &'static str {
    for (token, name) in [("iPhone", "iPhone"), ("iPad", "iPad"), ("Macintosh", "Mac")] {
        if text.contains(token) {
            return name;
        }
    }
    "Other"
}

/// `124.0.6367.78` up to so many parts; `_` counts as a dot.
fn version(text: &str, parts: usize) -> String {
    let end =
        text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let number = text[..end].replace('_', ".");
    number.trim_end_matches('.').split('.').take(parts).collect::<Vec<_>>().join(".")
}
