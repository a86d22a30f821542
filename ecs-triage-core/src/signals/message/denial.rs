//! What IAM said when it refused.

use super::text::Text;
use crate::arn::Arn;

/// A refusal by IAM, with the parts that the message still has.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Denial {
    /// Who asked: `arn:aws:sts::111122223333:assumed-role/NAME/SESSION`. It may be cut.
    pub principal: Option<Arn>,
    /// The name of the role behind the principal, without its path; absent when it is no role or the name is cut.
    pub role_name: Option<String>,
    /// The action: `ecr:BatchGetImage`.
    pub action: Option<String>,
    /// The resource it was asked for: an ARN or `*`.
    pub resource: Option<Arn>,
    /// The kind of policy that decided. AWS names one even when several refuse.
    pub by: Option<PolicyKind>,
    /// Whether a statement with `Effect: Deny` decided. Otherwise nothing allowed the action, or the message does not say.
    pub explicit: bool,
    /// The policy that denies; newer messages name it.
    pub policy_arn: Option<Arn>,
}

/// A kind of IAM policy, as access denied messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyKind {
    /// Attached to the role or user.
    Identity,
    /// Attached to the resource.
    Resource,
    /// The permissions boundary of the role or user.
    PermissionsBoundary,
    /// Given when the role was assumed.
    Session,
    /// A service control policy of AWS Organizations.
    ServiceControl,
    /// A resource control policy of AWS Organizations.
    ResourceControl,
    /// The policy of a VPC endpoint.
    VpcEndpoint,
}

impl Denial {
    /// The name under which the role was assumed, when it is whole: the task's id, the instance's id, the name of a
    /// feature of ECS, or what a person or a tool chose.
    pub fn session(&self) -> Option<&str> {
        let principal = self.principal.as_ref()?;
        let id = principal.resource_id().filter(|_| principal.resource_type() == Some("assumed-role"))?;
        // Behind a session something follows, or its end may be cut.
        id.split_once('/').map(|(_, session)| session).filter(|session| !session.is_empty())
    }

    /// Whether neither ECS nor a task asked, by the principal's form: a user, or a role under a name that a person, a
    /// pipeline or another service of AWS gave.
    ///
    /// ECS names the session of a task's roles after the task, EC2 that of an instance's role after the instance.
    pub fn is_anothers(&self) -> bool {
        // Where the action is cut, the principal may be as well.
        let Some(principal) = self.principal.as_ref().filter(|_| self.action.is_some()) else { return false };
        match principal.resource_type() {
            Some("user" | "federated-user") => return true,
            None if principal.resource() == Some("root") => return true,
            _ => {}
        }
        let Some(session) = self.session().map(str::to_ascii_lowercase) else { return false };
        let is_id = session.bytes().all(|b| b.is_ascii_hexdigit() || !b.is_ascii_alphabetic() || b == b'x');
        let is_known = ["i-", "mi-", "ecs", "aws-ecs"].iter().any(|lead| session.starts_with(lead));
        // Who pastes a message puts words like these in place of the id.
        let is_blotted =
            ["task", "redacted", "instance", "container"].iter().any(|word| session.contains(word))
                || ["id", "session", "session-name", "name", "i"].contains(&session.as_str());
        !is_id && !is_known && !is_blotted
    }
}

const KINDS: &[(&str, PolicyKind)] = &[
    ("identity-based polic", PolicyKind::Identity),
    ("resource-based polic", PolicyKind::Resource),
    ("permissions boundary", PolicyKind::PermissionsBoundary),
    ("session polic", PolicyKind::Session),
    ("service control polic", PolicyKind::ServiceControl),
    ("resource control polic", PolicyKind::ResourceControl),
    ("vpc endpoint polic", PolicyKind::VpcEndpoint),
];

/// Actions that may end a message without being cut.
const WHOLE_ACTIONS: &[&str] = &[
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
    "kms:Decrypt",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "iam:PassRole",
];

const CLOSERS: &[char] = &['"', '\'', ',', ';', ')'];

