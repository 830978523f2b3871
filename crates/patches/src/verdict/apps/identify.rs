//! Which of MSRC's products a program in an inventory is.
//!
//! *To add a program:* one arm in [`identify`], and its row in the test.

use crate::{inventory::Software, products, text};

/// How a program's version is compared with a fixed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// One line for ever: the higher contains the lower.
    Rolling,
    /// Only where the first parts are equal.
    FirstParts(usize),
    /// By SQL Server's two lines.
    SqlServer,
    /// The listed version does not move with updates: only a KB proves.
    ByUpdate,
}

/// The products a program may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Keys of product names, whole or up to a space or bracket.
    names: Vec<String>,
    /// How its version is compared.
    pub(super) compare: Compare,
    /// The version, where the name tells it better than the listed one.
    pub(super) version: Option<String>,
}

impl Target {
    fn new(names: &[&str], compare: Compare) -> Self {
        Self { names: names.iter().map(|n| products::key(n)).collect(), compare, version: None }
    }

    /// How the version is compared in the rows of a product. Edge's slow line
    /// keeps an even major for eight weeks: its fixed build says nothing of
    /// the next major's.
    pub(super) fn compared_with(&self, key: &str) -> Compare {
        if key.ends_with(" extended stable") { Compare::FirstParts(1) } else { self.compare }
    }

