//! Capacity and quotas of AWS Fargate.

use super::{Ask, Blast, Bucket, Cause, Check, EVENTS, FargateRequest, Fix, Kind, Rule, Why};
use crate::evidence::autoscaling::ServiceQuota;
use crate::rules::Finding;
use crate::signals::Subject;
use crate::signals::message::ServiceEventKind;

const QUOTAS: &str = "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html";

/// The quotas of Fargate: both vCPU counts of the Region are in the answer.
const LIST_QUOTAS: Ask = Ask::new(
    "service-quotas",
    "ListServiceQuotas",
    r#"{"ServiceCode": "fargate"}"#,
    "the vCPU quotas of Fargate On-Demand and Fargate Spot in this Region",
);
const LOOK_AT_QUOTAS: Fix = Fix::look(
    "See the quotas of Fargate in this Region",
    "aws service-quotas list-service-quotas --service-code fargate --region {region} --query \
     'Quotas[].[QuotaCode,QuotaName,Value]' --output text",
);
const RAISE_QUOTA: Fix = Fix::run(
    "Ask for a higher quota",
    Blast::Account,
    "aws service-quotas request-service-quota-increase --service-code fargate --quota-code {quotaCode|L-3032A538} \
     --desired-value {desiredValue} --region {region}",
);
const ROLL_TIGHTER: Fix = Fix::run(
    "Run no extra tasks during deployments: {deploymentRoom~|half of the tasks stop before the next ones start; with one task take minimumHealthyPercent=0}",
    Blast::Service,
    "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
     'minimumHealthyPercent={roomPercent|50},maximumPercent=100' --region {region}",
);

pub(in crate::rules) static FARGATE_UNAVAILABLE: Rule = Rule {
    code: "capacity-fargate-unavailable",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "Fargate has no capacity for the task in its Availability Zones",
    summary: "Fargate has no capacity for the task at the moment in the Availability Zones of its subnets.",
    explanation: "AWS had no free host of this size in the zones that the task may use. Fargate Spot runs out more often \
                  than On-Demand, and one zone more often than three.",
    signs: "`Capacity is unavailable at this time`, or `RESOURCE:FARGATE` as a placement reason.",
    wants: &[
        Ask::new(
            "ec2",
            "DescribeSubnets",
            r#"{"SubnetIds": ["{subnets}"]}"#,
            "whether all subnets are in one Availability Zone",
        ),
        LIST_QUOTAS,
    ],
    fixes: &[
        Fix::run(
            "Offer Fargate more zones: add subnets in others",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --network-configuration \
             'awsvpcConfiguration={subnets=[{serviceSubnets,},SUBNETS_IN_OTHER_ZONES],securityGroups=[{securityGroups,}],assignPublicIp={assignPublicIp}}' \
             --region {region}",
        ),
        Fix::run(
            "If it asks for Spot: go over to On-Demand (this replaces the service's capacity provider strategy)",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --capacity-provider-strategy \
             capacityProvider=FARGATE,weight=1 --force-new-deployment --region {region}",
        ),
        LOOK_AT_QUOTAS,
    ],
    docs: &[
        EVENTS,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.placement() == Some(Why::Fargate)
                || said.message.says("capacity is unavailable at this time")
        },
        |_, subject| Cause::CapacityFargateUnavailable(FargateRequest::of(subject)),
    ),
};

pub(in crate::rules) static FARGATE_VCPU: Rule = Rule {
    code: "quota-fargate-vcpu",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "Fargate vCPU quota of the account is reached",
    summary: "The account runs as many Fargate vCPUs at a time as its quota in this Region allows{quota~|}.",
    explanation: "All running Fargate tasks of the Region count, On-Demand and Spot apart. A new account has 6 vCPUs of \
                  each, and a rolling deployment with `maximumPercent` 200 needs twice what the service runs on.",
    signs: "`You've reached the limit on the number of vCPUs you can run concurrently`.",
    wants: &[LIST_QUOTAS],
    fixes: &[LOOK_AT_QUOTAS, RAISE_QUOTA, ROLL_TIGHTER],
    docs: &[EVENTS, QUOTAS],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.says_any(&[
                "reached the limit on the number of vcpus",
                "limit on the number of vcpus you can run",
            ])
        },
        |_, subject| Cause::QuotaFargateVcpu(FargateRequest::of(subject)),
    )
    .settled(|subject, finding| {
        let Some((quota, vcpus)) = vcpu_quota(subject) else { return finding };
        // ECS says that it is reached; the answer says what it is.
        with_quota(finding, &quota, vcpus).confirmed_by(quota.cite("Value"))
    }),
};

/// The quota of vCPUs of the kind of capacity that the subject runs on.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
fn vcpu_quota<'e>(subject: &Subject<'e>) -> Option<(ServiceQuota<'e>, f64)> {
    let request = FargateRequest::of(subject);
    let code = match request.capacity_provider.as_deref() {
        Some("FARGATE_SPOT") => "L-36FBB829",
        _ => "L-3032A538",
    };
    let mut quotas = subject.evidence.all::<ServiceQuota<'e>>();
    let quota = quotas.find(|quota| quota.quota_code() == Some(code))?;
    let value = quota.value()?;
    Some((quota, value))
}

