//! Texts of documents that clients name by a key instead of sending them: the ones that were asked for last.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// Longest text that is kept, in bytes.
const MAX_KEPT_LENGTH: usize = 64 * 1024;
/// How many texts are kept: more than the apps of one server have.
const MOST: usize = 2_000;
/// How much memory they may take together.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

/// What a text is known by. Whoever keeps one makes sure that it is the text's: by a hash, for example.
pub type Key = [u8; 32];

/// The texts.
pub struct Texts(Mutex<Kept>);

struct Kept {
    texts: LruCache<Key, Arc<str>>,
    /// How long all of them are together.
    bytes: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Self(Mutex::new(Kept { texts: LruCache::unbounded(), bytes: 0 }))
    }
}

impl Texts {
    /// The text that was kept under `key`.
    pub fn find(&self, key: &Key) -> Option<Arc<str>> {
        self.lock().texts.get(key).cloned()
    }

    /// Keeps `text`, if need be instead of those that nobody has asked for the longest.
    pub fn keep(&self, key: &Key, text: &str) {
        if text.len() > MAX_KEPT_LENGTH {
            return;
        }
        let kept = &mut *self.lock();
        if kept.texts.get(key).is_some() {
            return;
        }
        kept.texts.put(*key, text.into());
        kept.bytes += text.len();
        while (kept.bytes > KEPT_BYTES || kept.texts.len() > MOST)
            && let Some((_, oldest)) = kept.texts.pop_lru()
        {
            kept.bytes -= oldest.len();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> Key {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.to_le_bytes());
        key
    }

    /// How many texts there are, and how long they are together by our own count.
    fn extent(texts: &Texts) -> (usize, usize) {
        let kept = texts.lock();
        let bytes: usize = kept.texts.iter().map(|(_, text)| text.len()).sum();
        assert_eq!(bytes, kept.bytes);
        (kept.texts.len(), bytes)
    }

    #[test]
    fn a_text_is_found_by_its_key_and_counted_once() {
        let texts = Texts::default();
        assert_eq!(texts.find(&key(1)), None);
        for _ in 0..3 {
            texts.keep(&key(1), "{ a }");
        }
        assert_eq!(texts.find(&key(1)).as_deref(), Some("{ a }"));
        assert_eq!(extent(&texts), (1, 5));
    }

    #[test]
    fn many_texts_push_out_those_that_nobody_asks_for() {
        let texts = Texts::default();
        for n in 0..MOST + 100 {
            texts.keep(&key(n), "{ a }");
            assert!(texts.find(&key(0)).is_some(), "it was asked for just before {n}");
        }
        assert_eq!(extent(&texts), (MOST, MOST * 5));
        assert_eq!((texts.find(&key(1)), texts.find(&key(100))), (None, None));
        assert!(texts.find(&key(101)).is_some() && texts.find(&key(MOST + 99)).is_some());
    }

    #[test]
    fn long_texts_take_no_more_memory_than_short_ones() {
        let texts = Texts::default();
        for n in 0..200 {
            texts.keep(&key(n), &"x".repeat(MAX_KEPT_LENGTH));
        }
        assert_eq!(extent(&texts), (KEPT_BYTES / MAX_KEPT_LENGTH, KEPT_BYTES));
        texts.keep(&key(200), &"x".repeat(MAX_KEPT_LENGTH + 1));
        assert_eq!(texts.find(&key(200)), None);
    }
}
