//! Roles and policies.
