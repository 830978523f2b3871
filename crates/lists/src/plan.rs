//! Which columns of this very file are which fields, settled once per file.

use std::sync::Arc;

use tables::{Columns, Table};

use crate::shadowserver::Reading;

/// Column numbers for each field, tried in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) address: Vec<usize>,
    pub(crate) port: Vec<usize>,
    pub(crate) time: Vec<usize>,
    pub(crate) family: Vec<usize>,
    pub(crate) kind: Vec<usize>,
    pub(crate) identifier: Vec<usize>,
    pub(crate) transport: Vec<usize>,
    pub(crate) hostname: Vec<usize>,
    pub(crate) destination_address: Vec<usize>,
    pub(crate) destination_port: Vec<usize>,
    pub(crate) destination_fqdn: Vec<usize>,
    pub(crate) destination_url: Vec<usize>,
    /// Columns that no field claims.
    pub(crate) extra: Arc<[(usize, String)]>,
    /// What a cell says when it says nothing.
    pub(crate) unknown: Vec<String>,
    pub(crate) fixed_identifier: Option<String>,
}

impl Plan {
    /// From a confirmed or guessed mapping.
    pub(crate) fn of_columns(columns: &Columns, table: &Table) -> Self {
        let at = |field: &str| columns.index(field).into_iter().collect::<Vec<_>>();
        Self {
            address: at("address"),
            port: at("port"),
            time: at("time"),
            family: at("family"),
            kind: at("type"),
            identifier: at("identifier"),
            transport: at("transport"),
            hostname: at("hostname"),
            destination_address: at("destination_address"),
            destination_port: at("destination_port"),
            destination_fqdn: at("destination_fqdn"),
            destination_url: at("destination_url"),
            ..Self::default()
        }
        .with_extra(table)
    }

    /// From a Shadowserver report's schema.
    pub(crate) fn of_reading(reading: &Reading, table: &Table, unknown: &[String]) -> Self {
        let at = |names: &[String]| -> Vec<usize> {
            names.iter().filter_map(|name| table.header.iter().position(|h| h == name)).collect()
        };
        let shape = &reading.shape;
        Self {
            address: at(&shape.address),
            port: at(&shape.port),
            time: at(&shape.time),
            family: at(&shape.family),
            kind: Vec::new(),
            identifier: at(&shape.identifier),
            transport: at(&shape.transport),
            hostname: at(&shape.hostname),
            destination_address: at(&shape.destination_address),
            destination_port: at(&shape.destination_port),
            destination_fqdn: at(&shape.destination_fqdn),
            destination_url: at(&shape.destination_url),
            unknown: unknown.to_vec(),
            fixed_identifier: reading.fixed_identifier.clone(),
            ..Self::default()
        }
        .with_extra(table)
    }

    /// A column that is only the second choice for a field is kept as extra too.
    fn with_extra(mut self, table: &Table) -> Self {
        let first = |columns: &[usize], at: usize| columns.first() == Some(&at);
        let claimed = |at: usize| {
            [
                &self.address,
                &self.port,
                &self.time,
                &self.family,
                &self.kind,
                &self.identifier,
                &self.transport,
                &self.hostname,
                &self.destination_address,
                &self.destination_port,
                &self.destination_fqdn,
                &self.destination_url,
            ]
            .iter()
            .any(|columns| first(columns, at))
        };
        self.extra =
            table.header.iter().cloned().enumerate().filter(|(at, _)| !claimed(*at)).collect();
        self
    }
}
