//! Whether one statement applies to a request.

use super::arn::{lower_symbols, lower_tokens, resource_matches};
use super::condition::Notes;
use super::context::Context;
use super::document::{Effect, Scope, Statement};
use super::evaluation::{Element, Why};
use super::pattern::{matches, symbols, wildcards};
use super::policies::PolicyType;
use super::principal::{Named, spared};
use super::request::Request;
use super::truth::Truth;
use super::variables::{Syntax, compile};

/// The question as one statement sees it.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) request: &'a Request,
    pub(super) context: &'a Context,
    pub(super) policy_type: PolicyType,
    /// Whether the principal has a permissions boundary.
    pub(super) has_boundary: Truth,
}

/// How a statement stands to the request.
pub(super) struct Applies {
    /// By which name of the principal the statement applies, all elements taken together.
    pub(super) named: Named,
    /// The elements that keep it from applying.
    pub(super) failed: Vec<Element>,
    /// Why it cannot be told.
    pub(super) open: Vec<Why>,
    pub(super) inferred: Vec<String>,
}

impl Question<'_> {
    pub(super) fn ask(&self, statement: &Statement) -> Applies {
        let mut notes = Notes::default();
        let named = self.principal(statement);
        let action = self.action(&statement.action);
        let resource = self.resource(statement, &mut notes);
        let condition = self.condition(statement, &mut notes);
        let elements = [
            (Element::Principal, named.at_all()),
            (Element::Action, action),
            (Element::Resource, resource),
            (Element::Condition, condition),
        ];
        let rest = Truth::all([action, resource, condition]);
        let of = |truth| elements.iter().filter(move |(_, held)| *held == truth).map(|(element, _)| *element);
        let mut open: Vec<_> = of(Truth::Unknown).map(Why::Element).collect();
        open.extend(notes.unknown_keys.into_iter().map(Why::ContextKey));
        open.extend(notes.unknown_operators.into_iter().map(Why::ConditionOperator));
        // A condition counts only where the rest of the statement may apply.
        let matters = Truth::all([named.at_all(), action, resource]) != Truth::False;
        Applies {
            named: named.map(|name| name.and(rest)),
            failed: of(Truth::False).collect(),
            open,
            inferred: if matters { notes.inferred } else { Vec::new() },
        }
    }

    fn principal(&self, statement: &Statement) -> Named {
        let principal = &self.request.principal;
        match &statement.principal {
            Scope::Absent if !self.policy_type.names_principals() => Named::ATTACHED,
            Scope::Only(entries) if self.policy_type.names_principals() => {
                entries.iter().map(|entry| entry.names(principal)).fold(Named::NOT, Named::or)
            }
            Scope::AllBut(entries)
                if self.policy_type == PolicyType::Resource && statement.effect == Effect::Deny =>
            {
                // A deny with `NotPrincipal` hits everyone who has a permissions boundary.
                // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
                let bounded = if principal.is_service() { Truth::False } else { self.has_boundary };
                Named { directly: (!spared(entries, principal)).or(bounded), ..Named::NOT }
            }
            _ => Named::UNKNOWN,
        }
    }

    fn action(&self, scope: &Scope<String>) -> Truth {
        covers(scope, |pattern| action_matches(pattern, &self.request.action)).unwrap_or(Truth::Unknown)
    }

    fn resource(&self, statement: &Statement, notes: &mut Notes) -> Truth {
        if statement.resource == Scope::Absent && self.policy_type.is_attached_to_resource() {
            return Truth::True;
        }
        let syntax = Syntax { variables: statement.variables.then_some(self.context), wildcards: true };
        let is_negated = matches!(statement.resource, Scope::AllBut(_));
        let covered = covers(&statement.resource, |pattern| {
            if pattern == "*" {
                return Truth::True;
            }
            if self.request.resource.is_all() {
                return Truth::False;
            }
            let mut compiled = compile(pattern, syntax);
            // Text with a variable that has no value matches no resource. AWS says so of both elements, and leaves
            // open whether `NotResource` then covers everything or nothing.
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
            if compiled.never && is_negated {
                return Truth::Unknown;
            }
            let held = resource_matches(&compiled, self.request.resource.text(), self.policy_type);
            if held == Truth::Unknown {
                notes.unknown_keys.append(&mut compiled.unknown_keys);
            }
            held
        });
        covered.unwrap_or(Truth::Unknown)
    }

    fn condition(&self, statement: &Statement, notes: &mut Notes) -> Truth {
        let Some(conditions) = &statement.conditions else {
            return Truth::Unknown;
        };
        let held: Vec<_> = conditions
            .iter()
            .map(|condition| condition.holds(self.context, statement.variables, notes))
            .collect();
        Truth::all(held)
    }
}

/// Whether an element covers what `held` tests; `None` where the element is absent or cannot be read.
fn covers<T>(scope: &Scope<T>, held: impl FnMut(&T) -> Truth) -> Option<Truth> {
    match scope {
        Scope::Only(list) => Some(Truth::any(list.iter().map(held))),
        Scope::AllBut(list) => Some(!Truth::any(list.iter().map(held))),
        Scope::Absent | Scope::Unreadable => None,
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
fn action_matches(pattern: &str, action: &str) -> Truth {
    let glob = |pattern: &str, text: &str| {
        matches(&lower_tokens(&wildcards(pattern)), &lower_symbols(&symbols(text)))
    };
    if pattern == "*" {
        return Truth::True;
    }
    match (pattern.split_once(':'), action.split_once(':')) {
        (Some((service, name)), Some((called, operation))) if !service.contains(['*', '?']) => {
            Truth::from(service.eq_ignore_ascii_case(called)).and(glob(name, operation))
        }
        // Not a valid action (`*:*`): whether it has an effect is not documented.
        _ => glob(pattern, action).and(Truth::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_match_without_regard_to_case() {
        for (pattern, expected) in [
            ("*", Truth::True),
            ("sts:AssumeRole", Truth::True),
            ("STS:ASSUMEROLE", Truth::True),
            ("sts:Assume*", Truth::True),
            ("sts:AssumeRol?", Truth::True),
            ("sts:*", Truth::True),
            ("sts:AssumeRoleWithWebIdentity", Truth::False),
            ("s3:*", Truth::False),
            ("*:*", Truth::Unknown),
            ("s*:AssumeRole", Truth::Unknown),
            ("AssumeRole", Truth::False),
        ] {
            assert_eq!(action_matches(pattern, "sts:AssumeRole"), expected, "{pattern}");
        }
    }
}
