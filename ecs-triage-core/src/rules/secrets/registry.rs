//! The secret with a registry's credentials does not hold them.

use super::super::Why;
use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Named, Rule};

pub(in crate::rules) static REGISTRY_SECRET_MALFORMED: Rule = Rule {
    code: "registry-secret-malformed",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "secret with the registry's credentials has the wrong form",
    summary: "Secret {name|of repositoryCredentials} does not hold a user name and password in the form that ECS reads.",
    explanation: "The secret of `repositoryCredentials` must be a JSON object with the keys `username` and `password`, \
                  in lower case and not empty. Plain text or other keys are refused before the registry is asked.",
    signs: "`asm fetching authorization data: unable to unmarshal secret value, invalid schema`, `empty secrets value`, \
            `AuthorizationData is malformed, empty field`, or `engine docker private registry credentials: not found`.",
    wants: &[Ask::new(
        "secretsmanager",
        "DescribeSecret",
        r#"{"SecretId": "{name}"}"#,
        "shows whether the secret exists and when it was last changed; its value is not needed",
    )],
    fixes: &[
        Fix::run(
            "Store the credentials in the right form (this replaces the secret's value; AWSPREVIOUS keeps the one before)",
            Blast::Resource,
            r#"aws secretsmanager put-secret-value --secret-id {name} --secret-string '{"username":"USER","password":"TOKEN"}' --region {region}"#,
        ),
        Fix::run(
            "Start new tasks",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html"],
    since: "0.1.0",
    check: Check::reads(Why::SecretMalformed, |statement, subject| {
        let definitions =
            subject.definition.as_ref().map(|found| found.container_definitions()).unwrap_or_default();
        let container = statement.container.as_deref();
        let secret = definitions
            .iter()
            .filter(|defined| container.is_none() || defined.name() == container)
            .find_map(|defined| defined.repository_credentials()?.credentials_parameter());
        Cause::RegistrySecretMalformed(Named { name: secret.map(str::to_owned) })
    }),
};
