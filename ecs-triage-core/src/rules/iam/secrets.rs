//! Refusals on the way to secrets, their keys, and environment files.

use super::access::{Asker, Purpose, is_refusal, is_unclear, refuses, weigh};
use super::settle::{About, is_denied_all_the_same, is_fetch, settle, stated_or};
use super::{
    Access, Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, ROLE_LOOKUPS, Rule,
    TASK_DEFINITION,
};
use crate::evidence::secretsmanager::Secret;
use crate::signals::Subject;
use crate::signals::message::Message;

/// Where the agents say that they read Secrets Manager.
const ASM: &[&str] =
    &["from asm", "from secrets manager", "secretsmanager", "secrets manager", "asm fetching"];

const SECRET: &[&str] = &["secretsmanager:GetSecretValue"];

const PARAMETERS: &[&str] = &["ssm:GetParameters"];

/// What AWS KMS and the services in front of it say of a key.
const KMS_WORDS: &[&str] = &["access to kms", "the ciphertext refers to a customer master key"];

const FILE: &[&str] = &["s3:GetObject", "s3:GetBucketLocation"];

pub(in crate::rules) static ASM_DENIED: Rule = Rule {
    code: "iam-secret-asm-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "execution role may not read the secret of Secrets Manager",
    summary: "{who~|The execution role} may not read the secret {resource|of Secrets Manager}: `secretsmanager:GetSecretValue` is refused{proof~|}.",
    explanation: "Secrets are read before a container starts, with the execution role; what the task role may do does not \
                  count. A secret's ARN ends in six random characters, which the policy has to allow for.",
    signs: "`is not authorized to perform: secretsmanager:GetSecretValue`, or an AccessDeniedException under `unable to \
            retrieve secret from asm`.",
    wants: &[
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
        ROLE_LOOKUPS[2],
        Ask::new(
            "secretsmanager",
            "GetResourcePolicy",
            r#"{"SecretId": "{resource}"}"#,
            "shows whether the secret's own policy refuses the role",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[Fix::run(
        "Let the execution role read the secret",
        Blast::Role,
        r#"aws iam put-role-policy --role-name {role} --policy-name read-secret --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "{resource}"}]}'"#,
    )],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
    ],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_refusal(&said.message) || is_fetch(&said.message, "Secrets Manager"),
        |statement, subject| {
            let message = &statement.message;
            let is_stated = Asker::of(statement, subject).is_of_ecs()
                && refuses(message, SECRET, ASM)
                && !message.says_any(KMS_WORDS);
            let is_step = is_fetch(message, "Secrets Manager");
            stated_or(is_stated, || is_denied_all_the_same(statement, subject, SECRET, is_step))
        },
        |statement, subject| Cause::IamSecretAsmDenied(Access::of(statement, subject, Purpose::Fetch)),
    )
    .settled(|subject, finding| {
        settle(subject, weigh(subject, finding), &About { actions: SECRET, arn: None })
    }),
};

