//! A small notation for networks, and the EC2 answers that it stands for.
//!
//! Statements are separated by `|`, their words by blanks. One VPC, `vpc-1`, 10.0.0.0/16, whose names work:
//!
//! ```text
//! subnet a rt=r1          subnet-a, 10.0.1.0/24 (b is 10.0.2.0/24, …), on route table rtb-r1; without rt= on the main one
//!                         other: no candidate; v6only, v6, dns64, bpa=MODE
//! r1 0/0->igw pl:s3->g1!  routes of rtb-r1; `!` is a blackhole, `~` propagated; igw, n1 (NAT), eigw, tgw, g1 (endpoint)
//! main r0                 the main route table
//! nat n1 in=b             nat-n1; state=, private, regional=r2
//! ep e1 ecr.api           vpce-e1, an interface endpoint; in=a,b sg=e dns=off region= state= inbound=on|off type=
//! gw g1 s3 rt=r1          vpce-g1, a gateway endpoint
//! sg t out=443@0/0        sg-t; PORTS@PEER,…: a range, sg:e, pl:x; `all` for every protocol
//! acl c1 on=a,b out=100+443@0/0,… in=…   `+` allows, `-` denies; without it all is allowed
//! vpc support=off hostnames=off    dhcp 10.9.9.9    fs a=e (a mount target in subnet a, group sg-e)
//! task public groups=t,u  of a service on Fargate; private and groups=t without it; groups=default
//! pl x 10.0.0.0/8         ranges of a prefix list
//! without nacls,dns,…     what was not fetched
//! ```

use serde_json::{Map, Value, json};

use crate::evidence::Evidence;

/// What was fetched, by the name of the command.
#[derive(Default)]
struct Account {
    lists: Map<String, Value>,
    without: Vec<String>,
    has_main: bool,
    acl_subnets: Vec<String>,
}

const LISTS: [(&str, &str); 9] = [
    ("subnets", "Subnets"),
    ("route-tables", "RouteTables"),
    ("nat-gateways", "NatGateways"),
    ("vpc-endpoints", "VpcEndpoints"),
    ("security-groups", "SecurityGroups"),
    ("network-acls", "NetworkAcls"),
    ("network-interfaces", "NetworkInterfaces"),
    ("vpcs", "Vpcs"),
    ("dhcp-options", "DhcpOptions"),
];

