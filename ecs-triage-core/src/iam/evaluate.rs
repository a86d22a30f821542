//! From policies to a decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::context::Context;
use super::evaluation::{Decision, Denial, Evaluation};
use super::policies::{Layer, Levels, Policies, PolicyType};
use super::principal::Named;
use super::request::{Owner, Request};
use super::statement::Question;
use super::tally::{Empty, Tally};
use super::truth::Truth;

/// Judges a request by the policies supplied.
///
/// ```
/// use ecs_triage_core::iam::{Context, Layer, Policies, Policy, PolicyDocument, Principal, Request, Resource, evaluate};
/// use serde_json::json;
///
/// let document = PolicyDocument::parse(&json!({"Version": "2012-10-17", "Statement": [
///     {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
///      "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????"}]}))?;
/// let policies = Policies {
///     identity: Layer::Supplied(vec![Policy::new("read-db-secret", document)]),
///     boundary: Layer::NotInForce,
///     ..Policies::default()
/// };
/// let role = Principal::from_arn("arn:aws:iam::111122223333:role/web").expect("a role");
/// let secret = Resource::arn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3");
/// let request = Request::new(role, "secretsmanager:GetSecretValue", secret, Context::new());
/// let evaluation = evaluate(&request, &policies);
/// assert!(evaluation.is_allowed());
/// assert_eq!(evaluation.decided_by[0].pointer, "/Statement/0");
/// # Ok::<(), ecs_triage_core::iam::PolicyError>(())
/// ```
#[must_use]
pub fn evaluate(request: &Request, policies: &Policies) -> Evaluation {
    let context = request.full_context();
    let mut evaluation = Hearing::of(request, policies, &context).judge();
    if !evaluation.inferred.is_empty() {
        let documented = context.without_inferences();
        if Hearing::of(request, policies, &documented).judge().decision == evaluation.decision {
            evaluation.inferred.clear();
        }
    }
    evaluation
}

/// How principal and resource stand to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// An AWS service calls: only the resource's policy counts.
    Service,
    SameAccount,
    CrossAccount,
}

/// What all policies say, before it is put together.
struct Hearing {
    is_user: bool,
    owner: Owner,
    /// More than one where the owner of the resource is not known.
    relations: Vec<Relation>,
    identity: Tally,
    boundary: Tally,
    session: Tally,
    resource: Tally,
    /// Organization and endpoint policies.
    guardrails: Vec<Tally>,
}

impl Hearing {
    fn of(request: &Request, policies: &Policies, context: &Context) -> Self {
        let owner = request.owner();
        let has_boundary = match policies.boundary {
            Layer::NotInForce => Truth::False,
            Layer::Supplied(_) => Truth::True,
            Layer::Unseen | Layer::NotSupplied => Truth::Unknown,
        };
        let tally = |policy_type, layer: &Layer, empty| {
            Tally::of(Question { request, context, policy_type, has_boundary }, layer, empty)
        };
        let is_service = request.principal.is_service();
        let session = if is_service { &Layer::NotInForce } else { &policies.session };
        let resource = match &policies.resource {
            // `*` is no resource that could have a policy.
            Layer::Unseen | Layer::NotSupplied if owner == Owner::Account && request.resource.is_all() => {
                &Layer::NotInForce
            }
            layer => layer,
        };
        let resource_type = if owner == Owner::Role { PolicyType::Trust } else { PolicyType::Resource };
        let no_levels = Levels(Vec::new());
        let bound = request.principal.is_bound_by_scps();
        let service_control = if bound { &policies.service_control } else { &no_levels };
        let limit = |policy_type| move |layer| tally(policy_type, layer, Empty::LimitsNothing);
        let mut guardrails: Vec<_> =
            service_control.0.iter().map(limit(PolicyType::ServiceControl)).collect();
        guardrails.extend(policies.resource_control.0.iter().map(limit(PolicyType::ResourceControl)));
        guardrails.push(tally(PolicyType::VpcEndpoint, &policies.vpc_endpoint, Empty::LimitsNothing));
        Self {
            is_user: request.principal.is_user(),
            owner,
            relations: relations(request),
            identity: tally(
                PolicyType::Identity,
                own_policies(&policies.identity, is_service),
                Empty::GrantsNothing,
            ),
            boundary: tally(
                PolicyType::PermissionsBoundary,
                own_policies(&policies.boundary, is_service),
                Empty::LimitsNothing,
            ),
            session: tally(PolicyType::Session, session, Empty::LimitsNothing),
            resource: tally(resource_type, resource, Empty::GrantsNothing),
            guardrails,
        }
    }

