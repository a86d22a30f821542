//! Members that a container has.

/// Whether ECS has a member of this name, in lower case without separators, in a container or a task.
///
/// Those are the members of `ContainerDefinition`, `Container`, `ContainerOverride` and of the events' containers, and of
/// `Task` those that are no label's name: a task is not looked through for what makes it no container.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub(super) fn has_member(name: &[u8]) -> bool {
    matches!(
        name,
        b"command"
            | b"containerarn"
            | b"containername"
            | b"cpu"
            | b"credentialspecs"
            | b"dependson"
            | b"disablenetworking"
            | b"dnssearchdomains"
            | b"dnsservers"
            | b"dockerlabels"
            | b"dockersecurityoptions"
            | b"entrypoint"
            | b"environment"
            | b"environmentfiles"
            | b"essential"
            | b"exitcode"
            | b"extrahosts"
            | b"firelensconfiguration"
            | b"gpuids"
            | b"gpusharingstrategy"
            | b"healthcheck"
            | b"healthstatus"
            | b"hostname"
            | b"image"
            | b"imagedigest"
            | b"interactive"
            | b"laststatus"
            | b"links"
            | b"linuxparameters"
            | b"logconfiguration"
            | b"managedagents"
            | b"memory"
            | b"memoryreservation"
            | b"mountpoints"
            | b"name"
            | b"networkbindings"
            | b"networkinterfaces"
            | b"neurondeviceids"
            | b"portmappings"
            | b"privileged"
            | b"pseudoterminal"
            | b"readonlyrootfilesystem"
            | b"reason"
            | b"repositorycredentials"
            | b"resourcerequirements"
            | b"restartpolicy"
            | b"runtimeid"
            | b"secrets"
            | b"starttimeout"
            | b"status"
            | b"stoptimeout"
            | b"systemcontrols"
            | b"taskarn"
            | b"ulimits"
            | b"user"
            | b"versionconsistency"
            | b"volumesfrom"
            | b"workingdirectory"
            // Of tasks.
            | b"capacityprovidername"
            | b"clusterarn"
            | b"startedby"
            | b"stopcode"
            | b"stoppedreason"
            | b"taskdefinitionarn"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found() {
        assert!(has_member(b"stoppedreason"));
        assert!(has_member(b"image") && has_member(b"workingdirectory") && has_member(b"command"));
        assert!(!has_member(b"team") && !has_member(b"value"));
    }
}
