//! Writes the sample province into a folder, to look at it:
//! `cargo run -p sample --example write -- FOLDER [SEED]`.

use std::{env, error::Error, fs, path::PathBuf};

use sample::Happening;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("name a folder to write into")?);
    let seed = args.next().map_or(Ok(sample::SEED), |seed| seed.parse())?;
    fs::create_dir_all(&folder)?;
    let province = sample::province(seed)?;
    for file in &province.files {
        fs::write(folder.join(&file.name), &file.bytes)?;
    }
    fs::write(folder.join("networks.csv"), &province.networks_csv)?;
    for (at, happening) in province.timeline() {
        match happening {
            Happening::Receive(file) => println!("{at} file {} ({:?})", file.name, file.step),
            Happening::Issue(letter) => println!("{at} letter {}", letter.pack),
            Happening::Act(act) => println!("{at} {act:?}"),
        }
    }
    Ok(())
}
