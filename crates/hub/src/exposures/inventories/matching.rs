//! Which host of the register a delivered machine is: by name, else by the
//! first label of its name, else by address. Within the unit that delivers it:
//! a machine of another unit's name is not taken for that unit's.

use std::{collections::HashMap, net::IpAddr};

use sqlx::AnyConnection;

use super::Place;
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{HostId, networks::bounds},
    store::Select,
};

/// A host that a machine may be.
type Known = (HostId, UnitId);

/// The hosts that may be meant, by what a machine calls itself.
pub(super) struct Register {
    names: HashMap<String, Vec<Known>>,
    labels: HashMap<String, Vec<Known>>,
    addresses: HashMap<String, Vec<Known>>,
}

impl Register {
    /// The hosts of the scope.
    pub(super) async fn load(conn: &mut AnyConnection, scope: &Scope) -> Result<Self> {
        let hosts: Vec<(HostId, UnitId, String)> =
            Select::new("h.id, h.unit_id, h.name_key", "hosts h")
                .scoped(scope, "h.unit_id")
                .fetch(&mut *conn)
                .await?;
        let addresses: Vec<(HostId, UnitId, String)> = Select::new(
            "h.id, h.unit_id, a.address_key",
            "host_addresses a JOIN hosts h ON h.id = a.host_id",
        )
        .scoped(scope, "h.unit_id")
        .fetch(&mut *conn)
        .await?;
        let mut register =
            Self { names: HashMap::new(), labels: HashMap::new(), addresses: HashMap::new() };
        for (host, unit, name) in hosts {
            let known = (host, unit);
            register.labels.entry(label(&name).to_owned()).or_default().push(known.clone());
            register.names.entry(name).or_default().push(known);
        }
        for (host, unit, key) in addresses {
            register.addresses.entry(key).or_default().push((host, unit));
        }
        Ok(register)
    }

    /// Where a machine of this name is.
    pub(super) fn place(&self, name: &str) -> (Place, Option<Known>) {
        let key = words::fold(name.trim());
        let found = match name.trim().parse::<IpAddr>() {
            Ok(address) => self.addresses.get(&bounds::key(address)),
            Err(_) => self.names.get(&key).or_else(|| self.labels.get(label(&key))),
        };
        match found.map(Vec::as_slice) {
            Some([one]) => (Place::Placed, Some(one.clone())),
            Some([_, _, ..]) => (Place::Several, None),
            _ => (Place::New, None),
        }
    }
}

/// The name of a machine without its domain.
fn label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(hosts: &[(&str, &str)]) -> Register {
        let mut register =
            Register { names: HashMap::new(), labels: HashMap::new(), addresses: HashMap::new() };
        for (second, (name, address)) in (0..).zip(hosts) {
            let at = jiff::Timestamp::from_second(second).unwrap();
            let known = (HostId::new(at), UnitId::new(at));
            let key = words::fold(name);
            register.labels.entry(label(&key).to_owned()).or_default().push(known.clone());
            register.names.entry(key).or_default().push(known.clone());
            let address: IpAddr = address.parse().unwrap();
            register.addresses.entry(bounds::key(address)).or_default().push(known);
        }
        register
    }

    #[test]
    fn a_machine_is_found_by_name_label_or_address() {
        let known = register(&[
            ("SYT-PC01", "10.1.0.1"),
            ("máy.syt.example", "10.1.0.2"),
            ("twin.a.example", "10.1.0.3"),
            ("twin.b.example", "10.1.0.4"),
        ]);
        for (name, expected) in [
            ("syt-pc01", Place::Placed),
            (" SYT-PC01 ", Place::Placed),
            ("SYT-PC01.syt.example", Place::Placed),
            ("MAY", Place::Placed),
            ("10.1.0.2", Place::Placed),
            ("twin", Place::Several),
            ("twin.a.example", Place::Placed),
            ("other", Place::New),
            ("10.9.9.9", Place::New),
            ("", Place::New),
        ] {
            assert_eq!(known.place(name).0, expected, "{name}");
        }
    }
}
