//! Particulars that many causes share.

use crate::image::{EcrRegistry, ImageReference};
use crate::signals::message::{EndpointKind, Message};
use crate::signals::{Statement, Subject};

macro_rules! payloads {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$field_doc:meta])* $field:ident : $kind:ty, )* } )*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$kind>, )*
        }

        impl crate::rules::payload::Texts for $name {
            fn texts(&mut self, _member: &'static str, _visit: &mut dyn FnMut(&str, &mut String)) {
                $( self.$field.texts(stringify!($field), _visit); )*
            }
        }
    )* };
}
pub(crate) use payloads;

/// What may hold texts from the evidence.
pub(crate) trait Texts {
    /// Calls `visit` with every text and the member that holds it.
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String));
}

impl Texts for String {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        visit(member, self);
    }
}

impl<T: Texts> Texts for Option<T> {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(member, visit));
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(member, visit));
    }
}

macro_rules! without_texts {
    ($( $kind:ty ),*) => { $(
        impl Texts for $kind {
            fn texts(&mut self, _: &'static str, _: &mut dyn FnMut(&str, &mut String)) {}
        }
    )* };
}

without_texts!(bool, f64, i64, u16, u32, u64, usize);

payloads! {
    /// The particulars of an image that could not be pulled.
    Pull {
        /// Image reference as the task definition has it.
        image: String,
        /// Registry host.
        registry: String,
        /// Repository.
        repository: String,
        /// Tag.
        tag: String,
        /// Digest.
        digest: String,
        /// Account of an ECR registry.
        registry_account: String,
        /// Region of an ECR registry.
        registry_region: String,
        /// HTTP status that the registry answered.
        http_status: u16,
    }

    /// The particulars of a refused action.
    Access {
        /// Role that was refused: `execution`, `task`, `infrastructure`, `instance` or `service`.
        role_kind: String,
        /// Name of the role.
        role: String,
        /// Principal as AWS names it.
        principal: String,
        /// Action, such as `ecr:GetAuthorizationToken`.
        action: String,
        /// ARN of the resource.
        resource: String,
        /// Policy that refused: `identity`, `resource`, `vpc-endpoint`, `permissions-boundary`, ….
        denied_by: String,
        /// Whether a statement denies it, rather than none allowing it.
        explicit: bool,
        /// ARN of the policy that refused, where the message names it.
        policy: String,
    }

    /// The particulars of a connection that could not be made.
    Connection {
        /// What was being reached: `ecr.api`, `logs`, `secretsmanager`, ….
        endpoint: String,
        /// Host.
        host: String,
        /// Address that was dialled.
        address: String,
        /// Port.
        port: u16,
        /// How it failed.
        failure: String,
        /// Region of the endpoint.
        endpoint_region: String,
    }

    /// The particulars of a cause that names one thing.
    Named {
        /// The thing: a volume, a file system, a secret, a parameter, a log group, a program, ….
        name: String,
    }

    /// A cause without particulars.
    Plain {
    }
}

impl Pull {
    /// The image that a message names, else the image of the container it is about.
    pub(crate) fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        match Self::image(statement, subject) {
            Some(image) => Self { http_status: statement.message.http_status(), ..Self::of_image(&image) },
            None => Self::of_registry(&statement.message),
        }
    }

    /// The parts of an image reference.
    pub(crate) fn of_image(image: &ImageReference) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let ecr = image.ecr();
        Self {
            registry: owned(image.host()),
            repository: owned(Some(image.repository())),
            tag: owned(image.tag()),
            digest: owned(image.digest()),
            registry_account: ecr
                .as_ref()
                .map(|ecr| ecr.account.clone())
                .filter(|account| is_account(account)),
            registry_region: ecr.map(|ecr| ecr.region),
            http_status: None,
            image: Some(image.as_str().to_owned()),
        }
    }

    /// The registry alone, where the message names no image.
    fn of_registry(message: &Message) -> Self {
        let registries = [
            EndpointKind::EcrDkr,
            EndpointKind::EcrPublic,
            EndpointKind::DockerHub,
            EndpointKind::OtherRegistry,
        ];
        let is_registry = message.endpoint().is_some_and(|endpoint| registries.contains(&endpoint.kind));
        let host = message.host().filter(|_| is_registry && message.is_pull());
        let ecr = host.and_then(EcrRegistry::of_host);
        Self {
            registry: host.map(str::to_owned),
            registry_account: ecr
                .as_ref()
                .map(|ecr| ecr.account.clone())
                .filter(|account| is_account(account)),
            registry_region: ecr.map(|ecr| ecr.region),
            http_status: message.http_status(),
            ..Self::default()
        }
    }

    /// The image reference: as the message has it, or as the task has it where that says more.
    pub(crate) fn image(statement: &Statement, subject: &Subject<'_>) -> Option<ImageReference> {
        let named = statement.message.image();
        let own = own_image(statement, subject);
        match (named, own) {
            (Some(named), Some(own))
                if named.tag().is_none()
                    && named.digest().is_none()
                    && named.repository() == own.repository() =>
            {
                Some(own)
            }
            (Some(named), _) => Some(named.clone()),
            (None, own) => own,
        }
    }
}

/// Twelve digits; people who paste a message blank the number out.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The image of the container that a message is about, or of the task's only one.
fn own_image(statement: &Statement, subject: &Subject<'_>) -> Option<ImageReference> {
    let name = statement.container.as_deref();
    subject.task.as_ref()?;
    let exit = match subject.exits.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|exit| name.is_some() && exit.view.name() == name),
    };
    let container = exit.map(|exit| &exit.view);
    let shown = container.and_then(|container| container.image());
    let defined = || {
        let name = name.or(container.and_then(|container| container.name()));
        let definitions = subject.definition.as_ref()?.container_definitions();
        match definitions.as_slice() {
            [only] => only.image(),
            several => several.iter().find(|defined| name.is_some() && defined.name() == name)?.image(),
        }
    };
    shown.or_else(defined).map(ImageReference::from)
}

impl Connection {
    /// The connection that a message says could not be made.
    pub(crate) fn of(statement: &Statement) -> Self {
        let message = &statement.message;
        let endpoint = message.endpoint();
        Self {
            endpoint: endpoint.map(|endpoint| endpoint.kind.as_str().to_owned()),
            endpoint_region: endpoint.and_then(|endpoint| endpoint.region.clone()),
            host: message.host().map(str::to_owned),
            address: message.peer().map(|peer| peer.address.to_string()),
            port: message.peer().and_then(|peer| peer.port),
            failure: message.transport().map(|transport| transport.as_str().to_owned()),
        }
    }
}
