//! Evidence that is text: a message on its own, or the error that a call ended in.

use serde_json::Value;

use super::node::{Node, Read, Shape, views};

macro_rules! texts {
    ($( $(#[$doc:meta])* $view:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $view<'e>(Node<'e>, &'e str);

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
    /// The ARN of a task, as `ListTasks` answers.
    TaskArn;
    /// The ARN of a container instance, as `ListContainerInstances` answers.
    ContainerInstanceArn;
}

views! {
    /// The error that a call ended in.
    ApiError {
        /// Error code, such as `AccessDeniedException`.
        code: text = "Code" | "__type" | "errorCode";
        /// What the service said.
        message: text = "Message" | "errorMessage";
        /// Operation, when the text that was pasted names it.
        operation: text = "Operation" | "eventName";
    }
}
