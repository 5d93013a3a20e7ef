//! Files without a name that are gone when they are dropped, and the room that all of them have together.

use std::{
    fs::File,
    io::{self, ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    db::make_private_directory,
    error::{Error, ErrorCode},
};

/// Bytes that are read of a file at a time.
const CHUNK: usize = 128 * 1024;

/// The room for files on this server's disk. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    taken: Arc<AtomicU64>,
    most: u64,
}

impl Room {
    /// Room for `most` bytes.
    pub(crate) fn new(most: u64) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// Takes room for `more` bytes of a file that has `had`.
    fn take(&self, had: u64, more: u64) -> io::Result<()> {
        if had + more > self.most {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let fits = |taken: u64| Some(taken + more).filter(|taken| *taken <= self.most);
        let taken = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        taken.map(|_| ()).map_err(|_| ErrorKind::QuotaExceeded.into())
    }

    fn give_back(&self, bytes: u64) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// A new file in `directory`, which is made where there is none.
    pub(crate) fn spool(&self, directory: &Path) -> io::Result<Spool> {
        make_private_directory(directory)?;
        let file = tempfile::tempfile_in(directory)?;
        Ok(Spool { file, room: self.clone(), bytes: 0, beside: 0, directory: directory.to_owned() })
    }

    /// How many bytes of it are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// What a client is told where a file could not be written.
    pub(super) fn explain(&self, error: &io::Error) -> Error {
        match error.kind() {
            ErrorKind::FileTooLarge => {
                let most = self.most;
                let message = format!(
                    "This file would take more than {most} bytes of the server's disk, which is all the room that it has for exports. Export fewer records at a time, for example a year."
                );
                Error::new(ErrorCode::QueryTooComplex, message).with("limit", most)
            }
            ErrorKind::QuotaExceeded | ErrorKind::StorageFull => {
                let message = "The server has no room for this file right now. Try again in a few minutes.";
                Error::new(ErrorCode::Unavailable, message).with("retryAfter", 60).because(error)
            }
            _ => Error::internal(error),
        }
    }
}

/// Where a file is written.
pub trait Sink: Write + Send + 'static {
    /// Says that so many bytes will be on the disk beside the file, until it is written.
    ///
    /// # Errors
    /// Those of a file for which there is no room.
    fn beside(&mut self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    /// The directory where they are, if it is not that of temporary files.
    fn directory(&self) -> Option<&Path> {
        None
    }
}

impl Sink for Spool {
    fn beside(&mut self, bytes: u64) -> io::Result<()> {
        self.room.take(self.bytes + self.beside, bytes)?;
        self.beside += bytes;
        Ok(())
    }

    fn directory(&self) -> Option<&Path> {
        Some(&self.directory)
    }
}

/// A file without a name. It takes room for as long as it is there.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    room: Room,
    bytes: u64,
    beside: u64,
    directory: PathBuf,
}

impl Spool {
    /// How large it is.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The same, whole, to be read from its start.
    pub(crate) fn rewound(mut self) -> io::Result<Self> {
        self.room.give_back(std::mem::take(&mut self.beside));
        self.file.rewind()?;
        Ok(self)
    }

    /// The next bytes from where it stands; none at its end.
    pub(crate) fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let mut chunk = Vec::with_capacity(CHUNK);
        (&self.file).take(CHUNK as u64).read_to_end(&mut chunk)?;
        Ok(chunk)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = bytes.len() as u64;
        self.room.take(self.bytes + self.beside, more)?;
        self.bytes += more;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.room.give_back(self.bytes + self.beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_so_much_room_together_and_give_it_back() {
        let (room, directory) = (Room::new(100), std::env::temp_dir());
        let mut first = room.spool(&directory).unwrap();
        first.write_all(&[1; 60]).unwrap();
        let mut second = room.spool(&directory).unwrap();
        second.write_all(&[2; 40]).unwrap();
        let error = second.write_all(&[2]).unwrap_err();
        assert_eq!(room.explain(&error).code(), ErrorCode::Unavailable);
        let error = first.write_all(&[1; 41]).unwrap_err();
        assert_eq!(room.explain(&error).code(), ErrorCode::QueryTooComplex);
        drop(first);
        second.write_all(&[2; 60]).unwrap();
        drop(second);
        assert_eq!(room.taken(), 0);
    }

    #[test]
    fn what_is_beside_a_file_takes_room_until_it_is_whole() {
        let room = Room::new(10);
        let mut spool = room.spool(&std::env::temp_dir()).unwrap();
        spool.beside(6).unwrap();
        spool.write_all(b"0123").unwrap();
        assert!(spool.write_all(b"4").is_err() && spool.beside(1).is_err());
        let mut spool = spool.rewound().unwrap();
        assert_eq!((room.taken(), spool.bytes()), (4, 4));
        assert_eq!(spool.chunk().unwrap(), b"0123");
        assert_eq!(spool.chunk().unwrap(), b"");
    }
}
