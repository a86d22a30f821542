//! Refusals on the way to a private image: the registry token, the image, the owner's repository policy.

use super::access::{Asker, Purpose, is_account, is_refusal, refuses, weigh};
use super::settle::{About, is_denied_all_the_same, is_fetch, settle, stated_or};
use super::{
    Access, Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, ROLE_LOOKUPS, Rule,
    TASK_DEFINITION, repository,
};
use crate::arn::Arn;
use crate::rules::Pull;
use crate::rules::image::Stored;
use crate::signals::message::{Denial, Hint, Message, PolicyKind};
use crate::signals::{Said, Statement, Subject};

/// Actions of a pull; <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>.
const PULL: &[&str] = &[
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchCheckLayerAvailability",
    CACHE[0],
    CACHE[1],
];

/// What the first pull through a cache rule takes beside;
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html>.
const CACHE: [&str; 2] = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

/// What no pull can do without.
pub(super) const NEEDED: &[&str] = &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

const TOKEN: &[&str] = &["ecr:GetAuthorizationToken"];

const ATTACH_PULL_POLICY: Fix = Fix::run(
    "Give the role AWS's managed policy for pulling images",
    Blast::Role,
    "aws iam attach-role-policy --role-name {role} \
     --policy-arn arn:{partition|aws}:iam::aws:policy/service-role/{pullPolicy}",
);

const ALLOW_CACHE: Fix = Fix::run(
    "Let the role fetch images through the cache rule",
    Blast::Role,
    r#"aws iam put-role-policy --role-name {role} --policy-name pull-through-cache --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], "Resource": "{resource}"}]}'"#,
);

pub(in crate::rules) static AUTH_TOKEN_DENIED: Rule = Rule {
    code: "iam-ecr-auth-token-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "role may not call ecr:GetAuthorizationToken",
    summary: "{who~|The execution role} may not call `ecr:GetAuthorizationToken`, so the task gets no registry token from ECR{proof~|}.",
    explanation: "Every pull from a private ECR repository begins with a registry token. The call reached ECR, so the \
                  network is fine; IAM refused it. The action has no resource level: a policy must allow it on `*`.",
    signs: "`is not authorized to perform: ecr:GetAuthorizationToken`, or an AccessDeniedException under `unable to retrieve \
            ecr registry auth` or `CannotPullECRContainerError`.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], ROLE_LOOKUPS[2], TASK_DEFINITION],
    fixes: &[ATTACH_PULL_POLICY],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_refusal(&said.message) || is_token_step(&said.message),
        |statement, subject| {
            let message = &statement.message;
            let is_stated = Asker::of(statement, subject).is_of_ecs()
                && refuses(
                    message,
                    TOKEN,
                    &[
                        "retrieve ecr registry auth",
                        "registry auth from amazon ecr",
                        "ecr: getauthorizationtoken",
                        "cannotpullecrcontainererror",
                    ],
                );
            let is_step = is_token_step(message);
            stated_or(is_stated, || is_denied_all_the_same(statement, subject, TOKEN, is_step))
        },
        |statement, subject| Cause::IamEcrAuthTokenDenied(Access::of(statement, subject, Purpose::Start)),
    )
    .settled(|subject, finding| {
        settle(subject, weigh(subject, finding), &About { actions: TOKEN, arn: None })
    }),
};

/// Whether a message is of the step in which ECR is asked for the registry token.
fn is_token_step(message: &Message) -> bool {
    is_fetch(message, "ECR") || message.says("cannotpullecrcontainererror")
}

pub(in crate::rules) static PULL_DENIED: Rule = Rule {
    code: "iam-ecr-pull-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "role may not pull the image from ECR",
    summary: "{who~|The execution role} may not pull from ECR: {action|`ecr:BatchGetImage`} is refused{proof~|}.",
    explanation: "ECR accepted the registry token and then refused the image itself. The role that pulls is the execution \
                  role; on EC2 a task without one pulls with the instance role.",
    signs: "`is not authorized to perform: ecr:BatchGetImage` (or GetDownloadUrlForLayer, BatchCheckLayerAvailability), \
            refused by no policy but the role's own.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], ROLE_LOOKUPS[2], TASK_DEFINITION],
    fixes: &[ATTACH_PULL_POLICY],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(may_be_refused, |subject| {
        each_pull(subject, |statement, reading| {
            match reading {
                Reading::Role => Some(Confidence::Likely),
                Reading::RoleOrEndpoint | Reading::Either => Some(Confidence::Possible),
                Reading::Repository => None,
            }
            .map(|sure| {
                let cause = Cause::IamEcrPullDenied(Access::of(statement, subject, Purpose::Start));
                (cause, sure)
            })
        })
        .into_iter()
        .map(|(finding, owner)| {
            let arn = owner.arn(subject);
            let action = finding.cause.facts().text("action").map(str::to_owned);
            let is_cache =
                action.is_some_and(|action| CACHE.iter().any(|own| own.eq_ignore_ascii_case(&action)));
            let finding = if is_cache { finding.fixed_by(vec![ALLOW_CACHE]) } else { finding };
            settle(subject, finding, &About { actions: NEEDED, arn })
        })
        .collect()
    }),
};

