//! What a task definition needs from AWS: which role calls what, on which resource.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>

use crate::arn::Arn;
use crate::evidence::Citation;
use crate::evidence::ecs::{ContainerDefinition, TaskDefinition};
use crate::iam::Resource;
use crate::image::{ImageReference, Registry};
use crate::signals::{LaunchType, Subject};

/// Who makes a call for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caller {
    /// The agent, with the task execution role.
    ExecutionRole,
    /// The application, an ECS Exec session or a mount, with the task role.
    TaskRole,
}

/// One call that a task depends on.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    /// Who makes it.
    pub(crate) caller: Caller,
    /// Action, such as `ecr:GetAuthorizationToken`.
    pub(crate) action: &'static str,
    /// ARN of the resource as a policy would name it.
    pub(crate) arn: String,
    /// What the task needs it for, as the end of a sentence: "to pull `…`".
    pub(crate) purpose: String,
    /// The place in the task definition that needs it.
    pub(crate) citation: Citation,
    /// Whether an EC2 instance's own role may stand in for a missing execution role.
    pub(crate) instance_role_will_do: bool,
}

/// Everything that the subject's task definition needs, container by container.
pub(crate) fn needs(subject: &Subject<'_>) -> Vec<Need> {
    let Some(definition) = &subject.definition else { return Vec::new() };
    let facts = subject.facts();
    // A task's roles are of its own account.
    let role = Arn::from(definition.execution_role_arn().or(definition.task_role_arn()).unwrap_or_default());
    let mut list = List {
        partition: facts.text("partition").or(role.partition()).unwrap_or("aws").to_owned(),
        region: facts.text("region").unwrap_or("*").to_owned(),
        account: facts.text("account").or(role.account()).unwrap_or("*").to_owned(),
        needs: Vec::new(),
    };
    for container in definition.container_definitions() {
        list.pull(&container);
        list.secrets(&container);
        list.environment_files(&container);
        list.logs(&container);
    }
    list.volumes(definition);
    list.needs
}

/// Whether the needs demand an execution role, given where the task runs.
pub(crate) fn demand_execution_role(needs: &[Need], launch_type: Option<LaunchType>) -> bool {
    needs.iter().any(|need| {
        need.caller == Caller::ExecutionRole
            && !(need.instance_role_will_do && matches!(launch_type, Some(LaunchType::Ec2) | None))
    })
}

struct List {
    partition: String,
    region: String,
    account: String,
    needs: Vec<Need>,
}

impl List {
    fn add(&mut self, need: Need) {
        let is_known = self
            .needs
            .iter()
            .any(|known| known.caller == need.caller && known.action == need.action && known.arn == need.arn);
        if !is_known {
            self.needs.push(need);
        }
    }

    fn execution(&mut self, action: &'static str, arn: String, purpose: &str, citation: &Citation) {
        self.add(Need {
            caller: Caller::ExecutionRole,
            action,
            arn,
            purpose: purpose.to_owned(),
            citation: citation.clone(),
            instance_role_will_do: false,
        });
    }

    /// The instance's role serves pulls and awslogs of tasks without an execution role on EC2.
    fn instance_role_will_do(&mut self, from: usize) {
        for need in &mut self.needs[from..] {
            need.instance_role_will_do = true;
        }
    }

