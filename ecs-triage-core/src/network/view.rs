//! What the evidence holds of the network, by id, and whether it is all there is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cidr::Cidr;
use super::{Missing, asks};
use crate::evidence::ec2::{
    DhcpOptions, InternetGateway, ManagedPrefixList, NatGateway, NetworkAcl, NetworkInterface, PrefixList,
    PrefixListEntry, RouteTable, RouteTableAssociation, SecurityGroup, Subnet, Vpc, VpcAttribute,
    VpcEndpoint,
};
use crate::evidence::{Answer, Citation, Evidence, Read, View};

/// The network in the evidence. Of several answers about one thing the last one counts.
///
/// It looks at all the evidence once; to ask several questions, keep it.
#[derive(Debug)]
pub struct Network<'e> {
    pub(super) evidence: &'e Evidence,
    pub(crate) subnets: BTreeMap<&'e str, Subnet<'e>>,
    pub(crate) route_tables: BTreeMap<&'e str, RouteTable<'e>>,
    pub(crate) nat_gateways: BTreeMap<&'e str, NatGateway<'e>>,
    pub(crate) internet_gateways: BTreeMap<&'e str, InternetGateway<'e>>,
    pub(crate) endpoints: BTreeMap<&'e str, VpcEndpoint<'e>>,
    pub(crate) security_groups: BTreeMap<&'e str, SecurityGroup<'e>>,
    pub(crate) network_acls: BTreeMap<&'e str, NetworkAcl<'e>>,
    pub(crate) interfaces: BTreeMap<&'e str, NetworkInterface<'e>>,
    pub(crate) vpcs: BTreeMap<&'e str, Vpc<'e>>,
    pub(super) dhcp_options: BTreeMap<&'e str, DhcpOptions<'e>>,
    /// Subnets that a route table or network ACL names, and the one that does.
    table_of_subnet: BTreeMap<&'e str, &'e str>,
    acl_of_subnet: BTreeMap<&'e str, &'e str>,
    main_table_of_vpc: BTreeMap<&'e str, &'e str>,
    /// Whether a route table is shown without the subnets that use it: any could.
    has_cut_table: bool,
    /// Ranges of prefix lists.
    lists: BTreeMap<&'e str, Vec<Cidr>>,
    /// Services whose addresses prefix lists hold.
    list_services: BTreeMap<&'e str, &'e str>,
}

impl<'e> Network<'e> {
    /// The network that `evidence` holds.
    pub fn new(evidence: &'e Evidence) -> Self {
        let mut network = Self {
            evidence,
            subnets: by_id(evidence, Subnet::subnet_id),
            route_tables: by_id(evidence, RouteTable::route_table_id),
            nat_gateways: by_id(evidence, NatGateway::nat_gateway_id),
            internet_gateways: by_id(evidence, InternetGateway::internet_gateway_id),
            endpoints: by_id(evidence, VpcEndpoint::vpc_endpoint_id),
            security_groups: by_id(evidence, SecurityGroup::group_id),
            network_acls: by_id(evidence, NetworkAcl::network_acl_id),
            interfaces: by_id(evidence, NetworkInterface::network_interface_id),
            vpcs: by_id(evidence, Vpc::vpc_id),
            dhcp_options: by_id(evidence, DhcpOptions::dhcp_options_id),
            table_of_subnet: BTreeMap::new(),
            acl_of_subnet: BTreeMap::new(),
            main_table_of_vpc: BTreeMap::new(),
            has_cut_table: false,
            lists: BTreeMap::new(),
            list_services: BTreeMap::new(),
        };
        network.read_associations();
        network.read_prefix_lists();
        network
    }

