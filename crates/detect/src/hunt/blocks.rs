//! Files → blocks for the workers, in order, whatever they are packed in.

use std::path::PathBuf;

use diag::{Diagnostic, Place};
use events::{Block, Blocks, Input, visit};

/// Calls `give` with every block of every file, and the file's number, until it
/// returns false. Returns what could not be read.
pub(super) fn each(
    files: &[PathBuf],
    options: &events::Options,
    give: &mut dyn FnMut(usize, Block) -> bool,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut goes_on = true;
    for (number, path) in files.iter().enumerate() {
        if !goes_on {
            break;
        }
        found.extend(visit(path, &mut |input| {
            if goes_on { blocks(input, options, number, give, &mut goes_on) } else { Vec::new() }
        }));
    }
    found
}

fn blocks(
    input: Input<'_>,
    options: &events::Options,
    number: usize,
    give: &mut dyn FnMut(usize, Block) -> bool,
    goes_on: &mut bool,
) -> Vec<Diagnostic> {
    let mut blocks = match Blocks::open(&input.name, input.source, options) {
        Ok(blocks) => blocks,
        Err(error) => {
            let place = Place::file(input.name);
            return vec![Diagnostic::error("detect.file-unreadable", place).with("reason", error)];
        }
    };
    while *goes_on && let Some(block) = blocks.next_block() {
        *goes_on = give(number, block);
    }
    blocks.findings()
}
