//! `/api/v1/me` and `/api/v1/accounts`.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Account,
    create::{NewAccount, create},
    password,
};
use crate::{
    App,
    access::Role,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    ids::{AccountId, UnitId},
    store::Select,
};

/// The room's part of the API.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(list, make))
}

/// Who the caller is.
#[derive(Serialize, ToSchema)]
struct Me {
    /// Account.
    id: AccountId,
    /// Name in full.
    name: String,
    /// What they are here for.
    role: Role,
    /// Whether they may change anything: false for a reading token.
    may_change: bool,
    /// Units whose rows they see; absent for the whole province.
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<UnitId>>,
}

/// Who the caller is, and what they may see.
#[utoipa::path(get, path = "/api/v1/me", tag = "people", responses((status = 200, body = Me)))]
async fn me(caller: Caller) -> Json<Me> {
    let viewer = caller.viewer;
    let units = viewer.scope().units().map(|units| units.iter().cloned().collect());
    Json(Me {
        id: viewer.account.clone(),
        name: viewer.actor.name.clone(),
        role: viewer.role,
        may_change: viewer.may_change,
        units,
    })
}

/// An account.
#[derive(Serialize, ToSchema)]
struct AccountView {
    id: AccountId,
    login: String,
    name: String,
    email: Option<String>,
    role: String,
    second_factor: bool,
    closed: bool,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            second_factor: account.totp_secret.is_some(),
            closed: account.closed_at.is_some(),
            id: account.id,
            login: account.login,
            name: account.name,
            email: account.email,
            role: account.role,
        }
    }
}

/// Every account; for the administrator.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "people", params(SliceQuery), responses((status = 200, body = Slice<AccountView>)))]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<AccountView>>> {
    caller.viewer.administer()?;
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(Select::new(super::COLUMNS, "accounts"), "id", "id > {}");
    let rows: Vec<Account> = select.fetch(app.db.reader()).await?;
    let views = rows.into_iter().map(AccountView::from).collect();
    Ok(Json(cursor.slice(views, |row| row.id.to_string())))
}

/// What an account is made from.
#[derive(Deserialize, ToSchema)]
struct MakeAccount {
    /// What is typed at sign-in; no spaces.
    login: String,
    /// Name in full.
    name: String,
    /// Mailbox.
    email: Option<String>,
    /// What they are here for.
    role: Role,
    /// For a unit's people: their units.
    #[serde(default)]
    units: Vec<UnitId>,
}

/// A made account.
#[derive(Serialize, ToSchema)]
struct MadeAccount {
    /// Identifier.
    id: AccountId,
    /// First password, said only now; it must be changed at the first sign-in.
    first_password: String,
}

/// Makes an account; for the administrator.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "people", request_body = MakeAccount, responses((status = 201, body = MadeAccount)))]
async fn make(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<MakeAccount>,
) -> Api<(StatusCode, Json<MadeAccount>)> {
    let by = caller.viewer.administer()?;
    let first_password = password::made();
    let new = NewAccount {
        login: body.login,
        name: body.name,
        email: body.email,
        role: body.role,
        units: body.units,
        password: first_password.clone(),
        must_change_password: true,
    };
    let id = create(&app.db, &by, caller.now, new).await?;
    Ok((StatusCode::CREATED, Json(MadeAccount { id, first_password })))
}
