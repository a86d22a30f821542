//! Amazon EC2: the network that tasks stand in, and instances.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Types.html>.
//! Words of state come in either case and are to be compared without regard to it.

use super::node::views;

views! {
    /// A subnet, of `DescribeSubnets`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html>
    Subnet {
        /// Id.
        subnet_id: text = "SubnetId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// IPv4 range.
        cidr_block: text = "CidrBlock";
        /// IPv6 ranges.
        ipv6_cidr_block_association_set: [Ipv6CidrBlockAssociation] = "Ipv6CidrBlockAssociationSet";
        /// Free IPv4 addresses.
        available_ip_address_count: integer = "AvailableIpAddressCount";
        /// Availability Zone; the letter differs between accounts.
        availability_zone: text = "AvailabilityZone";
        /// Id of the Availability Zone, the same in every account.
        availability_zone_id: text = "AvailabilityZoneId";
        /// Whether instances get a public address; says nothing about tasks.
        map_public_ip_on_launch: boolean = "MapPublicIpOnLaunch";
        /// Whether network interfaces get an IPv6 address.
        assign_ipv6_address_on_creation: boolean = "AssignIpv6AddressOnCreation";
        /// Whether the subnet has IPv6 addresses alone.
        ipv6_native: boolean = "Ipv6Native";
        /// Whether the resolver makes IPv6 addresses for IPv4-only names.
        enable_dns64: boolean = "EnableDns64";
        /// VPC Block Public Access.
        block_public_access_states: BlockPublicAccessStates = "BlockPublicAccessStates";
        /// `pending` or `available`.
        state: text = "State";
        /// Whether it is the default subnet of its zone.
        default_for_az: boolean = "DefaultForAz";
        /// Account that owns it; another account's when the subnet is shared.
        owner_id: text = "OwnerId";
    }

    /// An IPv6 range of a subnet or VPC.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetIpv6CidrBlockAssociation.html>
    Ipv6CidrBlockAssociation {
        /// The range.
        ipv6_cidr_block: text = "Ipv6CidrBlock";
    }

    /// VPC Block Public Access as it applies.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockPublicAccessStates.html>
    BlockPublicAccessStates {
        /// `off`, `block-bidirectional` or `block-ingress`.
        internet_gateway_block_mode: text = "InternetGatewayBlockMode";
    }

    /// A route table, of `DescribeRouteTables`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html>
    RouteTable {
        /// Id.
        route_table_id: text = "RouteTableId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Subnets that use it; the main table serves those that no table names.
        associations: [RouteTableAssociation] = "Associations";
        /// Routes.
        routes: [Route] = "Routes";
    }

    /// A use of a route table.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociation.html>
    RouteTableAssociation {
        /// Whether it is the VPC's main table; this one names no subnet.
        main: boolean = "Main";
        /// Subnet.
        subnet_id: text = "SubnetId";
        /// Gateway, for routes of incoming traffic.
        gateway_id: text = "GatewayId";
        /// State.
        association_state: RouteTableAssociationState = "AssociationState";
    }

    /// State of a route table's use.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociationState.html>
    RouteTableAssociationState {
        /// `associated`, `disassociated`, ….
        state: text = "State";
    }

    /// A route; the one target that is set tells its type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html>
    Route {
        /// IPv4 range.
        destination_cidr_block: text = "DestinationCidrBlock";
        /// IPv6 range.
        destination_ipv6_cidr_block: text = "DestinationIpv6CidrBlock";
        /// Prefix list.
        destination_prefix_list_id: text = "DestinationPrefixListId";
        /// `local`, `igw-…`, `vgw-…` or `vpce-…`.
        gateway_id: text = "GatewayId";
        /// NAT gateway.
        nat_gateway_id: text = "NatGatewayId";
        /// Transit gateway.
        transit_gateway_id: text = "TransitGatewayId";
        /// Network interface.
        network_interface_id: text = "NetworkInterfaceId";
        /// Instance.
        instance_id: text = "InstanceId";
        /// VPC peering.
        vpc_peering_connection_id: text = "VpcPeeringConnectionId";
        /// Egress-only internet gateway, for IPv6.
        egress_only_internet_gateway_id: text = "EgressOnlyInternetGatewayId";
        /// Carrier gateway.
        carrier_gateway_id: text = "CarrierGatewayId";
        /// Local gateway of an Outpost.
        local_gateway_id: text = "LocalGatewayId";
        /// Core network of Cloud WAN.
        core_network_arn: text = "CoreNetworkArn";
        /// Network of Oracle Database@AWS.
        odb_network_arn: text = "OdbNetworkArn";
        /// `CreateRouteTable`, `CreateRoute` or `EnableVgwRoutePropagation`.
        origin: text = "Origin";
        /// `active`, `blackhole` or `filtered`.
        state: text = "State";
    }

    /// A NAT gateway, of `DescribeNatGateways`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>
    NatGateway {
        /// Id.
        nat_gateway_id: text = "NatGatewayId";
        /// `pending`, `failed`, `available`, `deleting` or `deleted`.
        state: text = "State";
        /// Subnet that it stands in; absent for a regional one.
        subnet_id: text = "SubnetId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// `public` or `private`.
        connectivity_type: text = "ConnectivityType";
        /// `zonal` or `regional`.
        availability_mode: text = "AvailabilityMode";
        /// Route table of a regional one.
        route_table_id: text = "RouteTableId";
        /// Code of its failure.
        failure_code: text = "FailureCode";
        /// Its failure.
        failure_message: text = "FailureMessage";
        /// Addresses.
        nat_gateway_addresses: [NatGatewayAddress] = "NatGatewayAddresses";
    }

    /// An address of a NAT gateway.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAddress.html>
    NatGatewayAddress {
        /// Public address.
        public_ip: text = "PublicIp";
        /// Private address.
        private_ip: text = "PrivateIp";
    }

    /// An internet gateway, of `DescribeInternetGateways`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html>
    InternetGateway {
        /// Id.
        internet_gateway_id: text = "InternetGatewayId";
        /// The VPC that it is attached to.
        attachments: [InternetGatewayAttachment] = "Attachments";
    }

    /// Attachment of an internet gateway to a VPC.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html>
    InternetGatewayAttachment {
        /// `attached`, shown as `available`.
        state: text = "State";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
    }

    /// A VPC endpoint, of `DescribeVpcEndpoints`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html>
    VpcEndpoint {
        /// Id.
        vpc_endpoint_id: text = "VpcEndpointId";
        /// `Interface`, `Gateway`, `GatewayLoadBalancer`, ….
        vpc_endpoint_type: text = "VpcEndpointType";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Service, such as `com.amazonaws.eu-west-1.ecr.dkr`.
        service_name: text = "ServiceName";
        /// Region of the service, when it is another.
        service_region: text = "ServiceRegion";
        /// State.
        state: text = "State";
        /// Policy, as text of JSON.
        policy_document: document = "PolicyDocument";
        /// Route tables of a gateway endpoint.
        route_table_ids: [text] = "RouteTableIds";
        /// Subnets of an interface endpoint.
        subnet_ids: [text] = "SubnetIds";
        /// Security groups of an interface endpoint.
        groups: [GroupIdentifier] = "Groups";
        /// Whether the service's own name leads to the endpoint.
        private_dns_enabled: boolean = "PrivateDnsEnabled";
        /// `ipv4`, `dualstack` or `ipv6`.
        ip_address_type: text = "IpAddressType";
        /// Names.
        dns_options: DnsOptions = "DnsOptions";
        /// Network interfaces of an interface endpoint.
        network_interface_ids: [text] = "NetworkInterfaceIds";
    }

    /// Names of an interface endpoint.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptions.html>
    DnsOptions {
        /// `ipv4`, `dualstack`, `ipv6` or `service-defined`.
        dns_record_ip_type: text = "DnsRecordIpType";
        /// Whether the private name is for resolvers outside the VPC alone.
        private_dns_only_for_inbound_resolver_endpoint: boolean = "PrivateDnsOnlyForInboundResolverEndpoint";
    }

    /// A security group by id.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GroupIdentifier.html>
    GroupIdentifier {
        /// Id.
        group_id: text = "GroupId";
        /// Name.
        group_name: text = "GroupName";
    }

    /// A security group, of `DescribeSecurityGroups`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html>
    SecurityGroup {
        /// Id.
        group_id: text = "GroupId";
        /// Name.
        group_name: text = "GroupName";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// What may come in.
        ip_permissions: [IpPermission] = "IpPermissions";
        /// What may go out; empty means nothing may.
        ip_permissions_egress: [IpPermission] = "IpPermissionsEgress";
    }

    /// A rule of a security group.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
    IpPermission {
        /// `tcp`, `udp`, `icmp`, a number, or `-1` for everything.
        ip_protocol: text = "IpProtocol";
        /// First port; absent for `-1`.
        from_port: integer = "FromPort";
        /// Last port; absent for `-1`.
        to_port: integer = "ToPort";
        /// IPv4 ranges.
        ip_ranges: [IpRange] = "IpRanges";
        /// IPv6 ranges.
        ipv6_ranges: [Ipv6Range] = "Ipv6Ranges";
        /// Security groups.
        user_id_group_pairs: [UserIdGroupPair] = "UserIdGroupPairs";
        /// Prefix lists.
        prefix_list_ids: [PrefixListId] = "PrefixListIds";
    }

    /// An IPv4 range of a rule.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html>
    IpRange {
        /// The range.
        cidr_ip: text = "CidrIp";
    }

    /// An IPv6 range of a rule.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ipv6Range.html>
    Ipv6Range {
        /// The range.
        cidr_ipv6: text = "CidrIpv6";
    }

    /// A security group in a rule.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html>
    UserIdGroupPair {
        /// Id of the group.
        group_id: text = "GroupId";
        /// Account of the group.
        user_id: text = "UserId";
    }

    /// A prefix list in a rule.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PrefixListId.html>
    PrefixListId {
        /// Id.
        prefix_list_id: text = "PrefixListId";
    }

    /// A network ACL, of `DescribeNetworkAcls`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html>
    NetworkAcl {
        /// Id.
        network_acl_id: text = "NetworkAclId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Whether it is the VPC's default.
        is_default: boolean = "IsDefault";
        /// Subnets that use it.
        associations: [NetworkAclAssociation] = "Associations";
        /// Rules of both directions.
        entries: [NetworkAclEntry] = "Entries";
    }

    /// A use of a network ACL.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclAssociation.html>
    NetworkAclAssociation {
        /// Subnet.
        subnet_id: text = "SubnetId";
    }

    /// A rule of a network ACL; the lowest number that fits decides.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html>
    NetworkAclEntry {
        /// Number; 32767 is the last rule, which denies.
        rule_number: integer = "RuleNumber";
        /// Protocol as a number, or `-1` for everything.
        protocol: text = "Protocol";
        /// `allow` or `deny`.
        rule_action: text = "RuleAction";
        /// Whether it is for what goes out.
        egress: boolean = "Egress";
        /// IPv4 range.
        cidr_block: text = "CidrBlock";
        /// IPv6 range.
        ipv6_cidr_block: text = "Ipv6CidrBlock";
        /// Ports; absent for `-1`.
        port_range: PortRange = "PortRange";
    }

    /// Ports of a network ACL's rule.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PortRange.html>
    PortRange {
        /// First.
        from: integer = "From";
        /// Last.
        to: integer = "To";
    }

    /// One attribute of a VPC, of `DescribeVpcAttribute`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html>
    VpcAttribute {
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Whether the VPC has a resolver.
        enable_dns_support: AttributeBooleanValue = "EnableDnsSupport";
        /// Whether private names of endpoints work.
        enable_dns_hostnames: AttributeBooleanValue = "EnableDnsHostnames";
    }

    /// A value of an attribute.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttributeBooleanValue.html>
    AttributeBooleanValue {
        /// The value.
        value: boolean = "Value";
    }

    /// A VPC, of `DescribeVpcs`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html>
    Vpc {
        /// Id.
        vpc_id: text = "VpcId";
        /// First IPv4 range.
        cidr_block: text = "CidrBlock";
        /// All IPv4 ranges.
        cidr_block_association_set: [CidrBlockAssociation] = "CidrBlockAssociationSet";
        /// IPv6 ranges.
        ipv6_cidr_block_association_set: [Ipv6CidrBlockAssociation] = "Ipv6CidrBlockAssociationSet";
        /// DHCP options.
        dhcp_options_id: text = "DhcpOptionsId";
        /// Whether it is the Region's default VPC.
        is_default: boolean = "IsDefault";
        /// VPC Block Public Access.
        block_public_access_states: BlockPublicAccessStates = "BlockPublicAccessStates";
    }

    /// An IPv4 range of a VPC.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcCidrBlockAssociation.html>
    CidrBlockAssociation {
        /// The range.
        cidr_block: text = "CidrBlock";
    }

    /// DHCP options, of `DescribeDhcpOptions`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html>
    DhcpOptions {
        /// Id.
        dhcp_options_id: text = "DhcpOptionsId";
        /// Options.
        dhcp_configurations: [DhcpConfiguration] = "DhcpConfigurations";
    }

    /// A DHCP option.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpConfiguration.html>
    DhcpConfiguration {
        /// Name, such as `domain-name-servers`.
        key: text = "Key";
        /// Values.
        values: [AttributeValue] = "Values";
    }

    /// A value of a DHCP option.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttributeValue.html>
    AttributeValue {
        /// The value, such as `AmazonProvidedDNS`.
        value: text = "Value";
    }

    /// A network interface, of `DescribeNetworkInterfaces`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>
    NetworkInterface {
        /// Id.
        network_interface_id: text = "NetworkInterfaceId";
        /// Subnet.
        subnet_id: text = "SubnetId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Security groups.
        groups: [GroupIdentifier] = "Groups";
        /// Private IPv4 address.
        private_ip_address: text = "PrivateIpAddress";
        /// IPv6 addresses.
        ipv6_addresses: [NetworkInterfaceIpv6Address] = "Ipv6Addresses";
        /// Public address, which proves that there is one.
        association: NetworkInterfaceAssociation = "Association";
        /// Description; ECS writes the attachment's ARN.
        description: text = "Description";
        /// `available`, `in-use`, ….
        status: text = "Status";
        /// Availability Zone.
        availability_zone: text = "AvailabilityZone";
    }

    /// An IPv6 address of a network interface.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceIpv6Address.html>
    NetworkInterfaceIpv6Address {
        /// The address.
        ipv6_address: text = "Ipv6Address";
    }

    /// Public address of a network interface.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAssociation.html>
    NetworkInterfaceAssociation {
        /// The address.
        public_ip: text = "PublicIp";
    }

    /// An instance, of `DescribeInstances`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>
    Instance {
        /// Id.
        instance_id: text = "InstanceId";
        /// Type, such as `m5.large`.
        instance_type: text = "InstanceType";
        /// `x86_64` or `arm64`.
        architecture: text = "Architecture";
        /// Id of the machine image.
        image_id: text = "ImageId";
        /// State.
        state: InstanceState = "State";
        /// Why it has that state, with a code.
        state_reason: StateReason = "StateReason";
        /// The same with the time.
        state_transition_reason: text = "StateTransitionReason";
        /// `spot`, `scheduled` or `capacity-block`; absent for On-Demand.
        instance_lifecycle: text = "InstanceLifecycle";
        /// Instance profile.
        iam_instance_profile: IamInstanceProfile = "IamInstanceProfile";
        /// Subnet.
        subnet_id: text = "SubnetId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Security groups.
        security_groups: [GroupIdentifier] = "SecurityGroups";
        /// Private IPv4 address.
        private_ip_address: text = "PrivateIpAddress";
        /// Public IPv4 address.
        public_ip_address: text = "PublicIpAddress";
        /// Availability Zone.
        placement: Placement = "Placement";
        /// When it was launched.
        launch_time: time = "LaunchTime";
    }

    /// State of an instance.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html>
    InstanceState {
        /// `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
        name: text = "Name";
    }

    /// Why an instance has its state.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html>
    StateReason {
        /// Code, such as `Server.SpotInstanceTermination`.
        code: text = "Code";
        /// Message.
        message: text = "Message";
    }

    /// Instance profile of an instance.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfile.html>
    IamInstanceProfile {
        /// ARN.
        arn: text = "Arn";
    }

    /// Where an instance stands.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Placement.html>
    Placement {
        /// Availability Zone.
        availability_zone: text = "AvailabilityZone";
    }

    /// A prefix list of `DescribeManagedPrefixLists`, which names no ranges.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedPrefixList.html>
    ManagedPrefixList {
        /// Id.
        prefix_list_id: text = "PrefixListId";
        /// Name, such as `com.amazonaws.eu-west-1.s3`.
        prefix_list_name: text = "PrefixListName";
        /// `IPv4` or `IPv6`.
        address_family: text = "AddressFamily";
        /// Account, or `AWS`.
        owner_id: text = "OwnerId";
    }

    /// A range of a prefix list, of `GetManagedPrefixListEntries`; it does not name the list.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PrefixListEntry.html>
    PrefixListEntry {
        /// The range.
        cidr: text = "Cidr";
    }

    /// A prefix list of an AWS service with its ranges, of `DescribePrefixLists`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PrefixList.html>
    PrefixList {
        /// Id.
        prefix_list_id: text = "PrefixListId";
        /// Name, such as `com.amazonaws.eu-west-1.s3`.
        prefix_list_name: text = "PrefixListName";
        /// Ranges.
        cidrs: [text] = "Cidrs";
    }

    /// An instance type, of `DescribeInstanceTypes`.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html>
    InstanceType {
        /// Type, such as `m5.large`.
        instance_type: text = "InstanceType";
        /// Architectures.
        processor_info: ProcessorInfo = "ProcessorInfo";
        /// Virtual CPUs.
        v_cpu_info: VCpuInfo = "VCpuInfo";
        /// Memory.
        memory_info: MemoryInfo = "MemoryInfo";
        /// Network interfaces.
        network_info: NetworkInfo = "NetworkInfo";
        /// GPUs; absent when there are none.
        gpu_info: any = "GpuInfo";
    }

    /// Processors of an instance type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ProcessorInfo.html>
    ProcessorInfo {
        /// `x86_64`, `arm64`, ….
        supported_architectures: [text] = "SupportedArchitectures";
    }

    /// Virtual CPUs of an instance type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VCpuInfo.html>
    VCpuInfo {
        /// How many.
        default_v_cpus: integer = "DefaultVCpus";
    }

    /// Memory of an instance type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MemoryInfo.html>
    MemoryInfo {
        /// In MiB; an instance registers less with ECS.
        size_in_mib: integer = "SizeInMiB";
    }

    /// Network of an instance type.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInfo.html>
    NetworkInfo {
        /// Network interfaces that an instance can have.
        maximum_network_interfaces: integer = "MaximumNetworkInterfaces";
        /// IPv4 addresses of each.
        ipv4_addresses_per_interface: integer = "Ipv4AddressesPerInterface";
    }
}
