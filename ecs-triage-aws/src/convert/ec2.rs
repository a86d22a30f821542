//! Amazon EC2: networks and instances.

use aws_sdk_ec2::operation::describe_dhcp_options::DescribeDhcpOptionsOutput;
use aws_sdk_ec2::operation::describe_instances::DescribeInstancesOutput;
use aws_sdk_ec2::operation::describe_nat_gateways::DescribeNatGatewaysOutput;
use aws_sdk_ec2::operation::describe_network_acls::DescribeNetworkAclsOutput;
use aws_sdk_ec2::operation::describe_network_interfaces::DescribeNetworkInterfacesOutput;
use aws_sdk_ec2::operation::describe_route_tables::DescribeRouteTablesOutput;
use aws_sdk_ec2::operation::describe_security_groups::DescribeSecurityGroupsOutput;
use aws_sdk_ec2::operation::describe_subnets::DescribeSubnetsOutput;
use aws_sdk_ec2::operation::describe_vpc_attribute::DescribeVpcAttributeOutput;
use aws_sdk_ec2::operation::describe_vpc_endpoints::DescribeVpcEndpointsOutput;
use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsOutput;
use aws_sdk_ec2::operation::get_managed_prefix_list_entries::GetManagedPrefixListEntriesOutput;
use aws_sdk_ec2::types::{
    ArchitectureValues, AttributeBooleanValue, AttributeValue, AvailabilityMode, BlockPublicAccessMode,
    BlockPublicAccessStates, ConnectivityType, DhcpConfiguration, DhcpOptions, DnsOptions, DnsRecordIpType,
    GroupIdentifier, IamInstanceProfile, Instance, InstanceLifecycleType, InstanceState, InstanceStateName,
    InstanceType, IpAddressType, IpPermission, IpRange, Ipv6Range, NatGateway, NatGatewayAddress,
    NatGatewayState, NetworkAcl, NetworkAclAssociation, NetworkAclEntry, NetworkInterface,
    NetworkInterfaceAssociation, NetworkInterfaceIpv6Address, NetworkInterfaceStatus, NetworkInterfaceType,
    Placement, PortRange, PrefixListEntry, PrefixListId, Reservation, Route, RouteOrigin, RouteState,
    RouteTable, RouteTableAssociation, RouteTableAssociationState, RouteTableAssociationStateCode,
    RuleAction, SecurityGroup, SecurityGroupIdentifier, State, StateReason, Subnet,
    SubnetIpv6CidrBlockAssociation, SubnetState, Tenancy, UserIdGroupPair, Vpc, VpcCidrBlockAssociation,
    VpcEndpoint, VpcEndpointType, VpcIpv6CidrBlockAssociation,
};
use serde_json::Value;

use super::{members, words};

words!(
    SubnetState,
    BlockPublicAccessMode,
    RouteTableAssociationStateCode,
    RouteOrigin,
    RouteState,
    NatGatewayState,
    ConnectivityType,
    AvailabilityMode,
    VpcEndpointType,
    State,
    IpAddressType,
    DnsRecordIpType,
    RuleAction,
    NetworkInterfaceStatus,
    NetworkInterfaceType,
    ArchitectureValues,
    InstanceLifecycleType,
    InstanceType,
    InstanceStateName,
    Tenancy
);

pub(crate) fn describe_dhcp_options(answer: &DescribeDhcpOptionsOutput) -> Value {
    members!(answer, { "DhcpOptions": list dhcp_options (dhcp_options), "NextToken": text next_token })
}

pub(crate) fn describe_nat_gateways(answer: &DescribeNatGatewaysOutput) -> Value {
    members!(answer, { "NatGateways": list nat_gateways (nat_gateway), "NextToken": text next_token })
}

pub(crate) fn describe_network_acls(answer: &DescribeNetworkAclsOutput) -> Value {
    members!(answer, { "NetworkAcls": list network_acls (network_acl), "NextToken": text next_token })
}

pub(crate) fn describe_network_interfaces(answer: &DescribeNetworkInterfacesOutput) -> Value {
    members!(answer, { "NetworkInterfaces": list network_interfaces (network_interface), "NextToken": text next_token })
}

pub(crate) fn describe_route_tables(answer: &DescribeRouteTablesOutput) -> Value {
    members!(answer, { "RouteTables": list route_tables (route_table), "NextToken": text next_token })
}

pub(crate) fn describe_security_groups(answer: &DescribeSecurityGroupsOutput) -> Value {
    members!(answer, { "SecurityGroups": list security_groups (security_group), "NextToken": text next_token })
}

pub(crate) fn describe_subnets(answer: &DescribeSubnetsOutput) -> Value {
    members!(answer, { "Subnets": list subnets (subnet), "NextToken": text next_token })
}

