//! Log drivers and log groups.
