//! A rule as a formula over atoms, with what is known beforehand taken out.

/// A formula over the atoms of a program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// Known when the program was made.
    Known(bool),
    /// The atom of this number.
    Atom(u32),
    /// Not this.
    Not(Box<Expr>),
    /// All of these; at least two.
    And(Vec<Expr>),
    /// One of these; at least two.
    Or(Vec<Expr>),
    /// So many of these.
    AtLeast(u32, Vec<Expr>),
}

impl Expr {
    pub(crate) fn not(inner: Expr) -> Expr {
        match inner {
            Expr::Known(value) => Expr::Known(!value),
            Expr::Not(inner) => *inner,
            other => Expr::Not(Box::new(other)),
        }
    }

    pub(crate) fn and(list: impl IntoIterator<Item = Expr>) -> Expr {
        Self::join(list, true, Expr::And)
    }

    pub(crate) fn or(list: impl IntoIterator<Item = Expr>) -> Expr {
        Self::join(list, false, Expr::Or)
    }

    /// Drops what changes nothing, ends at what decides, and keeps lists flat.
    fn join(
        list: impl IntoIterator<Item = Expr>,
        neutral: bool,
        many: fn(Vec<Expr>) -> Expr,
    ) -> Expr {
        let mut kept = Vec::new();
        for expr in list {
            match expr {
                Expr::Known(value) if value == neutral => {}
                Expr::Known(value) => return Expr::Known(value),
                Expr::And(inner) if neutral => kept.extend(inner),
                Expr::Or(inner) if !neutral => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Expr::Known(neutral),
            1 => kept.remove(0),
            _ => many(kept),
        }
    }

    pub(crate) fn at_least(count: u32, list: Vec<Expr>) -> Expr {
        let all = u32::try_from(list.len()).unwrap_or(u32::MAX);
        if count == 0 {
            Expr::Known(true)
        } else if count > all {
            Expr::Known(false)
        } else if count == 1 {
            Expr::or(list)
        } else if count == all {
            Expr::and(list)
        } else {
            Expr::AtLeast(count, list)
        }
    }

    /// Whether it holds, asking `atom` for the truth of one.
    pub(crate) fn holds(&self, atom: &mut impl FnMut(u32) -> bool) -> bool {
        match self {
            Expr::Known(value) => *value,
            Expr::Atom(number) => atom(*number),
            Expr::Not(inner) => !inner.holds(atom),
            Expr::And(list) => list.iter().all(|inner| inner.holds(atom)),
            Expr::Or(list) => list.iter().any(|inner| inner.holds(atom)),
            Expr::AtLeast(count, list) => {
                let mut met = 0;
                list.iter().any(|inner| {
                    met += u32::from(inner.holds(atom));
                    met >= *count
                })
            }
        }
    }

    /// Puts what costs least to find out first, whatever decides the whole.
    /// Returns what all of it costs.
    pub(crate) fn cheapest_first(&mut self, effort: &dyn Fn(u32) -> u32) -> u32 {
        match self {
            Expr::Known(_) => 0,
            Expr::Atom(number) => effort(*number),
            Expr::Not(inner) => inner.cheapest_first(effort),
            Expr::And(list) | Expr::Or(list) | Expr::AtLeast(_, list) => {
                let mut weighed: Vec<(u32, Expr)> = std::mem::take(list)
                    .into_iter()
                    .map(|mut inner| (inner.cheapest_first(effort), inner))
                    .collect();
                weighed.sort_by_key(|(effort, _)| *effort);
                let all = weighed.iter().fold(0, |sum: u32, (one, _)| sum.saturating_add(*one));
                list.extend(weighed.into_iter().map(|(_, inner)| inner));
                all
            }
        }
    }

    /// Calls `visit` with every atom.
    pub(crate) fn atoms(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Expr::Known(_) => {}
            Expr::Atom(number) => visit(*number),
            Expr::Not(inner) => inner.atoms(visit),
            Expr::And(list) | Expr::Or(list) | Expr::AtLeast(_, list) => {
                for inner in list {
                    inner.atoms(visit);
                }
            }
        }
    }

    /// Calls `visit` with every atom that stands for something being there,
    /// not for something being absent.
    pub(crate) fn positive_atoms(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Expr::Atom(number) => visit(*number),
            Expr::And(list) | Expr::Or(list) | Expr::AtLeast(_, list) => {
                for inner in list {
                    inner.positive_atoms(visit);
                }
            }
            Expr::Known(_) | Expr::Not(_) => {}
        }
    }

    /// Atoms of which at least one must be true for the formula to be true,
    /// chosen to be the least likely by `cost`; `None` if there is no such set.
    pub(crate) fn triggers(&self, cost: &dyn Fn(u32) -> Option<f64>) -> Option<(f64, Vec<u32>)> {
        match self {
            Expr::Known(false) => Some((0.0, Vec::new())),
            Expr::Known(true) | Expr::Not(_) => None,
            Expr::Atom(number) => cost(*number).map(|cost| (cost, vec![*number])),
            Expr::And(list) => list
                .iter()
                .filter_map(|inner| inner.triggers(cost))
                .min_by(|(one, _), (other, _)| one.total_cmp(other)),
            Expr::Or(list) | Expr::AtLeast(_, list) => {
                list.iter().try_fold((0.0, Vec::new()), |(sum, mut atoms), inner| {
                    let (cost, more) = inner.triggers(cost)?;
                    atoms.extend(more);
                    Some((sum + cost, atoms))
                })
            }
        }
    }
}
