//! Whose network interface carries the traffic.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::Evidence;
use crate::network::{
    Groups, Interface, Missing, Origin, Outside, PublicAddress, Source, Traffic, source_of,
};
use crate::signals::subjects;

fn origin(documents: &[Value], traffic: Traffic) -> Origin {
    let mut evidence = Evidence::new();
    for document in documents {
        evidence.add_value(None, document.clone()).unwrap();
    }
    let subjects = subjects(&evidence);
    source_of(&subjects[0], traffic)
}

fn vpc(origin: Origin) -> Source {
    match origin {
        Origin::Vpc(source) => source,
        other => panic!("{other:?}"),
    }
}

/// A task with what differs from one on Fargate.
fn task(more: Value) -> Value {
    let mut task = json!({
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1",
        "group": "service:web", "startedBy": "ecs-svc/1", "launchType": "FARGATE", "platformVersion": "1.4.0",
        "attachments": [{ "type": "ElasticNetworkInterface", "details": [
            { "name": "subnetId", "value": "subnet-a" },
            { "name": "networkInterfaceId", "value": "eni-1" },
            { "name": "privateIPv4Address", "value": "10.0.1.5" },
        ]}],
    });
    for (key, value) in more.as_object().unwrap() {
        task[key] = value.clone();
    }
    json!({ "tasks": [task] })
}

fn service(network: Value) -> Value {
    json!({ "services": [{
        "serviceName": "web", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
        "networkConfiguration": { "awsvpcConfiguration": network },
    }] })
}

fn definition(mode: &str) -> Value {
    json!({ "taskDefinition": {
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1",
        "family": "web", "networkMode": mode, "containerDefinitions": [{ "name": "app", "image": "app" }],
    } })
}

fn operations(missing: &[Missing]) -> Vec<&str> {
    missing.iter().filter_map(|missing| Some(missing.request.as_ref()?.operation.as_str())).collect()
}

#[test]
fn fargate_uses_the_task_interface_with_the_services_configuration() {
    let network = json!({ "subnets": ["subnet-a", "subnet-b"], "securityGroups": ["sg-t"], "assignPublicIp": "ENABLED" });
    let source = vpc(origin(&[task(json!({})), service(network)], Traffic::Start));
    assert_eq!(source.interface, Interface::Task);
    assert_eq!(source.subnets.len(), 1);
    assert_eq!(source.subnets[0].text, "subnet-a");
    assert!(matches!(&source.groups, Groups::Known(groups) if groups[0].text == "sg-t"));
    assert!(matches!(source.public_address, PublicAddress::Yes(_)));
    assert_eq!(source.address, Some([10, 0, 1, 5].into()));
}

#[test]
fn the_interface_itself_goes_before_the_configuration() {
    let network = json!({ "subnets": ["subnet-a"], "securityGroups": ["sg-t"], "assignPublicIp": "ENABLED" });
    let interface = json!({ "NetworkInterfaces": [{
        "NetworkInterfaceId": "eni-1", "SubnetId": "subnet-a", "Groups": [{ "GroupId": "sg-old" }],
    }] });
    let source = vpc(origin(&[task(json!({})), service(network), interface], Traffic::Start));
    assert!(matches!(&source.groups, Groups::Known(groups) if groups[0].text == "sg-old"));
    assert!(matches!(source.public_address, PublicAddress::No(_)));
}

#[test]
fn the_deployment_that_started_the_task_goes_before_the_service() {
    let mut service = service(json!({ "subnets": ["subnet-a"], "securityGroups": ["sg-new"] }));
    service["services"][0]["deployments"] = json!([{ "id": "ecs-svc/1", "networkConfiguration": {
        "awsvpcConfiguration": { "subnets": ["subnet-a"], "securityGroups": ["sg-old"] } } }]);
    let source = vpc(origin(&[task(json!({})), service], Traffic::Start));
    assert!(matches!(&source.groups, Groups::Known(groups) if groups[0].text == "sg-old"));
}

#[test]
fn without_a_named_group_it_is_the_default_one() {
    let source = vpc(origin(&[task(json!({})), service(json!({ "subnets": ["subnet-a"] }))], Traffic::Start));
    assert!(matches!(source.groups, Groups::VpcDefault(_)));
    // A service without the word assigns no public address.
    assert!(matches!(source.public_address, PublicAddress::No(_)));
}

#[test]
fn without_the_service_it_is_asked_for() {
    let source = vpc(origin(&[task(json!({}))], Traffic::Start));
    let Groups::Unknown(missing) = &source.groups else { panic!() };
    assert_eq!(operations(missing), ["DescribeServices", "DescribeNetworkInterfaces"]);
    assert!(matches!(source.public_address, PublicAddress::Unknown(_)));
}

