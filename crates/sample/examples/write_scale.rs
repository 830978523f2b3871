//! Writes the benchmark's files into a folder:
//! `cargo run --release -p sample --example write_scale -- FOLDER [UNITS HOSTS SIGHTINGS RANGES]`.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter},
    path::PathBuf,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("name a folder to write into")?);
    let mut size = |usual: u32| args.next().map_or(Ok(usual), |number| number.parse());
    let (units, hosts, sightings, ranges) =
        (size(300)?, size(60_000)?, size(200_000)?, size(5_000)?);
    fs::create_dir_all(&folder)?;
    let open =
        |name: &str| -> io::Result<_> { Ok(BufWriter::new(File::create(folder.join(name))?)) };
    let scale = sample::scale(sample::SEED, units, hosts, sightings, ranges);
    scale.units(open("units.csv")?)?;
    scale.systems(open("systems.csv")?)?;
    scale.hosts(open("hosts.csv")?)?;
    scale.networks(open("networks-import.csv")?)?;
    scale.plain_networks(open("networks.csv")?)?;
    scale.sinkhole(open("2024-01-31-event4_sinkhole.csv")?)?;
    Ok(())
}
