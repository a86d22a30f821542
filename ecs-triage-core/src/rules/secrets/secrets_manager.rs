//! What can be wrong with a secret of Secrets Manager.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Rule, SecretReference, is_about_asm,
    is_about_ssm, located, stored,
};
use crate::signals::message::Message;

const DESCRIBE_SECRET: Ask = Ask::new(
    "secretsmanager",
    "DescribeSecret",
    r#"{"SecretId": "{secret}"}"#,
    "tells whether the secret exists under exactly this ARN, and whether it is marked for deletion",
);

const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "`secrets[].valueFrom` shows which secret and key the task asks for",
);

const DEPLOY_AGAIN: Fix = Fix::run(
    "Start new tasks, for secrets are read only at start",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
);

const DOCS: &[&str] =
    &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html"];

/// The secret of a private registry's password has rules of its own.
fn is_registry_password(message: &Message) -> bool {
    message.says_any(&["authorization data", "fetching username", "fetching password"])
}

pub(in crate::rules) static ASM_NOT_FOUND: Rule = Rule {
    code: "secret-asm-not-found",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "secret does not exist in Secrets Manager in that Region",
    summary: "The secret {secret|of the task} does not exist in Secrets Manager{inRegion~|}{instead~|}.",
    explanation: "Secrets Manager was reached and the role let in; it answered that it has no such secret. An ARN must match to \
                  its last six characters, and a name is looked for in the task's own Region and account.",
    signs: "`Secrets Manager can't find the specified secret`, or the agent's `The task can't retrieve the secret with ARN … \
            Check whether the secret exists in the specified Region`.",
    wants: &[DESCRIBE_SECRET, TASK_DEFINITION],
    fixes: &[
        Fix::look(
            "Find the secret's full ARN",
            "aws secretsmanager list-secrets --region {resourceRegion|REGION} --query 'SecretList[].[Name,ARN]' --output text",
        ),
        Fix::advice(
            "Name the secret as it is",
            Blast::NewRevision,
            "Copy the full ARN, with its six random characters, into `valueFrom`{forVariable~|}, register a new revision and \
             deploy it; or create the secret.",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let states =
                message.says_any(&["can't find the specified secret", "cannot find the specified secret"]);
            let agent_states = message.says("retrieve the secret with arn")
                && message.transport().is_none()
                && !message.is_connection_issue();
            let answers = is_about_asm(message) && message.says("resourcenotfoundexception");
            said.is_from_ecs() && message.denial().is_none() && (states || agent_states || answers)
        },
        |statement, subject| Cause::SecretAsmNotFound(SecretReference::of_asm(statement, subject)),
    )
    .settled(|subject, finding| {
        let cause = finding.cause.facts();
        let region = cause.text("secretRegion").map(|region| format!(" in {region}"));
        let variable = cause.text("variable").map(|name| format!(" of variable `{name}`"));
        stored::not_found(
            subject,
            located(subject, finding).fact("inRegion", region).fact("forVariable", variable),
        )
    }),
};

pub(in crate::rules) static ASM_JSON_KEY_MISSING: Rule = Rule {
    code: "secret-asm-json-key-missing",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "secret has no such JSON key",
    summary: "The secret {secret|of the task} has no JSON key {jsonKey|that the task asks for}.",
    explanation: "The secret was read and its value is JSON, but the key named in `valueFrom` is not in it. Keys are \
                  case-sensitive; a secret managed by RDS holds `username` and `password` alone.",
    signs: "`retrieved secret from Secrets Manager did not contain json key …`.",
    wants: &[TASK_DEFINITION],
    fixes: &[
        Fix::look(
            "List the keys of the secret (this reads its value)",
            "aws secretsmanager get-secret-value --secret-id {secret} --region {resourceRegion|REGION} --query SecretString --output text | jq keys",
        ),
        Fix::advice(
            "Add the key, or ask for one that is there",
            Blast::Resource,
            "Add key {jsonKey|of the variable} to the secret's JSON with `aws secretsmanager put-secret-value`, or correct the \
             key in `valueFrom` (`ARN:KEY::`) and register a new revision.",
        ),
        DEPLOY_AGAIN,
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("did not contain json key"),
        |statement, subject| Cause::SecretAsmJsonKeyMissing(SecretReference::of_asm(statement, subject)),
    )
    .settled(located),
};

