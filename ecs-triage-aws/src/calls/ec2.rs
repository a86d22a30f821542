//! Amazon EC2.

use aws_config::SdkConfig;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Filter, VpcAttributeName};
use serde_json::Value;

use crate::convert::ec2 as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

/// Makes the operation that a call names, with the parameter that holds ids, that of filters, and the token of a page.
macro_rules! describe {
    ($client:expr, $call:expr, $params:expr, {
        $( $operation:literal => $method:ident ( $ids:literal $set_ids:ident, $filters:literal $set_filters:ident ), )*
    }) => {
        match $call.request.operation.as_str() {
            $( $operation => {
                let built = $client.$method().$set_ids($params.texts($ids)).$set_filters($params.filters($filters));
                let sent = built.set_next_token($params.text("NextToken")).send().await;
                sent.map(|answer| convert::$method(&answer)).map_err(failed)
            } )*
            "DescribeVpcAttribute" => {
                let attribute = $params.text("Attribute").map(|name| VpcAttributeName::from(name.as_str()));
                let built = $client.describe_vpc_attribute().set_vpc_id($params.text("VpcId")).set_attribute(attribute);
                built.send().await.map(|answer| convert::describe_vpc_attribute(&answer)).map_err(failed)
            }
            "GetManagedPrefixListEntries" => {
                let built = $client.get_managed_prefix_list_entries().set_prefix_list_id($params.text("PrefixListId"));
                let sent = built.set_next_token($params.text("NextToken")).send().await;
                sent.map(|answer| convert::get_managed_prefix_list_entries(&answer)).map_err(failed)
            }
            _ => Err(CallError::NotAllowed($call.to_string())),
        }
    };
}

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    describe!(client, call, params, {
        "DescribeDhcpOptions" => describe_dhcp_options("DhcpOptionsIds" set_dhcp_options_ids, "Filters" set_filters),
        "DescribeInstances" => describe_instances("InstanceIds" set_instance_ids, "Filters" set_filters),
        // This one operation calls its filters `Filter`.
        "DescribeNatGateways" => describe_nat_gateways("NatGatewayIds" set_nat_gateway_ids, "Filter" set_filter),
        "DescribeNetworkAcls" => describe_network_acls("NetworkAclIds" set_network_acl_ids, "Filters" set_filters),
        "DescribeNetworkInterfaces" =>
            describe_network_interfaces("NetworkInterfaceIds" set_network_interface_ids, "Filters" set_filters),
        "DescribeRouteTables" => describe_route_tables("RouteTableIds" set_route_table_ids, "Filters" set_filters),
        "DescribeSecurityGroups" => describe_security_groups("GroupIds" set_group_ids, "Filters" set_filters),
        "DescribeSubnets" => describe_subnets("SubnetIds" set_subnet_ids, "Filters" set_filters),
        "DescribeVpcEndpoints" => describe_vpc_endpoints("VpcEndpointIds" set_vpc_endpoint_ids, "Filters" set_filters),
        "DescribeVpcs" => describe_vpcs("VpcIds" set_vpc_ids, "Filters" set_filters),
    })
}

impl Params<'_> {
    fn filters(&self, name: &str) -> Option<Vec<Filter>> {
        let filters: Vec<Filter> = self
            .named(name)
            .map(|(name, filter)| {
                let values = filter.get("Values").and_then(Value::as_array).into_iter().flatten();
                let values = values.filter_map(|value| value.as_str().map(str::to_owned)).collect();
                Filter::builder().name(name).set_values(Some(values)).build()
            })
            .collect();
        (!filters.is_empty()).then_some(filters)
    }
}