pub(super) fn find(text: &Text) -> Option<Denial> {
    // EC2 says "You are not authorized to perform this operation" in front of the refusal itself.
    let refused = ["is not authorized to perform", "not authorized to perform"]
        .into_iter()
        .find_map(|verb| text.after(verb, 0));
    // Without the verb only a tail cut behind an error of access tells that this is a refusal.
    let user =
        text.after("user: ", 0).or_else(|| text.folded.ends_with("user:").then_some(text.folded.len()));
    if refused.is_none() {
        let cut_off = text.says_any(&["accessdenied", "denied: user:", "unauthorizedoperation"]);
        user.filter(|_| cut_off)?;
    }
    let principal = user.map(|from| text.token(from, CLOSERS)).filter(|token| token.text.starts_with("arn:"));
    let role_name =
        principal.and_then(|token| role_name(token.text, token.closed || !text.cut && refused.is_some()));
    let mut denial =
        Denial { principal: principal.map(|token| Arn::from(token.text)), role_name, ..Denial::default() };
    let Some(verb) = refused else {
        return Some(denial);
    };
    denial.action = action(text, verb);
    denial.resource = resource(text, verb);
    denial.explicit = text.after("explicit deny", verb).is_some();
    let reason = ["with an explicit deny in a", "because no ", "allowed by a"]
        .into_iter()
        .find_map(|reason| text.after(reason, verb));
    if let Some(from) = reason {
        let rest = text.folded[from..].trim_start_matches('n').trim_start();
        denial.by = kind(rest);
        denial.policy_arn = policy_arn(text, from);
    }
    Some(denial)
}

/// The kind of policy at the beginning of a text, also where it is cut within a name that no other begins like.
fn kind(rest: &str) -> Option<PolicyKind> {
    let is_cut_in = |words: &str| rest.len() > 1 && words.starts_with(rest.trim_end_matches('.'));
    let mut cut = KINDS.iter().filter(|(words, _)| is_cut_in(words));
    let whole = KINDS.iter().find(|(words, _)| rest.starts_with(words));
    whole.or_else(|| cut.next().filter(|_| cut.next().is_none())).map(|(_, kind)| *kind)
}

fn role_name(principal: &str, whole: bool) -> Option<String> {
    let principal = Arn::from(principal);
    let id = principal.resource_id()?;
    let name = match principal.resource_type()? {
        // The session behind the slash proves that the name is whole.
        "assumed-role" => match id.split_once('/') {
            Some((name, _)) => name,
            None => whole.then_some(id)?,
        },
        "role" => whole.then(|| id.rsplit('/').next())??,
        _ => return None,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

fn action(text: &Text, verb: usize) -> Option<String> {
    let from = verb + text.folded[verb..].find(|c| c != ':' && c != ' ')?;
    let token = text.token(from, CLOSERS);
    let action = token.text.trim_end_matches(['.', ':']);
    let (service, name) = action.split_once(':')?;
    let shaped = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'*')
    };
    let whole = token.closed || WHOLE_ACTIONS.iter().any(|known| known.eq_ignore_ascii_case(action));
    (whole && shaped(service) && shaped(name)).then(|| action.to_owned())
}

fn resource(text: &Text, verb: usize) -> Option<Arn> {
    let from = text.after("on resource: ", verb).or_else(|| text.after("on resource ", verb))?;
    let token = text.token(from, CLOSERS);
    let resource = token.text.trim_end_matches(['.', ':']);
    let shaped = resource == "*" || Arn::from(resource).is_complete();
    (shaped && (token.closed || !text.cut)).then(|| Arn::from(resource))
}

fn policy_arn(text: &Text, from: usize) -> Option<Arn> {
    let at = text.after(": arn:", from)? - "arn:".len();
    let token = text.token(at, CLOSERS);
    let arn = Arn::from(token.text.trim_end_matches('.'));
    let named = arn.service().is_some_and(|service| service == "iam" || service == "organizations");
    (named && arn.resource()?.contains("policy/") && (token.closed || !text.cut)).then_some(arn)
}
