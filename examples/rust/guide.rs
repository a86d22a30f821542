//! The guide's examples of Rust, so that `cargo test` compiles and runs them.
#![doc = include_str!("../../docs/embedding.md")]
