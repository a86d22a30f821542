//! Where tasks can run in a cluster.
