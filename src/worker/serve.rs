//! The worker's side: one document after another, from standard input to standard output.

#![expect(clippy::disallowed_methods, reason = "reads the documents")]

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;

use super::{Content, Order, Word, frame};
use crate::read::read_watched;
use crate::store::Packed;

/// Reads what standard input orders until it ends. `memory` is the most, in bytes, that this
/// process may take.
///
/// # Errors
/// What the system says where the other side is gone.
pub fn serve(memory: u64) -> io::Result<()> {
    limit(memory);
    let out = RefCell::new(private_output()?);
    let mut orders = io::stdin().lock();
    while let Some(Order { content, name, options }) = frame::read::<Order>(&mut orders)? {
        let bytes = match content {
            Content::File(path) => fs::read(path),
            Content::Bytes(bytes) => Ok(bytes),
        };
        let word = match bytes {
            Err(error) => Word::Unopened(error.kind().to_string()),
            Ok(bytes) => {
                // Where nobody listens, the write of the result fails too.
                let mut told = |page| drop(frame::write(&mut *out.borrow_mut(), &Word::Page(page)));
                Word::Read(Packed::of(&read_watched(&bytes, Some(&name), &options, &mut told)))
            }
        };
        frame::write(&mut *out.borrow_mut(), &word)?;
    }
    Ok(())
}

/// Standard output for the messages alone: whatever a library prints goes nowhere.
#[cfg(unix)]
fn private_output() -> io::Result<File> {
    let own = rustix::io::dup(rustix::stdio::stdout())?;
    let nowhere = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(File::from(own))
}

/// The process may not outlive the one that started it, nor take more than `memory`.
///
/// Whoever started it watches its memory too, and knows what to say of it; this is for what
/// comes between two looks, and lies somewhat higher so that the other comes first.
#[cfg(unix)]
fn limit(memory: u64) {
    use rustix::process::{Resource, Rlimit, Signal, setrlimit};
    let most = memory.saturating_add(memory / 4).saturating_add(256 << 20);
    let most = Rlimit { current: Some(most), maximum: Some(most) };
    // Both are second lines of defence; reading goes on without them.
    let _ = setrlimit(Resource::Data, most);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}
