//! Where a file is fetched: the right to it is looked at again, and the file written, by one of few workers.

use std::time::Duration;

use chrono::NaiveDate;

use super::{
    room::{Room, Spool},
    store,
    ticket::Ticket,
    workers::Workers,
    write::{Failure, Request, write},
};
use crate::{
    auth::{self, Viewer},
    db::Operation,
    error::{Error, ErrorCode, Result},
    services::Services,
};

/// Longest that writing a file may take.
const LONGEST: Duration = Duration::from_mins(10);

/// The desk of this server.
pub(crate) struct Desk {
    services: Services,
    workers: Workers,
    room: Room,
}

/// What somebody may fetch.
pub(crate) struct Offer {
    /// Who.
    pub(crate) viewer: Viewer,
    request: Request,
    day: NaiveDate,
}

impl Offer {
    /// What the file is called.
    pub(crate) fn file_name(&self) -> String {
        format!("records-{}.{}", self.day, self.request.format.ending())
    }

    /// The file's media type.
    pub(crate) fn content_type(&self) -> &'static str {
        self.request.format.content_type()
    }
}

impl Desk {
    pub(crate) fn new(services: Services) -> Self {
        let workers = Workers::new(services.db.readers());
        let room = Room::new(services.config.max_export_bytes);
        Self { services, workers, room }
    }

    /// The ticket that was presented by the parts of its URL.
    ///
    /// # Errors
    /// As [`Ticket::verify`].
    pub(crate) fn ticket(&self, parts: (&str, i64, &str)) -> Result<Ticket> {
        Ticket::verify(parts, self.services.tokens.download_keys(), self.services.clock.now())
    }

    /// What can be fetched with `ticket`, as whoever asked for it may see it now.
    ///
    /// # Errors
    /// `NOT_FOUND` where it was fetched already; `FORBIDDEN` where they may no longer have it.
    pub(crate) async fn offer(&self, ticket: Ticket) -> Result<Offer> {
        let (offered, now) = (store::load(&self.services, ticket).await?, self.services.clock.now());
        let viewer = auth::find_viewer(&self.services.door(), offered.user_id, offered.session_id).await?;
        let viewer = viewer.ok_or_else(|| {
            let message =
                "The session that this download was asked for in has ended. Sign in, and export the records again.";
            Error::new(ErrorCode::Forbidden, message)
        })?;
        let request = Request::read(&self.services, viewer.user.role, offered.input);
        let request = Operation::of(Some(viewer.user.id)).run(request).await?;
        Ok(Offer { viewer, request, day: now.date_naive() })
    }

    /// Writes the file that can be fetched with `ticket`. From then on it cannot be fetched again.
    ///
    /// # Errors
    /// As [`Desk::offer`]; `UNAVAILABLE` where others are in the way for too long, or there is no room; `QUERY_TOO_COMPLEX`
    /// for a file that is too large.
    pub(crate) async fn fetch(&self, ticket: Ticket) -> Result<(Offer, Spool)> {
        let user = self.offer(ticket).await?.viewer.user.id;
        let _turn = self.workers.take(user).await?;
        // Others may have fetched it meanwhile.
        let offer = self.offer(ticket).await?;
        let work = Operation::of(Some(user));
        let spool = self.room.spool(&self.services.config.data_dir).map_err(|error| self.room.explain(&error))?;
        let written = work.run(write(&self.services.db, offer.request.clone(), spool));
        let written = tokio::time::timeout(LONGEST, written).await.map_err(|_| too_slow())?;
        let spool = written.map_err(|failure| match failure {
            Failure::Books(error) => error,
            Failure::Sink(error) => self.room.explain(&error),
        })?;
        // Writing may have taken long enough for a right to end.
        let offer = self.offer(ticket).await?;
        work.run(store::use_up(&self.services, ticket)).await?;
        Ok((offer, spool.rewound().map_err(Error::internal)?))
    }
}

fn too_slow() -> Error {
    let message = "Writing this file took longer than the server allows. Export fewer records at a time.";
    Error::new(ErrorCode::Unavailable, message)
}
