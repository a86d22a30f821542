//! The newest state of each task, in memory that does not grow with their number.
//!
//! Tasks are kept by a 64-bit fingerprint of their ARN, in order, so that the layout is a function of the set alone. Once
//! there are more than the capacity, only the half, quarter, … with the lowest fingerprints is kept: also a function of
//! the set, whatever the order and split in which it came. Fingerprints are uniform, so what is kept is a fair sample.

/// The newest state of one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Entry {
    /// Of the task's ARN; 0 marks a free slot.
    pub(super) fingerprint: u64,
    /// The higher is the newer state, see [`rank`].
    pub(super) rank: u32,
    /// The cell that counts the task.
    pub(super) cell: u32,
    /// When it ended, else when the state was seen, in seconds since 1970; 0 when unknown.
    pub(super) time: u32,
    /// Seconds that it ran; [`UNKNOWN`] when it did not or that is unknown.
    pub(super) lived: u32,
}

/// No lifetime.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Which of two states of a task is the newer one: `STOPPED` is the last; else the higher version.
pub(super) fn rank(is_stopped: bool, version: i64) -> u32 {
    const STOPPED: u32 = 1 << 31;
    let version = u32::try_from(version.max(0)).unwrap_or(u32::MAX).min(STOPPED - 1);
    if is_stopped { STOPPED | version } else { version }
}

/// A fingerprint as it is kept: 0 is taken by free slots.
pub(super) fn fingerprint(hash: u64) -> u64 {
    hash.max(1)
}

/// The newest state of each task, or of a sample of them.
#[derive(Debug, Clone)]
pub(super) struct Tasks {
    /// In order of the fingerprints, with gaps: linear probing whose hash is the fingerprint's leading bits.
    slots: Vec<Entry>,
    /// Slots that a fingerprint is mapped to; behind them is room for what overflows.
    mapped: usize,
    len: usize,
    /// Fingerprints with so many leading zeros are kept.
    level: u32,
    capacity: usize,
}

impl Tasks {
    pub(super) fn new(capacity: usize) -> Self {
        Self { slots: Vec::new(), mapped: 0, len: 0, level: 0, capacity }
    }

    /// How many leading bits are zero in what is kept: the sample is 1 in 2^level of all tasks.
    pub(super) fn level(&self) -> u32 {
        self.level
    }

