//! `thapcanh serve`: the server for real use. The first start asks for the
//! administrator and the province's name, or takes them from flags.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use hub::{
    App,
    access::{Administer, Role},
    clock::Clock,
    installation::{self, Installation},
    people::{
        create::{NewAccount, create},
        password,
    },
};

use super::server::{Place, serve};

/// Arguments of `serve`.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// First start: login of the administrator.
    #[arg(long, value_name = "LOGIN")]
    admin: Option<String>,
    /// First start: name of the administrator.
    #[arg(long, value_name = "NAME")]
    admin_name: Option<String>,
    /// First start: file with the administrator's first password (its first line).
    /// Without it, one is made and printed.
    #[arg(long, value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
    /// First start: name of the province.
    #[arg(long, value_name = "NAME")]
    province: Option<String>,
}

/// Runs the server.
#[tokio::main]
pub async fn run(arguments: &Serve) -> Result<ExitCode> {
    let data = arguments.place.data.clone().unwrap_or_else(|| PathBuf::from("thapcanh-data"));
    let app = App::open(arguments.place.settings(data, Clock::System, false)?).await?;
    if installation::read(&app.db).await?.province.is_empty() {
        first_start(&app, arguments).await?;
    }
    let address = arguments.place.listen;
    println!("Tháp Canh: {}", app.settings.public_url);
    serve(app, address).await?;
    Ok(ExitCode::SUCCESS)
}

/// Asks for what only the operator knows, and makes the first account.
async fn first_start(app: &App, arguments: &Serve) -> Result<()> {
    let province =
        answer(arguments.province.as_deref(), "--province", "Tên tỉnh / Name of the province")?;
    let login = answer(
        arguments.admin.as_deref(),
        "--admin",
        "Tên đăng nhập quản trị / Administrator's login",
    )?;
    let name = arguments.admin_name.clone().unwrap_or_else(|| login.clone());
    let (password, made) = first_password(arguments)?;
    let by = Administer::of_system("first-start");
    let new = NewAccount {
        login: login.clone(),
        name,
        email: None,
        role: Role::Administrator,
        units: Vec::new(),
        password: password.clone(),
        must_change_password: made,
    };
    create(&app.db, &by, app.clock.now(), new).await?;
    // Last, because a name says that the first start is finished.
    let settings = Installation { province, ..Installation::default() };
    installation::change(&app.db, &by, app.clock.now(), &settings).await?;
    if made {
        println!("Đăng nhập / Sign in: {login}   Mật khẩu / Password: {password}");
    }
    Ok(())
}

fn first_password(arguments: &Serve) -> Result<(String, bool)> {
    match &arguments.admin_password_file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            Ok((text.lines().next().unwrap_or_default().to_owned(), false))
        }
        None => Ok((password::made(), true)),
    }
}

fn answer(flag: Option<&str>, name: &str, question: &str) -> Result<String> {
    if let Some(value) = flag {
        return Ok(value.to_owned());
    }
    if !std::io::stdin().is_terminal() {
        bail!("the first start needs {name}");
    }
    print!("{question}: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let line = line.trim();
    if line.is_empty() {
        bail!("the first start needs an answer");
    }
    Ok(line.to_owned())
}
