//! Amazon ECS.

use aws_config::SdkConfig;
use aws_sdk_ecs::Client;
use serde_json::Value;

use crate::sdk::raw::operations;
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    operations!(client, call, {
        "DescribeCapacityProviders" => describe_capacity_providers,
        "DescribeClusters" => describe_clusters,
        "DescribeContainerInstances" => describe_container_instances,
        "DescribeServiceDeployments" => describe_service_deployments,
        "DescribeServices" => describe_services,
        "DescribeTaskDefinition" => describe_task_definition,
        "DescribeTasks" => describe_tasks,
        "GetTaskProtection" => get_task_protection,
        "ListClusters" => list_clusters,
        "ListContainerInstances" => list_container_instances,
        "ListServiceDeployments" => list_service_deployments,
        "ListServices" => list_services,
        "ListTasks" => list_tasks,
    })
}
