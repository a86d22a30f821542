//! ECS Managed Instances that could not be launched.

use super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, ManagedLaunch, Rule};
use crate::signals::{Said, Statement};

const MANAGED: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html";

const PROVIDER: Ask = Ask::new(
    "ecs",
    "DescribeCapacityProviders",
    r#"{"capacityProviders": ["{capacityProvider}"]}"#,
    "the instance requirements, subnets and roles of the capacity provider",
);
const LOOK_AT_PROVIDER: Fix = Fix::look(
    "See what the capacity provider asks of EC2",
    "aws ecs describe-capacity-providers --capacity-providers {capacityProvider} --region {region} --query \
     'capacityProviders[].managedInstancesProvider'",
);

fn is_launch(said: &Said) -> bool {
    said.message.says_any(&[
        "unable to launch instance(s) for capacity provider",
        "unable to launch instances for capacity provider",
    ])
}

impl ManagedLaunch {
    fn of(statement: &Statement) -> Self {
        let message = &statement.message;
        let provider = message.word_after("for capacity provider ").map(str::to_owned);
        Self { capacity_provider: provider, error_code: message.aws_error_code().map(str::to_owned) }
    }
}

pub(in crate::rules) static MI_UNFULFILLABLE: Rule = Rule {
    code: "capacity-mi-unfulfillable",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "EC2 has no instances that fit the Managed Instances capacity provider",
    summary: "EC2 could not supply an instance that fits capacity provider {capacityProvider|of the service}: {errorCode|no capacity}.",
    explanation: "ECS asks EC2 for instances that meet the provider's requirements in its subnets. None of the types that \
                  match is to be had there now, or none matches at all.",
    signs: "`Unable to launch instance(s) for capacity provider` with UnfulfillableCapacity or \
            InsufficientInstanceCapacity.",
    wants: &[PROVIDER],
    fixes: &[
        LOOK_AT_PROVIDER,
        Fix::advice(
            "Accept more",
            Blast::Resource,
            "Widen `instanceRequirements` (more families, generations and sizes), add subnets in other Availability \
             Zones, or use ON_DEMAND in place of SPOT.",
        ),
    ],
    docs: &[MANAGED],
    since: "0.1.0",
    check: Check::says(
        |said| {
            is_launch(said)
                && said.message.says_any(&["unfulfillablecapacity", "insufficientinstancecapacity"])
        },
        |statement, _| Cause::CapacityMiUnfulfillable(ManagedLaunch::of(statement)),
    ),
};

pub(in crate::rules) static MI_SPOT: Rule = Rule {
    code: "quota-mi-spot",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "EC2 quota of Spot instances or vCPUs is reached",
    summary: "The account has reached its EC2 quota, so no instance was launched for capacity provider \
              {capacityProvider|of the service}: {errorCode|quota exceeded}.",
    explanation: "Managed Instances count against the quotas of EC2, not those of Fargate: On-Demand and Spot vCPUs of \
                  each instance family.",
    signs: "`Unable to launch instance(s) for capacity provider` with MaxSpotInstanceCountExceeded or \
            VcpuLimitExceeded.",
    wants: &[Ask::new(
        "service-quotas",
        "ListServiceQuotas",
        r#"{"ServiceCode": "ec2"}"#,
        "the On-Demand and Spot vCPU quotas of EC2 in this Region",
    )],
    fixes: &[
        Fix::look(
            "See the vCPU quotas of EC2",
            "aws service-quotas list-service-quotas --service-code ec2 --region {region} --query \
             \"Quotas[?contains(QuotaName,'Spot Instance Requests')||contains(QuotaName,'On-Demand')].[QuotaCode,QuotaName,Value]\" \
             --output text",
        ),
        Fix::run(
            "Ask for a higher quota",
            Blast::Account,
            "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code {quotaCode} \
             --desired-value {desiredValue} --region {region}",
        ),
    ],
    docs: &[MANAGED],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says_any(&["maxspotinstancecountexceeded", "vcpulimitexceeded"]),
        |statement, _| Cause::QuotaMiSpot(ManagedLaunch::of(statement)),
    ),
};

pub(in crate::rules) static MI_LAUNCH_FAILED: Rule = Rule {
    code: "capacity-mi-launch-failed",
    bucket: Bucket::Capacity,
    kind: Kind::Residual,
    title: "Managed Instances could not be launched; the reason is not shown",
    summary: "No instance could be launched for capacity provider {capacityProvider|of the service}; the message does not say \
              why.",
    explanation: "EC2 refused the launch. The infrastructure role, a quota, the instance requirements and the subnets can \
                  each be the reason.",
    signs: "`Unable to launch instance(s) for capacity provider` with nothing behind the name.",
    wants: &[
        Ask::new(
            "cloudtrail",
            "LookupEvents",
            r#"{"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateFleet"}]}"#,
            "the error that EC2 gave the infrastructure role",
        ),
        PROVIDER,
    ],
    fixes: &[
        Fix::look(
            "Read EC2's answer in CloudTrail",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateFleet \
             --max-results 5 --region {region} --query 'Events[].CloudTrailEvent' --output text",
        ),
        LOOK_AT_PROVIDER,
    ],
    docs: &[MANAGED],
    since: "0.1.0",
    check: Check::says(is_launch, |statement, _| Cause::CapacityMiLaunchFailed(ManagedLaunch::of(statement))),
};
