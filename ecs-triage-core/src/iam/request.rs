//! What is asked of the policies.

use super::context::{Context, KeyState};
use super::pattern::{Symbol, symbols};
use super::principal::Principal;

/// A request: who does what to which resource, in which context.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) principal: Principal,
    pub(super) action: String,
    pub(super) resource: Resource,
    pub(super) context: Context,
}

/// The resource of a request; a part of its ARN may be unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    text: Vec<Symbol>,
    account: Option<String>,
}

/// Who decides about a resource beside the identity's own policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// In the same account the identity's policies are enough.
    Account,
    /// A role: its trust policy must allow.
    Role,
    /// A KMS key: its key policy must allow.
    Key,
}

impl Request {
    /// A request. `action` is `service:Name`, in any case.
    #[must_use]
    pub fn new(principal: Principal, action: &str, resource: Resource, context: Context) -> Self {
        Self { principal, action: action.to_owned(), resource, context }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html> for roles,
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html> for keys.
    pub(super) fn owner(&self) -> Owner {
        let action = self.action.to_ascii_lowercase();
        match action.split_once(':') {
            Some(("sts", name)) if name.starts_with("assumerole") => Owner::Role,
            Some(("sts", "tagsession" | "setsourceidentity")) => Owner::Role,
            Some(("kms", _)) if self.resource.is_kms_key() => Owner::Key,
            _ => Owner::Account,
        }
    }

    /// The context with what follows from the principal and the resource.
    pub(super) fn full_context(&self) -> Context {
        let mut context = self.context.clone();
        self.principal.describe(&mut context);
        if let Some(account) = &self.resource.account {
            context.fill("aws:ResourceAccount", || KeyState::value(account));
        }
        context
    }
}

impl Resource {
    /// The resource with this ARN.
    #[must_use]
    pub fn arn(arn: &str) -> Self {
        let account = arn.split(':').nth(4).filter(|account| !account.is_empty() && *account != "aws");
        Self { text: symbols(arn), account: account.map(str::to_owned) }
    }

    /// `*`, for actions that know no resources, such as `ecr:GetAuthorizationToken`.
    #[must_use]
    pub fn all() -> Self {
        Self { text: symbols("*"), account: None }
    }

    /// A resource of whose ARN only the beginning is known, such as a log stream not yet named.
    #[must_use]
    pub fn starting_with(prefix: &str) -> Self {
        let mut resource = Self::arn(prefix);
        resource.text.push(Symbol::HiddenTail);
        resource
    }

    /// A secret whose ARN is known without the hyphen and the six random characters at its end.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html>
    #[must_use]
    pub fn secret_without_suffix(arn: &str) -> Self {
        let mut resource = Self::arn(arn);
        resource.text.push(Symbol::Char('-'));
        resource.text.extend([Symbol::HiddenChar; 6]);
        resource
    }

    /// The same resource in a known account, for ARNs without one, such as those of S3.
    #[must_use]
    pub fn in_account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// The account that owns the resource, if it is known.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    pub(super) fn text(&self) -> &[Symbol] {
        &self.text
    }

    pub(super) fn is_all(&self) -> bool {
        self.text == [Symbol::Char('*')]
    }

    fn is_kms_key(&self) -> bool {
        let resource = self.text.splitn(6, |symbol| *symbol == Symbol::Char(':')).nth(5);
        resource.is_some_and(|resource| resource.starts_with(&symbols("key/")))
    }
}
