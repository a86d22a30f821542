//! What can stop the traffic.

use std::fmt;

/// What stops the traffic, with the ids of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocker {
    /// The subnet's route table has no route out of the VPC.
    NoDefaultRoute {
        /// The route table that the subnet uses.
        route_table: String,
    },
    /// The subnet's route table has no route to the address.
    NoRoute {
        /// The route table that the subnet uses.
        route_table: String,
        /// The address.
        destination: String,
    },
    /// The route leads to something that is gone; there is no fall-back to a shorter prefix.
    Blackhole {
        /// The route table.
        route_table: String,
        /// The range that the route is for.
        destination: String,
        /// What the route leads to.
        target: String,
    },
    /// The way out is an internet gateway, and the network interface has no public address.
    NoPublicAddress {
        /// The subnet.
        subnet: String,
        /// The internet gateway.
        gateway: String,
    },
    /// The NAT gateway does not work.
    NatUnhealthy {
        /// The NAT gateway.
        nat: String,
        /// Its state: `pending`, `failed`, `deleting` or `deleted`.
        state: String,
        /// The route table that leads to it.
        route_table: String,
    },
    /// The NAT gateway has no way to the internet itself: it stands in a private subnet.
    NatWithoutInternet {
        /// The NAT gateway.
        nat: String,
        /// The route table of the NAT gateway.
        route_table: String,
    },
    /// The NAT gateway is a private one, whose traffic an internet gateway drops.
    PrivateNat {
        /// The NAT gateway.
        nat: String,
        /// The route table that leads to it.
        route_table: String,
    },
    /// Security groups of the interface endpoint do not let the source in; there is no fall-back to NAT, as
    /// the service's name leads to the endpoint.
    EndpointSecurityGroup {
        /// The endpoint.
        endpoint: String,
        /// Its security groups.
        groups: Vec<String>,
        /// The port.
        port: u16,
    },
    /// Security groups of the target do not let the source in.
    TargetSecurityGroup {
        /// The mount target or network interface.
        target: String,
        /// Its security groups.
        groups: Vec<String>,
        /// The port.
        port: u16,
    },
    /// There is an endpoint, but the service's name does not lead to it, and there is no other way.
    EndpointPrivateDnsOff {
        /// The endpoint.
        endpoint: String,
        /// The route table without another way.
        route_table: String,
    },
    /// There is an endpoint with a private name, but the VPC has DNS host names off, so that the name does
    /// not lead to the endpoint, and there is no other way.
    DnsHostnamesOff {
        /// The VPC.
        vpc: String,
        /// The endpoint.
        endpoint: String,
        /// The route table without another way.
        route_table: String,
    },
    /// The VPC has no resolver: no name resolves.
    DnsSupportOff {
        /// The VPC.
        vpc: String,
    },
    /// Security groups of the source let nothing out to the destination.
    EgressSecurityGroup {
        /// The groups.
        groups: Vec<String>,
        /// The port.
        port: u16,
        /// The groups of what was to be reached; none for the internet.
        peers: Vec<String>,
    },
    /// A network ACL lets nothing out of a subnet.
    NaclEgress {
        /// The network ACL.
        acl: String,
        /// Number of the rule that decides; 32767 is the last, which denies.
        rule: i64,
        /// The subnet.
        subnet: String,
        /// First and last port.
        ports: (u16, u16),
    },
    /// A network ACL lets nothing into a subnet.
    NaclIngress {
        /// The network ACL.
        acl: String,
        /// Number of the rule that decides; 32767 is the last, which denies.
        rule: i64,
        /// The subnet.
        subnet: String,
        /// First and last port.
        ports: (u16, u16),
    },
    /// There is a gateway endpoint, but not for the route table that the subnet uses, and there is no other
    /// way.
    GatewayEndpointNotOnRouteTable {
        /// The endpoint.
        endpoint: String,
        /// The route table that the subnet uses.
        route_table: String,
    },
    /// VPC Block Public Access cuts the subnet off.
    BlockPublicAccess {
        /// The subnet.
        subnet: String,
        /// `block-bidirectional` or `block-ingress`.
        mode: String,
    },
    /// There is an endpoint, but for another Region, and there is no other way.
    WrongRegionEndpoint {
        /// The endpoint.
        endpoint: String,
        /// The Region that it is for.
        endpoint_region: String,
        /// The Region that was to be reached.
        region: String,
        /// The route table without another way.
        route_table: String,
    },
    /// The subnet has IPv6 addresses alone, and the destination none.
    Ipv6OnlySubnet {
        /// The subnet.
        subnet: String,
    },
    /// The file system has no mount target in the Availability Zone, so that its name does not resolve.
    NoMountTarget {
        /// The file system.
        file_system: String,
        /// The Availability Zone.
        zone: String,
    },
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Blocker as B;
        match self {
            B::NoDefaultRoute { route_table } => {
                write!(f, "route table `{route_table}` has no route out of the VPC")
            }
            B::NoRoute { route_table, destination } => {
                write!(f, "route table `{route_table}` has no route to `{destination}`")
            }
            B::Blackhole { route_table, destination, target } => write!(
                f,
                "the route for `{destination}` in route table `{route_table}` is a blackhole: its target `{target}` is gone"
            ),
            B::NoPublicAddress { subnet, gateway } => write!(
                f,
                "subnet `{subnet}` leads out by the internet gateway `{gateway}`, which carries public addresses alone, and the network interface has none"
            ),
            B::NatUnhealthy { nat, state, .. } => {
                write!(f, "NAT gateway `{nat}` is `{state}`, not available")
            }
            B::NatWithoutInternet { nat, route_table } => write!(
                f,
                "NAT gateway `{nat}` has no way to the internet itself: its route table `{route_table}` has no default route to an internet gateway"
            ),
            B::PrivateNat { nat, .. } => {
                write!(f, "NAT gateway `{nat}` is private, so an internet gateway drops its traffic")
            }
            B::EndpointSecurityGroup { endpoint, groups, port } => write!(
                f,
                "{} of VPC endpoint `{endpoint}` {} not let the source in on port {port}",
                named(groups),
                does(groups)
            ),
            B::TargetSecurityGroup { target, groups, port } => write!(
                f,
                "{} of `{target}` {} not let the source in on port {port}",
                named(groups),
                does(groups)
            ),
            B::EndpointPrivateDnsOff { endpoint, route_table } => write!(
                f,
                "VPC endpoint `{endpoint}` has private DNS off, so nothing uses it, and route table `{route_table}` has no other way out"
            ),
            B::DnsHostnamesOff { vpc, endpoint, route_table } => write!(
                f,
                "VPC `{vpc}` has DNS host names off, so no name leads to VPC endpoint `{endpoint}`, and route table `{route_table}` has no other way out"
            ),
            B::DnsSupportOff { vpc } => {
                write!(f, "VPC `{vpc}` has DNS resolution off, so no name resolves in it")
            }
            B::EgressSecurityGroup { groups, port, .. } => write!(
                f,
                "{} of the source {} not let traffic out to the destination on port {port}",
                named(groups),
                does(groups)
            ),
            B::NaclEgress { acl, rule, subnet, ports } => write!(
                f,
                "rule {rule} of network ACL `{acl}` lets no traffic to {} out of subnet `{subnet}`",
                Ports(*ports)
            ),
            B::NaclIngress { acl, rule, subnet, ports } => write!(
                f,
                "rule {rule} of network ACL `{acl}` lets no traffic to {} into subnet `{subnet}`",
                Ports(*ports)
            ),
            B::GatewayEndpointNotOnRouteTable { endpoint, route_table } => write!(
                f,
                "gateway endpoint `{endpoint}` is not on route table `{route_table}`, which has no other way out"
            ),
            B::BlockPublicAccess { subnet, mode } => {
                write!(f, "VPC Block Public Access (`{mode}`) cuts subnet `{subnet}` off from the internet")
            }
            B::WrongRegionEndpoint { endpoint, endpoint_region, region, route_table } => write!(
                f,
                "VPC endpoint `{endpoint}` is for `{endpoint_region}` and not for `{region}`, and route table `{route_table}` has no other way out"
            ),
            B::Ipv6OnlySubnet { subnet } => write!(
                f,
                "subnet `{subnet}` has IPv6 addresses alone and no NAT64, and the destination has none"
            ),
            B::NoMountTarget { file_system, zone } => {
                write!(f, "file system `{file_system}` has no mount target in `{zone}`")
            }
        }
    }
}

struct Ports((u16, u16));

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            (first, last) if first == last => write!(f, "port {first}"),
            (first, last) => write!(f, "ports {first} to {last}"),
        }
    }
}

fn named(groups: &[String]) -> String {
    let quoted: Vec<String> = groups.iter().map(|group| format!("`{group}`")).collect();
    match quoted.as_slice() {
        [] => "the default security group".to_owned(),
        [only] => format!("security group {only}"),
        several => format!("security groups {}", several.join(", ")),
    }
}

fn does(groups: &[String]) -> &'static str {
    if groups.len() > 1 { "do" } else { "does" }
}
