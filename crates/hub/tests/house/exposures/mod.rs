//! From a delivered inventory to the board's cell, and back to raw rows.

mod bulletins;
mod deliveries;
mod journey;
mod province;
mod risks;
