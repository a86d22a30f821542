//! The agent, the container runtime and the host.
