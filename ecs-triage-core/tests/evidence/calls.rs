//! Every call is recognised as the CLI prints its answer, as boto3 returns it, and as it was recorded.

use ecs_triage_core::{Evidence, Timestamp};
use serde_json::{Value, json};

use crate::{count, evidence, problems};

struct Case {
    service: &'static str,
    operation: &'static str,
    answer: Value,
    count: fn(&Evidence) -> usize,
}

macro_rules! cases {
    ($( $service:literal $operation:ident $module:ident::$view:ident $answer:tt )*) => {
        vec![$( Case {
            service: $service,
            operation: stringify!($operation),
            answer: json!($answer),
            count: |evidence| count!(evidence, $module::$view),
        } ),*]
    };
}

fn cases() -> Vec<Case> {
    cases! {
        "ecs" DescribeTasks ecs::Task {"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a", "lastStatus": "RUNNING"}], "failures": []}
        "ecs" RunTask ecs::Failure {"tasks": [], "failures": [{"arn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/1b", "reason": "RESOURCE:MEMORY"}]}
        "ecs" StartTask ecs::Task {"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a"}], "failures": []}
        "ecs" StopTask ecs::Task {"task": {"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a", "desiredStatus": "STOPPED"}}
        "ecs" ListTasks text::TaskArn {"taskArns": ["arn:aws:ecs:eu-west-1:111122223333:task/prod/0a"]}
        "ecs" DescribeTaskDefinition ecs::TaskDefinition {"taskDefinition": {"family": "web", "revision": 3, "containerDefinitions": []}, "tags": []}
        "ecs" RegisterTaskDefinition ecs::TaskDefinition {"taskDefinition": {"family": "web", "revision": 4, "containerDefinitions": []}}
        "ecs" DescribeServices ecs::Service {"services": [{"serviceName": "web", "desiredCount": 2, "events": []}], "failures": []}
        "ecs" UpdateService ecs::Service {"service": {"serviceName": "web", "desiredCount": 2}}
        "ecs" CreateService ecs::Service {"service": {"serviceName": "web", "desiredCount": 2}}
        "ecs" DescribeTaskSets ecs::Deployment {"taskSets": [{"taskSetArn": "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/web/ecs-svc/1", "stabilityStatus": "STEADY_STATE"}], "failures": []}
        "ecs" UpdateTaskSet ecs::Deployment {"taskSet": {"taskSetArn": "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/web/ecs-svc/1", "stabilityStatus": "STABILIZING"}}
        "ecs" CreateTaskSet ecs::Deployment {"taskSet": {"taskSetArn": "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/web/ecs-svc/2", "stabilityStatus": "STABILIZING"}}
        "ecs" ListServices text::ServiceArn {"serviceArns": ["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"]}
        "ecs" DescribeServiceDeployments ecs::ServiceDeployment {"serviceDeployments": [{"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:111122223333:service-deployment/prod/web/d1", "status": "SUCCESSFUL"}], "failures": []}
        "ecs" ListServiceDeployments ecs::ServiceDeployment {"serviceDeployments": [{"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:111122223333:service-deployment/prod/web/d1", "targetServiceRevisionArn": "arn:aws:ecs:eu-west-1:111122223333:service-revision/prod/web/1"}]}
        "ecs" DescribeServiceRevisions ecs::ServiceRevision {"serviceRevisions": [{"serviceRevisionArn": "arn:aws:ecs:eu-west-1:111122223333:service-revision/prod/web/1"}], "failures": []}
        "ecs" DescribeContainerInstances ecs::ContainerInstance {"containerInstances": [{"ec2InstanceId": "i-0a1b", "agentConnected": true}], "failures": []}
        "ecs" UpdateContainerAgent ecs::ContainerInstance {"containerInstance": {"ec2InstanceId": "i-0a1b", "agentUpdateStatus": "PENDING"}}
        "ecs" DeregisterContainerInstance ecs::ContainerInstance {"containerInstance": {"ec2InstanceId": "i-0a1b", "status": "INACTIVE"}}
        "ecs" ListContainerInstances text::ContainerInstanceArn {"containerInstanceArns": ["arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/1b"]}
        "ecs" DescribeClusters ecs::Cluster {"clusters": [{"clusterName": "prod", "status": "ACTIVE"}], "failures": []}
        "ecs" DescribeCapacityProviders ecs::CapacityProvider {"capacityProviders": [{"name": "spot", "autoScalingGroupProvider": {"managedScaling": {"status": "ENABLED", "targetCapacity": 100}}}], "failures": []}
        "ecs" GetTaskProtection ecs::ProtectedTask {"protectedTasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a", "protectionEnabled": true, "expirationDate": "2099-01-01T00:00:00Z"}], "failures": []}
        "batch" DescribeJobs batch::Job {"jobs": [{"jobId": "j-1", "jobName": "nightly", "status": "RUNNABLE"}]}
        "iam" GetRole iam::Role {"Role": {"RoleName": "web-execution", "Arn": "arn:aws:iam::111122223333:role/web-execution", "RoleLastUsed": {}}}
        "iam" ListAttachedRolePolicies iam::AttachedPolicy {"AttachedPolicies": [{"PolicyName": "Logs", "PolicyArn": "arn:aws:iam::111122223333:policy/Logs"}], "IsTruncated": false}
        "iam" ListRolePolicies text::InlinePolicyName {"PolicyNames": ["secrets"], "IsTruncated": false}
        "iam" GetRolePolicy iam::RolePolicy {"RoleName": "web-execution", "PolicyName": "secrets", "PolicyDocument": {"Statement": []}}
        "iam" GetPolicy iam::Policy {"Policy": {"PolicyName": "Logs", "Arn": "arn:aws:iam::111122223333:policy/Logs", "DefaultVersionId": "v2"}}
        "iam" GetPolicyVersion iam::PolicyVersion {"PolicyVersion": {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Statement": []}}}
        "iam" GetAccountAuthorizationDetails iam::Role {"RoleDetailList": [{"RoleName": "web-execution", "RolePolicyList": []}], "Policies": [{"Arn": "arn:aws:iam::111122223333:policy/Logs"}], "UserDetailList": [], "IsTruncated": false}
        "iam" SimulatePrincipalPolicy iam::EvaluationResult {"EvaluationResults": [{"EvalActionName": "ecr:BatchGetImage", "EvalDecision": "implicitDeny"}], "IsTruncated": false}
        "iam" GetInstanceProfile iam::InstanceProfile {"InstanceProfile": {"InstanceProfileName": "ecsInstanceRole", "Roles": [{"RoleName": "ecsInstanceRole"}]}}
        "ecr" DescribeImages ecr::ImageDetail {"imageDetails": [{"repositoryName": "shop/api", "imageDigest": "sha256:aa", "imageTags": ["v7"], "imagePushedAt": 1784714400.0}]}
        "ecr" DescribeRepositories ecr::Repository {"repositories": [{"repositoryName": "shop/api", "repositoryUri": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/api"}]}
        "ecr" BatchGetImage ecr::ImageFailure {"images": [], "failures": [{"imageId": {"imageTag": "v8"}, "failureCode": "ImageNotFound"}]}
        "ecr" GetRepositoryPolicy ecr::RepositoryPolicy {"registryId": "111122223333", "repositoryName": "shop/api", "policyText": "{\"Statement\": []}"}
        "ecr" GetLifecyclePolicy ecr::LifecyclePolicy {"registryId": "111122223333", "repositoryName": "shop/api", "lifecyclePolicyText": "{\"rules\": []}"}
        "ecr" DescribePullThroughCacheRules ecr::PullThroughCacheRule {"pullThroughCacheRules": [{"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}]}
        "ec2" DescribeSubnets ec2::Subnet {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailableIpAddressCount": 3}]}
        "ec2" DescribeRouteTables ec2::RouteTable {"RouteTables": [{"RouteTableId": "rtb-1", "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}]}
        "ec2" DescribeNatGateways ec2::NatGateway {"NatGateways": [{"NatGatewayId": "nat-1", "State": "available"}]}
        "ec2" DescribeInternetGateways ec2::InternetGateway {"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]}
        "ec2" DescribeVpcEndpoints ec2::VpcEndpoint {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "ServiceName": "com.amazonaws.eu-west-1.ecr.dkr", "PolicyDocument": "{\"Statement\": []}"}]}
        "ec2" DescribeSecurityGroups ec2::SecurityGroup {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissionsEgress": []}]}
        "ec2" DescribeNetworkAcls ec2::NetworkAcl {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 100, "Protocol": "-1", "Egress": true}]}]}
        "ec2" DescribeVpcAttribute ec2::VpcAttribute {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": true}}
        "ec2" DescribeVpcs ec2::Vpc {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}
        "ec2" DescribeDhcpOptions ec2::DhcpOptions {"DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}]}]}
        "ec2" DescribeNetworkInterfaces ec2::NetworkInterface {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}]}]}
        "ec2" DescribeInstances ec2::Instance {"Reservations": [{"Instances": [{"InstanceId": "i-0a1b", "State": {"Name": "running"}}]}]}
        "ec2" DescribeInstanceTypes ec2::InstanceType {"InstanceTypes": [{"InstanceType": "m5.large", "NetworkInfo": {"MaximumNetworkInterfaces": 3}}]}
        "ec2" DescribePrefixLists ec2::PrefixList {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["52.0.0.0/8"]}]}
        "ec2" DescribeManagedPrefixLists ec2::ManagedPrefixList {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "AddressFamily": "IPv4", "OwnerId": "AWS"}]}
        "ec2" GetManagedPrefixListEntries ec2::PrefixListEntry {"Entries": [{"Cidr": "52.0.0.0/8"}]}
        "elbv2" DescribeTargetHealth elbv2::TargetHealthDescription {"TargetHealthDescriptions": [{"Target": {"Id": "10.0.1.5", "Port": 80}, "HealthCheckPort": "80", "TargetHealth": {"State": "unhealthy", "Reason": "Target.Timeout"}}]}
        "elbv2" DescribeTargetGroups elbv2::TargetGroup {"TargetGroups": [{"TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1", "Matcher": {"HttpCode": "200"}}]}
        "elbv2" DescribeTargetGroupAttributes elbv2::TargetGroupAttribute {"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]}
        "elbv2" DescribeLoadBalancers elbv2::LoadBalancer {"LoadBalancers": [{"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/1", "AvailabilityZones": [{"ZoneName": "eu-west-1a"}]}]}
        "elb" DescribeInstanceHealth elb::InstanceState {"InstanceStates": [{"InstanceId": "i-0a1b", "State": "OutOfService", "ReasonCode": "Instance"}]}
        "logs" DescribeLogGroups logs::LogGroup {"logGroups": [{"logGroupName": "/ecs/web", "creationTime": 1784714400000_i64}]}
        "logs" DescribeLogStreams logs::LogStream {"logStreams": [{"logStreamName": "web/app/0a", "lastEventTimestamp": 1784714400000_i64}]}
        "logs" FilterLogEvents logs::LogEvent {"events": [{"logStreamName": "web/app/0a", "timestamp": 1784714400000_i64, "message": "started", "eventId": "1"}], "searchedLogStreams": []}
        "logs" GetLogEvents logs::LogEvent {"events": [{"timestamp": 1784714400000_i64, "message": "started", "ingestionTime": 1784714400001_i64}], "nextForwardToken": "f/1"}
        "cloudwatch" GetMetricStatistics cloudwatch::Datapoint {"Label": "MemoryUtilization", "Datapoints": [{"Timestamp": "2026-07-22T10:00:00+00:00", "Maximum": 93.5, "Unit": "Percent"}]}
        "cloudwatch" GetMetricData cloudwatch::MetricDataResult {"MetricDataResults": [{"Id": "m1", "Label": "MemoryUtilized", "Timestamps": ["2026-07-22T10:00:00+00:00"], "Values": [512.0], "StatusCode": "Complete"}], "Messages": []}
        "cloudwatch" DescribeAlarms cloudwatch::MetricAlarm {"MetricAlarms": [{"AlarmName": "web-5xx", "StateValue": "ALARM"}], "CompositeAlarms": []}
        "secretsmanager" DescribeSecret secretsmanager::Secret {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "Name": "db", "LastChangedDate": 1784714400.0, "VersionIdsToStages": {"v": ["AWSCURRENT"]}}
        "secretsmanager" GetResourcePolicy secretsmanager::SecretPolicy {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "Name": "db", "ResourcePolicy": "{\"Statement\": []}"}
        "secretsmanager" ListSecretVersionIds secretsmanager::SecretVersion {"Versions": [{"VersionId": "v", "VersionStages": ["AWSCURRENT"]}], "ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "Name": "db"}
        "ssm" DescribeParameters ssm::Parameter {"Parameters": [{"Name": "/web/token", "Type": "SecureString", "KeyId": "alias/aws/ssm"}]}
        "ssm" GetParameters text::InvalidParameter {"Parameters": [], "InvalidParameters": ["/web/missing"]}
        "kms" DescribeKey kms::KeyMetadata {"KeyMetadata": {"KeyId": "k-1", "KeyState": "Disabled", "KeyManager": "CUSTOMER"}}
        "kms" GetKeyPolicy kms::KeyPolicy {"Policy": "{\"Statement\": []}", "PolicyName": "default"}
        "efs" DescribeFileSystems efs::FileSystem {"FileSystems": [{"FileSystemId": "fs-1", "LifeCycleState": "available"}]}
        "efs" DescribeMountTargets efs::MountTarget {"MountTargets": [{"MountTargetId": "fsmt-1", "FileSystemId": "fs-1", "LifeCycleState": "available"}]}
        "efs" DescribeFileSystemPolicy efs::FileSystemPolicy {"FileSystemId": "fs-1", "Policy": "{\"Statement\": []}"}
        "efs" DescribeAccessPoints efs::AccessPoint {"AccessPoints": [{"AccessPointId": "fsap-1", "FileSystemId": "fs-1", "PosixUser": {"Uid": 1000, "Gid": 1000}}]}
        "efs" DescribeMountTargetSecurityGroups text::MountTargetSecurityGroup {"SecurityGroups": ["sg-1"]}
        "s3" HeadObject s3::HeadObject {"AcceptRanges": "bytes", "LastModified": "2026-07-22T10:00:00+00:00", "ContentLength": 21, "ETag": "\"aa\"", "Metadata": {}}
        "s3" GetBucketPolicy s3::BucketPolicy {"Policy": "{\"Statement\": []}"}
        "s3" GetBucketLocation s3::BucketLocation {"LocationConstraint": "eu-west-1"}
        "autoscaling" DescribeAutoScalingGroups autoscaling::AutoScalingGroup {"AutoScalingGroups": [{"AutoScalingGroupName": "ecs", "DesiredCapacity": 0, "Instances": []}]}
        "autoscaling" DescribeScalingActivities autoscaling::ScalingActivity {"Activities": [{"ActivityId": "a", "AutoScalingGroupName": "ecs", "StatusCode": "Failed"}]}
        "application-autoscaling" DescribeScalingActivities autoscaling::ScalingActivity {"ScalingActivities": [{"ActivityId": "a", "ResourceId": "service/prod/web", "StatusCode": "Successful"}]}
        "application-autoscaling" DescribeScalableTargets autoscaling::ScalableTarget {"ScalableTargets": [{"ResourceId": "service/prod/web", "MinCapacity": 1, "MaxCapacity": 4}]}
        "application-autoscaling" DescribeScalingPolicies autoscaling::ScalingPolicy {"ScalingPolicies": [{"PolicyName": "cpu", "ResourceId": "service/prod/web"}]}
        "service-quotas" GetServiceQuota autoscaling::ServiceQuota {"Quota": {"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "Value": 6.0}}
        "service-quotas" ListServiceQuotas autoscaling::ServiceQuota {"Quotas": [{"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "Value": 6.0}]}
        "cloudtrail" LookupEvents cloudtrail::TrailEvent {"Events": [{"EventName": "StopTask", "EventSource": "ecs.amazonaws.com", "Username": "kim", "CloudTrailEvent": "{\"eventSource\": \"ecs.amazonaws.com\", \"eventName\": \"StopTask\", \"userIdentity\": {\"type\": \"IAMUser\"}}"}]}
    }
}

/// `DescribeTasks` as the CLI's command.
fn command(operation: &str) -> String {
    let mut command = String::new();
    for letter in operation.chars() {
        if letter.is_ascii_uppercase() && !command.is_empty() {
            command.push('-');
        }
        command.push(letter.to_ascii_lowercase());
    }
    command
}

fn check(case: &Case, value: &Value) {
    let evidence = evidence(value);
    assert!((case.count)(&evidence) > 0, "{} {value}", case.operation);
    assert_eq!(problems(&evidence), Vec::<String>::new(), "{} {value}", case.operation);
}

#[test]
fn every_answer_is_known_as_the_cli_prints_it() {
    for case in cases() {
        check(&case, &case.answer);
    }
}

#[test]
fn every_answer_is_known_as_boto3_returns_it() {
    for case in cases() {
        let mut answer = case.answer.clone();
        answer["ResponseMetadata"] = json!({
            "HTTPStatusCode": 200, "HTTPHeaders": {"date": "Wed, 22 Jul 2026 10:00:00 GMT"}, "RetryAttempts": 0,
        });
        check(&case, &answer);
        let evidence = evidence(&answer);
        assert!(evidence.latest_time() >= Timestamp::parse("2026-07-22T10:00:00Z"), "{}", case.operation);
    }
}

#[test]
fn every_answer_is_known_as_it_was_recorded() {
    for case in cases() {
        let recorded = json!({
            "service": case.service, "operation": case.operation, "params": {"x": "y"}, "response": case.answer,
        });
        check(&case, &recorded);
        let evidence = evidence(&recorded);
        let answers: Vec<_> = evidence.answers_of(case.service, case.operation).collect();
        assert_eq!(answers.len(), 1, "{}", case.operation);
        assert_eq!(answers[0].request().and_then(|request| request.param("x")), Some("y"));
        assert_eq!(evidence.documents()[0].name(), command(case.operation));
    }
}

#[test]
fn every_answer_is_known_by_the_name_of_its_document() {
    for case in cases() {
        let mut evidence = Evidence::new();
        let name = format!("{}-mine.json", command(case.operation));
        evidence.add_value(Some(&name), case.answer.clone()).unwrap();
        assert!((case.count)(&evidence) > 0, "{name}");
        assert_eq!(evidence.answers_of(case.service, case.operation).count(), 1, "{name}");
    }
}

#[test]
fn every_answer_is_known_with_the_other_case_of_first_letters() {
    fn swapped(value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(swapped).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| {
                    let (first, rest) = key.split_at(1);
                    let upper = first.to_ascii_uppercase();
                    let first = if upper == first { first.to_ascii_lowercase() } else { upper };
                    (format!("{first}{rest}"), swapped(value))
                })
                .collect(),
            other => other.clone(),
        }
    }
    for case in cases() {
        let evidence = evidence(&swapped(&case.answer));
        assert!((case.count)(&evidence) > 0, "{}", case.operation);
    }
}

#[test]
fn an_empty_answer_is_an_answer() {
    for case in cases() {
        let mut answer = case.answer.clone();
        let mut is_list = false;
        for (_, value) in answer.as_object_mut().unwrap() {
            if let Value::Array(values) = value {
                values.clear();
                is_list = true;
            }
        }
        if !is_list {
            continue;
        }
        let recorded = json!({
            "service": case.service, "operation": case.operation, "params": {}, "response": answer,
        });
        for value in [&answer, &recorded] {
            let evidence = evidence(value);
            assert_eq!(problems(&evidence), Vec::<String>::new(), "{value}");
        }
        let evidence = evidence(&recorded);
        assert_eq!(evidence.answers_of(case.service, case.operation).count(), 1, "{}", case.operation);
    }
}

#[test]
fn an_error_in_place_of_the_answer_is_an_answer() {
    for case in cases() {
        let line = format!(
            "An error occurred (AccessDenied) when calling the {} operation: not authorized",
            case.operation
        );
        for error in [json!({"Code": "AccessDenied", "Message": "not authorized"}), json!(line)] {
            let recorded =
                json!({"service": case.service, "operation": case.operation, "params": {}, "error": error});
            let evidence = evidence(&recorded);
            let answer = evidence.answers_of(case.service, case.operation).next().unwrap();
            let error = answer.error().unwrap();
            assert_eq!((error.code(), error.message()), (Some("AccessDenied"), Some("not authorized")));
        }
    }
}

#[test]
fn the_operation_decides_what_members_alone_do_not() {
    let deployments = json!({"serviceDeployments": [{"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:111122223333:service-deployment/prod/web/d1"}]});
    let evidence = crate::named("list-service-deployments", &deployments);
    assert_eq!(evidence.answers_of("ecs", "ListServiceDeployments").count(), 1);
    assert_eq!(evidence.answers_of("ecs", "DescribeServiceDeployments").count(), 0);

    let policy = json!({"Policy": "{\"Statement\": []}"});
    assert_eq!(count!(crate::named("get-bucket-policy", &policy), s3::BucketPolicy), 1);
    assert_eq!(count!(crate::named("get-key-policy", &policy), kms::KeyPolicy), 1);

    let groups = json!({"SecurityGroups": []});
    let evidence = crate::named("describe-mount-target-security-groups", &groups);
    assert_eq!(evidence.answers_of("efs", "DescribeMountTargetSecurityGroups").count(), 1);
    assert_eq!(evidence.answers_of("ec2", "DescribeSecurityGroups").count(), 0);

    let lists = json!({"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "mine"}]});
    assert_eq!(count!(crate::named("describe-managed-prefix-lists", &lists), ec2::ManagedPrefixList), 1);
}

#[test]
fn unknown_operations_that_were_recorded_are_kept() {
    let recorded = json!({"service": "fsx", "operation": "DescribeFileSystems", "params": {}, "response": {"FileSystems": []}});
    let evidence = evidence(&recorded);
    assert_eq!(evidence.documents()[0].name(), "describe-file-systems");
}
