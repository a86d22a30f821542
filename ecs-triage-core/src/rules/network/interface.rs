//! The network interface of an awsvpc task could not be made, attached or set up.

use super::super::payload::payloads;
use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Plain, Rule};
use super::{CONTAINER_INSTANCE, SERVICE, START_PAGE};
use crate::evidence::ec2::Subnet;
use crate::signals::message::Message;
use crate::signals::{LaunchType, Said, Source, Statement, Stop, Subject};

payloads! {
    /// A network interface that could not be had.
    Interface {
        /// Subnet.
        subnet: String,
        /// Error code of Amazon EC2.
        ec2_error: String,
    }
}

impl Interface {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let own = || match subject.facts().get("startSubnets") {
            Some(crate::signals::Fact::Many(subnets)) if subnets.len() == 1 => Some(subnets[0].to_owned()),
            _ => None,
        };
        Self {
            subnet: statement.message.subnet().map(str::to_owned).or_else(own),
            ec2_error: statement.message.aws_error_code().map(str::to_owned),
        }
    }
}

const SUBNET: Ask = Ask::new(
    "ec2",
    "DescribeSubnets",
    r#"{"SubnetIds": ["{subnet}"]}"#,
    "shows how many addresses are free, and that the subnet still exists",
);
const QUOTA: Ask = Ask::new(
    "service-quotas",
    "ListServiceQuotas",
    r#"{"ServiceCode": "vpc"}"#,
    "shows how many network interfaces the account may have in this Region",
);
const LINKED_ROLE: Ask = Ask::new(
    "iam",
    "GetRole",
    r#"{"RoleName": "AWSServiceRoleForECS"}"#,
    "the role with which ECS makes interfaces must exist",
);
const RETRY: Fix = Fix::run(
    "Try again; the service's scheduler does so by itself",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
);

/// EC2's own codes for what ECS may not use or does not find.
const REFUSALS: &[&str] = &[
    "AuthFailure",
    "UnauthorizedOperation",
    "InvalidSubnet",
    "InvalidSubnetID.NotFound",
    "InvalidGroup.NotFound",
    "InvalidSecurityGroupID.NotFound",
    "AccessDenied",
    "AccessDeniedException",
];

fn is_creation(message: &Message) -> bool {
    message.says("attempting to create network interface")
}

fn is_refusal(message: &Message) -> bool {
    message.aws_error_code().is_some_and(|code| REFUSALS.contains(&code)) || message.says("invalidgroup")
}

/// EC2 answered, but its code is cut or left out.
fn is_uncoded_creation(message: &Message) -> bool {
    is_creation(message) && message.aws_error_code().is_none() && !message.says("invalidgroup")
}

/// The form without a code for which AWS's page names one cause. A colon behind the subnet announces a code that is cut.
fn is_public_form(message: &Message) -> bool {
    message.says("with public ip assignment enabled in subnet") && !message.says("':")
}

pub(in crate::rules) static PROVISION_TIMEOUT: Rule = Rule {
    code: "network-eni-provision-timeout",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "network interface was not attached in time",
    summary: "The task's network interface was not attached in time.",
    explanation: "ECS waits for Amazon EC2 to make and attach the interface. As a rule it passes by itself; when every \
                  task fails so, the quota of interfaces or the instance's limit is used up.",
    signs: "`Timeout waiting for network interface provisioning to complete`; `InternalError` at the attachment may be \
            the same.",
    wants: &[SUBNET, CONTAINER_INSTANCE, QUOTA],
    fixes: &[
        RETRY,
        Fix::advice(
            "If every task fails",
            Blast::Account,
            "Raise the quota `Network interfaces per Region`, use another subnet or Availability Zone, and on EC2 turn \
             `awsvpcTrunking` on or take larger instances.",
        ),
    ],
    docs: &[START_PAGE],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_timeout(&said.message) || is_internal(&said.message),
        |statement, subject| {
            let message = &statement.message;
            if is_timeout(message) || message.says("network interface") {
                return Some(Confidence::Likely);
            }
            let is_at_start = matches!(subject.stop, Stop::FailedToStart | Stop::Unknown | Stop::None);
            let is_reason = statement.source == Source::TaskStoppedReason;
            (is_at_start && is_reason && subject.lacks_interface()).then_some(Confidence::Possible)
        },
        |statement, subject| Cause::NetworkEniProvisionTimeout(Interface::of(statement, subject)),
    ),
};

