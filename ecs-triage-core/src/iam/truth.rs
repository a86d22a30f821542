//! Three-valued logic: what is not known never turns into a yes or a no.

/// A statement that holds, does not hold, or cannot be decided from the evidence.
///
/// The order is `False < Unknown < True`, so that *and* is the lesser and *or* the greater of two (Kleene's logic).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "three values are all there are")]
pub enum Truth {
    /// Does not hold, whatever is still unknown.
    False,
    /// Cannot be decided.
    Unknown,
    /// Holds, whatever is still unknown.
    True,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// Every one holds; true for none at all.
    pub fn all(values: impl IntoIterator<Item = Truth>) -> Truth {
        values.into_iter().fold(Truth::True, Truth::and)
    }

    /// At least one holds; false for none at all.
    pub fn any(values: impl IntoIterator<Item = Truth>) -> Truth {
        values.into_iter().fold(Truth::False, Truth::or)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::True } else { Truth::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    const ALL: [Truth; 3] = [False, Unknown, True];

    /// What is left of a value when the unknown is found out.
    fn completions(value: Truth) -> &'static [bool] {
        match value {
            False => &[false],
            Unknown => &[false, true],
            True => &[true],
        }
    }

    #[test]
    fn agrees_with_every_completion() {
        for a in ALL {
            for b in ALL {
                for &x in completions(a) {
                    for &y in completions(b) {
                        assert!(a.and(b) == Unknown || a.and(b) == Truth::from(x && y), "{a:?} and {b:?}");
                        assert!(a.or(b) == Unknown || a.or(b) == Truth::from(x || y), "{a:?} or {b:?}");
                    }
                }
                assert_eq!(!a.and(b), (!a).or(!b), "De Morgan for {a:?}, {b:?}");
                assert_eq!(a.and(b), b.and(a));
                for c in ALL {
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)), "distribution for {a:?}, {b:?}, {c:?}");
                }
            }
        }
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
