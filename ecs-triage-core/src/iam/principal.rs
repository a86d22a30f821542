//! Who makes a request, and whom the `Principal` element of a policy names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::context::{Context, KeyState};
use super::truth::Truth;

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    identity: Identity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    Service(String),
    Role { arn: String, path_known: bool, session: Option<String> },
    User { arn: String },
    Root { arn: String },
}

impl Principal {
    /// An AWS service that calls on its own behalf: `ecs-tasks.amazonaws.com`.
    #[must_use]
    pub fn service(name: &str) -> Self {
        Self { identity: Identity::Service(name.to_owned()) }
    }

    /// Whoever the ARN names: a role, the session of an assumed role, a user, or the root of an account.
    ///
    /// `None` for anything else. A role works through its sessions; use [`session`](Self::session) to name one.
    #[must_use]
    pub fn from_arn(arn: &str) -> Option<Self> {
        let parts = ArnParts::of(arn)?;
        let identity = match (parts.service, parts.resource) {
            ("iam", "root") => Identity::Root { arn: arn.to_owned() },
            ("iam", resource) if resource.starts_with("role/") => {
                Identity::Role { arn: arn.to_owned(), path_known: true, session: None }
            }
            ("iam", resource) if resource.starts_with("user/") => Identity::User { arn: arn.to_owned() },
            ("sts", resource) => {
                let (role, session) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
                Identity::Role {
                    // The ARN of a session does not hold the path of its role.
                    arn: format!("arn:{}:iam::{}:role/{role}", parts.partition, parts.account),
                    path_known: false,
                    session: Some(session.to_owned()),
                }
            }
            _ => return None,
        };
        Some(Self { identity })
    }

    /// The same role, in the session of that name. ECS names sessions after the task's id.
    #[must_use]
    pub fn session(mut self, name: &str) -> Self {
        if let Identity::Role { session, .. } = &mut self.identity {
            *session = Some(name.to_owned());
        }
        self
    }

    /// The ARN of the role, user or root; for a session, that of its role.
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        match &self.identity {
            Identity::Service(_) => None,
            Identity::Role { arn, .. } | Identity::User { arn } | Identity::Root { arn } => Some(arn),
        }
    }

    /// The ARN of the assumed-role session, if one was named.
    #[must_use]
    pub fn session_arn(&self) -> Option<String> {
        let Identity::Role { arn, session: Some(session), .. } = &self.identity else {
            return None;
        };
        let parts = ArnParts::of(arn)?;
        let name = last_segment(parts.resource);
        Some(format!("arn:{}:sts::{}:assumed-role/{name}/{session}", parts.partition, parts.account))
    }

    /// The account that the principal belongs to; none for a service.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.arn().and_then(ArnParts::of).map(|parts| parts.account)
    }

    /// Whether this is an AWS service.
    #[must_use]
    pub fn is_service(&self) -> bool {
        matches!(self.identity, Identity::Service(_))
    }

    pub(super) fn is_user(&self) -> bool {
        matches!(self.identity, Identity::User { .. })
    }

    /// SCPs bind neither services nor service-linked roles.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub(super) fn is_bound_by_scps(&self) -> bool {
        self.arn().is_some_and(|arn| !arn.contains(":role/aws-service-role/"))
    }

    /// Fills in the keys that follow from who the principal is, where the caller did not set them.
    pub(super) fn describe(&self, context: &mut Context) {
        let is_service = self.is_service();
        context.fill("aws:PrincipalIsAWSService", || KeyState::value(is_service.to_string()));
        match &self.identity {
            Identity::Service(name) => context.fill("aws:PrincipalServiceName", || KeyState::value(name)),
            Identity::Role { .. } | Identity::User { .. } | Identity::Root { .. } => {
                context.fill("aws:PrincipalServiceName", || KeyState::Absent);
            }
        }
        if let Some(account) = self.account() {
            context.fill("aws:PrincipalAccount", || KeyState::value(account));
        }
        match &self.identity {
            Identity::Service(_) => {}
            Identity::Role { arn, path_known, .. } => {
                if *path_known {
                    context.fill("aws:PrincipalArn", || KeyState::value(arn));
                }
                context.fill("aws:PrincipalType", || KeyState::value("AssumedRole"));
                context.fill("aws:username", || KeyState::Absent);
            }
            Identity::User { arn } => {
                context.fill("aws:PrincipalArn", || KeyState::value(arn));
                context.fill("aws:PrincipalType", || KeyState::value("User"));
                context.fill("aws:username", || KeyState::value(last_segment(arn)));
            }
            Identity::Root { arn } => {
                context.fill("aws:PrincipalArn", || KeyState::value(arn));
                context.fill("aws:PrincipalType", || KeyState::value("Account"));
                context.fill("aws:username", || KeyState::Absent);
            }
        }
    }
}

