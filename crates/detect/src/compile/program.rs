//! A program: what is to be done with every record of one channel and event
//! id (or one kind of log), made when the first such record comes.

use events::{Event, Names};

use super::{
    atom::{Atom, Atoms},
    expr::Expr,
    literal::By,
    lower::{Lowering, Routed},
    rarity::chance,
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

/// A rule that is looked at this often, by estimate, has all its literals
/// looked for beforehand.
const OFTEN: f64 = 0.3;

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
        slots: Slots,
        atoms: Atoms,
        mut formulas: Vec<Formula>,
        eligible: Vec<u32>,
        keys: usize,
    ) -> Self {
        formulas.sort_by_key(|formula| formula.rule);
        let count = atoms.list.len();
        let (atoms, always, triggers) = (atoms.list, Vec::new(), vec![Vec::new(); count]);
        let mut program = Self { slots, atoms, formulas, triggers, always, eligible };
        program.choose_triggers();
        program.slots.index(&program.atoms, keys);
        for number in 0..program.formulas.len() {
            let effort = |atom: u32| program.atoms.get(atom as usize).map_or(0, Atom::effort);
            if let Some(formula) = program.formulas.get_mut(number) {
                formula.expr.cheapest_first(&effort);
            }
        }
        program
    }

    /// Only what sets a rule off is looked for in every event. A literal that
    /// matters after that is looked for when its rule is; the automaton stays
    /// small enough for the processor's cache. Rules that are looked at often
    /// have all their literals in it.
    fn choose_triggers(&mut self) {
        let chances: Vec<Option<f64>> = self.atoms.iter().map(chance).collect();
        let chance = |number: u32| chances.get(number as usize).copied().flatten();
        for (number, formula) in (0..).zip(&self.formulas) {
            let chosen = formula.expr.triggers(&chance);
            let is_often = chosen.as_ref().is_none_or(|(chance, _)| *chance >= OFTEN);
            let mut scanned = Vec::new();
            match chosen {
                None => self.always.push(number),
                Some((_, mut atoms)) => {
                    atoms.sort_unstable();
                    atoms.dedup();
                    for atom in &atoms {
                        self.triggers[*atom as usize].push(number);
                    }
                    scanned = atoms;
                }
            }
            if is_often {
                formula.expr.atoms(&mut |atom| scanned.push(atom));
            }
            for atom in scanned {
                self.atoms[atom as usize].is_scanned = true;
            }
        }
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
        // What the last event left, which `matched` may have asked for.
        for atom in touched.drain(..) {
            atoms[atom as usize] = 0;
        }
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
        for number in queue.drain(..) {
            let Some(formula) = self.formulas.get(number as usize) else { continue };
            queued[number as usize] = false;
            let mut looking = Looking { program: self, event, texts, seen: atoms, touched };
            if formula.expr.holds(&mut |atom| looking.truth(atom)) {
                fire(formula.rule);
            }
        }
    }

    /// The fields that made the rule fire on the event that was run last, with
    /// the values that did. Slow: for detections only.
    pub(crate) fn matched(
        &self,
        rule: u32,
        event: &Event,
        state: &mut State,
    ) -> Vec<(String, String)> {
        let mut matched = Vec::new();
        let State { texts, atoms, touched, .. } = state;
        let found = self.formulas.binary_search_by_key(&rule, |formula| formula.rule);
        if let Some(formula) = found.ok().and_then(|at| self.formulas.get(at)) {
            let mut looking = Looking { program: self, event, texts, seen: atoms, touched };
            formula.expr.positive_atoms(&mut |number| {
                let Some(atom) = self.atoms.get(number as usize) else { return };
                if atom.hints.by != By::Nothing && looking.truth(number) {
                    self.values(atom, event, &mut matched);
                }
            });
        }
        matched
    }

    /// Adds the first value that makes the atom true.
    fn values(&self, atom: &Atom, event: &Event, matched: &mut Vec<(String, String)>) {
        let Some(slot) = self.slots.list.get(atom.slot as usize) else { return };
        // With one value there is nothing to choose, and no expression to compile.
        let is_clear = slot.has_one_value(event);
        slot.access.visit(event, &mut |value| {
            let fits = is_clear || atom.check_value(value);
            if fits
                && !matched.iter().any(|(name, text)| *name == slot.name && *text == value.text())
            {
                matched.push((slot.name.clone(), value.text().into_owned()));
            }
            !fits
        });
    }
}

/// An event, and what is known of it so far.
struct Looking<'l> {
    program: &'l Program,
    event: &'l Event,
    texts: &'l mut Texts,
    seen: &'l mut [u8],
    touched: &'l mut Vec<u32>,
}

impl Looking<'_> {
    fn truth(&mut self, number: u32) -> bool {
        let at = number as usize;
        let (Some(atom), Some(seen)) = (self.program.atoms.get(at), self.seen.get(at)) else {
            return false;
        };
        if *seen & (TRUE | FALSE) != 0 {
            return *seen & TRUE != 0;
        }
        let slots = &self.program.slots;
        let may_be = match &atom.hints.by {
            By::Nothing => true,
            By::Literals(list) if !atom.is_scanned => {
                slots.has_literal(atom.slot, list, self.event, self.texts)
            }
            _ => *seen & HIT != 0,
        };
        let truth = may_be && (atom.hints.decides || atom.check(self.event, slots));
        if *seen == 0 {
            self.touched.push(number);
        }
        if let Some(seen) = self.seen.get_mut(at) {
            *seen |= if truth { TRUE } else { FALSE };
        }
        truth
    }
}