pub(crate) fn describe_vpc_endpoints(answer: &DescribeVpcEndpointsOutput) -> Value {
    members!(answer, { "VpcEndpoints": list vpc_endpoints (vpc_endpoint), "NextToken": text next_token })
}

pub(crate) fn describe_vpcs(answer: &DescribeVpcsOutput) -> Value {
    members!(answer, { "Vpcs": list vpcs (vpc), "NextToken": text next_token })
}

pub(crate) fn get_managed_prefix_list_entries(answer: &GetManagedPrefixListEntriesOutput) -> Value {
    members!(answer, { "Entries": list entries (prefix_list_entry), "NextToken": text next_token })
}

pub(crate) fn describe_instances(answer: &DescribeInstancesOutput) -> Value {
    members!(answer, { "Reservations": list reservations (reservation), "NextToken": text next_token })
}

pub(crate) fn describe_vpc_attribute(answer: &DescribeVpcAttributeOutput) -> Value {
    members!(answer, {
        "VpcId": text vpc_id,
        "EnableDnsHostnames": inner enable_dns_hostnames (attribute),
        "EnableDnsSupport": inner enable_dns_support (attribute),
    })
}

fn attribute(attribute: &AttributeBooleanValue) -> Value {
    members!(attribute, {
        "Value": scalar value,
    })
}

fn dhcp_options(dhcp_options: &DhcpOptions) -> Value {
    members!(dhcp_options, {
        "DhcpOptionsId": text dhcp_options_id,
        "DhcpConfigurations": list dhcp_configurations (dhcp_configuration),
    })
}

fn dhcp_configuration(dhcp_configuration: &DhcpConfiguration) -> Value {
    members!(dhcp_configuration, {
        "Key": text key,
        "Values": list values (dhcp_value),
    })
}

fn dhcp_value(dhcp_value: &AttributeValue) -> Value {
    members!(dhcp_value, {
        "Value": text value,
    })
}

fn nat_gateway(nat_gateway: &NatGateway) -> Value {
    members!(nat_gateway, {
        "NatGatewayId": text nat_gateway_id,
        "State": word state,
        "SubnetId": text subnet_id,
        "VpcId": text vpc_id,
        "ConnectivityType": word connectivity_type,
        "AvailabilityMode": word availability_mode,
        "RouteTableId": text route_table_id,
        "FailureCode": text failure_code,
        "FailureMessage": text failure_message,
        "CreateTime": time create_time,
        "NatGatewayAddresses": list nat_gateway_addresses (nat_gateway_address),
    })
}

fn nat_gateway_address(nat_gateway_address: &NatGatewayAddress) -> Value {
    members!(nat_gateway_address, {
        "PublicIp": text public_ip,
        "PrivateIp": text private_ip,
        "AllocationId": text allocation_id,
        "NetworkInterfaceId": text network_interface_id,
    })
}

fn network_acl(network_acl: &NetworkAcl) -> Value {
    members!(network_acl, {
        "NetworkAclId": text network_acl_id,
        "VpcId": text vpc_id,
        "IsDefault": scalar is_default,
        "Associations": list associations (network_acl_association),
        "Entries": list entries (network_acl_entry),
    })
}

fn network_acl_association(network_acl_association: &NetworkAclAssociation) -> Value {
    members!(network_acl_association, {
        "NetworkAclAssociationId": text network_acl_association_id,
        "NetworkAclId": text network_acl_id,
        "SubnetId": text subnet_id,
    })
}

fn network_acl_entry(network_acl_entry: &NetworkAclEntry) -> Value {
    members!(network_acl_entry, {
        "RuleNumber": scalar rule_number,
        "Protocol": text protocol,
        "RuleAction": word rule_action,
        "Egress": scalar egress,
        "CidrBlock": text cidr_block,
        "Ipv6CidrBlock": text ipv6_cidr_block,
        "PortRange": inner port_range (port_range),
    })
}

fn port_range(port_range: &PortRange) -> Value {
    members!(port_range, {
        "From": scalar from,
        "To": scalar to,
    })
}

fn network_interface(network_interface: &NetworkInterface) -> Value {
    members!(network_interface, {
        "NetworkInterfaceId": text network_interface_id,
        "SubnetId": text subnet_id,
        "VpcId": text vpc_id,
        "Groups": list groups (group),
        "PrivateIpAddress": text private_ip_address,
        "Ipv6Addresses": list ipv6_addresses (ipv6_address),
        "Association": inner association (network_interface_association),
        "Description": text description,
        "InterfaceType": word interface_type,
        "Status": word status,
        "AvailabilityZone": text availability_zone,
    })
}

