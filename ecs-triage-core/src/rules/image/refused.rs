//! The registry refused to hand the image out.

use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Pull, Rule};
use super::{DEFINITION, PRIVATE_AUTH_PAGE, PULL_PAGE, REDEPLOY, USE_REVISION, Why};

/// Stores the credentials of a registry.
const STORE: Fix = Fix::run(
    "Store the registry's user name and access token as a secret",
    Blast::Resource,
    r#"aws secretsmanager create-secret --name {registry|registry}-credentials --secret-string '{"username":"USER","password":"TOKEN"}' --region {region}"#,
);
/// Has the task definition use them.
const USE: Fix = Fix::advice(
    "Have the container use the secret",
    Blast::NewRevision,
    "Set `repositoryCredentials.credentialsParameter` of {container|the container} to the secret's ARN and allow \
     `secretsmanager:GetSecretValue` on it for the execution role {executionRole|of the task definition}.",
);

/// Amazon ECR takes no user name: the login is a token that the pulling role fetches.
const ECR_ROLE: Fix = Fix::advice(
    "Let the role that pulls fetch a login",
    Blast::Role,
    "Allow `ecr:GetAuthorizationToken` to the execution role {executionRole|of the task definition}, or where it has none \
     to the role of the instance profile (AWS's managed policy AmazonEC2ContainerServiceforEC2Role does).",
);
/// Old agents know fewer forms of the registry's host name.
const ECR_AGENT: Fix = Fix::run(
    "On a container instance, update the agent, which fetches the login",
    Blast::Instances,
    "aws ecs update-container-agent --cluster {cluster} --container-instance {containerInstance} --region {region}",
);

pub(in crate::rules) static HUB_PRIVATE_OR_MISSING: Rule = Rule {
    code: "image-private-or-missing-dockerhub",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "Docker Hub has no such image, or it is private",
    summary: "Docker Hub hands out no image {image|of that name}: it does not exist, or it is private and no \
              credentials were sent.",
    explanation: "Docker Hub gives the same answer for an image that does not exist and for a private one that is asked \
                  for without a login.",
    signs: "`pull access denied`, `repository does not exist or may require authorization`, `insufficient_scope` or \
            `requested access to the resource is denied` for an image of `docker.io` or without a registry.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::look("See whether the image exists and is public", "docker manifest inspect {image}"),
        STORE,
        USE,
        USE_REVISION,
    ],
    docs: &[PRIVATE_AUTH_PAGE, PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::HubPrivateOrMissing, |statement, subject| {
        Cause::ImagePrivateOrMissingDockerhub(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static REGISTRY_PREFIX_MISSING: Rule = Rule {
    code: "image-registry-prefix-missing",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image named without its registry, so Docker Hub was asked",
    summary: "{image|The image} names no registry, so Docker Hub was asked for an official image of that name, and has none.",
    explanation: "Docker Hub stands in for a registry that is left out, and `library` for a namespace. An image of \
                  Amazon ECR is found only by its full URI.",
    signs: "A refusal by Docker Hub for `docker.io/library/NAME` or a name of one word that is no official image.",
    wants: &[
        Ask::new(
            "ecr",
            "DescribeRepositories",
            r#"{"registryId": "{account}", "repositoryNames": ["{repositoryName}"]}"#,
            "a repository of the same name in the account says which image was meant",
        ),
        DEFINITION,
    ],
    fixes: &[
        Fix::look(
            "Find the image's full URI",
            "aws ecr describe-repositories --region {region} --query 'repositories[].repositoryUri'",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::RegistryPrefixMissing, |statement, subject| {
        Cause::ImageRegistryPrefixMissing(Pull::of(statement, subject))
    })
    .settled(|_, finding| {
        let Cause::ImageRegistryPrefixMissing(pull) = &finding.cause else { return finding };
        let name = pull.repository.as_deref().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
        finding.fact("repositoryName", name)
    }),
};

pub(in crate::rules) static AUTH_MISSING: Rule = Rule {
    code: "registry-auth-missing",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "private registry needs credentials and none were sent",
    summary: "{registry|The registry} wants credentials for {image|the image}, and none were sent.",
    explanation: "ECS logs in to Amazon ECR by itself. Any other private registry needs credentials in the container \
                  definition, or on EC2 in the agent's configuration.",
    signs: "`failed to fetch anonymous token` with 401 or 403, `no basic auth credentials`, `authentication required`, \
            or a bare 401.",
    wants: &[DEFINITION],
    fixes: &[STORE, USE, USE_REVISION],
    docs: &[PRIVATE_AUTH_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::AuthMissing, |statement, subject| {
        Cause::RegistryAuthMissing(Pull::of(statement, subject))
    })
    .settled(|_, finding| {
        let Cause::RegistryAuthMissing(pull) = &finding.cause else { return finding };
        let Some(image) = pull.registry_region.as_ref().and(pull.image.as_ref()) else { return finding };
        let summary = format!(
            "Amazon ECR was asked for `{image}` without a login, which ECS or its agent should have made."
        );
        finding.summary(summary).fixed_by(vec![ECR_ROLE, ECR_AGENT, REDEPLOY])
    }),
};

pub(in crate::rules) static AUTH_REJECTED: Rule = Rule {
    code: "registry-auth-bad-credentials",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "registry rejected the credentials that were sent",
    summary: "{registry|The registry} rejected the credentials that were sent for {image|the image}.",
    explanation: "The secret of the container definition, or a login kept on the host, holds a user name, password or \
                  token that is wrong, expired or without access to the image.",
    signs: "`incorrect username or password`, `failed to fetch oauth token` with 401 or 403, or `authorization token has \
            expired`.",
    wants: &[
        DEFINITION,
        Ask::new(
            "secretsmanager",
            "DescribeSecret",
            r#"{"SecretId": "{credentialsParameter}"}"#,
            "shows when the credentials were last changed",
        ),
    ],
    fixes: &[
        Fix::run(
            "Store credentials that work, best an access token of the registry (this replaces the secret's value; AWSPREVIOUS keeps the one before)",
            Blast::Resource,
            r#"aws secretsmanager put-secret-value --secret-id {credentialsParameter} --secret-string '{"username":"USER","password":"TOKEN"}' --region {region}"#,
        ),
        REDEPLOY,
    ],
    docs: &[PRIVATE_AUTH_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::AuthRejected, |statement, subject| {
        Cause::RegistryAuthBadCredentials(Pull::of(statement, subject))
    })
    .settled(|subject, finding| {
        let definitions =
            subject.definition.as_ref().map(|found| found.container_definitions()).unwrap_or_default();
        let is_its = |name: Option<&str>| finding.container.is_none() || name == finding.container.as_deref();
        let secret = definitions
            .iter()
            .filter(|defined| is_its(defined.name()))
            .find_map(|defined| defined.repository_credentials()?.credentials_parameter().map(str::to_owned));
        finding.fact("credentialsParameter", secret)
    }),
};