fn is_timeout(message: &Message) -> bool {
    message.says_any(&[
        "timeout waiting for network interface provisioning",
        "timeout waiting for network interface to be attached",
        // In AWS Batch's words.
        "network interface provision complete error timeout",
    ])
}

/// Whether EC2 or ECS failed without a word on why, after the interface was made.
fn is_internal(message: &Message) -> bool {
    message.body().starts_with("internalerror") && !is_creation(message)
}

pub(in crate::rules) static NO_FREE_IPS: Rule = Rule {
    code: "network-subnet-no-free-ips",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "subnet has no free IP addresses",
    summary: "The subnet {subnet|of the task} has no free IP address for the task's network interface{now~|}.",
    explanation: "Every awsvpc task takes an address of its subnet, and AWS keeps five of each subnet for itself. When \
                  none is left Amazon EC2 refuses the interface.",
    signs: "`InsufficientFreeAddressesInSubnet`, or `Create Network Interface with public IP assignment enabled` without \
            another EC2 code.",
    wants: &[SUBNET, SERVICE],
    fixes: &[
        Fix::look(
            "See how many addresses are free",
            "aws ec2 describe-subnets --subnet-ids {subnet} --region {region} --query \
             'Subnets[].[SubnetId,CidrBlock,AvailableIpAddressCount]'",
        ),
        Fix::run(
            "Add a subnet with room",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --network-configuration \
             'awsvpcConfiguration={subnets=[{serviceSubnets,},NEW_SUBNET],securityGroups=[{securityGroups,}],assignPublicIp={assignPublicIp}}' \
             --region {region}",
        ),
        Fix::look(
            "Find interfaces that nothing uses",
            "aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={subnet} Name=status,Values=available \
             --region {region} --query 'NetworkInterfaces[].[NetworkInterfaceId,Description]'",
        ),
    ],
    docs: &[START_PAGE],
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let message = &said.message;
            let is_stated = message.aws_error_code() == Some("InsufficientFreeAddressesInSubnet")
                || message.says("insufficientfreeaddresses")
                || message.says("insufficient free addresses");
            if is_stated || is_uncoded_creation(message) && is_public_form(message) {
                return Some(Confidence::Likely);
            }
            is_uncoded_creation(message).then_some(Confidence::Possible)
        },
        |statement, subject| Cause::NetworkSubnetNoFreeIps(Interface::of(statement, subject)),
    )
    .settled(weigh_addresses),
};

/// Weighs a lack of addresses against the number that is free, which is of now and not of the failure.
fn weigh_addresses(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Cause::NetworkSubnetNoFreeIps(interface) = &finding.cause else { return finding };
    let mut all = subject.evidence.all::<Subnet<'_>>();
    let shown =
        all.find(|subnet| interface.subnet.is_some() && subnet.subnet_id() == interface.subnet.as_deref());
    let Some((shown, free)) =
        shown.and_then(|shown| Some((shown.clone(), shown.available_ip_address_count()?)))
    else {
        return finding;
    };
    let proof = shown.cite("AvailableIpAddressCount");
    match free {
        ..=0 => finding.fact("now", Some(", and has none now")).confirmed_by(proof),
        _ => {
            let finding = finding.fact("now", Some(format!(" ({free} are free now)")));
            // What EC2's code states was so then.
            match finding.confidence {
                Confidence::Possible => finding.refuted_by(proof),
                _ => finding.cite(proof),
            }
        }
    }
}

