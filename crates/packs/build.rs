//! The packs are embedded when this crate is compiled, so a changed, added or
//! removed pack has to compile it again; Cargo does not see that by itself.

fn main() {
    println!("cargo::rerun-if-changed=../../packs");
}
