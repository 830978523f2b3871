//! A program: what is to be done with every record of one channel and event
//! id (or one kind of log), made when the first such record comes.

use events::{Event, Names};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    atom::{Atom, Atoms},
    expr::Expr,
    literal::By,
    lower::{Lowering, Routed},
    slot::{Slots, Texts},
};
use crate::{
    sigma::{LogSource, RuleSet},
    taxonomy::{Taxonomy, View},
};

/// What is to be done with records of one origin.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) slots: Slots,
    atoms: Vec<Atom>,
    formulas: Vec<Formula>,
    /// By atom: the formulas that it may set off.
    triggers: Vec<Vec<u32>>,
    /// Formulas that nothing sets off, so that they are always looked at.
    always: Vec<u32>,
    /// Every rule whose log source such records are.
    pub(crate) eligible: Vec<u32>,
}

#[derive(Debug)]
struct Formula {
    rule: u32,
    expr: Expr,
}

/// What a thread remembers of the event it is looking at.
#[derive(Debug, Default)]
pub(crate) struct State {
    texts: Texts,
    /// By atom: what the scan or a check has found.
    atoms: Vec<u8>,
    touched: Vec<u32>,
    queued: Vec<bool>,
    queue: Vec<u32>,
}

const HIT: u8 = 1;
const TRUE: u8 = 2;
const FALSE: u8 = 4;

impl Program {
    /// Compiles the rules that records of this origin are eligible for.
    /// `sources` holds the numbers of the rules by log source.
    pub(crate) fn new(
        rules: &RuleSet,
        sources: &[(LogSource, Vec<u32>)],
        taxonomy: &Taxonomy,
        names: &Names,
        routed: &Routed<'_>,
    ) -> Self {
        let views = taxonomy.views(&routed.origin);
        let mut lowering = Lowering::new(names, routed);
        let (mut formulas, mut eligible) = (Vec::new(), Vec::new());
        for (source, numbers) in sources {
            let admitting: Vec<&View<'_>> = views.iter().filter(|v| v.admits(source)).collect();
            if admitting.is_empty() {
                continue;
            }
            eligible.extend_from_slice(numbers);
            for &number in numbers {
                let Some(rule) = rules.rules.get(number as usize) else { continue };
                let lower = |view: &&View<'_>| lowering.rule(rule, &rules.filters, view);
                let exprs: Vec<Expr> = admitting.iter().map(lower).collect();
                match Expr::or(exprs) {
                    Expr::Known(false) => {}
                    expr => formulas.push(Formula { rule: number, expr }),
                }
            }
        }
        let (slots, atoms) = lowering.finish();
        Self::assemble(slots, atoms, formulas, eligible, names.frozen())
    }

    fn assemble(
        mut slots: Slots,
        atoms: Atoms,
        formulas: Vec<Formula>,
        eligible: Vec<u32>,
        keys: usize,
    ) -> Self {
        let atoms = atoms.list;
        slots.index(&atoms, keys);
        let costs = costs(&atoms, &formulas);
        let cost = |number: u32| costs.get(number as usize).copied().flatten();
        let mut triggers = vec![Vec::new(); atoms.len()];
        let mut always = Vec::new();
        for (number, formula) in (0..).zip(&formulas) {
            match formula.expr.triggers(&cost) {
                None => always.push(number),
                Some((_, mut atoms)) => {
                    atoms.sort_unstable();
                    atoms.dedup();
                    for atom in atoms {
                        triggers[atom as usize].push(number);
                    }
                }
            }
        }
        Self { slots, atoms, formulas, triggers, always, eligible }
    }

    /// Whether no rule can fire on such records.
    pub(crate) fn is_idle(&self) -> bool {
        self.formulas.is_empty()
    }

    pub(crate) fn state(&self) -> State {
        State {
            atoms: vec![0; self.atoms.len()],
            queued: vec![false; self.formulas.len()],
            ..State::default()
        }
    }

