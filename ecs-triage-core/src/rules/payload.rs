//! Particulars that many causes share.

use crate::image::{EcrRegistry, ImageReference};
use crate::signals::message::{EndpointKind, Message};
use crate::signals::{Facts, Statement, Subject};

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

        impl crate::rules::payload::Particulars for $name {
            fn facts(&self, _facts: &mut crate::signals::Facts) {
                $(
                    if let Some(value) = &self.$field {
                        const NAME: &crate::rules::payload::Camel<{ stringify!($field).len() }> =
                            &crate::rules::payload::Camel::of(stringify!($field));
                        const TEXT: &str = NAME.as_str();
                        crate::rules::payload::Particular::fact(value, TEXT, _facts);
                    }
                )*
            }

            fn known(&self) -> usize {
                0 $( + usize::from(self.$field.is_some()) )*
            }
        }

        impl crate::rules::payload::Particular for $name {
            fn texts(&mut self, _member: &'static str, _visit: &mut dyn FnMut(&str, &mut String)) {
                $( crate::rules::payload::Particular::texts(&mut self.$field, stringify!($field), _visit); )*
            }
        }
    )* };
}
pub(crate) use payloads;

/// The particulars of a cause.
pub(crate) trait Particulars: Particular {
    /// Adds those that are known as facts under the names that they have in a report: texts, lists of texts and numbers.
    fn facts(&self, facts: &mut Facts);

    /// How many are known.
    fn known(&self) -> usize;
}

/// The value of one of the particulars.
pub(crate) trait Particular {
    /// Calls `visit` with every text and the member that holds it.
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String));

    /// The text that it is.
    fn text(&self) -> Option<&str> {
        None
    }

    /// Adds it as a fact, unless it is neither a text nor a list of texts nor a number.
    fn fact(&self, name: &'static str, facts: &mut Facts) {
        facts.set(name, self.text());
    }
}

impl Particular for String {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        visit(member, self);
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: Particular> Particular for Option<T> {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(member, visit));
    }
}

impl<T: Particular> Particular for Vec<T> {
    fn texts(&mut self, member: &'static str, visit: &mut dyn FnMut(&str, &mut String)) {
        self.iter_mut().for_each(|inner| inner.texts(member, visit));
    }

    fn fact(&self, name: &'static str, facts: &mut Facts) {
        facts.set_many(name, self.iter().filter_map(T::text));
    }
}

impl Particular for bool {
    fn texts(&mut self, _: &'static str, _: &mut dyn FnMut(&str, &mut String)) {}
}

macro_rules! numbers {
    ($( $kind:ty ),*) => { $(
        impl Particular for $kind {
            fn texts(&mut self, _: &'static str, _: &mut dyn FnMut(&str, &mut String)) {}

            fn fact(&self, name: &'static str, facts: &mut Facts) {
                // As a report has it: 90.0 seconds.
                facts.set(name, serde_json::to_string(self).ok().filter(|number| number != "null"));
            }
        }
    )* };
}

numbers!(f64, i64, u16, u32, u64, usize);

/// The name of a member as a report has it: `registry_account` becomes `registryAccount`.
pub(crate) struct Camel<const N: usize> {
    letters: [u8; N],
    count: usize,
}

impl<const N: usize> Camel<N> {
    pub(crate) const fn of(snake: &str) -> Self {
        let mut name = Self { letters: [0; N], count: 0 };
        let (mut at, mut is_next) = (0, false);
        while at < N {
            let letter = snake.as_bytes()[at];
            if letter == b'_' {
                is_next = true;
            } else {
                name.letters[name.count] = if is_next { letter.to_ascii_uppercase() } else { letter };
                name.count += 1;
                is_next = false;
            }
            at += 1;
        }
        name
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.letters.split_at(self.count).0) {
            Ok(name) => name,
            Err(_) => panic!("the name of a member is ASCII"),
        }
    }
}

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

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro declares what other crates use")]
mod tests {
    use super::*;

    payloads! {
        /// One particular of each kind.
        Sample {
            /// A text.
            first_text: String,
            /// Nothing.
            not_known: String,
            /// A list.
            many_texts: Vec<String>,
            /// A number.
            s3_size: i64,
            /// Another one.
            seconds: f64,
            /// A flag.
            is_so: bool,
        }
    }

    #[test]
    fn facts_have_the_names_and_values_of_a_report() {
        let sample = Sample {
            first_text: Some("a".into()),
            not_known: None,
            many_texts: Some(vec!["b".into(), "c".into()]),
            s3_size: Some(-5),
            seconds: Some(90.0),
            is_so: Some(true),
        };
        let mut facts = Facts::default();
        sample.facts(&mut facts);
        let mut expected = Facts::default();
        expected.set("firstText", Some("a"));
        expected.set_many("manyTexts", ["b", "c"]);
        expected.set("s3Size", Some("-5"));
        expected.set("seconds", Some("90.0"));
        assert_eq!(facts, expected);
        let members = serde_json::to_value(&sample).unwrap();
        assert_eq!(sample.known(), members.as_object().unwrap().len());
        for name in ["firstText", "manyTexts", "s3Size", "seconds", "isSo"] {
            assert!(members.get(name).is_some(), "{name}");
        }
    }
}
