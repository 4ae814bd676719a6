//! The simulation by itself: seeds are clean, replay exactly, and planted bugs are found.

mod planted_bugs;
mod seeds;