    /// Calls `fire` with every rule that fires.
    pub(crate) fn run(&self, event: &Event, state: &mut State, fire: &mut dyn FnMut(u32)) {
        if self.is_idle() {
            return;
        }
        let State { texts, atoms, touched, queued, queue } = state;
        queue.extend_from_slice(&self.always);
        self.slots.scan(event, texts, &mut |atom| {
            let Some(seen) = atoms.get_mut(atom as usize) else { return };
            if *seen == 0 {
                *seen = HIT;
                touched.push(atom);
                for formula in self.triggers.get(atom as usize).into_iter().flatten() {
                    if !std::mem::replace(&mut queued[*formula as usize], true) {
                        queue.push(*formula);
                    }
                }
            }
        });
        for number in &*queue {
            let Some(formula) = self.formulas.get(*number as usize) else { continue };
            queued[*number as usize] = false;
            if formula.expr.holds(&mut |atom| self.truth(atom, event, atoms, touched)) {
                fire(formula.rule);
            }
        }
        queue.clear();
        for atom in touched.drain(..) {
            atoms[atom as usize] = 0;
        }
    }

    fn truth(&self, number: u32, event: &Event, seen: &mut [u8], touched: &mut Vec<u32>) -> bool {
        let at = number as usize;
        let (Some(atom), Some(seen)) = (self.atoms.get(at), seen.get_mut(at)) else { return false };
        if *seen & (TRUE | FALSE) != 0 {
            return *seen & TRUE != 0;
        }
        let is_hit = *seen & HIT != 0;
        let may_be = is_hit || atom.hints.by == By::Nothing;
        let truth = may_be && (atom.hints.decides || atom.check(event, &self.slots));
        if *seen == 0 {
            touched.push(number);
        }
        *seen |= if truth { TRUE } else { FALSE };
        truth
    }

    /// The fields that made the rule fire, with the values that did. Slow: for
    /// detections only.
    pub(crate) fn matched(&self, rule: u32, event: &Event) -> Vec<(String, String)> {
        let mut matched = Vec::new();
        let mut hits = FxHashSet::default();
        self.slots.scan(event, &mut Texts::default(), &mut |atom| {
            hits.insert(atom);
        });
        for formula in self.formulas.iter().filter(|formula| formula.rule == rule) {
            formula.expr.positive_atoms(&mut |number| {
                let Some(atom) = self.atoms.get(number as usize).filter(|_| hits.contains(&number))
                else {
                    return;
                };
                let Some(slot) = self.slots.list.get(atom.slot as usize) else { return };
                // With one value there is nothing to choose, and no expression to compile.
                let is_clear = atom.hints.decides && slot.has_one_value(event);
                slot.access.visit(event, &mut |value| {
                    let pair = (slot.name.clone(), value.text().into_owned());
                    let fits = is_clear || atom.check_value(value);
                    if fits && !matched.contains(&pair) {
                        matched.push(pair);
                    }
                    !fits
                });
            });
        }
        matched
    }
}

/// How likely an atom is to be hit, so that the least likely set a rule off:
/// long literals and those that few rules use are rare. `None`: cannot set off.
fn costs(atoms: &[Atom], formulas: &[Formula]) -> Vec<Option<f64>> {
    let mut uses: FxHashMap<u32, u32> = FxHashMap::default();
    for formula in formulas {
        formula.expr.positive_atoms(&mut |atom| *uses.entry(atom).or_default() += 1);
    }
    let cost = |(number, atom): (u32, &Atom)| {
        let uses = f64::from(uses.get(&number).copied().unwrap_or(1));
        let length = match &atom.hints.by {
            By::Nothing => return None,
            By::Value | By::Field => return Some(1e3),
            By::Exact(texts) => texts.iter().map(String::len).min().unwrap_or(0) + 2,
            By::Literals(list) => list.iter().map(|(_, text)| text.len()).min().unwrap_or(0),
        };
        let length = length.min(40) as f64 + 1.0;
        Some(uses.powf(1.5) / (length * length))
    };
    (0..).zip(atoms).map(cost).collect()
}