fn ipv6_address(ipv6_address: &NetworkInterfaceIpv6Address) -> Value {
    members!(ipv6_address, {
        "Ipv6Address": text ipv6_address,
    })
}

fn network_interface_association(network_interface_association: &NetworkInterfaceAssociation) -> Value {
    members!(network_interface_association, {
        "PublicIp": text public_ip,
    })
}

fn group(group: &GroupIdentifier) -> Value {
    members!(group, {
        "GroupId": text group_id,
        "GroupName": text group_name,
    })
}

fn route_table(route_table: &RouteTable) -> Value {
    members!(route_table, {
        "RouteTableId": text route_table_id,
        "VpcId": text vpc_id,
        "Associations": list associations (route_table_association),
        "Routes": list routes (route),
    })
}

fn route_table_association(route_table_association: &RouteTableAssociation) -> Value {
    members!(route_table_association, {
        "Main": scalar main,
        "RouteTableAssociationId": text route_table_association_id,
        "SubnetId": text subnet_id,
        "GatewayId": text gateway_id,
        "AssociationState": inner association_state (route_table_association_state),
    })
}

fn route_table_association_state(route_table_association_state: &RouteTableAssociationState) -> Value {
    members!(route_table_association_state, {
        "State": word state,
    })
}

fn route(route: &Route) -> Value {
    members!(route, {
        "DestinationCidrBlock": text destination_cidr_block,
        "DestinationIpv6CidrBlock": text destination_ipv6_cidr_block,
        "DestinationPrefixListId": text destination_prefix_list_id,
        "GatewayId": text gateway_id,
        "NatGatewayId": text nat_gateway_id,
        "TransitGatewayId": text transit_gateway_id,
        "NetworkInterfaceId": text network_interface_id,
        "InstanceId": text instance_id,
        "VpcPeeringConnectionId": text vpc_peering_connection_id,
        "EgressOnlyInternetGatewayId": text egress_only_internet_gateway_id,
        "CarrierGatewayId": text carrier_gateway_id,
        "LocalGatewayId": text local_gateway_id,
        "CoreNetworkArn": text core_network_arn,
        "OdbNetworkArn": text odb_network_arn,
        "Origin": word origin,
        "State": word state,
    })
}

fn security_group(security_group: &SecurityGroup) -> Value {
    members!(security_group, {
        "GroupId": text group_id,
        "GroupName": text group_name,
        "VpcId": text vpc_id,
        "Description": text description,
        "IpPermissions": list ip_permissions (ip_permission),
        "IpPermissionsEgress": list ip_permissions_egress (ip_permission),
    })
}

fn ip_permission(ip_permission: &IpPermission) -> Value {
    members!(ip_permission, {
        "IpProtocol": text ip_protocol,
        "FromPort": scalar from_port,
        "ToPort": scalar to_port,
        "IpRanges": list ip_ranges (ip_range),
        "Ipv6Ranges": list ipv6_ranges (ipv6_range),
        "UserIdGroupPairs": list user_id_group_pairs (user_id_group_pair),
        "PrefixListIds": list prefix_list_ids (prefix_list_id),
    })
}

fn ip_range(ip_range: &IpRange) -> Value {
    members!(ip_range, {
        "CidrIp": text cidr_ip,
        "Description": text description,
    })
}

fn ipv6_range(ipv6_range: &Ipv6Range) -> Value {
    members!(ipv6_range, {
        "CidrIpv6": text cidr_ipv6,
        "Description": text description,
    })
}

fn user_id_group_pair(user_id_group_pair: &UserIdGroupPair) -> Value {
    members!(user_id_group_pair, {
        "GroupId": text group_id,
        "UserId": text user_id,
        "Description": text description,
    })
}

fn prefix_list_id(prefix_list_id: &PrefixListId) -> Value {
    members!(prefix_list_id, {
        "PrefixListId": text prefix_list_id,
        "Description": text description,
    })
}

fn subnet(subnet: &Subnet) -> Value {
    members!(subnet, {
        "SubnetId": text subnet_id,
        "VpcId": text vpc_id,
        "CidrBlock": text cidr_block,
        "Ipv6CidrBlockAssociationSet": list ipv6_cidr_block_association_set (subnet_ipv6_block),
        "AvailableIpAddressCount": scalar available_ip_address_count,
        "AvailabilityZone": text availability_zone,
        "AvailabilityZoneId": text availability_zone_id,
        "MapPublicIpOnLaunch": scalar map_public_ip_on_launch,
        "AssignIpv6AddressOnCreation": scalar assign_ipv6_address_on_creation,
        "Ipv6Native": scalar ipv6_native,
        "EnableDns64": scalar enable_dns64,
        "BlockPublicAccessStates": inner block_public_access_states (block_public_access),
        "State": word state,
        "DefaultForAz": scalar default_for_az,
        "OwnerId": text owner_id,
    })
}