pub(in crate::rules) static SSM_DENIED: Rule = Rule {
    code: "iam-secret-ssm-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "execution role may not read the SSM parameter",
    summary: "{who~|The execution role} may not read the parameter {resource|of Parameter Store}: `ssm:GetParameters` is refused{proof~|}.",
    explanation: "Parameters are read before a container starts, with the execution role. The agent asks for several at \
                  once: `ssm:GetParameter`, in the singular, is not enough.",
    signs: "`is not authorized to perform: ssm:GetParameters`, or an AccessDeniedException under `unable to retrieve secrets \
            from ssm` or `Fetching secret data from SSM Parameter Store`.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], ROLE_LOOKUPS[2], TASK_DEFINITION],
    fixes: &[Fix::run(
        "Let the execution role read the parameter",
        Blast::Role,
        r#"aws iam put-role-policy --role-name {role} --policy-name read-parameters --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "{resource}"}]}'"#,
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_refusal(&said.message) || is_fetch(&said.message, "SSM"),
        |statement, subject| {
            let message = &statement.message;
            let is_stated = Asker::of(statement, subject).is_of_ecs()
                && refuses(
                    message,
                    &["ssm:GetParameters", "ssm:GetParameter"],
                    &["from ssm", "ssm parameter store", "parameter store", "ssm: getparameters"],
                )
                && !message.says_any(KMS_WORDS);
            let is_step = is_fetch(message, "SSM");
            stated_or(is_stated, || is_denied_all_the_same(statement, subject, PARAMETERS, is_step))
        },
        |statement, subject| Cause::IamSecretSsmDenied(Access::of(statement, subject, Purpose::Fetch)),
    )
    .settled(|subject, finding| {
        settle(subject, weigh(subject, finding), &About { actions: PARAMETERS, arn: None })
    }),
};

pub(in crate::rules) static KMS_DENIED: Rule = Rule {
    code: "iam-kms-decrypt-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "secret is encrypted with a KMS key that the role cannot use",
    summary: "{who~|The execution role} may not decrypt with the KMS key {resource|of the secret}{proof~|}.",
    explanation: "The secret or parameter itself was found, but it is encrypted with a key of the customer. Reading it takes \
                  `kms:Decrypt` from the role's policies and from the key's own policy.",
    signs: "`is not authorized to perform: kms:Decrypt`, or `Access to KMS is not allowed`.",
    wants: &[
        Ask::new(
            "kms",
            "GetKeyPolicy",
            r#"{"KeyId": "{resource}", "PolicyName": "default"}"#,
            "a key policy that allows neither the role nor its account confirms it",
        ),
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::run(
            "Let the role decrypt with the key",
            Blast::Role,
            r#"aws iam put-role-policy --role-name {role} --policy-name decrypt-secrets --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "{resource|KEY_ARN}"}]}'"#,
        ),
        Fix::look(
            "See whether the key's own policy lets the role or its account in",
            "aws kms get-key-policy --key-id {resource|KEY_ARN} --policy-name default --region {resourceRegion|REGION} --output text",
        ),
        Fix::advice(
            "Let the role use the key",
            Blast::Resource,
            "The key policy has to allow `kms:Decrypt` to the role, or leave the decision to the account's root as the \
             default key policy does.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| {
            let message = &said.message;
            !message.says("ebs volume")
                && (refuses(message, &["kms:Decrypt"], &["access to kms is not allowed", "kms: decrypt"])
                    || message.denial().is_none() && message.says_any(KMS_WORDS)
                    || is_undecrypted(message))
        },
        |statement, subject| Asker::of(statement, subject).is_of_ecs().then_some(Confidence::Likely),
        |statement, subject| Cause::IamKmsDecryptDenied(Access::of(statement, subject, Purpose::Fetch)),
    )
    .settled(|subject, finding| {
        let sure = stated(subject, &finding);
        // The sentence about KMS names no action, and needs none.
        let finding = weigh(subject, finding).confidence(sure);
        settle(subject, finding, &About { actions: &["kms:Decrypt"], arn: key(subject) })
    }),
};

pub(in crate::rules) static S3_ENVFILE_DENIED: Rule = Rule {
    code: "iam-s3-envfile-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "execution role may not read the environment file",
    summary: "{who~|The execution role} may not read the environment file from S3{orMissing~|}{proof~|}.",
    explanation: "Environment files are read from S3 with the execution role before a container starts. To a role that may \
                  not list the bucket S3 answers 403 for a missing object as well.",
    signs: "`failed to download env files` or `unable to download env file` with AccessDenied or 403 Forbidden.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], TASK_DEFINITION],
    fixes: &[
        Fix::look("See whether the file exists", "aws s3api head-object --bucket {bucket} --key {key}"),
        Fix::run(
            "Let the execution role read it",
            Blast::Role,
            r#"aws iam put-role-policy --role-name {role} --policy-name read-env-file --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:{partition|aws}:s3:::{bucket}/{key}"}, {"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"], "Resource": "arn:{partition|aws}:s3:::{bucket}"}]}'"#,
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| {
            let message = &said.message;
            // The agent asks for the bucket's region first, also for FireLens.
            let about_files = message.says_any(&["env file", "environment file", "envfile"])
                || message.says("s3 client for bucket") && !message.says("firelens");
            let refused = refuses(
                message,
                &["s3:GetObject", "s3:HeadObject", "s3:ListBucket", "s3:GetBucketLocation"],
                &["env"],
            );
            let is_403 = message.http_status() == Some(403) || message.says("forbidden");
            about_files && (refused || message.denial().is_none() && is_403)
        },
        |statement, subject| Asker::of(statement, subject).is_of_ecs().then_some(Confidence::Likely),
        |statement, subject| Cause::IamS3EnvfileDenied(Access::of(statement, subject, Purpose::Fetch)),
    )
    .settled(|subject, finding| {
        let sure = stated(subject, &finding);
        let (bucket, key) = crate::rules::config::envfile_location(subject);
        // A named action was refused for certain; a bare 403 may hide a missing object.
        let may_be_missing = finding.cause.facts().text("action").is_none();
        let finding = weigh(subject, finding).confidence(sure).fact("bucket", bucket).fact("key", key);
        let finding = settle(subject, finding, &About { actions: FILE, arn: None });
        let may_be_missing = may_be_missing && finding.confidence < Confidence::Confirmed;
        finding.fact("orMissing", may_be_missing.then_some(", or the file does not exist"))
    }),
};

/// Whether a service could not decrypt what it was asked for: the key is disabled, gone, or not the role's to use.
fn is_undecrypted(message: &Message) -> bool {
    message.says_any(&[
        "from asm",
        "from ssm",
        "asm fetching",
        "fetching secret data",
        "unable to pull secrets",
    ]) && message.says_any(&["decryptionfailure", "invalidkeyid", "can't decrypt the protected secret"])
}

/// As sure as the message made it, unless it leaves open whose call was refused.
fn stated(subject: &Subject<'_>, finding: &Finding) -> Confidence {
    let said = subject.statements.iter().find(|statement| statement.citation == finding.citations[0]);
    let is_only_undecrypted =
        said.is_some_and(|said| is_undecrypted(&said.message) && !said.message.says_any(KMS_WORDS));
    let is_open =
        is_unclear(subject, finding) || is_only_undecrypted && finding.cause.facts().text("action").is_none();
    if is_open { Confidence::Possible } else { finding.confidence }
}

/// The key of the only secret at hand; without one, any key of the task's account and Region.
fn key(subject: &Subject<'_>) -> Option<String> {
    let secrets: Vec<_> = subject.evidence.all::<Secret<'_>>().collect();
    if let [only] = secrets.as_slice()
        && let Some(arn) = only.kms_key_id().filter(|id| id.contains(":key/"))
    {
        return Some(arn.to_owned());
    }
    let facts = subject.facts();
    let (partition, region, account) =
        (facts.text("partition")?, facts.text("region")?, facts.text("account")?);
    Some(format!("arn:{partition}:kms:{region}:{account}:key/"))
}
