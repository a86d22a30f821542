//! Reads all inputs with all cores.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ecs_triage_core::fleet::{Fleet, FleetOptions};

use super::files::Source;
use super::progress::Progress;
use super::stream::{Next, Stream};

/// How often the progress is drawn and a signal is noticed.
const TICK: Duration = Duration::from_millis(100);

/// How long a thread may take to notice that it shall stop; one that waits for a slow producer never does.
const GRACE: Duration = Duration::from_millis(500);

/// What was read.
pub(super) struct Folded {
    pub(super) fleet: Fleet,
    /// Inputs that could not be read, or not to their end, and why.
    pub(super) unread: Vec<(String, String)>,
}

/// What the threads share.
struct Work {
    waiting: Mutex<VecDeque<Source>>,
    open: Mutex<Vec<Arc<Open>>>,
    unread: Mutex<Vec<(String, String)>>,
    read: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

/// An input that is being read.
struct Open {
    label: String,
    stream: Mutex<Stream>,
}

/// Folds all inputs. Ends early when `stop` is set, with what was read until then.
pub(super) fn fold(
    sources: Vec<Source>,
    options: &FleetOptions,
    threads: usize,
    stop: &Arc<AtomicBool>,
    progress: &Progress,
) -> Folded {
    let is_piped = sources.iter().any(|source| source.path.is_none());
    let work = Arc::new(Work {
        waiting: Mutex::new(sources.into()),
        open: Mutex::default(),
        unread: Mutex::default(),
        read: Arc::default(),
        stop: Arc::clone(stop),
    });
    let (done, is_done) = mpsc::channel();
    let mut fleet = Fleet::with(options.clone());
    let mut fleets = Vec::new();
    for _ in 0..threads {
        let fleet = Arc::new(Mutex::new(fleet.sibling()));
        let (own, work, done) = (Arc::clone(&fleet), Arc::clone(&work), done.clone());
        // Not scoped: a thread that waits for a slow producer is left behind.
        thread::spawn(move || {
            work.run(&own);
            // Nobody waits any more after a signal.
            let _ = done.send(());
        });
        fleets.push(fleet);
    }
    drop(done);
    wait(&is_done, threads, &work, progress);
    for own in fleets {
        fleet.merge(std::mem::take(&mut *lock(&own)));
    }
    let mut unread = std::mem::take(&mut *lock(&work.unread));
    if stop.load(Ordering::Relaxed) {
        let open = lock(&work.open);
        let waiting = lock(&work.waiting);
        let left = open.iter().map(|open| &open.label).chain(waiting.iter().map(|source| &source.label));
        unread.extend(left.map(|label| (label.clone(), STOPPED.to_owned())));
        // The signal that ends this process ended the producer of a pipe as well, and a cut looks like an end.
        if is_piped && !unread.iter().any(|(label, _)| label.is_empty()) {
            unread.push((String::new(), STOPPED.to_owned()));
        }
    }
    unread.sort();
    Folded { fleet, unread }
}

const STOPPED: &str = "stopped by a signal";

fn wait(is_done: &mpsc::Receiver<()>, threads: usize, work: &Work, progress: &Progress) {
    let mut left = threads;
    let mut deadline = None;
    while left > 0 && deadline.is_none_or(|deadline| Instant::now() < deadline) {
        match is_done.recv_timeout(TICK) {
            Ok(()) => left -= 1,
            Err(RecvTimeoutError::Timeout) => progress.show(work.read.load(Ordering::Relaxed)),
            // A thread ended by a defect; what the others read still counts.
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if deadline.is_none() && work.stop.load(Ordering::Relaxed) {
            deadline = Some(Instant::now() + GRACE);
        }
    }
}

impl Work {
    fn run(&self, fleet: &Mutex<Fleet>) {
        let mut records = Vec::new();
        while let Some(open) = self.take() {
            loop {
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
                let next = lock(&open.stream).next(&mut records);
                match next {
                    Ok(Next::Records { line }) => lock(fleet).add_at(&open.label, line, &records),
                    Ok(Next::Partial(other)) => lock(fleet).merge(*other),
                    Ok(Next::End) => break,
                    Err(error) => {
                        self.give_up(open.label.clone(), &error);
                        break;
                    }
                }
            }
            lock(&self.open).retain(|other| !Arc::ptr_eq(other, &open));
        }
    }

    /// An input of one's own while there are some, else one to help with.
    fn take(&self) -> Option<Arc<Open>> {
        loop {
            let Some(source) = lock(&self.waiting).pop_front() else {
                return lock(&self.open).first().cloned();
            };
            match Stream::open(source.path.as_deref(), &self.read) {
                Ok(stream) => {
                    let open = Arc::new(Open { label: source.label, stream: Mutex::new(stream) });
                    lock(&self.open).push(Arc::clone(&open));
                    return Some(open);
                }
                Err(error) => self.give_up(source.label, &error),
            }
        }
    }

    fn give_up(&self, label: String, error: &io::Error) {
        lock(&self.unread).push((label, error.to_string()));
    }
}

/// A thread that panicked holding the lock left behind what it had done, which is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