fn subnet_ipv6_block(subnet_ipv6_block: &SubnetIpv6CidrBlockAssociation) -> Value {
    members!(subnet_ipv6_block, {
        "Ipv6CidrBlock": text ipv6_cidr_block,
    })
}

fn block_public_access(block_public_access: &BlockPublicAccessStates) -> Value {
    members!(block_public_access, {
        "InternetGatewayBlockMode": word internet_gateway_block_mode,
    })
}

fn vpc_endpoint(vpc_endpoint: &VpcEndpoint) -> Value {
    members!(vpc_endpoint, {
        "VpcEndpointId": text vpc_endpoint_id,
        "VpcEndpointType": word vpc_endpoint_type,
        "VpcId": text vpc_id,
        "ServiceName": text service_name,
        "ServiceRegion": text service_region,
        "State": word state,
        "PolicyDocument": text policy_document,
        "RouteTableIds": texts route_table_ids,
        "SubnetIds": texts subnet_ids,
        "Groups": list groups (endpoint_group),
        "PrivateDnsEnabled": scalar private_dns_enabled,
        "IpAddressType": word ip_address_type,
        "DnsOptions": inner dns_options (dns_options),
        "NetworkInterfaceIds": texts network_interface_ids,
    })
}

fn endpoint_group(endpoint_group: &SecurityGroupIdentifier) -> Value {
    members!(endpoint_group, {
        "GroupId": text group_id,
        "GroupName": text group_name,
    })
}

fn dns_options(dns_options: &DnsOptions) -> Value {
    members!(dns_options, {
        "DnsRecordIpType": word dns_record_ip_type,
        "PrivateDnsOnlyForInboundResolverEndpoint": scalar private_dns_only_for_inbound_resolver_endpoint,
    })
}

fn vpc(vpc: &Vpc) -> Value {
    members!(vpc, {
        "VpcId": text vpc_id,
        "CidrBlock": text cidr_block,
        "CidrBlockAssociationSet": list cidr_block_association_set (vpc_block),
        "Ipv6CidrBlockAssociationSet": list ipv6_cidr_block_association_set (vpc_ipv6_block),
        "DhcpOptionsId": text dhcp_options_id,
        "IsDefault": scalar is_default,
        "BlockPublicAccessStates": inner block_public_access_states (block_public_access),
    })
}

fn vpc_block(vpc_block: &VpcCidrBlockAssociation) -> Value {
    members!(vpc_block, {
        "CidrBlock": text cidr_block,
    })
}

fn vpc_ipv6_block(vpc_ipv6_block: &VpcIpv6CidrBlockAssociation) -> Value {
    members!(vpc_ipv6_block, {
        "Ipv6CidrBlock": text ipv6_cidr_block,
    })
}

fn prefix_list_entry(prefix_list_entry: &PrefixListEntry) -> Value {
    members!(prefix_list_entry, {
        "Cidr": text cidr,
        "Description": text description,
    })
}

fn reservation(reservation: &Reservation) -> Value {
    members!(reservation, {
        "ReservationId": text reservation_id,
        "OwnerId": text owner_id,
        "Instances": list instances (instance),
    })
}

fn instance(instance: &Instance) -> Value {
    members!(instance, {
        "InstanceId": text instance_id,
        "InstanceType": word instance_type,
        "Architecture": word architecture,
        "ImageId": text image_id,
        "State": inner state (instance_state),
        "StateReason": inner state_reason (state_reason),
        "StateTransitionReason": text state_transition_reason,
        "InstanceLifecycle": word instance_lifecycle,
        "IamInstanceProfile": inner iam_instance_profile (instance_profile),
        "SubnetId": text subnet_id,
        "VpcId": text vpc_id,
        "SecurityGroups": list security_groups (group),
        "PrivateIpAddress": text private_ip_address,
        "PublicIpAddress": text public_ip_address,
        "Placement": inner placement (placement),
        "LaunchTime": time launch_time,
    })
}

fn instance_state(instance_state: &InstanceState) -> Value {
    members!(instance_state, {
        "Code": scalar code,
        "Name": word name,
    })
}

fn state_reason(state_reason: &StateReason) -> Value {
    members!(state_reason, {
        "Code": text code,
        "Message": text message,
    })
}

fn instance_profile(instance_profile: &IamInstanceProfile) -> Value {
    members!(instance_profile, {
        "Arn": text arn,
        "Id": text id,
    })
}

fn placement(placement: &Placement) -> Value {
    members!(placement, {
        "AvailabilityZone": text availability_zone,
        "Tenancy": word tenancy,
    })
}
