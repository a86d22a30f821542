//! Quotas and capacity of AWS.
