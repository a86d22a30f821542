//! Evidence that is text: a message on its own, or the error that a call ended in.

use serde_json::Value;

use super::Citation;
use super::node::{Node, Read};
use super::shape::Shape;

macro_rules! texts {
    ($( $(#[$doc:meta])* $view:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $view<'e>(Node<'e>, &'e str);

        impl std::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($view)).field(&self.0).finish()
            }
        }

        impl<'e> $view<'e> {
            /// The text.
            pub fn text(&self) -> &'e str {
                self.1
            }

            /// The place this was read from.
            pub fn node(&self) -> &Node<'e> {
                &self.0
            }
        }

        impl<'e> Read<'e> for $view<'e> {
            const SHAPE: Shape = Shape::Text;
            fn read(node: &Node<'e>) -> Option<Self> {
                match node.value() {
                    Value::String(text) => Some(Self(node.clone(), text)),
                    _ => None,
                }
            }
        }
    )* };
}

texts! {
    /// A message that somebody pasted without the object it came from.
    MessageText;
    /// A line of a log without its time; may hold secrets.
    LogLine;
    /// The ARN of a task, as `ListTasks` answers.
    TaskArn;
    /// The ARN of a container instance, as `ListContainerInstances` answers.
    ContainerInstanceArn;
    /// The ARN of a service, as `ListServices` answers.
    ServiceArn;
    /// The name of an inline policy of a role, as `ListRolePolicies` answers.
    InlinePolicyName;
    /// The name of a parameter that does not exist, as `GetParameters` answers.
    InvalidParameter;
    /// The id of a mount target's security group, as `DescribeMountTargetSecurityGroups` answers.
    MountTargetSecurityGroup;
}

/// The error that a call ended in: an object of code and message, or the line that the CLI printed.
#[derive(Clone, Debug)]
pub struct ApiError<'e>(Node<'e>);

impl<'e> ApiError<'e> {
    const CODE: &'static [&'static str] = &["Code", "__type", "errorCode", "Error", "name"];
    const MESSAGE: &'static [&'static str] = &["Message", "errorMessage", "Cause"];

    /// Error code, such as `AccessDeniedException`.
    pub fn code(&self) -> Option<&'e str> {
        let code = match self.0.value() {
            Value::String(text) => CliError::parse(text)?.code,
            _ => self.0.get_any(Self::CODE)?.value().as_str()?,
        };
        // The wire carries `com.amazonaws.ecs#ClusterNotFoundException`, Step Functions `ECS.…`.
        code.rsplit(['#', '.']).next()
    }

    /// What the service said.
    pub fn message(&self) -> Option<&'e str> {
        match self.0.value() {
            Value::String(text) => Some(CliError::parse(text).map_or(text.as_str(), |error| error.message)),
            _ => self.0.get_any(Self::MESSAGE)?.value().as_str(),
        }
    }

    /// Operation, when the error names it.
    pub fn operation(&self) -> Option<&'e str> {
        match self.0.value() {
            Value::String(text) => Some(CliError::parse(text)?.operation),
            _ => self.0.get_any(&["Operation", "eventName"])?.value().as_str(),
        }
    }

    /// The place this was read from.
    pub fn node(&self) -> &Node<'e> {
        &self.0
    }

    /// Cites `Code` or `Message`, in whatever spelling the document has it.
    pub fn cite(&self, key: &str) -> Citation {
        let keys = if key == "Code" { Self::CODE } else { Self::MESSAGE };
        self.0.get_any(keys).as_ref().unwrap_or(&self.0).citation()
    }
}

impl<'e> Read<'e> for ApiError<'e> {
    const SHAPE: Shape = Shape::Any;
    fn read(node: &Node<'e>) -> Option<Self> {
        Some(Self(node.clone()))
    }
}

/// `An error occurred (CODE) when calling the OPERATION operation (reached max retries: 4): MESSAGE`.
pub(crate) struct CliError<'t> {
    pub(crate) code: &'t str,
    pub(crate) operation: &'t str,
    pub(crate) message: &'t str,
}

impl<'t> CliError<'t> {
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (_, rest) = text.split_once("An error occurred (")?;
        let (code, rest) = rest.split_once(") when calling the ")?;
        let (operation, rest) = rest.split_once(" operation")?;
        let message = rest.split_once(": ").map_or("", |(_, message)| message);
        Some(Self { code, operation, message: message.trim() })
    }
}
