//! Making an account.

use jiff::Timestamp;

use super::password;
use crate::{
    Error, Result,
    access::{Administer, Role},
    ids::{AccountId, UnitId},
    store::{Db, Record},
};

/// What a new account is made from.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What is typed at sign-in; kept in lower case.
    pub login: String,
    /// Name in full.
    pub name: String,
    /// Mailbox.
    pub email: Option<String>,
    /// What they are here for.
    pub role: Role,
    /// For a unit's people: their units.
    pub units: Vec<UnitId>,
    /// First password.
    pub password: String,
    /// Whether they must choose another at the first sign-in.
    pub must_change_password: bool,
}

/// Makes an account. Errors: a login already taken, a password too short, a
/// unit's role without a unit.
pub async fn create(db: &Db, by: &Administer, at: Timestamp, new: NewAccount) -> Result<AccountId> {
    let login = new.login.trim().to_lowercase();
    check(&new, &login)?;
    let hash = password::hash(new.password).await?;
    let id = AccountId::new(at);
    let mut change = db.change(by.actor(), at).await?;
    let made = sqlx::query(
        "INSERT INTO accounts (id, login, name, email, role, password_hash, must_change_password, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (login) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(&login)
    .bind(new.name.trim())
    .bind(&new.email)
    .bind(new.role.name())
    .bind(hash)
    .bind(i64::from(new.must_change_password))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::field("people.login-taken", "login"));
    }
    for unit in &new.units {
        sqlx::query("INSERT INTO account_units (account_id, unit_id) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(unit.as_str())
            .execute(change.conn())
            .await?;
    }
    change.record(
        Record::new("people.create", &id)
            .with(serde_json::json!({"login": login, "role": new.role, "units": new.units})),
    );
    change.commit().await?;
    Ok(id)
}

fn check(new: &NewAccount, login: &str) -> Result<()> {
    let unfit = login.is_empty() || login.chars().any(char::is_whitespace);
    let unitless = !new.role.is_province() && new.units.is_empty();
    Error::any(&[
        (unfit, "people.login-empty", "login"),
        (new.name.trim().is_empty(), "people.name-empty", "name"),
        (unitless, "people.unit-missing", "units"),
    ])?;
    password::check_new(&new.password, login)
}