    fn pull(&mut self, container: &ContainerDefinition<'_>) {
        let Some(text) = container.image() else { return };
        let citation = container.cite("image");
        let image = ImageReference::from(text);
        if let Registry::EcrPrivate(registry) = image.registry() {
            let from = self.needs.len();
            let purpose = format!("to pull `{text}`");
            let repository = format!(
                "arn:{}:ecr:{}:{}:repository/{}",
                self.partition,
                registry.region,
                registry.account,
                image.repository()
            );
            self.execution("ecr:GetAuthorizationToken", "*".to_owned(), &purpose, &citation);
            for action in ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] {
                self.execution(action, repository.clone(), &purpose, &citation);
            }
            self.instance_role_will_do(from);
        }
        if let Some(parameter) =
            container.repository_credentials().and_then(|found| found.credentials_parameter())
        {
            let purpose = format!("to read the credentials for the registry of `{text}`");
            self.secret(parameter, &purpose, &container.cite("repositoryCredentials"));
        }
    }

    fn secrets(&mut self, container: &ContainerDefinition<'_>) {
        for secret in container.secrets() {
            let Some(from) = secret.value_from() else { continue };
            let purpose = format!("to fill the environment variable `{}`", secret.name().unwrap_or("?"));
            self.secret_or_parameter(from, &purpose, &secret.cite("valueFrom"));
        }
        let options = container.node().get("logConfiguration").and_then(|found| found.get("secretOptions"));
        for option in options.iter().flat_map(|list| list.elements()) {
            let Some(from) = option.get("valueFrom") else { continue };
            if let Some(text) = from.value().as_str() {
                self.secret_or_parameter(text, "to fill an option of the log driver", &from.citation());
            }
        }
    }

    fn secret_or_parameter(&mut self, from: &str, purpose: &str, citation: &Citation) {
        let arn = Arn::from(from);
        match arn.service() {
            Some("secretsmanager") => self.secret(from, purpose, citation),
            Some("ssm") => self.execution("ssm:GetParameters", from.to_owned(), purpose, citation),
            Some(_) => {}
            // A name without an ARN is a parameter of the task's own Region.
            None => {
                let name = from.trim_start_matches('/');
                let arn =
                    format!("arn:{}:ssm:{}:{}:parameter/{name}", self.partition, self.region, self.account);
                self.execution("ssm:GetParameters", arn, purpose, citation);
            }
        }
    }

    /// `valueFrom` may go on after the secret's ARN: `:json-key:version-stage:version-id`.
    fn secret(&mut self, from: &str, purpose: &str, citation: &Citation) {
        let arn: String = from.splitn(8, ':').take(7).collect::<Vec<_>>().join(":");
        let arn = if arn.starts_with("arn:") {
            arn
        } else {
            format!("arn:{}:secretsmanager:{}:{}:secret:{from}", self.partition, self.region, self.account)
        };
        let arn = if ending(&arn) == Ending::Name { format!("{arn}{ANY_SUFFIX}") } else { arn };
        self.execution("secretsmanager:GetSecretValue", arn, purpose, citation);
    }

    fn environment_files(&mut self, container: &ContainerDefinition<'_>) {
        for file in container.environment_files() {
            let Some(object) = file.value() else { continue };
            let citation = file.cite("value");
            let bucket = object.split('/').next().unwrap_or(object).to_owned();
            let purpose = format!("to read the environment file `{object}`");
            self.execution("s3:GetObject", object.to_owned(), &purpose, &citation);
            self.execution("s3:GetBucketLocation", bucket, &purpose, &citation);
        }
    }

    fn logs(&mut self, container: &ContainerDefinition<'_>) {
        let Some(configuration) = container.log_configuration() else { return };
        let Some(options) = configuration.options().filter(|_| configuration.log_driver() == Some("awslogs"))
        else {
            return;
        };
        let Some(group) = options.group() else { return };
        let citation = options.cite("awslogs-group");
        let region = options.region().unwrap_or(&self.region).to_owned();
        let arn = format!("arn:{}:logs:{region}:{}:log-group:{group}", self.partition, self.account);
        let purpose = format!("to write to the log group `{group}`");
        let from = self.needs.len();
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            self.add(Need {
                caller: Caller::ExecutionRole,
                action,
                arn: format!("{arn}:*"),
                purpose: purpose.clone(),
                citation: citation.clone(),
                instance_role_will_do: false,
            });
        }
        if options.create_group() == Some("true") {
            self.execution("logs:CreateLogGroup", arn, &purpose, &citation);
        }
        self.instance_role_will_do(from);
    }

    fn volumes(&mut self, definition: &TaskDefinition<'_>) {
        for volume in definition.volumes() {
            if let Some(files) = volume.s3files_volume_configuration()
                && let Some(arn) = files.get("fileSystemArn")
                && let Some(text) = arn.value().as_str()
            {
                self.mount("s3files:ClientMount", text.to_owned(), text, arn.citation());
            }
            let Some(efs) = volume.efs_volume_configuration() else { continue };
            let uses_iam =
                efs.authorization_config().and_then(|found| found.iam().map(|iam| iam == "ENABLED"));
            let Some(file_system) = efs.file_system_id().filter(|_| uses_iam == Some(true)) else { continue };
            let arn = format!(
                "arn:{}:elasticfilesystem:{}:{}:file-system/{file_system}",
                self.partition, self.region, self.account
            );
            self.mount("elasticfilesystem:ClientMount", arn, file_system, efs.cite("fileSystemId"));
        }
    }

    fn mount(&mut self, action: &'static str, arn: String, file_system: &str, citation: Citation) {
        self.add(Need {
            caller: Caller::TaskRole,
            action,
            arn,
            purpose: format!("to mount the file system `{file_system}`"),
            citation,
            instance_role_will_do: false,
        });
    }
}

