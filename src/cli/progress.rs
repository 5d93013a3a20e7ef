//! What shows on a terminal that something goes on. Elsewhere nothing is drawn.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the time on it is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// A bar for `size` things that are dealt with by `what`, such as `Verifying`.
pub(super) fn bar(what: &'static str, size: u64) -> ProgressBar {
    styled(ProgressBar::new(size), "{msg} {bar:30} {human_pos}/{human_len}, {elapsed}, {eta} left", what)
}

/// A clock for what says nothing of how far it is.
pub(super) fn clock(what: &'static str) -> ProgressBar {
    styled(ProgressBar::new_spinner(), "{msg} {spinner} {elapsed}", what)
}

fn styled(bar: ProgressBar, template: &str, what: &'static str) -> ProgressBar {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(TICK);
    bar
}