/// The evidence that a text in the notation stands for.
pub(super) fn evidence(text: &str) -> Evidence {
    let mut account = Account::default();
    for (_, list) in LISTS {
        account.lists.insert(list.to_owned(), json!([]));
    }
    let mut service = json!({ "subnets": [], "securityGroups": ["sg-t"], "assignPublicIp": "DISABLED" });
    let mut attributes = [("EnableDnsSupport", true), ("EnableDnsHostnames", true)];
    let mut prefix_lists = Vec::new();
    let mut mount_targets = Vec::new();
    let statements: Vec<Vec<&str>> =
        text.split('|').map(|statement| statement.split_whitespace().collect()).collect();
    let mut subnets = Vec::new();
    account.add(
        "Vpcs",
        json!({
            "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "DhcpOptionsId": "dopt-1",
            "CidrBlockAssociationSet": [{ "CidrBlock": "10.0.0.0/16" }],
        }),
    );
    for words in &statements {
        let option = |key: &str| words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        let has = |word: &str| words.contains(&word);
        match words[..] {
            ["subnet", id, ..] => {
                account.subnet(id, option("rt"), option("bpa"), &has);
                subnets.push(id.to_owned());
                if !has("other") {
                    push(&mut service["subnets"], json!(format!("subnet-{id}")));
                }
            }
            ["main", table] => account.associate(table, json!({ "Main": true })),
            ["nat", id, ..] => account.add(
                "NatGateways",
                json!({
                    "NatGatewayId": format!("nat-{id}"), "VpcId": "vpc-1",
                    "State": option("state").unwrap_or("available"),
                    "ConnectivityType": if has("private") { "private" } else { "public" },
                    "AvailabilityMode": if option("regional").is_some() { "regional" } else { "zonal" },
                    "RouteTableId": option("regional").map(|table| format!("rtb-{table}")),
                    "SubnetId": option("in").map(|subnet| format!("subnet-{subnet}")),
                }),
            ),
            ["ep", id, name, ..] => account.endpoint(id, name, &option),
            ["gw", id, name, ..] => account.add(
                "VpcEndpoints",
                json!({
                    "VpcEndpointId": format!("vpce-{id}"), "VpcEndpointType": "Gateway", "VpcId": "vpc-1",
                    "ServiceName": service_name(name, option("region")), "State": "available",
                    "RouteTableIds": ids("rtb", option("rt")), "PolicyDocument": "{\"Statement\":[]}",
                }),
            ),
            ["sg", id, ..] => account.add("SecurityGroups", group(id, option("in"), option("out"))),
            ["acl", id, ..] => account.acl(id, option("on"), option("in"), option("out")),
            ["vpc", ..] => {
                attributes[0].1 = option("support") != Some("off");
                attributes[1].1 = option("hostnames") != Some("off");
            }
            ["dhcp", server] => account.add(
                "DhcpOptions",
                json!({
                    "DhcpOptionsId": "dopt-1",
                    "DhcpConfigurations": [{ "Key": "domain-name-servers", "Values": [{ "Value": server }] }],
                }),
            ),
            ["task", ..] => {
                service["assignPublicIp"] = json!(if has("public") { "ENABLED" } else { "DISABLED" });
                match option("groups") {
                    Some("default") => service["securityGroups"] = json!([]),
                    Some(groups) => service["securityGroups"] = json!(ids("sg", Some(groups))),
                    None => {}
                }
            }
            ["pl", id, ref ranges @ ..] => prefix_lists.push((id, ranges.to_vec())),
            ["fs", target] => mount_targets.extend(target.split_once('=')),
            ["without", list] => account.without.extend(list.split(',').map(str::to_owned)),
            [table, ref routes @ ..] if table.starts_with('r') => account.routes(table, routes),
            _ => panic!("not understood: {words:?}"),
        }
    }
    account.fill(&subnets, text);
    let mut evidence = Evidence::new();
    let mut add = |name: &str, value: Value| evidence.add_value(Some(name), value).unwrap();
    for (name, list) in LISTS {
        if !account.is_without(name) {
            add(&format!("describe-{name}"), json!({ list: account.lists[list] }));
        }
    }
    for (key, value) in attributes {
        let word = if key == "EnableDnsSupport" { "support" } else { "hostnames" };
        if !account.is_without("dns") && !account.is_without(word) {
            add("describe-vpc-attribute", json!({ "VpcId": "vpc-1", key: { "Value": value } }));
        }
    }
    for (id, ranges) in prefix_lists {
        let entries: Vec<Value> = ranges.iter().map(|range| json!({ "Cidr": range })).collect();
        add(
            "get-managed-prefix-list-entries",
            json!({
                "service": "ec2", "operation": "GetManagedPrefixListEntries",
                "params": { "PrefixListId": format!("pl-{id}") }, "response": { "Entries": entries },
            }),
        );
    }
    for (subnet, group) in mount_targets {
        let id = format!("fsmt-{subnet}");
        let address = range_of(subnet).replace(".0/24", ".9");
        add(
            "describe-mount-targets",
            json!({ "MountTargets": [{
            "MountTargetId": id, "FileSystemId": "fs-1", "SubnetId": format!("subnet-{subnet}"),
            "VpcId": "vpc-1", "LifeCycleState": "available", "IpAddress": address,
            "AvailabilityZoneId": zone_of(subnet),
        }] }),
        );
        add(
            "describe-mount-target-security-groups",
            json!({
                "service": "efs", "operation": "DescribeMountTargetSecurityGroups",
                "params": { "MountTargetId": id }, "response": { "SecurityGroups": [format!("sg-{group}")] },
            }),
        );
    }
    add(
        "describe-services",
        json!({ "services": [{
        "serviceName": "web", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod", "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": service },
    }] }),
    );
    evidence
}

impl Account {
    fn add(&mut self, list: &str, value: Value) {
        push(&mut self.lists[list], value);
    }

    fn is_without(&self, name: &str) -> bool {
        self.without.iter().any(|word| name == word || name.ends_with(&format!("-{word}")))
    }

    fn subnet(&mut self, id: &str, table: Option<&str>, bpa: Option<&str>, has: &dyn Fn(&str) -> bool) {
        let v6 = json!([{ "Ipv6CidrBlock": "2001:db8::/64" }]);
        let mut subnet = json!({
            "SubnetId": format!("subnet-{id}"), "VpcId": "vpc-1", "CidrBlock": range_of(id),
            "AvailabilityZoneId": zone_of(id), "Ipv6Native": has("v6only"), "EnableDns64": has("dns64"),
            "Ipv6CidrBlockAssociationSet": if has("v6") || has("v6only") { v6 } else { json!([]) },
        });
        if let Some(mode) = bpa {
            subnet["BlockPublicAccessStates"] = json!({ "InternetGatewayBlockMode": mode });
        }
        self.add("Subnets", subnet);
        if let Some(table) = table {
            self.associate(table, json!({ "SubnetId": format!("subnet-{id}") }));
        }
    }

