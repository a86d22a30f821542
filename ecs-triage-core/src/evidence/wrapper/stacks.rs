//! Events and resources of AWS CloudFormation stacks: why one of ECS failed.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html>

use super::{Contents, Holds, Wrapper};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    for key in ["StackEvents", "StackResources"] {
        if let Some(resources) = wrapper.list_of(key, is_resource) {
            return Some(Contents::of_all(resources, Holds::Anything));
        }
    }
    if !is_resource(wrapper) {
        return None;
    }
    let is_of_ecs = wrapper.text("ResourceType").is_some_and(|kind| kind.starts_with("AWS::ECS::"));
    let has_failed = wrapper.text("ResourceStatus").is_some_and(|status| status.ends_with("_FAILED"));
    let reason = wrapper.pointer("ResourceStatusReason").filter(|_| is_of_ecs && has_failed);
    // Of a resource that is well, or of another service, there is nothing to read here.
    Some(reason.map_or_else(Contents::default, |reason| Contents::of(reason, Holds::Anything)))
}

fn is_resource(resource: &Wrapper<'_>) -> bool {
    resource.text("ResourceType").is_some() && resource.text("ResourceStatus").is_some()
}
