//! Events of EventBridge.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html>

use super::{Contents, Holds, Wrapper};
use crate::evidence::{Kind, bare};

pub(super) fn open(event: &Wrapper<'_>) -> Option<Contents> {
    let detail = event.pointer("detail")?;
    let Some(detail_type) = event.text("detail-type") else {
        let inside = event.get("detail")?.1;
        if bare::is_service_action(inside) {
            return Some(Contents::of("", Holds::Object(Kind::ServiceAction)));
        }
        // As `PutEvents` takes it.
        if inside.is_string() && event.text("detailType").is_some() {
            return Some(Contents::of(detail, Holds::Event));
        }
        // A rule's target may have been given the detail alone, or the envelope was cut off.
        return inside.is_object().then(|| Contents::of(detail, Holds::Anything));
    };
    let contents = Contents::default().at("/time");
    let is_object = event.get("detail")?.1.is_object();
    Some(match detail_type {
        "ECS Task State Change" if is_object => contents.add(detail, Holds::Object(Kind::Task)),
        "ECS Container Instance State Change" if is_object => {
            contents.add(detail, Holds::Object(Kind::ContainerInstance))
        }
        "ECS Container Instance Health Change" if is_object => {
            contents.add(detail, Holds::Object(Kind::InstanceHealthChange))
        }
        "Batch Job State Change" if is_object => contents.add(detail, Holds::Object(Kind::Job)),
        // The service is named outside `detail`, so the whole event is read.
        "ECS Service Action" | "ECS Deployment State Change" if is_object => {
            contents.add("", Holds::Object(Kind::ServiceAction))
        }
        _ => contents.add(detail, Holds::Anything),
    })
}