/// The first parts of an ARN that have a meaning here.
struct ArnParts<'a> {
    partition: &'a str,
    service: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> ArnParts<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        (prefix == "arn").then_some(Self { partition, service, account, resource })
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// One entry of a `Principal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrincipalEntry {
    /// `*`, or `{"AWS": "*"}`.
    Anyone,
    /// An account, by its number or its root.
    Account(String),
    /// The ARN of a role, a session or a user.
    Arn(String),
    /// A service principal.
    Service(String),
    /// Somebody else: federated, canonical, or an entity that was deleted and left its unique id.
    Other,
    /// Documented as not allowed, so its effect is not known.
    Unreadable,
}

/// How sure it is that an element names the principal, and by which name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// By the account alone, which leaves the decision to the account's own policies.
    pub(super) account: Truth,
    /// By the ARN of the role or user, or as a service.
    pub(super) directly: Truth,
    /// By the ARN of the session.
    pub(super) session: Truth,
    /// As anyone.
    pub(super) anyone: Truth,
}

impl Named {
    pub(super) const NOT: Self =
        Self { account: Truth::False, directly: Truth::False, session: Truth::False, anyone: Truth::False };
    /// The policy belongs to the principal itself.
    pub(super) const ATTACHED: Self = Self { directly: Truth::True, ..Self::NOT };
    /// It may be named in any of these ways.
    pub(super) const UNKNOWN: Self = Self {
        account: Truth::Unknown,
        directly: Truth::Unknown,
        session: Truth::Unknown,
        anyone: Truth::Unknown,
    };

    pub(super) fn at_all(self) -> Truth {
        Truth::any([self.account, self.directly, self.session, self.anyone])
    }

    pub(super) fn map(self, change: impl Fn(Truth) -> Truth) -> Self {
        Self {
            account: change(self.account),
            directly: change(self.directly),
            session: change(self.session),
            anyone: change(self.anyone),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            account: self.account.or(other.account),
            directly: self.directly.or(other.directly),
            session: self.session.or(other.session),
            anyone: self.anyone.or(other.anyone),
        }
    }
}

/// A rule of AWS that an entry breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BrokenRule<'a> {
    /// The part of the entry that breaks it.
    pub(super) what: &'a str,
    /// The rule.
    pub(super) why: &'static str,
}