    /// Whether a product key is one of them.
    pub(super) fn covers(&self, key: &str) -> bool {
        self.names.iter().any(|name| {
            key.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    }
}

/// Recognises a program by its listed name and, where a product is a version
/// line, by its version.
pub(super) fn identify(program: &Software) -> Option<Target> {
    if !program.ecosystem.is_empty() {
        return None;
    }
    let name = products::flat(&program.name);
    let line = |parts: usize| version_line(&program.version, parts);
    let year = || {
        ["2013", "2014", "2016", "2017", "2019", "2021", "2022"]
            .into_iter()
            .find(|y| name.contains(y))
    };
    let has = |word: &str| name.contains(word);
    Some(if name == "microsoft edge" {
        Target::new(&["Microsoft Edge (Chromium-based)"], Compare::Rolling)
    } else if has("visual studio code") {
        Target::new(&["Visual Studio Code"], Compare::Rolling)
    } else if has("exchange server") {
        let product = format!("Microsoft Exchange Server {}", year()?);
        Target::new(&[&product], Compare::FirstParts(3))
    } else if has("sql server") && is_engine(&name) {
        Target::new(&[&format!("Microsoft SQL Server {}", year()?)], Compare::SqlServer)
    } else if has("sharepoint") {
        Target::new(&sharepoint(&name)?, Compare::ByUpdate)
    } else if has("visual studio") && has("20") {
        Target::new(
            &[&format!("Microsoft Visual Studio {} version {}", year()?, line(2)?)],
            Compare::FirstParts(2),
        )
    } else if has("powershell 7") {
        Target::new(&[&format!("PowerShell {}", line(2)?)], Compare::FirstParts(2))
    } else if is_dotnet(&name) {
        dotnet(&name, &program.version)?
    } else {
        return office(&name, year());
    })
}

fn is_engine(name: &str) -> bool {
    let other = [
        "driver",
        "management studio",
        "native client",
        "browser",
        "compact",
        "report",
        "setup",
        "clr types",
        "language",
    ];
    !other.iter().any(|o| name.contains(o))
}

fn sharepoint(name: &str) -> Option<Vec<&'static str>> {
    let found = if name.contains("subscription") {
        "Microsoft SharePoint Server Subscription Edition"
    } else if name.contains("2019") {
        "Microsoft SharePoint Server 2019"
    } else if name.contains("2016") {
        "Microsoft SharePoint Enterprise Server 2016"
    } else {
        return None;
    };
    Some(vec![found])
}

fn is_dotnet(name: &str) -> bool {
    let runtime = [
        "microsoft .net runtime",
        "microsoft asp.net core",
        "microsoft windows desktop runtime",
        "microsoft .net sdk",
        ".net runtime",
    ];
    runtime.iter().any(|r| name.starts_with(r)) && !name.contains("framework")
}

/// `6.0.22` of `microsoft .net runtime - 6.0.22 (x64)`: the listed version is
/// a packaging number.
fn dotnet(name: &str, listed: &str) -> Option<Target> {
    let in_name = name.split(' ').find(|w| text::version(w).is_some_and(|v| v.len() == 3));
    let version = in_name.unwrap_or(listed);
    let line = version_line(version, 2)?;
    let names = [format!(".NET {line}"), format!("ASP.NET Core {line}")];
    let target = Target::new(&[&names[0], &names[1]], Compare::FirstParts(2));
    Some(Target { version: Some(version.to_owned()), ..target })
}

fn version_line(version: &str, parts: usize) -> Option<String> {
    let numbers = text::version(version)?;
    let line: Vec<String> = numbers.get(..parts)?.iter().map(u64::to_string).collect();
    Some(line.join("."))
}

fn office(name: &str, year: Option<&str>) -> Option<Target> {
    if name.contains("microsoft 365 apps") || name.contains("office 365") {
        return Some(Target::new(&["Microsoft 365 Apps for Enterprise"], Compare::ByUpdate));
    }
    let suites = [
        "microsoft office professional",
        "microsoft office standard",
        "microsoft office home",
        "microsoft office ltsc",
        "microsoft office 20",
    ];
    if !suites.iter().any(|s| name.starts_with(s)) {
        return None;
    }
    let names: Vec<String> = match year? {
        "2019" => vec!["Microsoft Office 2019 for".to_owned()],
        "2021" => vec!["Microsoft Office LTSC 2021 for".to_owned()],
        year @ ("2013" | "2016") => {
            PARTS.iter().map(|part| format!("Microsoft {part} {year}")).collect()
        }
        _ => return None,
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Some(Target::new(&names, Compare::ByUpdate))
}

/// MSRC lists each part of the older suites by itself.
const PARTS: &[&str] =
    &["Office", "Excel", "Word", "Outlook", "PowerPoint", "OneNote", "Publisher"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, version: &str, product: &str, yes: bool) {
        let program =
            Software { name: name.into(), version: version.into(), ..Software::default() };
        let covers = identify(&program).is_some_and(|t| t.covers(&products::key(product)));
        assert_eq!(covers, yes, "{name} / {product}");
    }

    #[test]
    fn programs_and_products() {
        check("Microsoft Edge", "119.0.2151.44", "Microsoft Edge (Chromium-based)", true);
        check(
            "Microsoft Edge WebView2 Runtime",
            "119.0.2151.44",
            "Microsoft Edge (Chromium-based)",
            false,
        );
        check(
            "Microsoft Exchange Server 2019 Cumulative Update 13",
            "15.2.1258.12",
            "Microsoft Exchange Server 2019 Cumulative Update 13",
            true,
        );
        check(
            "Microsoft Exchange Server 2019",
            "15.2.1258.12",
            "Microsoft Exchange Server 2016 Cumulative Update 23",
            false,
        );
        check(
            "Microsoft SQL Server 2019 (64-bit)",
            "15.0.2000.5",
            "Microsoft SQL Server 2019 for x64-based Systems (GDR)",
            true,
        );
        check(
            "Microsoft ODBC Driver 17 for SQL Server",
            "17.10.1.1",
            "Microsoft SQL Server 2017 for x64-based Systems (GDR)",
            false,
        );
        check("Microsoft .NET Runtime - 6.0.22 (x64)", "48.88.63500", ".NET 6.0", true);
        check("Microsoft .NET Runtime - 6.0.22 (x64)", "48.88.63500", ".NET 7.0", false);
        check(
            "Visual Studio Community 2022",
            "17.4.5",
            "Microsoft Visual Studio 2022 version 17.4",
            true,
        );
        check(
            "Microsoft Office Professional Plus 2016",
            "16.0.4266.1001",
            "Microsoft Excel 2016 (64-bit edition)",
            true,
        );
        check(
            "Microsoft 365 Apps for enterprise - en-us",
            "16.0.16827.20166",
            "Microsoft 365 Apps for Enterprise for 64-bit Systems",
            true,
        );
        check("7-Zip", "22.01", "Microsoft Teams", false);
    }
}
