//! Telling systemd how far the process is, where it started it and waits to hear (`Type=notify`). Elsewhere nothing is said.

/// That requests are served.
pub(crate) fn ready() {
    #[cfg(unix)]
    tell(sd_notify::NotifyState::Ready);
}

/// That no more requests are to come.
pub(crate) fn stopping() {
    #[cfg(unix)]
    tell(sd_notify::NotifyState::Stopping);
}

#[cfg(unix)]
fn tell(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