impl PrincipalEntry {
    /// Reads `{kind: name}`, and says which rule it breaks, if any.
    pub(super) fn new<'a>(kind: &'a str, name: &'a str) -> (Self, Option<BrokenRule<'a>>) {
        let broken = |why| Some(BrokenRule { what: name, why });
        let wildcard = match name.contains(['*', '?']) {
            true => broken("a wildcard can't match part of a principal"),
            false => None,
        };
        match kind.to_ascii_lowercase().as_str() {
            "aws" if name == "*" => (Self::Anyone, None),
            "aws" if is_account(name) => (Self::Account(name.to_owned()), None),
            "aws" => match ArnParts::of(name) {
                Some(parts) if parts.service == "iam" && parts.resource == "root" && wildcard.is_none() => {
                    (Self::Account(parts.account.to_owned()), None)
                }
                Some(_) => (Self::Arn(name.to_owned()), wildcard),
                None => (Self::Other, None),
            },
            "service" if name == "*" => (Self::Unreadable, broken("a service principal can't be a wildcard")),
            "service" => (Self::Service(name.to_owned()), wildcard),
            "federated" | "canonicaluser" => (Self::Other, None),
            _ => {
                let why = "the kinds of principal are `AWS`, `Service`, `Federated` and `CanonicalUser`";
                // Not the name: under a kind that is none it can be anything, also a secret.
                (Self::Unreadable, Some(BrokenRule { what: kind, why }))
            }
        }
    }

    /// How the entry names the principal.
    pub(super) fn names(&self, principal: &Principal) -> Named {
        match (self, &principal.identity) {
            (Self::Unreadable, _) => Named::UNKNOWN,
            (Self::Anyone, _) => Named { anyone: Truth::True, ..Named::NOT },
            (Self::Service(named), Identity::Service(name)) => {
                Named { directly: same_service(named, name), ..Named::NOT }
            }
            (Self::Account(_) | Self::Arn(_) | Self::Other, Identity::Service(_))
            | (Self::Service(_) | Self::Other, _) => Named::NOT,
            (Self::Account(named), _) => {
                Named { account: (principal.account() == Some(named)).into(), ..Named::NOT }
            }
            (Self::Arn(named), Identity::Role { arn, path_known, .. }) => {
                let directly = match path_known {
                    true => (named == arn).into(),
                    // The same name under a path may be the role.
                    false => Truth::from(is_same_role_by_name(named, arn)).and(Truth::Unknown),
                };
                let session = match principal.session_arn() {
                    Some(session) => (session == *named).into(),
                    None => Truth::from(is_session_of(named, arn)).and(Truth::Unknown),
                };
                Named { directly, session, ..Named::NOT }
            }
            (Self::Arn(named), Identity::User { arn } | Identity::Root { arn }) => {
                Named { directly: (named == arn).into(), ..Named::NOT }
            }
        }
    }
}

