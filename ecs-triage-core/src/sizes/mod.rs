//! CPU, memory, storage and placement as arithmetic.
//!
//! Plain numbers in, plain numbers out: nothing here knows of rules or of documents. Memory is in MiB and CPU
//! in units, 1,024 to the vCPU, unless a name says otherwise.

mod containers;
mod cost;
mod eni;
mod fargate;
mod limits;
mod memory;
mod metrics;
mod placement;
mod rates;
mod storage;

pub use containers::{ContainerMemory, MIN_CONTAINER_MIB, MemoryFault, TaskMemory};
pub use cost::{Billing, Purchase};
pub use eni::{EniLimits, awsvpc_tasks};
pub use fargate::{FargateSize, OperatingSystem, parse_cpu, parse_memory};
pub use limits::{Ec2TaskCpu, FargateVcpuQuota, Limits, ManagedInstanceLife, RestartPolicyLimits};
pub use memory::{Ec2Memory, FargatePlan, MemoryUse, SizingRule, ec2_memory, fargate_plan};
pub use metrics::{ContainerInsights, Denominator, DenominatorSource, MemorySeries, denominator, used_mib};
pub use placement::{
    Attribute, ContainerNeeds, HostPort, Instance, Lack, Match, Required, TransportProtocol, closest,
    reserved_ports,
};
pub use rates::TokenBucket;
pub use storage::{EphemeralStorage, StorageRange};