    fn judge(mut self) -> Evaluation {
        if self.resource.unseen && !self.can_do_without_resource_policy() {
            self.resource.unseen = false;
            self.resource.not_supplied(None);
        }
        let denied = Truth::any(self.tallies().map(|tally| tally.deny));
        let permitted = self.permitted(self.resource.allow);
        let decision = match (denied, permitted) {
            (Truth::True, _) => Decision::Denied(Denial::Explicit),
            (_, Truth::False) => Decision::Denied(Denial::Implicit),
            (Truth::False, Truth::True) => Decision::Allowed,
            _ => Decision::Unknown,
        };
        let unseen = match decision {
            Decision::Allowed => {
                self.tallies().filter(|tally| tally.unseen).map(|tally| tally.policy_type).collect()
            }
            // An unseen resource policy could be the one that allows.
            Decision::Denied(Denial::Implicit) if self.resource.unseen => {
                let turns = self.permitted(Named::UNKNOWN) != Truth::False;
                if turns { vec![self.resource.policy_type] } else { Vec::new() }
            }
            Decision::Denied(_) | Decision::Unknown => Vec::new(),
        };
        let missing =
            if decision == Decision::Denied(Denial::Implicit) { self.missing() } else { Vec::new() };
        let granted_to_anyone = self.resource.allow.anyone == Truth::True;
        let mut evaluation = Evaluation {
            decision,
            decided_by: Vec::new(),
            missing,
            near_misses: Vec::new(),
            open: Vec::new(),
            unseen,
            inferred: Vec::new(),
            granted_to_anyone,
        };
        for tally in self.into_tallies() {
            match decision {
                Decision::Allowed => evaluation.decided_by.extend(tally.allows),
                Decision::Denied(Denial::Explicit) => evaluation.decided_by.extend(tally.denies),
                Decision::Denied(Denial::Implicit) => {}
                Decision::Unknown => evaluation.open.extend(tally.open),
            }
            evaluation.near_misses.extend(tally.near_misses);
            if decision != Decision::Unknown {
                evaluation.inferred.extend(tally.inferred);
            }
        }
        evaluation.unseen.dedup();
        evaluation.inferred.sort();
        evaluation.inferred.dedup();
        evaluation
    }

    /// Whether the layers together allow, leaving denials aside.
    fn permitted(&self, granted: Named) -> Truth {
        let mut answers = self.relations.iter().map(|relation| self.permitted_if(*relation, granted));
        let first = answers.next().unwrap_or(Truth::Unknown);
        let agreed = if answers.all(|answer| answer == first) { first } else { Truth::Unknown };
        agreed.and(Truth::all(self.guardrails.iter().map(|tally| tally.allow.at_all())))
    }

    fn permitted_if(&self, relation: Relation, granted: Named) -> Truth {
        let session = self.session.allow.at_all();
        let limits = session.and(self.boundary.allow.at_all());
        let identity = self.identity.allow.at_all().and(limits);
        match relation {
            Relation::Service => granted.at_all(),
            Relation::CrossAccount => self.granted_across(granted).and(identity),
            Relation::SameAccount => {
                let delegated = if self.owner == Owner::Account { Truth::True } else { granted.account };
                Truth::any([
                    identity.and(delegated),
                    // A boundary limits what is granted to a role, but not what is granted to its session or to
                    // a user. Whether it limits a grant to anyone depends on how that is written.
                    granted.directly.and(if self.is_user { session } else { limits }),
                    granted.session,
                    granted.anyone.and(limits.or(Truth::Unknown)),
                ])
            }
        }
    }

    /// What the owner in another account grants. Without evidence that can be anything.
    fn granted_across(&self, granted: Named) -> Truth {
        if self.resource.unseen { Truth::Unknown } else { granted.at_all() }
    }

    /// In the account of the resource the identity's own policies can be enough.
    fn can_do_without_resource_policy(&self) -> bool {
        self.owner == Owner::Account && self.relations.contains(&Relation::SameAccount)
    }

    /// The layers without which nothing is allowed and that lack an `Allow`.
    fn missing(&self) -> Vec<PolicyType> {
        let lacks = |tally: &Tally| tally.allow.at_all() == Truth::False;
        let by_owner_alone = self.relations == [Relation::Service];
        let owner_must_allow =
            by_owner_alone || self.owner != Owner::Account || self.relations == [Relation::CrossAccount];
        let owner_allows_by_name =
            self.relations == [Relation::SameAccount] && self.resource.allow.directly == Truth::True;
        let mut layers = vec![(&self.boundary, true), (&self.session, true)];
        layers.insert(0, (&self.identity, !by_owner_alone && !owner_allows_by_name));
        layers.push((&self.resource, owner_must_allow));
        layers.extend(self.guardrails.iter().map(|tally| (tally, true)));
        let mut missing: Vec<_> = layers
            .into_iter()
            .filter(|(tally, needed)| *needed && lacks(tally))
            .map(|(tally, _)| tally.policy_type)
            .collect();
        missing.dedup();
        missing
    }

    fn tallies(&self) -> impl Iterator<Item = &Tally> {
        [&self.identity, &self.resource, &self.boundary, &self.session].into_iter().chain(&self.guardrails)
    }

    fn into_tallies(self) -> impl Iterator<Item = Tally> {
        [self.identity, self.resource, self.boundary, self.session].into_iter().chain(self.guardrails)
    }
}

/// Without a role's own policies nothing can be said of it; a service has none.
fn own_policies(layer: &Layer, is_service: bool) -> &Layer {
    match layer {
        _ if is_service => &Layer::NotInForce,
        Layer::Unseen => &Layer::NotSupplied,
        layer => layer,
    }
}

fn relations(request: &Request) -> Vec<Relation> {
    let Some(principal) = request.principal.account() else {
        return vec![Relation::Service];
    };
    match request.resource.account() {
        Some(owner) if owner == principal => vec![Relation::SameAccount],
        Some(_) => vec![Relation::CrossAccount],
        None if request.resource.is_all() => vec![Relation::SameAccount],
        None => vec![Relation::SameAccount, Relation::CrossAccount],
    }
}