    /// The tasks that are kept, in order of their fingerprints.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.slots.iter().filter(|entry| entry.fingerprint != 0)
    }

    /// Keeps a state unless a newer one is known. `order` decides between two of one rank and time.
    pub(super) fn add(&mut self, new: Entry, order: impl Fn(u32) -> u64) {
        if self.is_left_out(new.fingerprint) {
            return;
        }
        if (self.len + 1) * 4 > self.mapped * 3 && self.mapped < self.full_size() {
            self.grow();
        }
        let mut at = self.home(new.fingerprint);
        while self.slots[at].fingerprint != 0 && self.slots[at].fingerprint < new.fingerprint {
            at += 1;
        }
        let found = &mut self.slots[at];
        if found.fingerprint == new.fingerprint {
            let age = |entry: &Entry| (entry.rank, entry.time, order(entry.cell), entry.lived);
            if found.cell != new.cell || found.rank != new.rank || found.time != new.time {
                if age(&new) > age(found) {
                    *found = new;
                }
            } else {
                found.lived = found.lived.max(new.lived);
            }
            return;
        }
        self.insert(at, new);
        self.len += 1;
        while self.len > self.capacity {
            self.thin();
        }
        // The last slot stays free, so that a search ends.
        if self.slots.last().is_some_and(|last| last.fingerprint != 0) {
            self.slots.resize(self.slots.len() + 64, Entry::default());
        }
    }

    /// Whether the sample has become too narrow for a task.
    pub(super) fn is_left_out(&self, fingerprint: u64) -> bool {
        fingerprint.leading_zeros() < self.level
    }

    /// Keeps no more than 1 in 2^level.
    pub(super) fn thin_to(&mut self, level: u32) {
        while self.level < level {
            self.thin();
        }
    }

    fn home(&self, fingerprint: u64) -> usize {
        // The leading bits that are zero in all of them tell nothing.
        let spread = fingerprint << self.level;
        ((u128::from(spread) * self.mapped as u128) >> 64) as usize
    }

    /// Moves what stands from `at` on by one, up to the next free slot.
    fn insert(&mut self, at: usize, new: Entry) {
        let mut moving = new;
        for slot in &mut self.slots[at..] {
            std::mem::swap(slot, &mut moving);
            if moving.fingerprint == 0 {
                return;
            }
        }
        self.slots.push(moving);
    }

    /// Slots for a full table: three quarters are taken.
    fn full_size(&self) -> usize {
        self.capacity / 3 * 4 + 64
    }

    /// A little room for a little input, all of it once there is more: memory then stays as it is.
    fn grow(&mut self) {
        const STEPS: [usize; 2] = [1 << 10, 1 << 14];
        let next = STEPS.into_iter().find(|step| *step > self.mapped && *step < self.full_size());
        self.rebuild(next.unwrap_or(self.full_size()));
    }

    /// Halves the sample.
    fn thin(&mut self) {
        self.level += 1;
        let level = self.level;
        let is_kept = |entry: &&Entry| entry.fingerprint.leading_zeros() >= level;
        let kept: Vec<Entry> = self.iter().filter(is_kept).copied().collect();
        self.slots.fill(Entry::default());
        self.place(kept);
    }

    fn rebuild(&mut self, mapped: usize) {
        let old = std::mem::take(&mut self.slots);
        self.mapped = mapped;
        self.slots = vec![Entry::default(); mapped + mapped / 64 + 64];
        self.place(old.into_iter().filter(|entry| entry.fingerprint != 0));
    }

    /// Puts entries, which are in order, into an empty table.
    fn place(&mut self, entries: impl IntoIterator<Item = Entry>) {
        let mut next = 0;
        self.len = 0;
        for entry in entries {
            next = self.home(entry.fingerprint).max(next);
            // The last slot stays free, so that a search ends.
            if next + 1 >= self.slots.len() {
                self.slots.resize(next + 64, Entry::default());
            }
            self.slots[next] = entry;
            next += 1;
            self.len += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random, the same in every run.
    fn hashes(count: u64) -> Vec<u64> {
        (1..=count).map(|number| super::super::hash::of(&number.to_le_bytes())).collect()
    }

    fn entry(fingerprint: u64, rank: u32) -> Entry {
        Entry { fingerprint, rank, cell: rank % 7, time: 1, lived: 0 }
    }

    fn kept(tasks: &Tasks) -> Vec<(u64, u32)> {
        tasks.iter().map(|entry| (entry.fingerprint, entry.rank)).collect()
    }

    #[test]
    fn the_newest_state_stays_whatever_the_order() {
        let mut all: Vec<Entry> = Vec::new();
        for hash in hashes(3_000) {
            all.extend([entry(hash, 1), entry(hash, 3), entry(hash, 2)]);
        }
        let mut forwards = Tasks::new(1 << 12);
        all.iter().for_each(|entry| forwards.add(*entry, u64::from));
        let mut backwards = Tasks::new(1 << 12);
        all.iter().rev().for_each(|entry| backwards.add(*entry, u64::from));
        let mut wanted: Vec<(u64, u32)> = hashes(3_000).into_iter().map(|hash| (hash, 3)).collect();
        wanted.sort_unstable();
        assert_eq!(kept(&forwards), wanted);
        assert_eq!(kept(&backwards), wanted);
    }

    #[test]
    fn a_sample_is_a_function_of_the_set() {
        let all = hashes(10_000);
        let mut whole = Tasks::new(1_000);
        all.iter().for_each(|hash| whole.add(entry(*hash, 1), u64::from));
        assert_eq!(whole.level(), 4, "10,000 tasks at most 1,000 at a time");
        let wanted = all.iter().filter(|hash| hash.leading_zeros() >= 4).count();
        assert_eq!(whole.iter().count(), wanted);
        let mut parts = Tasks::new(1_000);
        for part in all.rchunks(300) {
            let mut own = Tasks::new(1_000);
            part.iter().chain(part).for_each(|hash| own.add(entry(*hash, 1), u64::from));
            parts.thin_to(own.level());
            own.iter().for_each(|entry| parts.add(*entry, u64::from));
        }
        assert_eq!(kept(&parts), kept(&whole));
    }

    #[test]
    fn fingerprints_that_crowd_are_found_again() {
        let mut tasks = Tasks::new(1 << 10);
        let crowd: Vec<u64> = (0..900).map(|number| u64::MAX - number).chain(1..100).collect();
        for _ in 0..2 {
            crowd.iter().for_each(|hash| tasks.add(entry(*hash, 1), u64::from));
        }
        assert_eq!(tasks.iter().count(), crowd.len());
    }
}
