//! Elastic Load Balancing, version 2: target groups, the health of their targets, load balancers.
//!
//! Member names and meanings:
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Types.html>.

use super::node::{Read, views};

impl<'e> TargetHealthDescription<'e> {
    /// The target.
    pub fn target(&self) -> Option<Target<'e>> {
        let is_flat = ["Id", "Port"].iter().any(|key| self.node().get(key).is_some());
        self.nested_target().or_else(|| is_flat.then(|| Target::read(self.node())).flatten())
    }

    /// Its health.
    pub fn target_health(&self) -> Option<TargetHealth<'e>> {
        let is_flat = self.node().get("State").is_some();
        self.nested_target_health().or_else(|| is_flat.then(|| TargetHealth::read(self.node())).flatten())
    }
}

views! {
    /// A target and its health, of `DescribeTargetHealth`: as it is at that moment, without a time.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealthDescription.html>
    TargetHealthDescription {
        /// The target, where no query has flattened the answer.
        nested_target: Target = "Target";
        /// Port of the health check, as text.
        health_check_port: text = "HealthCheckPort";
        /// Its health, where no query has flattened the answer.
        nested_target_health: TargetHealth = "TargetHealth";
    }

    /// A target.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html>
    Target {
        /// Address of the task, or id of the instance.
        id: text = "Id";
        /// Port.
        port: integer = "Port";
        /// Availability Zone.
        availability_zone: text = "AvailabilityZone";
    }

    /// Health of a target.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html>
    TargetHealth {
        /// `initial`, `healthy`, `unhealthy`, `unhealthy.draining`, `unused`, `draining` or `unavailable`.
        state: text = "State";
        /// Code, such as `Target.ResponseCodeMismatch`.
        reason: text = "Reason";
        /// The same in words.
        description: text = "Description";
    }

    /// A target group, of `DescribeTargetGroups`.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html>
    TargetGroup {
        /// ARN.
        target_group_arn: text = "TargetGroupArn";
        /// Name.
        target_group_name: text = "TargetGroupName";
        /// Protocol to the targets.
        protocol: text = "Protocol";
        /// `HTTP1`, `HTTP2` or `GRPC`.
        protocol_version: text = "ProtocolVersion";
        /// Port when a target names none.
        port: integer = "Port";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// `ip`, `instance`, `lambda` or `alb`.
        target_type: text = "TargetType";
        /// Protocol of the health check.
        health_check_protocol: text = "HealthCheckProtocol";
        /// Port of the health check, as text; or `traffic-port`.
        health_check_port: text = "HealthCheckPort";
        /// Path of the health check.
        health_check_path: text = "HealthCheckPath";
        /// Whether targets are checked.
        health_check_enabled: boolean = "HealthCheckEnabled";
        /// Seconds between checks.
        health_check_interval_seconds: integer = "HealthCheckIntervalSeconds";
        /// Seconds that one check may take.
        health_check_timeout_seconds: integer = "HealthCheckTimeoutSeconds";
        /// Successes in a row that make a target healthy.
        healthy_threshold_count: integer = "HealthyThresholdCount";
        /// Failures in a row that make a target unhealthy.
        unhealthy_threshold_count: integer = "UnhealthyThresholdCount";
        /// Codes that count as success.
        matcher: Matcher = "Matcher";
        /// Load balancers that use it; none means that nothing checks the targets.
        load_balancer_arns: [text] = "LoadBalancerArns";
    }

    /// Codes that count as success.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html>
    Matcher {
        /// HTTP codes, such as `200-299`.
        http_code: text = "HttpCode";
        /// gRPC codes, such as `0` or `12`.
        grpc_code: text = "GrpcCode";
    }

    /// An attribute of a target group, of `DescribeTargetGroupAttributes`; it does not name the group.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>
    TargetGroupAttribute {
        /// Name, such as `deregistration_delay.timeout_seconds`.
        key: text = "Key";
        /// Value, always text.
        value: text = "Value";
    }

    /// A load balancer, of `DescribeLoadBalancers`.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html>
    LoadBalancer {
        /// ARN.
        load_balancer_arn: text = "LoadBalancerArn";
        /// Name.
        load_balancer_name: text = "LoadBalancerName";
        /// `application`, `network` or `gateway`.
        kind: text = "Type";
        /// `internet-facing` or `internal`.
        scheme: text = "Scheme";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// Zones that are switched on.
        availability_zones: [AvailabilityZone] = "AvailabilityZones";
        /// Security groups.
        security_groups: [text] = "SecurityGroups";
        /// State.
        state: LoadBalancerState = "State";
        /// `ipv4`, `dualstack`, ….
        ip_address_type: text = "IpAddressType";
    }

    /// A zone of a load balancer.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AvailabilityZone.html>
    AvailabilityZone {
        /// Name.
        zone_name: text = "ZoneName";
        /// Subnet in it.
        subnet_id: text = "SubnetId";
    }

    /// State of a load balancer.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>
    LoadBalancerState {
        /// `active`, `provisioning`, `active_impaired` or `failed`.
        code: text = "Code";
        /// Why.
        reason: text = "Reason";
    }
}
