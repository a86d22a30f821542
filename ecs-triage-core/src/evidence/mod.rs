//! Documents at hand.

pub mod relaxed;
