//! Ranges of addresses.

use std::net::{IpAddr, Ipv6Addr};

/// A range of addresses, such as `10.0.0.0/16`. IPv4 and IPv6 ranges never overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cidr {
    is_v6: bool,
    /// The first bits of the address, the rest zero.
    bits: u128,
    prefix: u8,
}

/// Ranges that the internet does not route: private, carrier-grade, loopback and link-local.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
const PRIVATE: [&str; 8] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
];

impl Cidr {
    /// All IPv4 addresses.
    pub(crate) const ALL_V4: Self = Self { is_v6: false, bits: 0, prefix: 0 };
    /// All IPv6 addresses.
    pub(crate) const ALL_V6: Self = Self { is_v6: true, bits: 0, prefix: 0 };
    /// IPv4 addresses as a resolver with DNS64 writes them: `64:ff9b::/96`.
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html>
    pub(crate) const NAT64: Self = Self { is_v6: true, bits: 0x64_ff9b << 96, prefix: 96 };

    /// The range that a text such as `10.0.0.0/16` or `10.0.0.1` names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let whole = Self::of(address.parse().ok()?);
        let prefix = prefix.unwrap_or(whole.prefix);
        (prefix <= whole.prefix).then(|| Self {
            bits: whole.bits & mask(prefix, whole.width()),
            prefix,
            ..whole
        })
    }

    /// The range that is one address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self { is_v6: false, bits: u128::from(u32::from(v4)), prefix: 32 },
            IpAddr::V6(v6) => Self { is_v6: true, bits: u128::from(v6), prefix: 128 },
        }
    }

    fn width(self) -> u8 {
        if self.is_v6 { 128 } else { 32 }
    }

    /// Whether these are IPv6 addresses.
    pub(crate) fn is_v6(self) -> bool {
        self.is_v6
    }

    /// How many leading bits are fixed.
    pub(crate) fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether every address of `other` is in this range.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.is_v6 == other.is_v6
            && self.prefix <= other.prefix
            && other.bits & mask(self.prefix, self.width()) == self.bits
    }

    /// Whether the two have an address in common.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The address that many after the first one.
    pub(crate) fn host(self, number: u8) -> Option<Self> {
        let host = Self { bits: self.bits.checked_add(u128::from(number))?, prefix: self.width(), ..self };
        self.covers(host).then_some(host)
    }

    /// The two halves of a range; the same twice for a single address.
    pub(crate) fn halves(self) -> [Self; 2] {
        if self.prefix == self.width() {
            return [self; 2];
        }
        let prefix = self.prefix + 1;
        let upper = 1 << (self.width() - prefix);
        [Self { prefix, ..self }, Self { prefix, bits: self.bits | upper, ..self }]
    }

    /// Whether the internet does not route these addresses.
    pub(crate) fn is_private(self) -> bool {
        PRIVATE.iter().filter_map(|range| Self::parse(range)).any(|range| range.covers(self))
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = match self.is_v6 {
            true => IpAddr::V6(Ipv6Addr::from(self.bits)),
            // An IPv4 range has nothing above its 32 bits.
            false => IpAddr::V4((self.bits as u32).into()),
        };
        write!(f, "{address}/{}", self.prefix)
    }
}

/// The first `prefix` of `width` bits.
fn mask(prefix: u8, width: u8) -> u128 {
    let all = u128::MAX >> (128 - u32::from(width));
    let rest = u32::from(width - prefix);
    all.checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_what_their_bits_say() {
        let range = |text| Cidr::parse(text).unwrap();
        assert!(range("10.0.0.0/16").covers(range("10.0.255.7")));
        assert!(!range("10.0.0.0/16").covers(range("10.1.0.0/24")));
        assert!(range("0.0.0.0/0").covers(range("203.0.113.0/24")));
        assert!(!range("0.0.0.0/0").overlaps(range("::/0")));
        assert!(range("10.0.9.9/16").overlaps(range("10.0.0.0/8")));
        assert_eq!(range("10.0.9.9/16").to_string(), "10.0.0.0/16");
        assert_eq!(range("10.0.16.0/20").host(2), Some(range("10.0.16.2")));
        assert_eq!(range("10.0.16.0/32").host(2), None);
        assert_eq!(Cidr::ALL_V4.halves(), [range("0.0.0.0/1"), range("128.0.0.0/1")]);
        assert_eq!(Cidr::NAT64, range("64:ff9b::/96"));
        assert!(range("100.64.3.0/24").is_private() && !range("0.0.0.0/0").is_private());
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "x/4", "10.0.0.0/"] {
            assert_eq!(Cidr::parse(wrong), None, "{wrong}");
        }
    }
}
