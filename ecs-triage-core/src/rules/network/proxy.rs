//! A connection that goes through a proxy: it is the proxy that does not answer, or does not let it through.

use crate::rules::{Blast, Confidence, Finding, Fix};
use crate::signals::Statement;
use crate::signals::message::Message;

/// The proxy of a container instance is set for Docker and for the agent; Fargate has none.
const SETTINGS: Fix = Fix::look(
    "On the container instance, see which proxy Docker and the agent use",
    "systemctl show --property Environment docker ecs && cat /etc/ecs/ecs.config",
);
/// What to change.
const REPAIR: Fix = Fix::advice(
    "Let the proxy through, or go around it",
    Blast::Instances,
    "Correct `HTTP_PROXY` and `HTTPS_PROXY`, with a user name and password where the proxy wants them, or let the instance's \
     security group reach the proxy's port. Put what has an endpoint in the VPC into `NO_PROXY` (`.amazonaws.com`, \
     169.254.169.254, 169.254.170.2, /var/run/docker.sock), then restart Docker and the agent. \
     <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/http_proxy_config.html>",
);

/// Whether a message names a proxy as what failed.
pub(super) fn is_named(message: &Message) -> bool {
    message.says_any(&["proxyconnect", "proxy authentication required"])
}

/// Says that it is the proxy, unless what stops the traffic is proven.
pub(super) fn reworded(finding: Finding, statement: &Statement) -> Finding {
    if finding.confidence == Confidence::Confirmed {
        return finding;
    }
    let message = &statement.message;
    let peer = message.peer().map(|peer| match peer.port {
        Some(port) => format!(" `{}:{port}`", peer.address),
        None => format!(" `{}`", peer.address),
    });
    let (proxy, host) = (peer.unwrap_or_default(), message.host().unwrap_or("the registry"));
    let summary = match message.says("proxy authentication required") {
        true => format!(
            "The proxy{proxy} in front of `{host}` wants a log-in (HTTP 407), so nothing was asked of `{host}` itself."
        ),
        false => {
            format!("The proxy{proxy}, through which `{host}` was to be reached, cannot be connected to.")
        }
    };
    let mut finding = finding.summary(summary).fixed_by(vec![SETTINGS, REPAIR]);
    finding.asks.clear();
    finding
}
