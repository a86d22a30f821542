//! Rules of security groups and network ACLs.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Plan, appended, permission};
use crate::change::{Blast, Change};
use crate::network::Interface;
use crate::template::{shell_name, shell_quoted};

impl Plan<'_, '_> {
    pub(super) fn allow_in(&self, group: &str, port: u16) -> Change {
        let from = self.source_group();
        let (option, words) = match (&from, self.subnet_range()) {
            (Some(from), _) => (format!("--source-group {}", shell_name(from)), format!("`{from}`")),
            (None, range) => {
                let range = range.unwrap_or("0.0.0.0/0");
                (format!("--cidr {}", shell_name(range)), format!("`{range}`"))
            }
        };
        let command = format!(
            "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {port} {option}",
            shell_name(group)
        );
        let whose = match self.source.interface {
            Interface::Task => "the tasks",
            Interface::Instance => "the container instances",
        };
        let title = format!("Let {whose} ({words}) into security group `{group}` on port {port}");
        let rule = permission(port, from.as_deref(), self.subnet_range());
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        match self.network.security_groups.get(group) {
            Some(found) => change.patch(appended(found.node(), "IpPermissions", rule)),
            None => change,
        }
    }

    pub(super) fn allow_out(&self, group: &str, port: u16, peers: &[String]) -> Change {
        let peer = peers.first();
        let command = match peer {
            Some(peer) => {
                let pairs = format!("UserIdGroupPairs=[{{GroupId={peer}}}]");
                let rule = format!("IpProtocol=tcp,FromPort={port},ToPort={port},{pairs}");
                format!(
                    "aws ec2 authorize-security-group-egress --group-id {} --ip-permissions {}",
                    shell_name(group),
                    shell_quoted(&rule)
                )
            }
            None => format!(
                "aws ec2 authorize-security-group-egress --group-id {} --protocol tcp --port {port} --cidr 0.0.0.0/0",
                shell_name(group)
            ),
        };
        let title = format!("Let security group `{group}` send to port {port}");
        let rule = permission(port, peer.map(String::as_str), Some("0.0.0.0/0"));
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        match self.network.security_groups.get(group) {
            Some(found) => change.patch(appended(found.node(), "IpPermissionsEgress", rule)),
            None => change,
        }
    }

    /// A rule before the one that denies.
    pub(super) fn allow_by_acl(
        &self,
        id: &str,
        denying: i64,
        (first, last): (u16, u16),
        egress: bool,
    ) -> Option<Change> {
        let acl = self.network.network_acls.get(id)?;
        let entries = acl.entries();
        let same = entries.iter().filter(|entry| entry.egress() == Some(egress));
        let taken: BTreeSet<i64> = same.filter_map(|entry| entry.rule_number()).collect();
        let is_taken = |number: i64| taken.contains(&number);
        // AWS takes numbers from 1 to 32766, and advises to leave room between them.
        let highest = denying.min(32_767) - 1;
        let before = taken.range(..=highest).next_back().copied().unwrap_or(0);
        let next = (before / 10 + 1).saturating_mul(10);
        let free = || (1..=highest).rev().take(taken.len() + 1).find(|number| !is_taken(*number));
        let number = Some(next).filter(|next| (1..=highest).contains(next)).or_else(free)?;
        let direction = if egress { "--egress" } else { "--ingress" };
        let command = format!(
            "aws ec2 create-network-acl-entry --network-acl-id {} {direction} --rule-number {number} --protocol tcp \
             --port-range From={first},To={last} --cidr-block 0.0.0.0/0 --rule-action allow",
            shell_name(id)
        );
        let way = if egress { "out of" } else { "into" };
        let ports = if first == last { format!("port {first}") } else { format!("ports {first} to {last}") };
        let title = format!("Let {ports} {way} network ACL `{id}`");
        let entry = json!({
            "RuleNumber": number, "Protocol": "6", "RuleAction": "allow", "Egress": egress,
            "CidrBlock": "0.0.0.0/0", "PortRange": { "From": first, "To": last },
        });
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(appended(acl.node(), "Entries", entry)))
    }
}