#[test]
fn a_task_of_its_own_leaves_its_public_address_open() {
    let alone = task(json!({ "group": "family:web", "startedBy": "me" }));
    let source = vpc(origin(from_ref(&alone), Traffic::Start));
    let PublicAddress::Unknown(missing) = &source.public_address else { panic!() };
    assert_eq!(operations(missing), ["DescribeNetworkInterfaces"]);
    // Subnets and groups that were given on their own say nothing when they leave the word out.
    let bare = json!({ "awsvpcConfiguration": { "subnets": ["subnet-a"], "securityGroups": ["sg-t"] } });
    let source = vpc(origin(&[alone, bare], Traffic::Start));
    assert!(matches!(source.public_address, PublicAddress::Unknown(_)));
}

#[test]
fn old_platforms_log_in_over_fargates_own_interface() {
    let old = task(json!({ "platformVersion": "1.3.0" }));
    assert_eq!(origin(from_ref(&old), Traffic::Secrets), Origin::Outside(Outside::FargateInterface));
    assert!(matches!(origin(&[old], Traffic::Start), Origin::Vpc(_)));
    let windows = task(json!({ "platformVersion": "1.0.0", "platformFamily": "Windows_Server_2022_Core" }));
    assert!(matches!(origin(&[windows], Traffic::Secrets), Origin::Vpc(_)));
    assert!(matches!(origin(&[task(json!({}))], Traffic::Secrets), Origin::Vpc(_)));
}

#[test]
fn on_ec2_the_agent_uses_the_instance_and_the_application_the_task() {
    let instance_arn = "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/9";
    let task =
        task(json!({ "launchType": "EC2", "platformVersion": null, "containerInstanceArn": instance_arn }));
    let origin_of = |more: &[Value], traffic| {
        let documents: Vec<Value> =
            [task.clone(), definition("awsvpc")].iter().chain(more).cloned().collect();
        origin(&documents, traffic)
    };
    let Origin::Unknown(missing) = origin_of(&[], Traffic::Start) else { panic!() };
    assert_eq!(operations(&missing), ["DescribeContainerInstances"]);
    let known =
        json!({ "containerInstances": [{ "containerInstanceArn": instance_arn, "ec2InstanceId": "i-1" }] });
    let Origin::Unknown(missing) = origin_of(from_ref(&known), Traffic::Start) else { panic!() };
    assert_eq!(operations(&missing), ["DescribeInstances"]);
    let instance = |state: &str| {
        json!({ "Reservations": [{ "Instances": [{
        "InstanceId": "i-1", "InstanceType": "m5.large", "SubnetId": "subnet-h", "State": { "Name": state },
        "SecurityGroups": [{ "GroupId": "sg-h" }], "PrivateIpAddress": "10.0.8.1",
    }] }] })
    };
    let source = vpc(origin_of(&[known.clone(), instance("running")], Traffic::Start));
    assert_eq!((source.interface, source.subnets[0].text.as_str()), (Interface::Instance, "subnet-h"));
    assert!(matches!(source.public_address, PublicAddress::No(_)));
    let source = vpc(origin_of(&[known.clone(), instance("terminated")], Traffic::Start));
    assert!(matches!(source.public_address, PublicAddress::Unknown(_)));
    // The task's own interface never has a public address on EC2.
    let source = vpc(origin_of(&[known, instance("running")], Traffic::Application));
    assert_eq!((source.interface, source.subnets[0].text.as_str()), (Interface::Task, "subnet-a"));
    assert!(matches!(source.public_address, PublicAddress::No(_)));
}

#[test]
fn in_bridge_and_host_mode_the_instance_carries_all() {
    for mode in ["bridge", "host"] {
        let task = task(json!({ "launchType": "EC2", "attachments": [] }));
        for traffic in [Traffic::Start, Traffic::Application, Traffic::Secrets, Traffic::Agent] {
            assert!(
                matches!(origin(&[task.clone(), definition(mode)], traffic), Origin::Unknown(_)),
                "{mode}"
            );
        }
    }
    let task = task(json!({ "launchType": "EC2", "attachments": [] }));
    let none = origin(&[task, definition("none")], Traffic::Application);
    assert_eq!(none, Origin::Outside(Outside::NoNetwork));
}

#[test]
fn machines_of_ecs_anywhere_are_outside() {
    let task = task(json!({ "launchType": "EXTERNAL" }));
    assert_eq!(origin(&[task], Traffic::Start), Origin::Outside(Outside::ExternalInstance));
}
