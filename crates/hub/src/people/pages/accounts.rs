//! Everybody's accounts, for the administrator.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::Nothing;
use crate::{
    App, Error, Result,
    access::Role,
    ids::{AccountId, UnitId},
    people::{
        Account, change,
        create::{NewAccount, create as create_account},
        get, password, sessions, totp,
    },
    registry::units,
    store::{Direction, Select},
    web::{self, Column, Ctx, Listing, Page, Posted, Table, frame, parts},
};

const COLUMNS: &[Column<Account>] = &[
    Column {
        key: "login",
        title: "people.login.login",
        sort: Some("login"),
        cell: |_, row| html! { a href={ "/people/" (row.id) } { (row.login) } },
        text: |_, row| row.login.clone().into(),
    },
    Column {
        key: "name",
        title: "people.account.name",
        sort: Some("name"),
        cell: |_, row| html! { (row.name) },
        text: |_, row| row.name.clone().into(),
    },
    Column {
        key: "role",
        title: "people.account.role",
        sort: Some("role"),
        cell: |ctx, row| html! { (ctx.t(&format!("people.role.{}", row.role))) },
        text: |ctx, row| ctx.t(&format!("people.role.{}", row.role)).into(),
    },
    Column {
        key: "state",
        title: "people.accounts.state",
        sort: Some("closed_at"),
        cell: |ctx, row| state(ctx, row),
        text: |ctx, row| ctx.t(state_key(row)).into(),
    },
];

fn state_key(account: &Account) -> &'static str {
    match (account.closed_at, account.totp_secret.is_some()) {
        (Some(_), _) => "people.accounts.closed",
        (None, true) => "people.accounts.two-factors",
        (None, false) => "people.accounts.one-factor",
    }
}

fn state(ctx: &Ctx, account: &Account) -> Markup {
    let tone = match (account.closed_at, account.totp_secret.is_some()) {
        (Some(_), _) => parts::Tone::Quiet,
        (None, true) => parts::Tone::Good,
        (None, false) => parts::Tone::Partly,
    };
    parts::badge(tone, &ctx.t(state_key(account)))
}

pub(super) async fn page(
    State(app): State<App>,
    ctx: Ctx,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    ctx.viewer.administer()?;
    let listing = Listing::new(query);
    let table = Table {
        path: "/people".to_owned(),
        file: "accounts",
        title: "people.accounts.title",
        columns: COLUMNS,
        sorted: ("login", Direction::Up),
    };
    let select = Select::new(crate::people::COLUMNS, "accounts");
    let done = parts::done(&ctx, listing.get("done"));
    table
        .respond(&ctx, app.db.reader(), select, &listing, |rows| {
            let add =
                html! { a.button.primary href="/people/new" { (ctx.t("people.accounts.new")) } };
            frame(
                &ctx,
                &ctx.t("people.accounts.title"),
                &html! {
                    (parts::heading(&ctx.t("people.accounts.title"), &add))
                    p.soft { (ctx.t("people.accounts.what")) }
                    (done)
                    (rows)
                },
            )
        })
        .await
}

/// The roles as options.
fn roles(ctx: &Ctx) -> Vec<(String, String)> {
    let option =
        |role: Role| (role.name().to_owned(), ctx.t(&format!("people.role.{}", role.name())));
    Role::ALL.into_iter().map(option).collect()
}

async fn unit_choice(app: &App, ctx: &Ctx, chosen: &[UnitId]) -> Result<Markup> {
    let today = ctx.now.to_zoned(ctx.zone.clone()).date();
    let mut options = vec![(String::new(), ctx.t("people.accounts.no-unit"))];
    options.extend(units::options(&app.db, ctx.viewer.scope(), today).await?);
    let chosen = chosen.first().map_or("", UnitId::as_str);
    Ok(parts::choice(ctx.lang, "people.accounts.unit", "units", &options, chosen))
}

pub(super) async fn new_page(State(app): State<App>, ctx: Ctx) -> Page {
    ctx.viewer.administer()?;
    let title = ctx.t("people.accounts.new");
    let unit = unit_choice(&app, &ctx, &[]).await?;
    Ok(frame(
        &ctx,
        &title,
        &html! {
            h1 { (title) }
            form method="post" action="/people/new" {
                (parts::token(&ctx))
                (parts::field(ctx.lang, "people.login.login", "login", "text", "", true))
                (parts::field(ctx.lang, "people.account.name", "name", "text", "", true))
                (parts::field(ctx.lang, "people.accounts.email", "email", "email", "", false))
                (parts::choice(ctx.lang, "people.account.role", "role", &roles(&ctx), "unit_officer"))
                (unit)
                button.primary type="submit" { (ctx.t("people.accounts.make")) }
            }
        },
    ))
}