pub(in crate::rules) static ASM_NOT_JSON: Rule = Rule {
    code: "secret-asm-not-json",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "secret is no JSON although a key of it is asked for",
    summary: "The secret {secret|of the task} is not JSON, but the task asks for {keyWords~|a JSON key} of it.",
    explanation: "With a key in `valueFrom` the agent reads the secret's value as JSON. The value is plain text, or broken \
                  JSON.",
    signs: "`invalid character … looking for beginning of value`, `unexpected end of JSON input` or `cannot unmarshal` under \
            `unable to retrieve secret from asm`.",
    wants: &[TASK_DEFINITION],
    fixes: &[
        Fix::advice(
            "Take the secret as a whole, or store JSON",
            Blast::NewRevision,
            "Drop `:KEY::` behind the secret's ARN in `valueFrom` and register a new revision, or store the value as a JSON \
             object with `aws secretsmanager put-secret-value`.",
        ),
        DEPLOY_AGAIN,
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let message = &said.message;
            let is_json_error = message.says_any(&[
                "looking for beginning of",
                "unexpected end of json input",
                "cannot unmarshal",
                "invalid character '",
                "after top-level value",
            ]);
            let is_stated =
                said.is_from_ecs() && is_json_error && !is_registry_password(message) && !message.is_pull();
            // Of what is fetched before the start, nothing else is read as JSON.
            let is_open = message.says("unable to pull secrets") && !is_about_ssm(message);
            match is_about_asm(message) {
                _ if !is_stated => None,
                true => Some(Confidence::Likely),
                false => is_open.then_some(Confidence::Possible),
            }
        },
        |statement, subject| Cause::SecretAsmNotJson(SecretReference::of_asm(statement, subject)),
    )
    .settled(|subject, finding| {
        let key = finding.cause.facts().text("jsonKey").map(|key| format!("key `{key}`"));
        located(subject, finding).fact("keyWords", key)
    }),
};

pub(in crate::rules) static ASM_MARKED_FOR_DELETION: Rule = Rule {
    code: "secret-asm-marked-for-deletion",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "secret is scheduled for deletion",
    summary: "The secret {secret|of the task} is marked for deletion, so Secrets Manager does not hand it out.",
    explanation: "A deleted secret stays for a recovery window of 7 to 30 days, in which it exists and cannot be read.",
    signs: "`You can't perform this operation on the secret because it was marked for deletion`.",
    wants: &[DESCRIBE_SECRET, TASK_DEFINITION],
    fixes: &[
        Fix::run(
            "Restore the secret",
            Blast::Resource,
            "aws secretsmanager restore-secret --secret-id {secret} --region {resourceRegion|REGION}",
        ),
        DEPLOY_AGAIN,
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.says_any(&["marked for deletion", "scheduled for deletion"])
                && (is_about_asm(&said.message) || said.message.says("on the secret"))
        },
        |statement, subject| Cause::SecretAsmMarkedForDeletion(SecretReference::of_asm(statement, subject)),
    )
    .settled(|subject, finding| stored::marked(subject, located(subject, finding))),
};

pub(in crate::rules) static THROTTLED: Rule = Rule {
    code: "secret-throttled",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "calls for secrets or parameters are throttled",
    summary: "{store~|The store of secrets} throttled the task's calls as it started.",
    explanation: "Every task reads its secrets at start. Many tasks at once go over the rate that the account has for these \
                  calls, and some of them give up. It passes when fewer start at a time.",
    signs: "`ThrottlingException: Rate exceeded` or TooManyRequests under `unable to retrieve secret…`.",
    wants: &[Ask::new(
        "ssm",
        "GetServiceSetting",
        r#"{"SettingId": "/ssm/parameter-store/high-throughput-enabled"}"#,
        "tells whether Parameter Store runs at its higher rate already",
    )],
    fixes: &[
        Fix::run(
            "Raise the rate of Parameter Store (it is charged)",
            Blast::Account,
            "aws ssm update-service-setting --setting-id /ssm/parameter-store/high-throughput-enabled --setting-value true \
             --region {region}",
        ),
        Fix::advice(
            "Start fewer tasks at once, or read fewer secrets",
            Blast::Deployment,
            "Stagger the starts (a smaller `maximumPercent`), and put what belongs together into one secret.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_throttled = message.says_any(&["throttlingexception", "toomanyrequests", "rate exceeded"]);
            said.is_from_ecs()
                && is_throttled
                && !message.is_pull()
                && (is_about_asm(message) || is_about_ssm(message) || message.says("kms"))
        },
        |statement, subject| {
            Cause::SecretThrottled(match is_about_asm(&statement.message) {
                true => SecretReference::of_asm(statement, subject),
                false => SecretReference::of_ssm(statement, subject),
            })
        },
    )
    .settled(|subject, finding| {
        let throttled = |words: fn(&Message) -> bool| {
            subject.statements.iter().any(|statement| {
                statement.message.says_any(&["throttl", "rate exceeded", "toomany"])
                    && words(&statement.message)
            })
        };
        let store = match (throttled(is_about_ssm), throttled(is_about_asm)) {
            (true, false) => Some("Parameter Store"),
            (false, true) => Some("Secrets Manager"),
            _ => None,
        };
        located(subject, finding).fact("store", store)
    }),
};
