//! The three answers, and the trail on which one is found.

use super::Blocker;
use crate::evidence::{Citation, Request};

/// Whether something can be reached.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reach {
    /// Every hop lets the traffic through.
    Reachable {
        /// What was judged, hop by hop.
        path: Vec<Citation>,
    },
    /// One hop stops the traffic, whatever the hops that are not known would do.
    Blocked {
        /// What stops it.
        by: Blocker,
        /// What was judged up to there; what stops it stands last.
        path: Vec<Citation>,
    },
    /// Nothing that is known stops the traffic, but not every hop is known.
    Unknown {
        /// What would settle it.
        missing: Vec<Missing>,
        /// What was judged, hop by hop.
        path: Vec<Citation>,
    },
}

impl Reach {
    /// What stops the traffic.
    pub fn blocker(&self) -> Option<&Blocker> {
        match self {
            Reach::Blocked { by, .. } => Some(by),
            Reach::Reachable { .. } | Reach::Unknown { .. } => None,
        }
    }

    /// Whether every hop lets the traffic through.
    pub fn is_reachable(&self) -> bool {
        matches!(self, Reach::Reachable { .. })
    }

    /// What was judged, hop by hop.
    pub fn path(&self) -> &[Citation] {
        match self {
            Reach::Reachable { path } | Reach::Blocked { path, .. } | Reach::Unknown { path, .. } => path,
        }
    }

    /// What would settle it.
    pub fn missing(&self) -> &[Missing] {
        match self {
            Reach::Unknown { missing, .. } => missing,
            Reach::Reachable { .. } | Reach::Blocked { .. } => &[],
        }
    }
}

/// Something that is not known.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Missing {
    /// The call whose answer would tell; absent when no call that is read here does.
    pub request: Option<Request>,
    /// What it would tell.
    pub why: String,
}

impl Missing {
    /// An answer that is not at hand.
    pub(super) fn answer(request: Request, why: impl Into<String>) -> Self {
        Self { request: Some(request), why: why.into() }
    }

    /// Something that no call tells.
    pub(super) fn beyond(why: impl Into<String>) -> Self {
        Self { request: None, why: why.into() }
    }
}

/// What is found on the way, hop by hop: one that stops the traffic decides; without one, what is not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail {
    path: Vec<Citation>,
    blocker: Option<Blocker>,
    missing: Vec<Missing>,
    /// What is found further on decides nothing.
    is_open: bool,
}

impl Trail {
    /// A hop was judged and lets the traffic through, or led on to the next.
    pub(super) fn pass(&mut self, citation: Citation) {
        if self.blocker.is_none() && !self.path.contains(&citation) {
            self.path.push(citation);
        }
    }

    /// A hop stops the traffic. The first that does is the one to tell of.
    pub(super) fn block(&mut self, by: Blocker, proof: impl IntoIterator<Item = Citation>) {
        if self.blocker.is_none() && !self.is_open {
            proof.into_iter().for_each(|citation| self.pass(citation));
            self.blocker = Some(by);
        }
    }

    /// A hop is not known.
    pub(super) fn miss(&mut self, missing: impl IntoIterator<Item = Missing>) {
        for missing in missing {
            let is_same = |known: &Missing| match (&known.request, &missing.request) {
                (Some(known), Some(request)) => known == request,
                _ => *known == missing,
            };
            if !self.missing.iter().any(is_same) {
                self.missing.push(missing);
            }
        }
    }

    /// What was found to stop the traffic does so only if something else holds, which is not known.
    pub(super) fn reopen(&mut self, missing: Missing) {
        self.blocker = None;
        self.miss([missing]);
    }

    /// Two things in the evidence contradict each other, so that nothing further on is certain.
    pub(super) fn contradict(&mut self, missing: Missing) {
        self.is_open = true;
        self.miss([missing]);
    }

    pub(super) fn blocker(&self) -> Option<&Blocker> {
        self.blocker.as_ref()
    }

    /// Tells of another blocker in place of the one found: what was meant to carry the traffic, and does not.
    pub(super) fn block_instead(&mut self, by: Blocker, proof: Citation) {
        self.path.push(proof);
        self.blocker = Some(by);
    }

    /// The trail when one of several is the real one and it is not known which: they decide only together.
    pub(super) fn one_of(trails: Vec<Trail>, open: Vec<Missing>) -> Trail {
        let mut trails = trails.into_iter();
        let Some(mut first) = trails.next() else { return Trail { missing: open, ..Trail::default() } };
        let mut agree = true;
        for other in trails {
            agree &= first.blocker == other.blocker;
            agree &= first.blocker.is_some() || first.missing.is_empty() == other.missing.is_empty();
            // What stops the traffic stays last.
            if first.blocker.is_none() || !agree {
                let seen: Vec<_> = other.path.into_iter().filter(|seen| !first.path.contains(seen)).collect();
                first.path.extend(seen);
            }
            first.miss(other.missing);
        }
        if !agree {
            first.blocker = None;
        }
        if !agree || !first.missing.is_empty() {
            first.miss(open);
        }
        first
    }

    pub(super) fn finish(self) -> Reach {
        let Trail { path, blocker, missing, .. } = self;
        match blocker {
            Some(by) => Reach::Blocked { by, path },
            None if missing.is_empty() => Reach::Reachable { path },
            None => Reach::Unknown { missing, path },
        }
    }
}