/// The six characters at the end of a secret's ARN, as a policy writes them.
const ANY_SUFFIX: &str = "-??????";

/// How the ARN of a secret ends.
#[derive(PartialEq)]
enum Ending {
    /// With the name: a policy needs `-??????` behind it.
    Name,
    /// With the six random characters.
    Suffix,
    /// `secret:db-config` may be either.
    Either,
}

/// Secrets Manager draws six letters and digits; without an upper-case letter they may be a word of the name.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
fn ending(arn: &str) -> Ending {
    match arn.rsplit_once('-') {
        Some((_, tail)) if tail.len() == 6 && tail.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            if tail.bytes().any(|byte| byte.is_ascii_uppercase()) { Ending::Suffix } else { Ending::Either }
        }
        _ => Ending::Name,
    }
}

/// What the ARN of a need or of a refusal stands for; several where it cannot be told, of which one is right.
pub(crate) fn forms(action: &str, arn: &str) -> Vec<Resource> {
    match action.split(':').next() {
        _ if arn == "*" => vec![Resource::all()],
        Some("secretsmanager") => match (arn.strip_suffix(ANY_SUFFIX), ending(arn)) {
            (Some(name), _) => vec![Resource::secret_without_suffix(name)],
            (None, Ending::Name) => vec![Resource::secret_without_suffix(arn)],
            (None, Ending::Suffix) => vec![Resource::arn(arn)],
            (None, Ending::Either) => vec![Resource::arn(arn), Resource::secret_without_suffix(arn)],
        },
        // Of a key that the message does not name only the account is known.
        Some("kms") if arn.ends_with(":key/") => vec![Resource::starting_with(arn)],
        Some("logs") => match arn.strip_suffix(":*") {
            Some(group) => vec![Resource::starting_with(&format!("{group}:log-stream:"))],
            // A group that is to be created is refused as `log-group:NAME:log-stream:`, without a stream.
            None if arn.ends_with(":log-stream") => vec![Resource::arn(&format!("{arn}:"))],
            None if arn.contains(":log-stream:") => vec![Resource::arn(arn)],
            // AWS's own policies write a group with and without `:*`.
            None => vec![Resource::arn(arn), Resource::starting_with(&format!("{arn}:"))],
        },
        _ => vec![Resource::arn(arn)],
    }
}

/// The resources that a policy of least privilege names for a need or a refusal.
pub(crate) fn policy_resources(action: &str, arn: &str) -> Vec<String> {
    match action.split(':').next() {
        Some("secretsmanager") if arn.ends_with(ANY_SUFFIX) => vec![arn.to_owned()],
        Some("secretsmanager") => match ending(arn) {
            Ending::Name => vec![format!("{arn}{ANY_SUFFIX}")],
            Ending::Suffix => vec![arn.to_owned()],
            Ending::Either => vec![arn.to_owned(), format!("{arn}{ANY_SUFFIX}")],
        },
        Some("logs") => {
            let group = arn.split(":log-stream").next().unwrap_or(arn);
            let group = group.strip_suffix(":*").unwrap_or(group);
            vec![group.to_owned(), format!("{group}:*")]
        }
        _ => vec![arn.to_owned()],
    }
}
