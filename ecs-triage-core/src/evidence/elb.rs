//! Elastic Load Balancing, first version: Classic Load Balancers.

use super::node::views;

views! {
    /// An instance behind a Classic Load Balancer, of `DescribeInstanceHealth`.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html>
    InstanceState {
        /// Id of the instance.
        instance_id: text = "InstanceId";
        /// `InService`, `OutOfService` or `Unknown`.
        state: text = "State";
        /// `ELB`, `Instance` or `N/A`: whose fault it is.
        reason_code: text = "ReasonCode";
        /// Why.
        description: text = "Description";
    }
}
