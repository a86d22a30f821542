//! The kinds of object that are read, each with its view.

use super::{Read, Shape, ecs, text};

/// A view of a kind that the evidence keeps an index of.
pub trait View<'e>: Read<'e> {
    /// The kind.
    const KIND: Kind;
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident = $($path:ident)::+ ; )*) => {
        /// A kind of object that is read from responses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Kind {
            $( $(#[$doc])* $kind, )*
        }

        impl Kind {
            /// What the kind's view expects.
            pub fn shape(self) -> &'static Shape {
                match self {
                    $( Kind::$kind => &<$($path)::+<'static> as Read<'static>>::SHAPE, )*
                }
            }
        }

        $( impl<'e> View<'e> for $($path)::+<'e> {
            const KIND: Kind = Kind::$kind;
        } )*
    };
}

kinds! {
    /// A task.
    Task = ecs::Task;
    /// A container on its own.
    Container = ecs::Container;
    /// A revision of a task definition.
    TaskDefinition = ecs::TaskDefinition;
    /// A container definition on its own.
    ContainerDefinition = ecs::ContainerDefinition;
    /// A container health check on its own.
    HealthCheck = ecs::HealthCheck;
    /// A service.
    Service = ecs::Service;
    /// A message of a service's scheduler on its own.
    ServiceEvent = ecs::ServiceEvent;
    /// An event about a service or a deployment.
    ServiceAction = ecs::ServiceAction;
    /// A deployment with its history.
    ServiceDeployment = ecs::ServiceDeployment;
    /// A revision of a service.
    ServiceRevision = ecs::ServiceRevision;
    /// A container instance.
    ContainerInstance = ecs::ContainerInstance;
    /// A cluster.
    Cluster = ecs::Cluster;
    /// A capacity provider.
    CapacityProvider = ecs::CapacityProvider;
    /// What an answer could not do.
    Failure = ecs::Failure;
    /// The ARN of a task.
    TaskArn = text::TaskArn;
    /// The ARN of a container instance.
    ContainerInstanceArn = text::ContainerInstanceArn;
    /// A message on its own.
    Message = text::MessageText;
    /// The error that a call ended in.
    ApiError = text::ApiError;
}

impl Kind {
    /// A name for a document that holds nothing but an object of this kind.
    pub(crate) fn document_name(self) -> &'static str {
        match self {
            Kind::Task | Kind::Container => "task",
            Kind::TaskDefinition | Kind::ContainerDefinition | Kind::HealthCheck => "task-definition",
            Kind::Service | Kind::ServiceEvent => "service",
            Kind::Message => "message",
            _ => "input",
        }
    }
}