    fn table(&mut self, id: &str) -> &mut Value {
        let id = format!("rtb-{id}");
        let tables = self.lists["RouteTables"].as_array_mut().unwrap();
        let at = tables.iter().position(|table| table["RouteTableId"] == id).unwrap_or_else(|| {
            tables.push(json!({
                "RouteTableId": id, "VpcId": "vpc-1", "Associations": [],
                "Routes": [{ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active" }],
            }));
            tables.len() - 1
        });
        &mut tables[at]
    }

    fn associate(&mut self, table: &str, mut association: Value) {
        self.has_main |= association.get("Main").is_some();
        association["AssociationState"] = json!({ "State": "associated" });
        push(&mut self.table(table)["Associations"], association);
    }

    fn routes(&mut self, table: &str, routes: &[&str]) {
        for route in routes {
            let (to, target) = route.split_once("->").unwrap();
            let id = target.trim_end_matches(['!', '~']);
            let (key, id) = match id {
                "local" => ("GatewayId", "local".to_owned()),
                "igw" => ("GatewayId", "igw-1".to_owned()),
                "eigw" => ("EgressOnlyInternetGatewayId", "eigw-1".to_owned()),
                "tgw" => ("TransitGatewayId", "tgw-1".to_owned()),
                "pcx" => ("VpcPeeringConnectionId", "pcx-1".to_owned()),
                "fw" => ("NetworkInterfaceId", "eni-fw".to_owned()),
                "vgw" => ("GatewayId", "vgw-1".to_owned()),
                nat if nat.starts_with('n') => ("NatGatewayId", format!("nat-{nat}")),
                endpoint => ("GatewayId", format!("vpce-{endpoint}")),
            };
            let to = match to.strip_prefix("pl:") {
                Some(list) => ("DestinationPrefixListId", format!("pl-{list}")),
                None if to.contains(':') => ("DestinationIpv6CidrBlock", to.to_owned()),
                None => ("DestinationCidrBlock", range(to)),
            };
            let state = if target.ends_with('!') { "blackhole" } else { "active" };
            let origin = if target.ends_with('~') { "EnableVgwRoutePropagation" } else { "CreateRoute" };
            let route = json!({ to.0: to.1, key: id, "State": state, "Origin": origin });
            push(&mut self.table(table)["Routes"], route);
        }
    }

    fn endpoint<'t>(&mut self, id: &str, name: &str, option: &dyn Fn(&str) -> Option<&'t str>) {
        let mut endpoint = json!({
            "VpcEndpointId": format!("vpce-{id}"), "VpcEndpointType": "Interface", "VpcId": "vpc-1",
            "ServiceName": service_name(name, option("region")),
            "State": option("state").unwrap_or("Available"),
            "PrivateDnsEnabled": option("dns") != Some("off"),
            "SubnetIds": ids("subnet", option("in").or(Some("a"))),
            "Groups": ids("sg", option("sg").or(Some("e"))).iter().map(|id| json!({ "GroupId": id })).collect::<Vec<_>>(),
        });
        if let Some(inbound) = option("inbound") {
            endpoint["DnsOptions"] = json!({ "PrivateDnsOnlyForInboundResolverEndpoint": inbound == "on" });
        }
        self.add("VpcEndpoints", endpoint);
    }

    fn acl(&mut self, id: &str, on: Option<&str>, into: Option<&str>, out: Option<&str>) {
        let mut entries = Vec::new();
        for (rules, egress) in [(into, false), (out, true)] {
            for rule in rules.unwrap_or("100+all@0/0").split(',') {
                let at = rule.find(['+', '-']).unwrap();
                let (number, action) = (&rule[..at], if &rule[at..=at] == "+" { "allow" } else { "deny" });
                let (ports, range_text) = rule[at + 1..].split_once('@').unwrap();
                let (from, to) = ports.split_once('-').unwrap_or((ports, ports));
                let key = if range_text.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" };
                let mut entry = json!({
                    "RuleNumber": number.parse::<i64>().unwrap(), "RuleAction": action, "Egress": egress,
                    "Protocol": if ports == "all" { "-1" } else { "6" }, key: range(range_text),
                });
                if ports != "all" {
                    entry["PortRange"] =
                        json!({ "From": from.parse::<i64>().unwrap(), "To": to.parse::<i64>().unwrap() });
                }
                entries.push(entry);
            }
            entries.push(json!({
                "RuleNumber": 32767, "RuleAction": "deny", "Egress": egress, "Protocol": "-1", "CidrBlock": "0.0.0.0/0",
            }));
        }
        let subnets = ids("subnet", on);
        self.acl_subnets.extend(subnets.iter().cloned());
        let used: Vec<Value> = subnets.iter().map(|id| json!({ "SubnetId": id })).collect();
        self.add("NetworkAcls", json!({
            "NetworkAclId": format!("acl-{id}"), "VpcId": "vpc-1", "Associations": used, "Entries": entries,
        }));
    }

    /// What every VPC has.
    fn fill(&mut self, subnets: &[String], text: &str) {
        let is_free = |id: &&String| !self.acl_subnets.contains(&format!("subnet-{id}"));
        let rest: Vec<String> = subnets.iter().filter(is_free).cloned().collect();
        self.acl(
            "0",
            Some(&rest.join(",")),
            Some("100+all@0/0,101+all@::/0"),
            Some("100+all@0/0,101+all@::/0"),
        );
        if !self.has_main {
            self.associate("main", json!({ "Main": true }));
        }
        for (id, into, out) in [("t", None, "all@0/0,all@::/0"), ("e", Some("443@10.0.0.0/16"), "all@0/0")] {
            if !text.contains(&format!("sg {id} ")) {
                self.add("SecurityGroups", group(id, into, Some(out)));
            }
        }
    }
}

fn group(id: &str, into: Option<&str>, out: Option<&str>) -> Value {
    let rules = |text: Option<&str>| -> Vec<Value> {
        text.into_iter()
            .flat_map(|text| text.split(','))
            .filter(|rule| rule.contains('@'))
            .map(rule)
            .collect()
    };
    json!({
        "GroupId": format!("sg-{id}"), "GroupName": id, "VpcId": "vpc-1",
        "IpPermissions": rules(into), "IpPermissionsEgress": rules(out),
    })
}

fn rule(text: &str) -> Value {
    let (ports, peer) = text.split_once('@').unwrap();
    let mut rule = match ports {
        "all" => json!({ "IpProtocol": "-1" }),
        "udp" => json!({ "IpProtocol": "udp", "FromPort": 0, "ToPort": 65535 }),
        ports => {
            let (from, to) = ports.split_once('-').unwrap_or((ports, ports));
            json!({ "IpProtocol": "tcp", "FromPort": from.parse::<i64>().unwrap(), "ToPort": to.parse::<i64>().unwrap() })
        }
    };
    match peer.split_once(':') {
        Some(("sg", id)) => rule["UserIdGroupPairs"] = json!([{ "GroupId": format!("sg-{id}") }]),
        Some(("pl", id)) => rule["PrefixListIds"] = json!([{ "PrefixListId": format!("pl-{id}") }]),
        Some(_) => rule["Ipv6Ranges"] = json!([{ "CidrIpv6": peer }]),
        None => rule["IpRanges"] = json!([{ "CidrIp": range(peer) }]),
    }
    // AWS sends the empty lists too.
    for list in ["IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"] {
        if rule.get(list).is_none() {
            rule[list] = json!([]);
        }
    }
    rule
}

fn service_name(name: &str, region: Option<&str>) -> String {
    format!("com.amazonaws.{}.{name}", region.unwrap_or("eu-west-1"))
}

fn ids(kind: &str, list: Option<&str>) -> Vec<String> {
    let names = list.unwrap_or_default().split(',').filter(|name| !name.is_empty());
    names.map(|name| format!("{kind}-{name}")).collect()
}

fn range(text: &str) -> String {
    text.replace("0/0", "0.0.0.0/0").replace("0.0.0.0.0.0.0/0", "0.0.0.0/0")
}

fn range_of(subnet: &str) -> String {
    format!("10.0.{}.0/24", subnet.as_bytes()[0] - b'a' + 1)
}

fn zone_of(subnet: &str) -> String {
    format!("euw1-az{}", subnet.as_bytes()[0] - b'a' + 1)
}

fn push(list: &mut Value, value: Value) {
    list.as_array_mut().unwrap().push(value);
}
