//! What the sample's units say of their machines, and the letter that names
//! weaknesses: taken in at their time in the story.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use hub::{
    App,
    access::{Answer, Decide},
    exposures::{
        bulletins::letter,
        inventories::{Delivery, Hand, Through, take_in},
    },
    ids::UnitId,
    jobs,
};
use indicatif::ProgressBar;
use jiff::Timestamp;
use packs::Packs;
use patches::{
    facts::{Facts, Kind},
    pack, updates,
};
use sample::{Inventory, Update, Warning};

use super::replay::person;
use crate::commands::exposures::BUILT_IN;

/// The inventories of the sample, at levels that Microsoft really published.
pub fn inventories(seed: u64) -> Result<Vec<Inventory>> {
    let packs = Packs::embedded();
    let bytes = packs.read(&format!("bulletins/{BUILT_IN}.pack")).context("no bulletin pack")?;
    let (_, facts) = pack::load(bytes)?;
    sample::inventories(seed, &published(&facts)).context("the sample's inventories")
}

/// The updates of Windows, as plain values.
fn published(facts: &Facts) -> Vec<Update> {
    let plain =
        |kind: Kind| matches!(kind, Kind::Update | Kind::MonthlyRollup | Kind::SecurityOnly);
    let one = |update: updates::Update| {
        let year = i16::try_from(update.month.0 / 100).ok()?;
        let month = i8::try_from(update.month.0 % 100).ok()?;
        Some(Update {
            build: update.build,
            month: (year, month),
            kb: update.kb,
            revision: update.revision,
            cumulative: update.kind.is_cumulative(),
            replaces: update.supersedes,
        })
    };
    let windows = updates::of_windows(facts).into_iter();
    windows.filter(|update| plain(update.kind)).filter_map(one).collect()
}

/// What is still to come, in its order.
pub(super) struct Machines<'a> {
    app: &'a App,
    warning: Option<Warning>,
    rest: std::iter::Peekable<std::slice::Iter<'a, Inventory>>,
}

impl<'a> Machines<'a> {
    pub(super) fn new(app: &'a App, inventories: &'a [Inventory]) -> Self {
        Self { app, warning: Some(sample::warning()), rest: inventories.iter().peekable() }
    }

    /// Takes in whatever comes up to an instant.
    pub(super) async fn until(
        &mut self,
        at: Timestamp,
        units: &BTreeMap<String, UnitId>,
        bar: &ProgressBar,
    ) -> Result<()> {
        if let Some(warning) = self.warning.take_if(|warning| warning.received_at <= at) {
            bar.set_message(warning.name.clone());
            self.begin(warning.received_at).await?;
            let by = Decide::of_system("demo");
            let (name, bytes) = (&warning.name, warning.bytes.clone());
            letter::add(self.app, &by, warning.received_at, name, bytes).await?;
            bar.inc(1);
        }
        while let Some(inventory) = self.rest.next_if(|next| next.received_at <= at) {
            bar.set_message(inventory.name.clone());
            self.begin(inventory.received_at).await?;
            // One file that the house refuses does not end the story; it is said.
            if let Err(cause) = self.deliver(inventory, units).await {
                bar.println(format!("{}: {cause:#}", inventory.name));
            }
            bar.inc(1);
        }
        Ok(())
    }

    async fn begin(&self, at: Timestamp) -> Result<()> {
        self.app.clock.set(at);
        Ok(jobs::tick(self.app, at).await?)
    }

    async fn deliver(&self, inventory: &Inventory, units: &BTreeMap<String, UnitId>) -> Result<()> {
        let unit = units.get(inventory.unit).context("no such unit")?.clone();
        let by = Hand::Unit(Answer::by_link(person("cntt"), unit));
        let delivery = Delivery {
            files: vec![(inventory.name.clone(), inventory.bytes.clone())],
            said_on: None,
            through: Through::Link,
        };
        take_in(self.app, &by, inventory.received_at, delivery).await?;
        Ok(())
    }
}