pub(in crate::rules) static ATTACH_FAILED: Rule = Rule {
    code: "network-eni-attach-failed",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "network interface could not be attached or set up",
    summary: "Amazon EC2 or Fargate failed while it attached or set up the task's network interface.",
    explanation: "The interface was made; attaching it or setting it up failed on AWS's side. Another attempt as a rule \
                  succeeds.",
    signs: "`Unexpected EC2 error while attempting to attach network interface`, or `failed to configure ENI: …`.",
    wants: &[CONTAINER_INSTANCE],
    fixes: &[
        RETRY,
        Fix::advice(
            "If it repeats",
            Blast::Nothing,
            "Open a case with AWS Support and name the task {taskArn|and the time}.",
        ),
    ],
    docs: &[START_PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_attachment = message.says_any(&[
                "attempting to attach network interface",
                "failed to configure eni",
                "failed to setup regular eni",
                "failed to setup branch eni",
            ]);
            is_attachment && said.is_from_ecs()
        },
        |statement, subject| Cause::NetworkEniAttachFailed(Interface::of(statement, subject)),
    ),
};

pub(in crate::rules) static TAG_POLICY: Rule = Rule {
    code: "network-eni-tag-policy",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "tag policy of the organization rejects the task's network interface",
    summary: "A tag policy of the organization rejects the tags of the task's network interface.",
    explanation: "The interface carries the tags that the service passes on. A tag policy that is enforced for \
                  `ec2:network-interface` refuses it when they are missing or spelt differently.",
    signs: "`attempting to tag the network interface` with `TagPolicyViolation`.",
    wants: &[
        Ask::new(
            "organizations",
            "DescribeEffectivePolicy",
            r#"{"PolicyType": "TAG_POLICY"}"#,
            "shows the tags that the organization asks for",
        ),
        SERVICE,
    ],
    fixes: &[
        Fix::run(
            "Pass tags on that comply",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --propagate-tags SERVICE \
             --force-new-deployment --region {region}",
        ),
        Fix::advice(
            "Or exempt interfaces",
            Blast::Account,
            "Take `ec2:network-interface` out of the resource types for which the tag policy is enforced.",
        ),
    ],
    docs: &[START_PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says("attempting to tag the network interface") || message.says("tagpolicyviolation")
        },
        |statement, subject| Cause::NetworkEniTagPolicy(Interface::of(statement, subject)),
    ),
};

pub(in crate::rules) static PERMISSION: Rule = Rule {
    code: "network-eni-permission",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "ECS may not make the network interface",
    summary: "Amazon EC2 refused to make the task's network interface{refusal~|}.",
    explanation: "ECS makes the interface with its service-linked role. A missing role, a service control policy, or a \
                  subnet or security group that is gone or in another account or VPC leads to a refusal.",
    signs: "`attempting to Create Network Interface` with `AuthFailure`, `UnauthorizedOperation`, `InvalidSubnet…` or \
            `InvalidGroup…`.",
    wants: &[LINKED_ROLE, SUBNET, super::GROUPS, SERVICE],
    fixes: &[
        Fix::run(
            "Make the service-linked role, if it is missing",
            Blast::Account,
            "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
        ),
        Fix::advice(
            "Name subnets and security groups that exist",
            Blast::Deployment,
            "Correct `awsvpcConfiguration` of the service, or relax the service control policy that denies \
             `ec2:CreateNetworkInterface`.",
        ),
    ],
    docs: &[
        START_PAGE,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
    ],
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let message = &said.message;
            if is_creation(message) && is_refusal(message) {
                return Some(Confidence::Likely);
            }
            let is_open = is_uncoded_creation(message) && !is_public_form(message);
            (is_open && !message.says("insufficient")).then_some(Confidence::Possible)
        },
        |statement, subject| Cause::NetworkEniPermission(Interface::of(statement, subject)),
    )
    .settled(|_, finding| {
        let Cause::NetworkEniPermission(interface) = &finding.cause else { return finding };
        let refusal = interface.ec2_error.as_ref().map(|code| format!(": `{code}`"));
        finding.fact("refusal", refusal)
    }),
};

