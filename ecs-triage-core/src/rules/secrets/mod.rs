//! Secrets Manager and Parameter Store.

mod registry;

pub(super) use registry::REGISTRY_SECRET_MALFORMED;
