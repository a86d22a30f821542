//! The registry as a server: its limits, its name, its certificate and its faults.

use super::super::payload::payloads;
use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Pull, Rule};
use super::{DEFINITION, PRIVATE_AUTH_PAGE, PULL_PAGE, REDEPLOY, USE_REVISION, Why, host};
use crate::signals::{Statement, Subject};

pub(in crate::rules) static HUB_RATE_LIMIT: Rule = Rule {
    code: "registry-rate-limited-dockerhub",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "Docker Hub's pull rate limit is reached",
    summary: "Docker Hub refused {image|the image}: the pulls that its rate limit allows are used up.",
    explanation: "Docker Hub counts anonymous pulls by address and others by account. All tasks behind one NAT gateway \
                  share an address, and a service that keeps restarting uses the limit up.",
    signs: "`toomanyrequests`, `You have reached your (unauthenticated) pull rate limit` or 429 from Docker Hub.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::run(
            "Have Amazon ECR keep copies of what is pulled from Docker Hub, with its credentials in a secret named `ecr-pullthroughcache/…`",
            Blast::Resource,
            "aws ecr create-pull-through-cache-rule --ecr-repository-prefix docker-hub --upstream-registry-url \
             registry-1.docker.io --credential-arn ECR_PULLTHROUGHCACHE_SECRET_ARN --region {region}",
        ),
        Fix::advice(
            "Then pull through the cache",
            Blast::NewRevision,
            "Name the image `ACCOUNT.dkr.ecr.REGION.amazonaws.com/docker-hub/REPOSITORY:TAG` (`library/` before the name of an \
             official image), and allow `ecr:BatchImportUpstreamImage` and `ecr:CreateRepository` on \
             `repository/docker-hub/*` to the role that pulls.",
        ),
        Fix::advice(
            "Or log in to Docker Hub",
            Blast::NewRevision,
            "Set `repositoryCredentials.credentialsParameter` of {container|the container} to a secret with a Docker \
             Hub user name and access token.",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE, PRIVATE_AUTH_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::HubRateLimit, |statement, subject| {
        Cause::RegistryRateLimitedDockerhub(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static OTHER_RATE_LIMIT: Rule = Rule {
    code: "registry-rate-limited-other",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "registry throttles pulls",
    summary: "{registry|The registry} throttled the pull of {image|the image}.",
    explanation: "Registries limit how often and how much one address or account may pull. Many tasks that start at \
                  once, or that keep restarting, pass the limit.",
    signs: "`toomanyrequests: Rate exceeded`, `Data limit exceeded`, `exceeded pull rate limit for IP` or 429 from a \
            registry other than Docker Hub.",
    wants: &[Ask::new(
        "service-quotas",
        "ListServiceQuotas",
        r#"{"ServiceCode": "ecr"}"#,
        "shows the rates that Amazon ECR allows in this Region",
    )],
    fixes: &[
        Fix::advice(
            "Copy the image into a private repository of Amazon ECR",
            Blast::NewRevision,
            "Push {image|the image} to a repository of your own, or let a pull-through cache rule of Amazon ECR keep it, \
             and name that image in the task definition.",
        ),
        REDEPLOY,
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECR/latest/public/public-service-quotas.html"],
    since: "0.1.0",
    check: Check::reads(Why::OtherRateLimit, |statement, subject| {
        Cause::RegistryRateLimitedOther(Pull::of(statement, subject))
    }),
};

payloads! {
    /// A registry host that cannot be right.
    MisspeltHost {
        /// Host as the image names it.
        host: String,
        /// Host that was probably meant.
        meant: String,
        /// Image reference.
        image: String,
    }
}

pub(in crate::rules) static HOST_INVALID: Rule = Rule {
    code: "registry-hostname-invalid",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "registry host is misspelt or in the wrong partition",
    summary: "{host|The registry's host} is not the name of a registry{meantPhrase~|}.",
    explanation: "A name that does not exist fails in DNS, and one that somebody else owns times out, so both look like \
                  a network fault of the task.",
    signs: "A host that is nearly a name of Amazon ECR or of a public registry, such as `amazonawss.com`; a Region of \
            China without `.cn`; or `no such host` for a host that is no known registry.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::advice(
            "Correct the host in the image",
            Blast::NewRevision,
            "Write the image's registry as {meant|`ACCOUNT.dkr.ecr.REGION.amazonaws.com`} and register a new revision.",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::HostInvalid, |statement, subject| {
        Cause::RegistryHostnameInvalid(MisspeltHost::of(statement, subject))
    })
    .settled(|_, finding| {
        let Cause::RegistryHostnameInvalid(found) = &finding.cause else { return finding };
        if let (Confidence::Possible, Some(host)) = (finding.confidence, found.host.clone()) {
            return finding
                .summary(format!("The registry's host `{host}` may be misspelt: DNS knows no such name."));
        }
        let phrase = found.meant.as_ref().map(|meant| format!("; `{meant}` is"));
        finding.fact("meantPhrase", phrase)
    }),
};

impl MisspeltHost {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let pull = Pull::of(statement, subject);
        let host = statement.message.host().map(str::to_owned).or(pull.registry);
        Self { meant: host.as_deref().and_then(host::meant), host, image: pull.image }
    }
}

pub(in crate::rules) static CERTIFICATE_UNTRUSTED: Rule = Rule {
    code: "registry-tls-untrusted",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "registry's certificate is not trusted",
    summary: "The certificate of {registry|the registry} is not trusted, or it answers without TLS.",
    explanation: "The pull stops at the TLS handshake: the certificate is self-signed, expired or for another name, or \
                  the registry speaks plain HTTP. On Fargate no certificate authority can be added.",
    signs: "`x509: …`, `certificate signed by unknown authority`, `certificate has expired` or `server gave HTTP \
            response to HTTPS client` in a pull error.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::advice(
            "Use a certificate that everybody trusts, or Amazon ECR",
            Blast::Source,
            "Give the registry a certificate of a public authority, or push {image|the image} to Amazon ECR.",
        ),
        Fix::advice(
            "On EC2, trust the registry's own authority",
            Blast::Instances,
            "Put the authority's certificate under `/etc/docker/certs.d/{registry~|HOST}/ca.crt` in the user data of \
             the container instances.",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::CertificateUntrusted, |statement, subject| {
        Cause::RegistryTlsUntrusted(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static SERVER_ERROR: Rule = Rule {
    code: "registry-server-error",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "registry answered with a server error",
    summary: "{registry|The registry} failed with HTTP {httpStatus~|5xx} on {image|the image}.",
    explanation: "The registry was reached and failed itself. Nothing in the task, its role or its network causes that.",
    signs: "`unexpected status …: 500`, 502, 503 or 504, or `received unexpected HTTP status: 5xx`, in a pull error. \
            Docker's own `API error (500)` is none.",
    wants: &[],
    fixes: &[
        REDEPLOY,
        Fix::advice(
            "Depend on the registry less",
            Blast::NewRevision,
            "If it happens again, keep a copy of {image|the image} in Amazon ECR.",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::ServerError, |statement, subject| {
        Cause::RegistryServerError(Pull::of(statement, subject))
    }),
};
