//! The agent, the container runtime and the host.

mod devicemapper;

pub(super) use devicemapper::DEVICEMAPPER_HOST_FAULT;
