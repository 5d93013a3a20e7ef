//! The reader from outside: files as people have them, broken files, and any bytes.

mod hostile;
mod shapes;
mod suggested;
mod support;
mod traps;
mod variations;
