//! What a remedy is billed by. Prices differ by Region and time, so there are none here.

/// Something that a remedy may add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purchase {
    /// A gateway endpoint, for S3 or DynamoDB.
    GatewayEndpoint,
    /// An interface endpoint.
    InterfaceEndpoint,
    /// A NAT gateway.
    NatGateway,
    /// A public IPv4 address.
    PublicIpv4,
    /// A larger Fargate task.
    FargateSize,
    /// Container Insights: its metrics are custom metrics.
    ContainerInsights,
}

/// How AWS charges for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billing {
    /// Not at all.
    Free,
    /// For each hour.
    Hour,
    /// For each hour and each gigabyte.
    HourAndGigabyte,
    /// For each hour in each Availability Zone and each gigabyte.
    ZoneHourAndGigabyte,
    /// For each metric.
    Metric,
}

impl Purchase {
    /// How it is charged.
    ///
    /// <https://aws.amazon.com/vpc/pricing/>
    #[must_use]
    pub fn billing(self) -> Billing {
        match self {
            Self::GatewayEndpoint => Billing::Free,
            Self::InterfaceEndpoint => Billing::ZoneHourAndGigabyte,
            Self::NatGateway => Billing::HourAndGigabyte,
            Self::PublicIpv4 | Self::FargateSize => Billing::Hour,
            Self::ContainerInsights => Billing::Metric,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_gateway_endpoint_is_free() {
        use Purchase::*;
        for purchase in [InterfaceEndpoint, NatGateway, PublicIpv4, FargateSize, ContainerInsights] {
            assert_ne!(purchase.billing(), Billing::Free);
        }
        assert_eq!(GatewayEndpoint.billing(), Billing::Free);
    }
}
