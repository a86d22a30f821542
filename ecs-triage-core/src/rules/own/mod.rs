//! Rules of the user's own, which stand beside the built-in ones.
//!
//! A platform team knows what exit code 42 of its applications means, and that images come from its own registry only.
//! It says so in a file ([`OwnRules::from_toml`], feature `rules-file`) or in code ([`OwnRule`], [`OwnCheck`]) and hands
//! the rules to [`diagnose_with`](crate::diagnose_with) or [`check_with`](crate::check_with).
//!
//! # How they rank
//!
//! An own rule is a rule: what it finds is a [`Finding`] with a citation, and is ranked as every other one. Own rules
//! stand before the built-in ones, so that of two that read the same place with the same confidence the own one leads;
//! a built-in one that is surer leads still. What an own cause [explains](RuleTexts::explains), and the bare exit
//! code of the same container, become consequences of it.

mod cause;
mod check;
mod error;
#[cfg(feature = "rules-file")]
mod file;
mod sighting;
mod texts;

use std::fmt::Debug;

pub use cause::OwnCause;
pub use check::{CheckTexts, OwnCheck};
pub use error::OwnRulesError;
pub use sighting::Sighting;
pub use texts::RuleTexts;

use check::Checked;
use error::Fault;

use super::{Finding, RULES, Rule};
use crate::advisories::{RISKS, Risk};
use crate::report::Advisory;
use crate::signals::Subject;

