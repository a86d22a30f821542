//! Which call is running, on a terminal.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Mutex;

use crate::live::Event;

/// A line on standard error that is written over again and again; nothing when that is no terminal.
pub(crate) struct Progress {
    is_shown: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    running: BTreeMap<String, usize>,
}

/// Longest line, so that it fits on a narrow terminal.
const LONGEST: usize = 76;

impl Progress {
    pub(crate) fn new(is_shown: bool) -> Self {
        Self { is_shown, state: Mutex::default() }
    }

    pub(crate) fn tell(&self, event: Event<'_>) {
        if !self.is_shown {
            return;
        }
        let Ok(mut state) = self.state.lock() else { return };
        match event {
            Event::Begins(call) => *state.running.entry(call.to_string()).or_default() += 1,
            Event::Answered(call) | Event::Failed(call, _) => {
                state.done += 1;
                if let Some(count) = state.running.get_mut(&call.to_string()) {
                    *count -= 1;
                }
            }
        }
        state.running.retain(|_, count| *count > 0);
        let running: Vec<&str> = state.running.keys().map(String::as_str).collect();
        let mut line = format!("{} calls answered, now {}", state.done, running.join(" "));
        line.truncate(LONGEST);
        // Nobody is left to tell when standard error is gone.
        let _ = write!(io::stderr(), "\r\x1b[2K{line}");
    }

    /// Leaves the terminal as it was.
    pub(crate) fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}
