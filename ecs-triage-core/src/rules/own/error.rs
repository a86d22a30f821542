//! What can be wrong with own rules.

/// A rule that cannot be used, and why. It is the user's to mend; no rule of the file is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}`{}`: expected {}, found {}{}", place(.0), .0.key, .0.expected, .0.found, hint(.0))]
pub struct OwnRulesError(Box<Wrong>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    file: Option<String>,
    line: Option<usize>,
    key: String,
    expected: String,
    found: String,
    help: String,
}

fn place(wrong: &Wrong) -> String {
    match (&wrong.file, wrong.line) {
        (Some(file), Some(line)) => format!("`{file}` line {line}, "),
        (Some(file), None) => format!("`{file}`, "),
        (None, Some(line)) => format!("line {line}, "),
        (None, None) => String::new(),
    }
}

fn hint(wrong: &Wrong) -> String {
    if wrong.help.is_empty() { String::new() } else { format!("; {}", wrong.help) }
}

impl OwnRulesError {
    /// The same, with the name of the file that the text came from.
    #[must_use]
    pub fn in_file(mut self, name: impl Into<String>) -> Self {
        self.0.file = Some(name.into());
        self
    }

    /// Name of the file, where the caller gave it with [`OwnRulesError::in_file`].
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// Line in the file, counted from 1; absent for a rule in code.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The key: `rule[0].when[1].matches`; for a rule in code its code and the key.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What was expected there.
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// What was found there.
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// What to do about it; empty when that is plain.
    pub fn help(&self) -> &str {
        &self.0.help
    }
}

/// What is wrong, before it is known where that stands.
#[derive(Debug)]
pub(super) struct Fault {
    /// Key within the rule.
    pub(super) key: String,
    expected: String,
    found: String,
    help: String,
}

impl Fault {
    pub(super) fn new(key: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { key: key.into(), expected: expected.into(), found: found.into(), help: String::new() }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// In a rule that was added in code.
    pub(super) fn in_code(self, code: &str) -> OwnRulesError {
        let key = format!("{code}: {}", self.key);
        self.at(None, key)
    }

    pub(super) fn at(self, line: Option<usize>, key: String) -> OwnRulesError {
        let Self { expected, found, help, .. } = self;
        OwnRulesError(Box::new(Wrong { file: None, line, key, expected, found, help }))
    }
}