/// Whether a `NotPrincipal` element spares the principal.
///
/// To spare a role the list must have its account, its ARN and that of its session; with a part of them the
/// outcome is not documented.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
pub(super) fn spared(entries: &[PrincipalEntry], principal: &Principal) -> Truth {
    let named = entries.iter().map(|entry| entry.names(principal)).fold(Named::NOT, Named::or);
    if named.anyone == Truth::True {
        return Truth::True;
    }
    let needed = match &principal.identity {
        Identity::Service(_) | Identity::Root { .. } => return named.at_all(),
        Identity::User { .. } => vec![named.account, named.directly],
        Identity::Role { .. } => vec![named.account, named.directly, named.session],
    };
    match (Truth::all(needed), named.at_all()) {
        (Truth::True, _) => Truth::True,
        (_, Truth::False) => Truth::False,
        _ => Truth::Unknown,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_same_role_by_name(named: &str, arn: &str) -> bool {
    let (Some(named), Some(role)) = (ArnParts::of(named), ArnParts::of(arn)) else {
        return false;
    };
    named.service == "iam"
        && named.partition == role.partition
        && named.account == role.account
        && named.resource.starts_with("role/")
        && last_segment(named.resource) == last_segment(role.resource)
}

fn is_session_of(named: &str, role: &str) -> bool {
    let (Some(session), Some(role)) = (ArnParts::of(named), ArnParts::of(role)) else {
        return false;
    };
    let name = session.resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    session.service == "sts" && session.account == role.account && name == Some(last_segment(role.resource))
}

/// Whether two names stand for one service. A name with the Region in it, or with the suffix of another partition,
/// may do so.
fn same_service(named: &str, name: &str) -> Truth {
    if named == name {
        return Truth::True;
    }
    let parts = |name: &str| -> Option<(String, Option<String>)> {
        let (label, rest) = name.split_once('.')?;
        if is_dns_suffix(rest) {
            return Some((label.to_owned(), None));
        }
        let (region, suffix) = rest.split_once('.')?;
        (is_region(region) && is_dns_suffix(suffix)).then(|| (label.to_owned(), Some(region.to_owned())))
    };
    match (parts(named), parts(name)) {
        (Some((named, _)), Some((name, _))) if named == name => Truth::Unknown,
        _ => Truth::False,
    }
}

/// The suffixes of all partitions, from botocore's `partitions.json`.
fn is_dns_suffix(text: &str) -> bool {
    const SUFFIXES: [&str; 7] = [
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.eu",
        "c2s.ic.gov",
        "sc2s.sgov.gov",
        "cloud.adc-e.uk",
        "csp.hci.ic.gov",
    ];
    SUFFIXES.contains(&text)
}

fn is_region(text: &str) -> bool {
    text.contains('-') && text.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/service-role/web";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/web/task1";

    fn entry(kind: &str, name: &str) -> PrincipalEntry {
        PrincipalEntry::new(kind, name).0
    }

    #[test]
    fn a_role_is_named_in_several_ways() {
        let role = Principal::from_arn(ROLE).expect("a principal").session("task1");
        assert_eq!(role.session_arn().as_deref(), Some(SESSION));
        assert_eq!(role.account(), Some("111122223333"));
        let named = |name| entry("AWS", name).names(&role);
        assert_eq!(named("*").anyone, Truth::True);
        assert_eq!(named("111122223333").account, Truth::True);
        assert_eq!(named("arn:aws:iam::111122223333:root").account, Truth::True);
        assert_eq!(named(ROLE).directly, Truth::True);
        assert_eq!(named(SESSION).session, Truth::True);
        for other in [
            "444455556666",
            "arn:aws:iam::111122223333:role/web",
            "AROAEXAMPLEID",
            "arn:aws:iam::111122223333:user/web",
        ] {
            assert_eq!(named(other), Named::NOT, "{other}");
        }
        assert_eq!(named("arn:aws:iam::111122223333:role/*"), Named::NOT);
        assert_eq!(entry("Service", "ecs-tasks.amazonaws.com").names(&role), Named::NOT);
    }

    #[test]
    fn a_session_that_is_not_known_may_be_the_one_named() {
        let role = Principal::from_arn(ROLE).expect("a principal");
        assert_eq!(entry("AWS", SESSION).names(&role).session, Truth::Unknown);
        assert_eq!(entry("AWS", "arn:aws:sts::111122223333:assumed-role/x/task1").names(&role), Named::NOT);
    }

    #[test]
    fn the_arn_of_a_session_leaves_the_path_open() {
        let session = Principal::from_arn(SESSION).expect("a principal");
        assert_eq!(entry("AWS", ROLE).names(&session).directly, Truth::Unknown);
        assert_eq!(entry("AWS", SESSION).names(&session).session, Truth::True);
        assert_eq!(entry("AWS", "arn:aws:iam::111122223333:role/x").names(&session), Named::NOT);
    }

    #[test]
    fn services_are_named_in_full_or_not_at_all() {
        let ecs = Principal::service("ecs-tasks.amazonaws.com");
        for (name, expected) in [
            ("ecs-tasks.amazonaws.com", Truth::True),
            ("ecs.amazonaws.com", Truth::False),
            ("ecs-tasks.*", Truth::False),
            ("ecs-tasks.eu-south-2.amazonaws.com", Truth::Unknown),
            ("ecs-tasks.amazonaws.com.cn", Truth::Unknown),
            ("ecs-tasks.example.com", Truth::False),
            ("*", Truth::Unknown),
        ] {
            assert_eq!(entry("Service", name).names(&ecs).directly, expected, "{name}");
        }
        let autoscaling = entry("Service", "ecs.application-autoscaling.amazonaws.com");
        assert_eq!(autoscaling.names(&Principal::service("ecs.amazonaws.com")), Named::NOT);
        for name in ["arn:aws:iam::111122223333:root", "111122223333", "AROAEXAMPLEID", ROLE] {
            assert_eq!(entry("AWS", name).names(&ecs), Named::NOT, "{name}");
        }
        assert_eq!(entry("AWS", "*").names(&ecs).anyone, Truth::True);
    }

    #[test]
    fn not_principal_spares_who_is_named_completely() {
        let role = Principal::from_arn(ROLE).expect("a principal").session("task1");
        let list = |names: &[&str]| names.iter().map(|name| entry("AWS", name)).collect::<Vec<_>>();
        assert_eq!(spared(&list(&["111122223333", ROLE, SESSION]), &role), Truth::True);
        assert_eq!(spared(&list(&[ROLE]), &role), Truth::Unknown);
        assert_eq!(spared(&list(&["444455556666"]), &role), Truth::False);
    }
}
