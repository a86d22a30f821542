//! Health checks of containers and load balancers.

pub(super) mod service_connect;
