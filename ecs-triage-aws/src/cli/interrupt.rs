//! Control-C: once to end with what is known, twice to end at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// What a shell expects of a command that was interrupted.
const STATUS: i32 = 130;
/// How soon an interrupt is noticed.
const SOON: Duration = Duration::from_millis(100);

/// Whether the user has interrupted the command.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub(crate) fn listen() -> Self {
        let was_hit = Arc::new(AtomicBool::new(false));
        // In this order the second interrupt finds the flag set. Where there are no signals, interrupts end the process.
        let _ = flag::register_conditional_shutdown(SIGINT, STATUS, Arc::clone(&was_hit));
        let _ = flag::register(SIGINT, Arc::clone(&was_hit));
        Self(was_hit)
    }

    /// Ends when the user interrupts.
    pub(crate) async fn wait(&self) {
        while !self.0.load(Ordering::Relaxed) {
            tokio::time::sleep(SOON).await;
        }
    }
}