    fn read_associations(&mut self) {
        self.has_cut_table = self.evidence.all::<RouteTable<'e>>().any(|table| {
            let is_cut = |used: &RouteTableAssociation<'_>| {
                used.subnet_id().is_none() && used.gateway_id().is_none() && used.main() != Some(true)
            };
            let has_uses = table.node().get("Associations").is_some();
            !has_uses || table.route_table_id().is_none() || table.associations().iter().any(is_cut)
        });
        for (id, table) in &self.route_tables {
            for used in table.associations() {
                let state = used.association_state().and_then(|state| state.state());
                // An association with a gateway is for traffic that comes in.
                if state.is_some_and(|state| !is(state, "associated")) || used.gateway_id().is_some() {
                    continue;
                }
                match (used.subnet_id(), used.main(), table.vpc_id()) {
                    (Some(subnet), ..) => {
                        self.table_of_subnet.insert(subnet, id);
                    }
                    (None, Some(true), Some(vpc)) => {
                        self.main_table_of_vpc.insert(vpc, id);
                    }
                    _ => {}
                }
            }
        }
        for (id, acl) in &self.network_acls {
            for used in acl.associations() {
                if let Some(subnet) = used.subnet_id() {
                    self.acl_of_subnet.insert(subnet, id);
                }
            }
        }
    }

    fn read_prefix_lists(&mut self) {
        let evidence = self.evidence;
        // A gateway endpoint to which a route leads tells whose addresses the list holds; a name tells better.
        for route in self.route_tables.values().flat_map(|table| table.routes()) {
            let endpoint = route.gateway_id().and_then(|id| self.endpoints.get(id));
            let name = endpoint.and_then(|endpoint| endpoint.service_name());
            if let (Some(id), Some(name)) = (route.destination_prefix_list_id(), name) {
                self.list_services.insert(id, name);
            }
        }
        for list in evidence.all::<ManagedPrefixList<'e>>() {
            self.name_list(list.prefix_list_id(), list.prefix_list_name());
        }
        for list in evidence.all::<PrefixList<'e>>() {
            self.name_list(list.prefix_list_id(), list.prefix_list_name());
            if let (Some(id), false) = (list.prefix_list_id(), list.cidrs().is_empty()) {
                self.lists.insert(id, list.cidrs().into_iter().filter_map(Cidr::parse).collect());
            }
        }
        for answer in evidence.answers_of("ec2", "GetManagedPrefixListEntries") {
            let asked = answer.request().and_then(|request| request.param("PrefixListId"));
            // An answer does not name its list; one that was not recorded with its request says nothing.
            if let (Some(id), None, false) = (asked, answer.error(), answer.is_cut()) {
                let entries = answer.all::<PrefixListEntry<'e>>();
                self.lists.insert(id, entries.filter_map(|entry| Cidr::parse(entry.cidr()?)).collect());
            }
        }
    }

    fn name_list(&mut self, id: Option<&'e str>, name: Option<&'e str>) {
        if let (Some(id), Some(name)) = (id, name.filter(|name| service_of(name).is_some())) {
            self.list_services.insert(id, name);
        }
    }

    /// The route table that a subnet uses: the one that names it, else the VPC's main one.
    pub(crate) fn route_table_of(&self, subnet: &str, vpc: &str) -> Result<&RouteTable<'e>, Missing> {
        let named = self.table_of_subnet.get(subnet);
        // The main table is known to serve the subnet only when no other table can name it.
        let main = || {
            let main = self.main_table_of_vpc.get(vpc)?;
            let is_whole = !self.has_cut_table && self.is_all_of("DescribeRouteTables", vpc, None);
            is_whole.then_some(main)
        };
        let found = named.or_else(main).and_then(|id| self.route_tables.get(id));
        found.ok_or_else(|| asks::route_tables(vpc, subnet))
    }

    /// The network ACL of a subnet; each has exactly one.
    pub(super) fn acl_of(&self, subnet: &str, vpc: &str) -> Result<&NetworkAcl<'e>, Missing> {
        let found = self.acl_of_subnet.get(subnet).and_then(|id| self.network_acls.get(id));
        found.ok_or_else(|| asks::network_acls(vpc, subnet))
    }

    /// The endpoints of a VPC for one service in any Region, when none can be missing.
    pub(crate) fn endpoints_of(&self, vpc: &str, service: &str) -> Result<Vec<&VpcEndpoint<'e>>, Missing> {
        let is_cut = |endpoint: VpcEndpoint<'_>| {
            endpoint.vpc_endpoint_id().and(endpoint.vpc_id()).and(endpoint.service_name()).is_none()
        };
        let is_whole = self.is_all_of("DescribeVpcEndpoints", vpc, Some(service));
        if !is_whole || self.evidence.all::<VpcEndpoint<'e>>().any(is_cut) {
            return Err(asks::endpoints(vpc));
        }
        let is_of = |endpoint: &&VpcEndpoint<'e>| {
            endpoint.vpc_id() == Some(vpc)
                && endpoint.service_name().and_then(service_of).is_some_and(|(_, found)| found == service)
        };
        Ok(self.endpoints.values().filter(is_of).collect())
    }

    /// The VPC's default security group.
    pub(crate) fn default_group(&self, vpc: &str) -> Option<&SecurityGroup<'e>> {
        let is_it =
            |group: &&SecurityGroup<'e>| group.group_name() == Some("default") && group.vpc_id() == Some(vpc);
        self.security_groups.values().find(is_it)
    }

    /// A switch of the VPC: `EnableDnsSupport` or `EnableDnsHostnames`.
    pub(crate) fn vpc_attribute(&self, vpc: &str, key: &str) -> Option<(bool, VpcAttribute<'e>)> {
        let answers = self.evidence.answers::<VpcAttribute<'e>>();
        let of_vpc = answers.filter(|(attribute, request)| {
            let asked = request.and_then(|request| request.param("VpcId"));
            attribute.vpc_id().or(asked) == Some(vpc)
        });
        let read = of_vpc.filter_map(|(attribute, _)| {
            let value = attribute.node().get(key)?.get("Value")?;
            Some((bool::read(&value)?, attribute))
        });
        read.last()
    }

    /// All IPv4 and IPv6 ranges of a VPC; `None` without the VPC.
    pub(super) fn ranges_of_vpc(&self, vpc: &str) -> Option<Vec<Cidr>> {
        let vpc = self.vpcs.get(vpc)?;
        let v4 = vpc.cidr_block_association_set().into_iter().filter_map(|found| found.cidr_block());
        let v6 =
            vpc.ipv6_cidr_block_association_set().into_iter().filter_map(|found| found.ipv6_cidr_block());
        Some(vpc.cidr_block().into_iter().chain(v4).chain(v6).filter_map(Cidr::parse).collect())
    }

    /// The ranges of a prefix list; `None` when they are not at hand.
    pub(super) fn prefix_list(&self, id: &str) -> Option<&[Cidr]> {
        self.lists.get(id).map(Vec::as_slice)
    }

    /// The AWS service whose addresses a prefix list holds, such as `com.amazonaws.eu-west-1.s3`.
    pub(super) fn prefix_list_service(&self, id: &str) -> Option<&'e str> {
        self.list_services.get(id).copied()
    }

    /// Whether the answers to an operation hold everything of the kind in a VPC.
    ///
    /// An answer of which it is not known what was asked is taken for the whole: that is what the command
    /// prints without options.
    fn is_all_of(&self, operation: &str, vpc: &str, service: Option<&str>) -> bool {
        let answers = self.evidence.answers_of("ec2", operation);
        let covering = answers.filter(|answer| answer.error().is_none() && covers(answer, vpc, service));
        let (mut first, mut last) = (false, false);
        for answer in covering {
            let from = |request: &crate::evidence::Request| request.param("NextToken").is_some();
            first |= !answer.request().is_some_and(from);
            last |= !answer.is_cut();
        }
        first && last
    }
}