#[derive(Deserialize)]
pub(super) struct AccountForm {
    #[serde(default)]
    login: String,
    name: String,
    #[serde(default)]
    email: String,
    role: String,
    #[serde(default)]
    units: String,
}

impl AccountForm {
    fn role(&self) -> Result<Role> {
        Role::named(&self.role).ok_or_else(|| Error::field("people.role-unknown", "role"))
    }

    fn units(&self) -> Result<Vec<UnitId>> {
        if self.units.is_empty() {
            return Ok(Vec::new());
        }
        let unit = self.units.parse();
        Ok(vec![unit.map_err(|_| Error::field("people.unit-missing", "units"))?])
    }

    fn email(&self) -> Option<String> {
        let email = self.email.trim();
        (!email.is_empty()).then(|| email.to_owned())
    }
}

/// Shows the first password this once.
pub(super) async fn create(
    State(app): State<App>,
    ctx: Ctx,
    Posted(form): Posted<AccountForm>,
) -> Page {
    let by = ctx.viewer.administer()?;
    let first = password::made();
    let new = NewAccount {
        role: form.role()?,
        units: form.units()?,
        email: form.email(),
        login: form.login,
        name: form.name,
        password: first.clone(),
        must_change_password: true,
    };
    let id = create_account(&app.db, &by, ctx.now, new).await?;
    Ok(password_shown(&ctx, &id, &first))
}

fn password_shown(ctx: &Ctx, id: &AccountId, first: &str) -> Markup {
    let title = ctx.t("people.accounts.first-password");
    frame(
        ctx,
        &title,
        &html! {
            h1 { (title) }
            p { (ctx.t("people.accounts.first-password-what")) }
            p { code { (first) } }
            p { a.button href={ "/people/" (id) } { (ctx.t("common.action.continue")) } }
        },
    )
}

pub(super) async fn one(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Page<Response> {
    ctx.viewer.administer()?;
    let account = get(&app.db, &id).await?;
    let role = Role::named(&account.role).unwrap_or(Role::Auditor);
    let units = sessions::units_of(&app.db, &id, role).await?;
    let unit = unit_choice(&app, &ctx, &units).await?;
    let done = parts::done(&ctx, query.get("done").map(String::as_str));
    Ok(frame(&ctx, &account.name, &html! {
        (parts::heading(&account.name, &state(&ctx, &account)))
        (done)
        form method="post" action={ "/people/" (id) } {
            (parts::token(&ctx))
            (parts::field(ctx.lang, "people.account.name", "name", "text", &account.name, true))
            (parts::field(ctx.lang, "people.accounts.email", "email", "email", account.email.as_deref().unwrap_or_default(), false))
            (parts::choice(ctx.lang, "people.account.role", "role", &roles(&ctx), &account.role))
            (unit)
            button.primary type="submit" { (ctx.t("common.action.save")) }
        }
        (deeds(&ctx, &account))
    })
    .into_response())
}

fn deeds(ctx: &Ctx, account: &Account) -> Markup {
    let deed = |verb: &str, text: &str| {
        html! {
            form method="post" action={ "/people/" (account.id) "/" (verb) } {
                (parts::token(ctx))
                button.danger type="submit" { (ctx.t(text)) }
            }
        }
    };
    html! {
        h2 { (ctx.t("people.accounts.deeds")) }
        @if account.closed_at.is_none() {
            div.actions {
                (deed("password", "people.accounts.reset-password"))
                @if account.totp_secret.is_some() { (deed("second-factor-off", "people.second-factor.switch-off")) }
                (deed("close", "people.accounts.close"))
            }
        }
    }
}

pub(super) async fn change(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Posted(form): Posted<AccountForm>,
) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    let to = change::Changed {
        role: form.role()?,
        units: form.units()?,
        email: form.email(),
        name: form.name,
    };
    change::change(&app.db, &by, ctx.now, &id, &to).await?;
    Ok(web::redirect(&format!("/people/{id}?done=people.done.changed")))
}

pub(super) async fn reset_password(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page {
    let by = ctx.viewer.administer()?;
    let first = password::reset(&app.db, &by, &id, ctx.now).await?;
    Ok(password_shown(&ctx, &id, &first))
}

pub(super) async fn second_factor_off(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    totp::switch_off(&app.db, by.actor(), &id, ctx.now).await?;
    Ok(web::redirect(&format!("/people/{id}?done=people.done.second-factor-off")))
}

pub(super) async fn close(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<AccountId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Page<Response> {
    let by = ctx.viewer.administer()?;
    change::close(&app.db, &by, ctx.now, &id).await?;
    Ok(web::redirect("/people?done=people.done.closed"))
}
