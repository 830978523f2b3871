//! libFuzzer over the target that `FUZZ_TARGET` names; with no name, lists the
//! targets with their seeds, one a line, tabs between.
#![no_main]

use std::sync::LazyLock;

use fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    fuzz::named(&name).unwrap_or_else(|| {
        list();
        std::process::exit(i32::from(!name.is_empty()))
    })
});

fn list() {
    for target in fuzz::targets() {
        let seeds = target.seeds().into_iter().map(|path| path.display().to_string());
        println!("{}\t{}", target.name, seeds.collect::<Vec<_>>().join("\t"));
    }
}

fuzz_target!(init: { LazyLock::force(&TARGET); }, |bytes: &[u8]| (TARGET.run)(bytes));