fn by_id<'e, V: View<'e>>(
    evidence: &'e Evidence,
    id: impl Fn(&V) -> Option<&'e str>,
) -> BTreeMap<&'e str, V> {
    evidence.all::<V>().filter_map(|view| Some((id(&view)?, view))).collect()
}

/// Whether what was asked leaves nothing out that a VPC has, or has for one service.
fn covers(answer: &Answer<'_>, vpc: &str, service: Option<&str>) -> bool {
    let Some(Value::Object(params)) = answer.request().map(|request| &request.params) else { return true };
    params.iter().all(|(name, value)| match name.to_ascii_lowercase().as_str() {
        "filters" | "filter" => value.as_array().into_iter().flatten().all(|filter| {
            let member = |key: &str| filter.get(key).or_else(|| filter.get(key.to_ascii_lowercase()));
            let values = member("Values").and_then(Value::as_array);
            let has = |wanted: &dyn Fn(&str) -> bool| {
                values.into_iter().flatten().filter_map(Value::as_str).any(wanted)
            };
            match member("Name").and_then(Value::as_str) {
                Some("vpc-id") => has(&|value| value == vpc),
                Some("service-name") => {
                    has(&|value| service_of(value).map(|(_, name)| name) == service && service.is_some())
                }
                _ => false,
            }
        }),
        "maxresults" | "nexttoken" | "dryrun" => true,
        // Ids choose single things.
        _ => value.as_array().is_some_and(Vec::is_empty),
    })
}

/// Region and service of an endpoint service's name: `eu-west-1` and `ecr.dkr` of
/// `com.amazonaws.eu-west-1.ecr.dkr`. In China some have `cn.` in front.
pub(crate) fn service_of(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("cn.").unwrap_or(name).strip_prefix("com.amazonaws.")?.split_once('.')
}

/// The name of the endpoint service of an AWS service, such as `ecr.api`. In China those of ECR have names of their own.
pub(crate) fn endpoint_service(region: &str, service: &str) -> String {
    let domain = if region.starts_with("cn-") && service.starts_with("ecr.") { "cn." } else { "" };
    format!("{domain}com.amazonaws.{region}.{service}")
}

/// Compares words of state, which come in either case.
pub(crate) fn is(state: &str, word: &str) -> bool {
    state.eq_ignore_ascii_case(word)
}

/// A text of the evidence with the place where it stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cited {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub citation: Citation,
}

impl Cited {
    pub(super) fn new(text: impl Into<String>, citation: Citation) -> Self {
        Self { text: text.into(), citation }
    }
}