pub(in crate::rules) static REPOSITORY_POLICY_DENIED: Rule = Rule {
    code: "iam-ecr-repo-policy-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "repository policy refuses the pulling role",
    summary: "The policy of the ECR repository {repository|of the image} does not let the account {account|of the task} pull{owner~|}{proof~|}.",
    explanation: "Pulling from another account needs two permissions: the pulling role's own policies and the repository \
                  policy in the account that owns the image. The second one does not allow it.",
    signs: "`because no resource-based policy allows the ecr:… action`, or a bare 403 for a manifest or layer on a `dkr.ecr` \
            host, above all one of another account.",
    wants: &[
        Ask::new(
            "ecr",
            "GetRepositoryPolicy",
            r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}"}"#,
            "a policy that does not name the task's account, or none at all, confirms it",
        ),
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
    ],
    fixes: &[Fix::run(
        "In the account that owns the image, let the task's account pull (this replaces the repository's policy)",
        Blast::Resource,
        r#"aws ecr set-repository-policy --registry-id {registryAccount} --repository-name {repository} --region {resourceRegion|REGION} --policy-text '{"Version": "2012-10-17", "Statement": [{"Sid": "Pull", "Effect": "Allow", "Principal": {"AWS": "arn:{partition|aws}:iam::{account}:root"}, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]}'"#,
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(may_be_refused, |subject| {
        each_pull(subject, |statement, reading| {
            match reading {
                Reading::Repository => Some(Confidence::Likely),
                Reading::Either => Some(Confidence::Possible),
                Reading::Role | Reading::RoleOrEndpoint => None,
            }
            .map(|sure| {
                let cause = Cause::IamEcrRepoPolicyDenied(Access::of(statement, subject, Purpose::Start));
                (cause, sure)
            })
        })
        .into_iter()
        .map(|(finding, owner)| repository::settle(subject, finding, owner.arn(subject)))
        .collect()
    }),
};

/// What a refused pull can mean.
#[derive(Clone, Copy)]
enum Reading {
    /// The role's own policies.
    Role,
    /// The owner's repository policy.
    Repository,
    /// The role's own policies, or those of a VPC endpoint: AWS lets every account pull from its own repositories.
    RoleOrEndpoint,
    /// The message does not tell.
    Either,
}

fn each_pull(
    subject: &Subject<'_>,
    judge: impl Fn(&Statement, Reading) -> Option<(Cause, Confidence)>,
) -> Vec<(Finding, Owner)> {
    let mut found = Vec::new();
    for statement in subject.statements.iter().filter(|statement| Asker::of(statement, subject).is_of_ecs()) {
        let Some(reading) = reading(statement, subject) else { continue };
        let Some((cause, sure)) = judge(statement, reading) else { continue };
        let owner = Owner::of(statement, subject);
        let mut finding = weigh(subject, Finding::stated(cause, statement));
        finding.facts.set_resource_region(owner.region.as_deref(), subject);
        let finding = finding
            .confidence(sure)
            .fact("owner", owner.account.as_ref().map(|account| format!(": account `{account}` owns it")))
            .fact("registryAccount", owner.account.clone())
            .fact("repository", owner.repository.clone());
        found.push((finding, owner));
    }
    found
}

/// Whether a message may leave a [`Reading`].
fn may_be_refused(said: &Said) -> bool {
    let message = &said.message;
    message.is_pull()
        || refuses(message, PULL, &[])
        || message.says_any(&["docker login", "denied: not authorized"])
}

fn reading(statement: &Statement, subject: &Subject<'_>) -> Option<Reading> {
    let message = &statement.message;
    if refuses(message, PULL, &[]) {
        let owner = Owner::of(statement, subject);
        return Some(match message.denial().and_then(|denial| denial.by) {
            Some(PolicyKind::Resource) => Reading::Repository,
            // Without the repository it cannot be told whose it is.
            None if owner.is_foreign == Some(true) || owner.repository_arn_is_cut => Reading::Either,
            _ => Reading::Role,
        });
    }
    // Cut behind whom the registry refused.
    let is_cut_off = message.denial().is_some_and(|denial| denial.action.is_none());
    if is_cut_off && message.is_pull() && message.says("denied: user:") {
        return Some(Reading::Either);
    }
    // containerd prints the status alone.
    let is_bare_403 = message.denial().is_none()
        && (message.http_status() == Some(403) || message.says("403 forbidden"))
        && message.is_pull()
        && message.says("dkr")
        && message.says("ecr")
        && !message.says_any(&["starport-layer-bucket", "redacted ecr url", "failed to copy"]);
    if is_bare_403 {
        // Neither of the two policies is named, and a role may lack its own in another account as well.
        let owner = Owner::of(statement, subject);
        return Some(if owner.is_aws() { Reading::RoleOrEndpoint } else { Reading::Either });
    }
    let is_advice = message.is_pull() && message.hint() == Some(Hint::RolePermissions);
    if is_advice && is_alone(message) {
        return Some(Reading::RoleOrEndpoint);
    }
    // Docker's words for an image that the role may not pull are those for one that is not there.
    let is_docker = message.denial().is_none()
        && (message.says_all(&["pull access denied for", "docker login"])
            || message.says(": denied: not authorized"));
    let image = message.image().filter(|image| is_docker && image.ecr().is_some());
    let is_stored = |image| {
        let stored = Stored::of(subject, &Pull::of_image(image));
        !matches!(stored, Some(Stored::NoRepository(_) | Stored::NoImage(_)))
    };
    if image.is_some_and(is_stored) {
        let owner = Owner::of(statement, subject);
        let is_foreign = owner.is_foreign == Some(true) && !owner.is_aws();
        return Some(if is_foreign { Reading::Either } else { Reading::RoleOrEndpoint });
    }
    is_denied_all_the_same(statement, subject, NEEDED, message.is_pull()).then_some(Reading::Either)
}

/// Whether nothing but the agent's advice is left of a message.
fn is_alone(message: &Message) -> bool {
    message.denial().is_none()
        && message.http_status().is_none()
        && message.transport().is_none()
        && !message.says_any(&[
            "not found",
            "unknown",
            "toomanyrequests",
            "no space left",
            "is denied",
            "unauthorized",
        ])
}

/// Whose repository it is.
struct Owner {
    account: Option<String>,
    repository: Option<String>,
    region: Option<String>,
    /// A refusal that does not name the repository any more.
    repository_arn_is_cut: bool,
    /// Whether it is of another account than the one that pulls; absent when that is not known.
    is_foreign: Option<bool>,
}

impl Owner {
    /// The repository as a policy names it.
    fn arn(&self, subject: &Subject<'_>) -> Option<String> {
        let partition = subject.facts().text("partition").unwrap_or("aws");
        let (region, account, name) =
            (self.region.as_ref()?, self.account.as_ref()?, self.repository.as_ref()?);
        Some(format!("arn:{partition}:ecr:{region}:{account}:repository/{name}"))
    }

    /// Whether AWS owns it: the images of AWS App Mesh, of AWS Deep Learning Containers, of AWS for Fluent Bit, and the
    /// agent that Amazon GuardDuty puts into tasks.
    /// <https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-ecr-repository-gdu-agent.html>
    fn is_aws(&self) -> bool {
        let is_account = |account: &str| ["840364872350", "763104351884", "906394416424"].contains(&account);
        self.account.as_deref().is_some_and(is_account)
            || self.repository.as_deref().is_some_and(|name| name.starts_with("aws-guardduty-agent"))
    }

    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let denial = statement.message.denial();
        let resource = denial.and_then(|denial: &Denial| denial.resource.clone());
        let host = statement.message.host().map(crate::image::ImageReference::from);
        let image = statement.message.image();
        let ecr = image.and_then(|image| image.ecr()).or_else(|| host?.ecr());
        let account = (resource.as_ref().and_then(Arn::account).map(str::to_owned))
            .or(ecr.as_ref().map(|ecr| ecr.account.clone()))
            .filter(|account| is_account(account));
        let puller = denial
            .and_then(|denial| denial.principal.as_ref()?.account())
            .or(subject.facts().text("account"))
            .filter(|account| is_account(account));
        let repository = resource.as_ref().and_then(Arn::resource_id).map(str::to_owned);
        Self {
            is_foreign: account.as_deref().zip(puller).map(|(owner, puller)| owner != puller),
            repository_arn_is_cut: denial.is_some() && resource.is_none(),
            repository: repository.or(image.map(|image| image.repository().to_owned())),
            region: resource.as_ref().and_then(Arn::region).map(str::to_owned).or(ecr.map(|ecr| ecr.region)),
            account,
        }
    }
}