/// Names the quota, and twice of it as what to ask for.
fn with_quota(finding: Finding, quota: &ServiceQuota<'_>, vcpus: f64) -> Finding {
    finding
        .fact("quota", Some(format!(": {vcpus} vCPUs")))
        .fact("quotaCode", quota.quota_code())
        .fact("desiredValue", Some((vcpus * 2.0).to_string()))
}

pub(in crate::rules) static FARGATE_TASKS: Rule = Rule {
    code: "quota-fargate-tasks",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "quota of tasks that run at a time is reached",
    summary: "The account runs as many tasks at a time as its quota in this Region allows.",
    explanation: "The quota counts tasks, whatever their size; newer accounts have one of vCPUs in its place.",
    signs: "`You've reached the limit on the number of tasks you can run concurrently`.",
    wants: &[LIST_QUOTAS],
    fixes: &[LOOK_AT_QUOTAS, RAISE_QUOTA, ROLL_TIGHTER],
    docs: &[EVENTS, QUOTAS],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("limit on the number of tasks you can run"),
        |_, subject| Cause::QuotaFargateTasks(FargateRequest::of(subject)),
    ),
};

pub(in crate::rules) static CONFIG_ABOVE_LIMIT: Rule = Rule {
    code: "quota-config-above-limit",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "task is larger than the account may run",
    summary: "The task asks for more {asked~|CPU or memory} than the account may give one task.",
    explanation: "The quota is smaller than this one task. No waiting helps: either the quota grows or the task \
                  shrinks.",
    signs: "`The requested CPU configuration is above your limit`, or MEMORY in its place.",
    wants: &[LIST_QUOTAS],
    fixes: &[
        LOOK_AT_QUOTAS,
        RAISE_QUOTA,
        Fix::advice(
            "Or make the task smaller",
            Blast::NewRevision,
            "Register a revision with less `cpu` and `memory` than {taskCpuUnits~|the present} CPU units and {taskMemoryMib~|the present} MiB.",
        ),
    ],
    docs: &[EVENTS, QUOTAS],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("configuration is above your limit"),
        |_, subject| Cause::QuotaConfigAboveLimit(FargateRequest::of(subject)),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        let asked = said.and_then(|said| match () {
            () if said.message.says("cpu configuration") => Some("CPU"),
            () if said.message.says("memory configuration") => Some("memory"),
            () => None,
        });
        let finding = finding.fact("asked", asked);
        let (Some((quota, vcpus)), Cause::QuotaConfigAboveLimit(request)) =
            (vcpu_quota(subject), &finding.cause)
        else {
            return finding;
        };
        let Some(units) = request.task_cpu_units.filter(|_| asked == Some("CPU")) else { return finding };
        let proof = quota.cite("Value");
        let finding = with_quota(finding, &quota, vcpus);
        // The quota counts in vCPUs of 1,024 units.
        if units as f64 > vcpus * 1_024.0 { finding.confirmed_by(proof) } else { finding.refuted_by(proof) }
    }),
};

pub(in crate::rules) static UNSUPPORTED_AZ: Rule = Rule {
    code: "capacity-unsupported-az",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "subnet is in an Availability Zone that Fargate does not support",
    summary: "ECS could not place the task because of an internal error, by which AWS means a subnet in an Availability \
              Zone without Fargate.",
    explanation: "A few Availability Zones have no Fargate. A service that may use a subnet there fails each time that \
                  the subnet's turn comes.",
    signs: "`was unable to place a task. Reason: Internal error`.",
    wants: &[Ask::new(
        "ec2",
        "DescribeSubnets",
        r#"{"SubnetIds": ["{subnets}"]}"#,
        "the Availability Zone ids of the subnets, to compare with those that Fargate supports",
    )],
    fixes: &[
        Fix::look(
            "See the zone ids of the subnets",
            "aws ec2 describe-subnets --subnet-ids {subnets} --region {region} --query \
             'Subnets[].[SubnetId,AvailabilityZoneId]' --output text",
        ),
        Fix::run(
            "Use subnets in supported zones",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --network-configuration \
             'awsvpcConfiguration={subnets=[SUBNETS_IN_SUPPORTED_ZONES],securityGroups=[{securityGroups,}],assignPublicIp={assignPublicIp}}' --region \
             {region}",
        ),
    ],
    docs: &[EVENTS, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let event = said.message.service_event();
            event.is_some_and(|event| {
                let reason = event.reason.as_deref().unwrap_or_default().trim_end_matches('.');
                event.kind == ServiceEventKind::PlacementFailed
                    && reason.eq_ignore_ascii_case("internal error")
            })
        },
        |_, subject| Cause::CapacityUnsupportedAz(FargateRequest::of(subject)),
    ),
};