/// A rule in code: looks for one cause of the user's own.
///
/// ```
/// use ecs_triage_core::own::{OwnRule, OwnRules, RuleTexts, Sighting};
/// use ecs_triage_core::rules::{Blast, Bucket};
/// use ecs_triage_core::signals::Subject;
/// use ecs_triage_core::{Evidence, diagnose_with};
///
/// #[derive(Debug)]
/// struct LicenceUsedUp;
///
/// impl OwnRule for LicenceUsedUp {
///     fn texts(&self) -> RuleTexts {
///         RuleTexts::new("acme-licence-used-up", Bucket::App, "no licence was left")
///             .summary("Container {container} ended because all {seats~|} licences are taken.")
///             .explanation("Programs of ours end with code 42 when the licence server has no seat left.")
///             .advice("Free a licence", Blast::Source, "Scale in what is idle, or ask for more seats.")
///     }
///
///     fn find(&self, subject: &Subject<'_>) -> Vec<Sighting> {
///         let ended = subject.leading_exits().filter(|exit| exit.code == Some(42));
///         ended
///             .map(|exit| Sighting::new(exit.citation()).container(&exit.container).capture("seats", "20"))
///             .collect()
///     }
/// }
///
/// let mut own = OwnRules::new();
/// own.add(LicenceUsedUp)?;
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{
///     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
///     "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
///     "containers": [{"name": "app", "exitCode": 42}]
/// }]}"#).unwrap();
/// let report = diagnose_with(&evidence, &own);
/// let found = report.diagnoses().next().unwrap();
/// assert_eq!(found.code, "acme-licence-used-up");
/// assert_eq!(found.summary, "Container `app` ended because all 20 licences are taken.");
/// assert_eq!(found.evidence[0].pointer, "/tasks/0/containers/0/exitCode");
/// # Ok::<(), ecs_triage_core::own::OwnRulesError>(())
/// ```
pub trait OwnRule: Debug + Send + Sync {
    /// What the rule says of its cause. Asked once, when the rule is added.
    fn texts(&self) -> RuleTexts;

    /// Where the cause is seen. No sighting without the place that proves it.
    fn find(&self, subject: &Subject<'_>) -> Vec<Sighting>;
}

/// The user's own rules and checks. They live as long as the process, as the built-in ones do.
#[derive(Debug, Clone, Default)]
pub struct OwnRules {
    rules: Vec<&'static Rule>,
    checks: Vec<Checked>,
}

/// What stands where nobody has rules of their own.
pub(crate) static NONE: OwnRules = OwnRules::new();

impl OwnRules {
    /// No rules yet.
    pub const fn new() -> Self {
        Self { rules: Vec::new(), checks: Vec::new() }
    }

    /// Reads a file of rules; `docs/own-rules.md` describes it. Reading the same text again costs nothing.
    ///
    /// # Errors
    /// [`OwnRulesError`] names the line, the key, what was expected there and what was found.
    #[cfg(feature = "rules-file")]
    pub fn from_toml(text: &str) -> Result<Self, OwnRulesError> {
        file::read(text)
    }

    /// Adds a rule.
    ///
    /// # Errors
    /// [`OwnRulesError`] when its code is taken or a text is not as it should be.
    pub fn add(&mut self, rule: impl OwnRule + 'static) -> Result<(), OwnRulesError> {
        let texts = rule.texts();
        let code = texts.code.clone();
        self.add_texts(texts, Box::new(rule)).map_err(|fault| fault.in_code(&code))
    }

    /// Adds a check of task definitions.
    ///
    /// # Errors
    /// As [`OwnRules::add`].
    pub fn add_check(&mut self, check: impl OwnCheck + 'static) -> Result<(), OwnRulesError> {
        let texts = check.texts();
        let code = texts.code.clone();
        self.add_check_texts(texts, Box::new(check)).map_err(|fault| fault.in_code(&code))
    }

    /// Adds the rules of another file.
    ///
    /// # Errors
    /// [`OwnRulesError`] when both have a rule of one code.
    pub fn merge(&mut self, other: Self) -> Result<(), OwnRulesError> {
        let codes = other.codes().map(|code| self.is_free(code).map_err(|fault| fault.in_code(code)));
        codes.collect::<Result<(), _>>()?;
        self.rules.extend(other.rules);
        self.checks.extend(other.checks);
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.checks.is_empty()
    }

    /// The own rules in their order.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().copied()
    }

    /// The own checks in their order.
    pub fn risks(&self) -> impl Iterator<Item = &'static Risk> {
        self.checks.iter().map(|check| check.risk)
    }

    /// The rule with this code, an own one or a built-in one.
    pub fn rule(&self, code: &str) -> Option<&'static Rule> {
        self.rules().find(|rule| rule.code == code).or_else(|| super::rule(code))
    }

    /// The risk with this code, an own one or a built-in one.
    pub fn risk(&self, code: &str) -> Option<&'static Risk> {
        self.risks().find(|risk| risk.code == code).or_else(|| crate::advisories::risk(code))
    }

    /// What the own checks find about a subject's task definition.
    pub(crate) fn advisories(&self, subject: &Subject<'_>) -> Vec<Advisory> {
        self.checks.iter().flat_map(|check| check.advisories(subject)).collect()
    }

    fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.rules().map(|rule| rule.code).chain(self.risks().map(|risk| risk.code))
    }

    fn add_texts(&mut self, texts: RuleTexts, look: Box<dyn OwnRule>) -> Result<(), Fault> {
        texts.validate()?;
        self.is_free(&texts.code)?;
        self.rules.push(Box::leak(Box::new(texts.into_rule(look))));
        Ok(())
    }

    fn add_check_texts(&mut self, texts: CheckTexts, check: Box<dyn OwnCheck>) -> Result<(), Fault> {
        texts.validate()?;
        self.is_free(&texts.code)?;
        self.checks.push(Checked::new(texts, check));
        Ok(())
    }

    /// A code means one thing, now and in every report that was stored.
    fn is_free(&self, code: &str) -> Result<(), Fault> {
        let built_in = RULES.iter().map(|rule| rule.code).chain(RISKS.iter().map(|risk| risk.code));
        let found = if built_in.into_iter().any(|known| known == code) {
            "the code of a built-in one"
        } else if self.codes().any(|known| known == code) {
            "the code of another rule"
        } else {
            return Ok(());
        };
        let help = "begin your codes with a word of your own, as in `acme-licence-used-up`";
        Err(Fault::new("code", "a code that is not taken", format!("`{code}`, {found}")).help(help))
    }
}

/// What an own rule finds, as findings.
pub(super) fn find(look: &dyn OwnRule, rule: &'static Rule, subject: &Subject<'_>) -> Vec<Finding> {
    look.find(subject).into_iter().map(|sighting| sighting.into_finding(rule)).collect()
}
