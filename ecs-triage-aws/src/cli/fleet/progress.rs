//! How far it is, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::files::Source;

/// A bar on standard error with rate and remaining time; nothing when that is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Over inputs whose lengths are known or not.
    pub(super) fn over(sources: &[Source]) -> Self {
        let total = sources.iter().map(|source| source.length).sum::<Option<u64>>();
        let template = match total {
            Some(_) => "{bar:24} {percent:>3} %  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
            None => "{spinner} {bytes}  {bytes_per_sec}  {elapsed}",
        };
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        // The templates are constants; the default style would do as well.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many bytes have been read.
    pub(super) fn show(&self, read: u64) {
        self.0.set_position(read);
    }

    /// Leaves no trace on the terminal.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
