//! The other side of a rule: who it has to let through.

use super::cidr::Cidr;
use crate::iam::Truth;

/// The other side of a connection, as security groups and network ACLs see it.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// Where it is, or within which ranges; none when that is not known.
    pub(super) addresses: Vec<Cidr>,
    /// Its security groups; `None` when they are not known.
    pub(super) groups: Option<Vec<String>>,
    /// Whether it is on the internet, so that private ranges do not hold it.
    pub(super) is_public: bool,
    /// Region and service, when it is an endpoint of AWS: prefix lists hold the addresses of a service.
    pub(super) service: Option<(String, String)>,
}

impl Peer {
    /// Somewhere on the internet.
    pub(super) fn internet(addresses: Cidr) -> Self {
        Self { addresses: vec![addresses], groups: Some(Vec::new()), is_public: true, service: None }
    }

    /// Whether a range holds the peer, wherever it is.
    pub(super) fn is_in(&self, range: Cidr) -> Truth {
        if self.addresses.is_empty() {
            return if range.prefix() == 0 && !range.is_v6() { Truth::True } else { Truth::Unknown };
        }
        let in_range = |address: &Cidr| match () {
            () if range.covers(*address) => Truth::True,
            () if self.is_public && range.is_private() => Truth::False,
            () if range.overlaps(*address) => Truth::Unknown,
            () => Truth::False,
        };
        let each = || self.addresses.iter().map(in_range);
        // Some of it in the range and some not: which one answers is not known.
        match (Truth::all(each()), Truth::any(each())) {
            (Truth::True, _) => Truth::True,
            (_, Truth::False) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}
