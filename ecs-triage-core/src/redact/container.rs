//! Members that a container has.

/// Members of `ContainerDefinition`, `Container`, `ContainerOverride` and of the events' containers, in lower case and
/// in order. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
const MEMBERS: &[&str] = &[
    "command",
    "containerarn",
    "containername",
    "cpu",
    "credentialspecs",
    "dependson",
    "disablenetworking",
    "dnssearchdomains",
    "dnsservers",
    "dockerlabels",
    "dockersecurityoptions",
    "entrypoint",
    "environment",
    "environmentfiles",
    "essential",
    "exitcode",
    "extrahosts",
    "firelensconfiguration",
    "gpuids",
    "gpusharingstrategy",
    "healthcheck",
    "healthstatus",
    "hostname",
    "image",
    "imagedigest",
    "interactive",
    "laststatus",
    "links",
    "linuxparameters",
    "logconfiguration",
    "managedagents",
    "memory",
    "memoryreservation",
    "mountpoints",
    "name",
    "networkbindings",
    "networkinterfaces",
    "neurondeviceids",
    "portmappings",
    "privileged",
    "pseudoterminal",
    "readonlyrootfilesystem",
    "reason",
    "repositorycredentials",
    "resourcerequirements",
    "restartpolicy",
    "runtimeid",
    "secrets",
    "starttimeout",
    "status",
    "stoptimeout",
    "systemcontrols",
    "taskarn",
    "ulimits",
    "user",
    "versionconsistency",
    "volumesfrom",
    "workingdirectory",
];

/// Members of `Task` that are no label's name: a task is not looked through for what makes it no container.
const OF_TASKS: &[&str] =
    &["capacityprovidername", "clusterarn", "startedby", "stopcode", "stoppedreason", "taskdefinitionarn"];

/// Whether ECS has a member of this name, in lower case without separators, in a container or a task.
pub(super) fn has_member(name: &str) -> bool {
    MEMBERS.binary_search(&name).is_ok() || OF_TASKS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_in_order_and_found() {
        assert!(MEMBERS.is_sorted());
        assert!(has_member("stoppedreason"));
        assert!(has_member("image") && has_member("workingdirectory"));
        assert!(!has_member("team") && !has_member("value"));
    }
}
