//! Which answers a target group counts as success.

use std::ops::RangeInclusive;

use super::LoadBalancerKind;

/// The codes of a target group's `Matcher`, such as `200`, `200,302` or `200-399`.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher(Vec<RangeInclusive<u16>>);

impl Matcher {
    /// What AWS uses when nothing is set: 200 on an Application, 200 to 399 on a Network Load Balancer.
    #[must_use]
    pub fn http_default(kind: LoadBalancerKind) -> Self {
        Self(vec![match kind {
            LoadBalancerKind::Application => 200..=200,
            LoadBalancerKind::Network => 200..=399,
        }])
    }

    /// The default for gRPC: 12, UNIMPLEMENTED, which a server without the default path answers.
    ///
    /// A path that names a real health method answers 0 and needs a matcher with 0.
    #[must_use]
    pub fn grpc_default() -> Self {
        Self(vec![12..=12])
    }

    /// HTTP codes that a matcher may name.
    #[must_use]
    pub fn http_range(kind: LoadBalancerKind) -> RangeInclusive<u16> {
        match kind {
            LoadBalancerKind::Application => 200..=499,
            LoadBalancerKind::Network => 200..=599,
        }
    }

    /// gRPC codes that a matcher may name.
    #[must_use]
    pub fn grpc_range() -> RangeInclusive<u16> {
        0..=99
    }

    /// Reads `HttpCode` or `GrpcCode`; `None` when it is not a list of codes and ranges.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
        };
        text.split(',').map(range).collect::<Option<_>>().map(Self)
    }

    /// Whether an answer with this code passes.
    #[must_use]
    pub fn accepts(&self, code: u16) -> bool {
        self.0.iter().any(|range| range.contains(&code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges() {
        let matcher = Matcher::parse("200, 301-303").expect("a list");
        for (code, passes) in
            [(200, true), (201, false), (301, true), (303, true), (304, false), (404, false)]
        {
            assert_eq!(matcher.accepts(code), passes, "{code}");
        }
        for text in ["", "ok", "200-", "-200", "200,,201", "70000"] {
            assert_eq!(Matcher::parse(text), None, "{text}");
        }
    }

    #[test]
    fn defaults() {
        assert_eq!(Matcher::parse("200"), Some(Matcher::http_default(LoadBalancerKind::Application)));
        assert_eq!(Matcher::parse("200-399"), Some(Matcher::http_default(LoadBalancerKind::Network)));
        assert!(Matcher::grpc_default().accepts(12));
        assert!(!Matcher::grpc_default().accepts(0));
        assert_eq!(Matcher::http_range(LoadBalancerKind::Application), 200..=499);
        assert_eq!(Matcher::http_range(LoadBalancerKind::Network), 200..=599);
        assert_eq!(Matcher::grpc_range(), 0..=99);
    }
}
