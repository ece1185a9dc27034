//! The other side: starts a worker, orders, watches, and replaces what fails.

#![expect(clippy::disallowed_methods, reason = "measures what a document takes")]

use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Limits, Loss, Order, Outcome, Program, Word, frame};
use crate::error::Error;

/// How often the worker's memory is looked at.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// Has documents read, one at a time, by a worker of its own.
///
/// The worker ends with the thread that made the hand, at the latest.
pub struct Hand {
    program: Program,
    limits: Limits,
    worker: Option<Worker>,
}

struct Worker {
    child: Child,
    words: ChildStdout,
    /// What has come of the next word.
    pending: Vec<u8>,
    /// How many documents it has read.
    served: usize,
}

impl Hand {
    /// A hand that starts the program as a worker when it is first needed.
    pub fn new(program: &Program, limits: Limits) -> Self {
        Self { program: program.clone(), limits, worker: None }
    }

    /// What a document may take.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Has one document read; `on_page` is told of each page that is done.
    ///
    /// # Errors
    /// [`Error::Io`] where no worker can be started.
    pub fn read(&mut self, order: &Order, on_page: &dyn Fn(u32)) -> Result<Outcome, Error> {
        loop {
            let mut worker = match self.worker.take() {
                Some(worker) => worker,
                None => Worker::start(&self.program, self.limits.memory)?,
            };
            match worker.read(order, &self.limits, on_page) {
                Ok(outcome) => {
                    worker.served += 1;
                    self.worker = Some(worker);
                    return Ok(outcome);
                }
                // Perhaps an earlier document left it in a bad way: try once more in a new one.
                Err(Loss::Ended { .. }) if worker.served > 0 => {}
                Err(loss) => return Ok(Outcome::Lost(loss)),
            }
        }
    }
}

impl Worker {
    fn start(program: &Program, memory: u64) -> Result<Self, Error> {
        let start = || -> io::Result<Self> {
            let mut child = Command::new(&program.path)
                .args(&program.arguments)
                .args(["worker", "--memory", &memory.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                // What a library says of a damaged file could quote it.
                .stderr(Stdio::null())
                // An interrupt from the keyboard is for the program that started it.
                .process_group(0)
                .spawn()?;
            let words = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(Self { child, words, pending: Vec::new(), served: 0 })
        };
        start().map_err(|source| Error::Io {
            path: program.path.clone(),
            action: "cannot start a process that reads",
            source,
        })
    }

    /// Has one document read. After a loss this worker is of no more use.
    fn read(
        &mut self,
        order: &Order,
        limits: &Limits,
        on_page: &dyn Fn(u32),
    ) -> Result<Outcome, Loss> {
        let started = Instant::now();
        let mut last_page = started;
        let orders = self.child.stdin.as_mut();
        let ordered = orders.is_some_and(|orders| frame::write(orders, order).is_ok());
        if !ordered {
            return Err(self.ended());
        }
        loop {
            match frame::take(&mut self.pending) {
                Ok(Some(Word::Page(page))) => {
                    last_page = Instant::now();
                    on_page(page);
                    continue;
                }
                Ok(Some(Word::Read(packed))) => return Ok(Outcome::Read(packed)),
                Ok(Some(Word::Unopened(why))) => return Ok(Outcome::Unopened(why)),
                Ok(None) => {}
                Err(_) => return Err(self.ended()),
            }
            if !self.listen() {
                return Err(self.ended());
            }
            if self.memory() > limits.memory {
                return Err(Loss::Memory);
            }
            if started.elapsed() > limits.document {
                return Err(Loss::Time);
            }
            if last_page.elapsed() > limits.page {
                return Err(Loss::Stalled);
            }
        }
    }

    /// Waits a moment for more of what the worker says; false where it says no more.
    fn listen(&mut self) -> bool {
        let mut words = [PollFd::new(&self.words, PollFlags::IN)];
        match poll(&mut words, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
        let mut piece = [0; 1 << 16];
        match self.words.read(&mut piece) {
            Ok(0) => false,
            Ok(length) => {
                self.pending.extend_from_slice(&piece[..length]);
                true
            }
            Err(error) => error.kind() == io::ErrorKind::Interrupted,
        }
    }

    /// How the process ended; it is made to where it has not.
    fn ended(&mut self) -> Loss {
        // Its output is closed: it ends within moments, or never will by itself.
        for _ in 0..20 {
            match self.child.try_wait() {
                Ok(Some(status)) => return Loss::Ended { signal: status.signal() },
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(_) => break,
            }
        }
        Loss::Ended { signal: None }
    }

    /// The memory that the process holds, in bytes; 0 where the system does not tell.
    fn memory(&self) -> u64 {
        let path = format!("/proc/{}/statm", self.child.id());
        let pages = std::fs::read_to_string(path).ok().and_then(|line| {
            let resident = line.split(' ').nth(1)?;
            resident.parse::<u64>().ok()
        });
        pages.unwrap_or_default() * rustix::param::page_size() as u64
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Either it is gone, or nothing that it does is of use any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
