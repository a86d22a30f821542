//! What the policies of one layer say about a request.

use super::document::{Effect, Statement};
use super::evaluation::{NearMiss, Open, StatementRef, Why};
use super::policies::{Layer, Policy, PolicyType};
use super::principal::Named;
use super::statement::{Applies, Question};
use super::truth::Truth;

/// What a layer without policies comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// The layer grants: nothing is granted.
    GrantsNothing,
    /// The layer limits: nothing is limited.
    LimitsNothing,
}

/// What the policies of one layer say, taken together.
pub(super) struct Tally {
    pub(super) policy_type: PolicyType,
    /// Whether something denies.
    pub(super) deny: Truth,
    /// Whether something allows, and by which name of the principal.
    pub(super) allow: Named,
    /// Nothing is known of the layer, and it counts as though it were not there.
    pub(super) unseen: bool,
    /// Statements that deny for certain.
    pub(super) denies: Vec<StatementRef>,
    /// Statements that allow for certain.
    pub(super) allows: Vec<StatementRef>,
    pub(super) near_misses: Vec<NearMiss>,
    pub(super) open: Vec<Open>,
    pub(super) inferred: Vec<String>,
}

impl Tally {
    pub(super) fn of(question: Question<'_>, layer: &Layer, empty: Empty) -> Self {
        let nothing = match empty {
            Empty::GrantsNothing => Named::NOT,
            Empty::LimitsNothing => Named::ATTACHED,
        };
        let mut tally = Self {
            policy_type: question.policy_type,
            deny: Truth::False,
            allow: nothing,
            unseen: matches!(layer, Layer::Unseen),
            denies: Vec::new(),
            allows: Vec::new(),
            near_misses: Vec::new(),
            open: Vec::new(),
            inferred: Vec::new(),
        };
        match layer {
            Layer::Unseen | Layer::NotInForce => {}
            Layer::NotSupplied => {
                tally.allow = Named::NOT;
                tally.not_supplied(None);
            }
            Layer::Supplied(policies) => {
                tally.allow = Named::NOT;
                for policy in policies {
                    tally.add(question, policy);
                }
            }
        }
        // `RCPFullAWSAccess` is attached at every level and cannot be detached.
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        if question.policy_type == PolicyType::ResourceControl {
            tally.allow = Named::ATTACHED;
        }
        tally
    }

    /// Notes that the layer, or one policy of it, could say anything.
    pub(super) fn not_supplied(&mut self, policy: Option<&str>) {
        self.deny = self.deny.or(Truth::Unknown);
        self.allow = self.allow.or(Named::UNKNOWN);
        self.open.push(Open {
            policy_type: self.policy_type,
            policy: policy.map(str::to_owned),
            statement: None,
            why: Why::NotSupplied,
        });
    }

    fn add(&mut self, question: Question<'_>, policy: &Policy) {
        let Some(document) = &policy.document else {
            return self.not_supplied(Some(&policy.label));
        };
        if document.is_cut {
            self.not_supplied(Some(&policy.label));
        }
        for statement in &document.statements {
            let applies = question.ask(statement);
            self.count(statement, &policy.label, applies);
        }
    }

    fn count(&mut self, statement: &Statement, label: &str, applies: Applies) {
        let place = || StatementRef {
            policy_type: self.policy_type,
            policy: label.to_owned(),
            index: statement.index,
            pointer: statement.pointer.clone(),
            sid: statement.sid.clone(),
            effect: statement.effect,
        };
        let held = applies.named.at_all();
        if held == Truth::Unknown {
            let statement = place();
            self.open.extend(applies.open.into_iter().map(|why| Open {
                policy_type: statement.policy_type,
                policy: Some(label.to_owned()),
                statement: Some(statement.clone()),
                why,
            }));
        }
        match statement.effect {
            Effect::Deny => {
                self.deny = self.deny.or(held);
                if held == Truth::True {
                    self.denies.push(place());
                }
            }
            Effect::Allow => {
                self.allow = self.allow.or(applies.named);
                if held == Truth::True {
                    self.allows.push(place());
                } else if let [failed] = applies.failed[..] {
                    self.near_misses.push(NearMiss { statement: place(), failed });
                }
            }
        }
        self.inferred.extend(applies.inferred);
    }
}
