//! Normalised facts read out of evidence: what the rules look at.

pub mod message;
