//! The account itself may not start anything.

use super::{Blast, Bucket, Cause, Check, EVENTS, Fix, Kind, Plain, Rule};

/// Texts of ECS and EC2 about an account that is blocked, suspended, or being verified.
const BLOCKED: &[&str] = &[
    "account was blocked",
    "account is blocked",
    "account has been blocked",
    "account is currently blocked",
    "account is suspended",
    "account has been suspended",
    "account is not verified",
    "account is being verified",
    "account is pending verification",
    "account is currently being verified",
    "pendingverification",
    "request for accessing resources in this region is being validated",
    "blockedexception",
    "not recognized as a valid account",
];

pub(in crate::rules) static ACCOUNT_BLOCKED: Rule = Rule {
    code: "account-blocked",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "AWS account is blocked or under verification",
    summary: "AWS has blocked {account|the account} or is still verifying it, and starts nothing for it in this Region.",
    explanation: "Every launch in the Region fails the same way, whatever the task definition: this is decided before \
                  anything of the task is looked at.",
    signs: "A text that says that the account is blocked, suspended or being verified, or BlockedException.",
    wants: &[],
    fixes: &[Fix::advice(
        "Ask AWS Support",
        Blast::Nothing,
        "Open a case under account and billing in the AWS Support Center, and look for unanswered mail from AWS. Nothing \
         in the task definition helps.",
    )],
    docs: &[EVENTS, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            // StopServiceDeployment answers so when AWS suspects fraud.
            message.says_any(BLOCKED) || message.body() == "ecs deployment failed"
        },
        |_, _| Cause::AccountBlocked(Plain {}),
    ),
};
