//! Objects as infrastructure code has them: CloudFormation templates and Terraform plans.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html>

use super::{Contents, Holds, Wrapper};
use crate::evidence::Kind;

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    if let Some((key, resources)) = wrapper.get("Resources") {
        let resources = resources.as_object()?;
        let known = resources
            .iter()
            .filter(|(_, resource)| Wrapper::new(resource).is_some_and(|r| kind(&r).is_some()));
        let pointers: Vec<_> =
            known.map(|(name, _)| crate::evidence::node::join(&format!("/{key}"), name)).collect();
        return (!pointers.is_empty()).then(|| Contents::of_all(pointers, Holds::Anything));
    }
    if let Some(kind) = kind(wrapper) {
        return Some(Contents::of(wrapper.pointer("Properties")?, Holds::Object(kind)));
    }
    if wrapper.text("type") == Some("aws_ecs_task_definition") {
        let (key, values) = wrapper.get("values")?;
        let definitions = Wrapper::new(values)?.pointer("container_definitions")?;
        return Some(Contents::of(format!("/{key}{definitions}"), Holds::Anything));
    }
    None
}

/// The kind of a CloudFormation resource, whose properties are named as the members of the API's objects.
fn kind(resource: &Wrapper<'_>) -> Option<Kind> {
    resource.has("Properties").then_some(())?;
    match resource.text("Type")? {
        "AWS::ECS::TaskDefinition" => Some(Kind::TaskDefinition),
        "AWS::ECS::Service" => Some(Kind::Service),
        "AWS::IAM::Role" => Some(Kind::Role),
        _ => None,
    }
}