pub(in crate::rules) static DEVICE_INDEX: Rule = Rule {
    code: "network-eni-device-index",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "container instance has no room for another network interface",
    summary: "The container instance has no free place for another network interface.",
    explanation: "Each awsvpc task takes an interface of its instance, and the instance type limits their number. Tasks \
                  with little CPU and memory fit more often than interfaces do.",
    signs: "`Unable to attach network interface to unused device index`.",
    wants: &[CONTAINER_INSTANCE],
    fixes: &[
        Fix::run(
            "Let instances have more interfaces; it holds for instances launched afterwards",
            Blast::Account,
            "aws ecs put-account-setting-default --name awsvpcTrunking --value enabled --region {region}",
        ),
        Fix::advice(
            "Or fit fewer tasks on an instance",
            Blast::Instances,
            "Take larger instances, or give tasks so much CPU that no more fit than there are interfaces.",
        ),
    ],
    docs: &[START_PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("network interface to unused device index"),
        |statement, subject| Cause::NetworkEniDeviceIndex(Interface::of(statement, subject)),
    ),
};

pub(in crate::rules) static CNI_FAILURE: Rule = Rule {
    code: "network-cni-failure",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "network of the task could not be set up on the container instance",
    summary: "The agent could not set up the task's network on the container instance.",
    explanation: "The agent sets the network up in a container of its own, whose errors it does not report. On Linux \
                  nothing but the bare failure to start is seen; the agent's log has the rest.",
    signs: "ContainerNetworkingError; or, for an awsvpc task on EC2, `Task failed to start` with no reason and no exit \
            code on any container.",
    wants: &[CONTAINER_INSTANCE],
    fixes: &[
        Fix::advice(
            "Read the agent's log on the host",
            Blast::Nothing,
            "Look for `Unable to configure pause container namespace` in `/var/log/ecs/ecs-agent.log` (Windows: \
             `C:\\ProgramData\\Amazon\\ECS\\log\\ecs-agent.log`) at the time of the start.",
        ),
        Fix::run(
            "Update the agent, or replace the instance, as with Windows and with Amazon Linux 2 on arm64",
            Blast::Instances,
            "aws ecs update-container-agent --cluster {cluster} --container-instance {containerInstance} --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logs.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(may_fail_without_a_word, is_cni_failure, cni_failure),
};

fn cni_failure(subject: &Subject<'_>) -> Vec<Finding> {
    let cause = || Cause::NetworkCniFailure(Plain {});
    let stated = subject.statements.iter().filter(|statement| is_cni_failure(statement));
    let mut found: Vec<Finding> = stated.map(|statement| Finding::stated(cause(), statement)).collect();
    if found.is_empty()
        && let Some(statement) = bare_failure(subject)
    {
        found.push(Finding::stated(cause(), statement).confidence(Confidence::Possible));
    }
    found
}

fn is_cni_failure(said: &Said) -> bool {
    let message = &said.message;
    said.is_from_ecs()
        && !message.says("failed to configure eni")
        && (message.has_error("ContainerNetworkingError")
            || message.says_any(&[
                "failed to setup network namespace",
                "namespace setup failed due to error",
                "add network failed: ",
                "cni plugin invocation failed",
                "unable to configure pause container namespace",
                "empty result from network namespace setup",
            ]))
}

/// Whether the network of the task is set up by a plug-in of the agent on its host, and the task did not start.
fn may_fail_without_a_word(subject: &Subject<'_>) -> bool {
    subject.stop == Stop::FailedToStart && subject.launch_type() == Some(LaunchType::Ec2)
}

/// `Task failed to start` of an awsvpc task on EC2, and no word more on any container.
fn bare_failure<'s>(subject: &'s Subject<'_>) -> Option<&'s Statement> {
    let task = subject.task.as_ref()?;
    if !may_fail_without_a_word(subject) {
        return None;
    }
    let is_awsvpc = subject.definition.as_ref().and_then(|defined| defined.network_mode()) == Some("awsvpc")
        || task.attachments().iter().any(|attachment| {
            attachment
                .kind()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("ElasticNetworkInterface") || kind == "eni")
        });
    if !is_awsvpc {
        return None;
    }
    let silent = subject.exits.iter().all(|exit| exit.code.is_none() && exit.view.reason().is_none());
    let statement = subject.statements_of(Source::TaskStoppedReason).next()?;
    let is_bare = statement.message.body().trim_end_matches('.') == "task failed to start";
    (silent && is_bare).then_some(statement)
}
