//! Health checks of containers and load balancers.
