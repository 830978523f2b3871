//! What `--help` says, in the language that is asked for.
//!
//! The texts stand in the locales under `help.<command>`: `about`, and one for
//! each argument by its name. `help.any` has those of arguments that several
//! commands share. *To add an argument:* its text in both; a test asks for it.

use std::borrow::Cow;

use clap::{Arg, ArgAction, Command};
use words::Lang;

/// The language that the arguments ask for, before anybody has understood them.
pub fn language(arguments: impl IntoIterator<Item = String>) -> Lang {
    let arguments: Vec<String> = arguments.into_iter().collect();
    let given = arguments.iter().find_map(|one| one.strip_prefix("--lang="));
    let next = || arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| &*pair[1]);
    given.or_else(next).and_then(Lang::from_code).unwrap_or(Lang::Vi)
}

/// The command with every text of its help in this language.
pub fn speak(command: Command, lang: Lang) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    at(command.arg(version), lang, "")
}

fn at(command: Command, lang: Lang, path: &str) -> Command {
    let mut order = 0;
    let template = format!("{{about}}\n\n{}: {{usage}}\n\n{{all-args}}\n", word(lang, "usage"));
    command
        .about(lang.t(&key(path, "about")).into_owned())
        .help_template(template)
        .subcommand_help_heading(word(lang, "commands"))
        .subcommand_value_name(word(lang, "command"))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(ArgAction::Help))
        .mut_args(|arg| {
            // In the order of the struct: under a heading of ours clap would sort them.
            order += 1;
            argument(arg, lang, path).display_order(order)
        })
        .mut_subcommands(|below| {
            let path = format!("{path}{}.", below.get_name());
            at(below, lang, &path)
        })
}

/// A word of the frame. Clap wants those to live as long as the program, which
/// a text of the locales does.
fn word(lang: Lang, name: &str) -> &'static str {
    match lang.t(&format!("help.word.{name}")) {
        Cow::Borrowed(text) => text,
        Cow::Owned(_) => "",
    }
}

fn key(path: &str, name: &str) -> String {
    format!("help.{path}{}", name.replace('_', "-"))
}

fn argument(arg: Arg, lang: Lang, path: &str) -> Arg {
    let own = key(path, arg.get_id().as_str());
    let any = key("any.", arg.get_id().as_str());
    let text = lang.t(if lang.has(&own) { &own } else { &any });
    let text = format!("{text}{}", choices(&arg, lang));
    let heading = if arg.is_positional() { "arguments" } else { "options" };
    let takes = arg.get_action().takes_values();
    let arg = arg.help(text).help_heading(word(lang, heading));
    if takes { arg.hide_default_value(true).hide_possible_values(true).hide_env(true) } else { arg }
}

/// What clap would add in English: the values to choose from, the one taken
/// when none is given, the variable that gives it.
fn choices(arg: &Arg, lang: Lang) -> String {
    if !arg.get_action().takes_values() {
        return String::new();
    }
    let said = |name, values: Vec<String>, between: &str| {
        let values = (!values.is_empty()).then(|| values.join(between));
        values.map(|values| format!(" [{}: {values}]", word(lang, name)))
    };
    let to_choose = arg.get_possible_values().iter().map(|one| one.get_name().to_owned()).collect();
    let taken = arg.get_default_values().iter().map(|one| one.to_string_lossy().into()).collect();
    let variable = arg.get_env().map(|name| name.to_string_lossy().into());
    let parts = [
        said("one-of", to_choose, ", "),
        said("default", taken, " "),
        said("env", variable.into_iter().collect(), ""),
    ];
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn all(command: &Command, path: &str, found: &mut Vec<(String, String)>) {
        let text = |one: Option<&clap::builder::StyledStr>| one.map(ToString::to_string);
        found.push((key(path, "about"), text(command.get_about()).unwrap_or_default()));
        for arg in command.get_arguments() {
            found
                .push((key(path, arg.get_id().as_str()), text(arg.get_help()).unwrap_or_default()));
        }
        for below in command.get_subcommands() {
            all(below, &format!("{path}{}.", below.get_name()), found);
        }
    }

    #[test]
    fn no_help_lacks_a_text() {
        for lang in Lang::ALL {
            let command = speak(crate::Arguments::command(), lang);
            command.clone().debug_assert();
            let mut found = Vec::new();
            all(&command, "", &mut found);
            let lacking: Vec<_> =
                found.iter().filter(|(_, text)| text.starts_with("[help")).collect();
            assert!(lacking.is_empty(), "{lang:?}: {lacking:#?}");
        }
    }

    #[test]
    fn the_language_is_taken_from_the_arguments() {
        for (arguments, expected) in [
            (vec!["thapcanh", "--help"], Lang::Vi),
            (vec!["thapcanh", "hunt", "--lang", "en", "--help"], Lang::En),
            (vec!["thapcanh", "hunt", "--lang=en"], Lang::En),
            (vec!["thapcanh", "hunt", "--lang"], Lang::Vi),
            (vec!["thapcanh", "hunt", "--lang", "fr"], Lang::Vi),
        ] {
            assert_eq!(language(arguments.into_iter().map(String::from)), expected);
        }
    }
}
