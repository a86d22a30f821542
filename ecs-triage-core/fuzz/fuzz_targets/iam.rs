#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ecs_triage_fuzz::iam(bytes));
