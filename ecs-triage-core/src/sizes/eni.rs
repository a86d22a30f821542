//! How many `awsvpc` tasks the network interfaces of an instance allow.

/// The network interfaces an instance type has.
///
/// The numbers are those of EC2's instance type pages, for example 3 for a c5.large, 12 with trunking.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EniLimits {
    /// Interfaces without trunking.
    pub interfaces: u32,
    /// Interfaces with trunking, trunk included; `None` for a type that does not support it.
    pub trunked_interfaces: Option<u32>,
}

/// Tasks in network mode `awsvpc` that fit on an instance at a time.
///
/// One interface is the instance's own; with trunking one more is the trunk. `has_trunk` is the attribute
/// `ecs.awsvpc-trunk-id` of the container instance; the account setting counts only for instances launched
/// after it. Interfaces that somebody attached by hand take room too.
#[must_use]
pub fn awsvpc_tasks(limits: EniLimits, has_trunk: bool) -> u32 {
    match limits.trunked_interfaces {
        Some(interfaces) if has_trunk => interfaces.saturating_sub(2),
        _ => limits.interfaces.saturating_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_interface_is_the_instances_own() {
        let large = EniLimits { interfaces: 3, trunked_interfaces: Some(12) };
        assert_eq!(awsvpc_tasks(large, false), 2);
        assert_eq!(awsvpc_tasks(large, true), 10);
        let without = EniLimits { interfaces: 2, trunked_interfaces: None };
        assert_eq!(awsvpc_tasks(without, true), 1);
        assert_eq!(awsvpc_tasks(EniLimits { interfaces: 0, trunked_interfaces: Some(1) }, true), 0);
    }
}
