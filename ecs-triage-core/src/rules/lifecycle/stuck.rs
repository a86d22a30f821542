//! Tasks that stand in one state for longer than normal, and what each state waits for.

use crate::Timestamp;
use crate::evidence::Citation;
use crate::evidence::ecs::{ContainerDefinition, Task};
use crate::health::{DeregistrationDelay, effective_stop_timeout};
use crate::rules::app::duration_words;
use crate::rules::payload::payloads;
use crate::rules::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, Verdict, at_most_one,
};
use crate::signals::{Subject, SubjectKind};

payloads! {
    /// The particulars of a task that stands still.
    Stuck {
        /// State that it stands in.
        status: String,
        /// Seconds that it has stood there, as far as the evidence reaches.
        waited_seconds: f64,
        /// Seconds that are normal at most.
        normal_seconds: f64,
        /// What it waits for: `network-interface`, `capacity`, `image-pull`, `dependency`, `agent`, `container-start`,
        /// `registration`, `deregistration`, `containers-to-stop` or `clean-up`.
        waits_for: String,
    }
}

const LIFECYCLE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html";

const ASK_INSTANCE: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
    "says whether the instance's agent is connected",
);
const ASK_SUBNETS: Ask = Ask::new(
    "ec2",
    "DescribeSubnets",
    r#"{"SubnetIds": ["{subnets}"]}"#,
    "says how many addresses are free in the task's subnet",
);
const ASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "says which containers wait for which others",
);
const LOOK_AGAIN: Fix = Fix::look(
    "See whether it has moved on",
    "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} \
     --query 'tasks[].[lastStatus,pullStartedAt,pullStoppedAt,stoppedReason]'",
);

pub(in crate::rules) static STUCK_PROVISIONING: Rule = Rule {
    code: "stuck-provisioning",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "task has stood in PROVISIONING for longer than normal",
    summary: "The task stands in PROVISIONING{waited~|}: it waits for {what~|a network interface or an instance}.",
    explanation: "ECS prepares what a task needs before it is placed or started: its network interface in awsvpc mode, and with a \
                  capacity provider an instance that may first have to be launched.",
    signs: "`PROVISIONING` minutes after `createdAt`.",
    wants: &[ASK_SUBNETS],
    fixes: &[
        LOOK_AGAIN,
        Fix::look(
            "See the free addresses of the subnet",
            "aws ec2 describe-subnets --subnet-ids {subnets} --region {region} --query 'Subnets[].[SubnetId,AvailableIpAddressCount]'",
        ),
    ],
    docs: &[LIFECYCLE],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| stands_at(subject, &["PROVISIONING"]),
        |_| false,
        |subject| at_most_one(stuck(subject, &["PROVISIONING"], provisioning, Cause::StuckProvisioning)),
    ),
};

pub(in crate::rules) static STUCK_PENDING: Rule = Rule {
    code: "stuck-pending",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "task has stood in PENDING for longer than normal",
    summary: "The task stands in PENDING{waited~|}: it waits for {what~|its containers to start}.",
    explanation: "In PENDING the agent pulls images, waits for the containers that others depend on, and starts them. A large image, a \
                  dependency that never gets there and an agent that does not answer all look like this.",
    signs: "`PENDING` minutes after `createdAt`; `pullStartedAt` without `pullStoppedAt` is a pull under way.",
    wants: &[ASK_INSTANCE, ASK_DEFINITION],
    fixes: &[
        LOOK_AGAIN,
        Fix::look(
            "See whether the agent of its instance answers",
            "aws ecs describe-container-instances --cluster {cluster} --container-instances {containerInstance} \
             --region {region} --query 'containerInstances[].[ec2InstanceId,status,agentConnected]'",
        ),
        Fix::advice(
            "Shorten the pull, if it waits for that",
            Blast::Source,
            "Make the image smaller, keep it in ECR in the same Region with an S3 gateway endpoint, and cache it on instances \
             (`ECS_IMAGE_PULL_BEHAVIOR=prefer-cached`) or by an index for lazy loading on Fargate (SOCI).",
        ),
    ],
    docs: &[LIFECYCLE],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| stands_at(subject, &["PENDING"]),
        |_| false,
        |subject| at_most_one(stuck(subject, &["PENDING"], pending, Cause::StuckPending)),
    ),
};

pub(in crate::rules) static STUCK_ACTIVATING: Rule = Rule {
    code: "stuck-activating",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "task has stood in ACTIVATING for longer than normal",
    summary: "The task stands in ACTIVATING{waited~|}: it waits for {what~|its registration}.",
    explanation: "ECS pulls images, starts containers, sets the network up and registers the task with target groups and service \
                  discovery before it calls the task RUNNING.",
    signs: "`ACTIVATING` minutes after `createdAt`; with both pull times set, what is left is registration.",
    wants: &[ASK_DEFINITION],
    fixes: &[
        LOOK_AGAIN,
        Fix::advice(
            "Check what the task registers with",
            Blast::Nothing,
            "See that the target group and the Cloud Map namespace of service {service|SERVICE} exist, and that the task's port answers.",
        ),
    ],
    docs: &[LIFECYCLE],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| stands_at(subject, &["ACTIVATING"]),
        |_| false,
        |subject| at_most_one(stuck(subject, &["ACTIVATING"], activating, Cause::StuckActivating)),
    ),
};

const ON_ITS_WAY_DOWN: &[&str] = &["DEACTIVATING", "STOPPING", "DEPROVISIONING"];

pub(in crate::rules) static STUCK_STOPPING: Rule = Rule {
    code: "stuck-stopping",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "task does not finish stopping",
    summary: "The task stands in {status~|STOPPING}{waited~|}: it waits for {what~|its containers to end}.",
    explanation: "A task leaves its target groups first, then its containers get SIGTERM and after `stopTimeout` SIGKILL, then \
                  interfaces and volumes are taken away. An agent that does not answer, or a role that is gone, halts it.",
    signs: "`DEACTIVATING`, `STOPPING` or `DEPROVISIONING` long after `stoppingAt`.",
    wants: &[ASK_INSTANCE],
    fixes: &[
        LOOK_AGAIN,
        Fix::run(
            "Shorten the deregistration delay, if it waits for that; requests that take longer are cut off",
            Blast::Resource,
            "aws elbv2 modify-target-group-attributes --target-group-arn {targetGroup} --region {region} \
             --attributes Key=deregistration_delay.timeout_seconds,Value=30",
        ),
        Fix::advice(
            "Look at the host, if it waits for containers",
            Blast::Instances,
            "On EC2 see whether the agent and Docker of the instance answer; the task ends when the instance does.",
        ),
    ],
    docs: &[LIFECYCLE],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| stands_at(subject, ON_ITS_WAY_DOWN),
        |_| false,
        |subject| at_most_one(stuck(subject, ON_ITS_WAY_DOWN, stopping, Cause::StuckStopping)),
    ),
};

/// What a task waits for, since when, and how long that is normal.
struct Wait {
    what: &'static str,
    words: String,
    since: Option<Timestamp>,
    normal: f64,
    proof: Citation,
}

fn provisioning(subject: &Subject<'_>, task: &Task<'_>) -> Wait {
    let interface = task.attachments().into_iter().find(|attachment| {
        attachment.kind().is_some_and(|kind| matches!(kind, "ElasticNetworkInterface" | "eni"))
    });
    let is_attached = interface.as_ref().and_then(|found| found.status()) == Some("ATTACHED");
    let (what, words, normal) = match (interface, subject.is_fargate()) {
        (Some(found), _) if !is_attached => {
            let status = found.status().unwrap_or("being made").to_owned();
            ("network-interface", format!("its network interface, which is {status}"), 300.0)
        }
        (_, true) => ("capacity", "capacity on Fargate".to_owned(), 300.0),
        // An Auto Scaling group takes minutes to launch an instance and to register it.
        _ => ("capacity", "an instance of its capacity provider".to_owned(), 900.0),
    };
    Wait { what, words, since: task.created_at(), normal, proof: task.cite("lastStatus") }
}

fn pending(subject: &Subject<'_>, task: &Task<'_>) -> Wait {
    if let Some(wait) = pulling(task) {
        return wait;
    }
    let wait = |what, words: String, proof| Wait {
        what,
        words,
        since: task.pull_stopped_at().or(task.created_at()),
        normal: 300.0,
        proof,
    };
    if task.connectivity() == Some("DISCONNECTED") {
        return wait("agent", "an agent that is not connected".to_owned(), task.cite("connectivity"));
    }
    if let Some(instance) = subject.instance.as_ref().filter(|found| found.agent_connected() == Some(false)) {
        return wait("agent", "an agent that is not connected".to_owned(), instance.cite("agentConnected"));
    }
    match dependency(subject) {
        Some((container, on)) => {
            let words = format!("container `{on}`, which `{container}` depends on");
            wait("dependency", words, task.cite("lastStatus"))
        }
        None => wait("container-start", "its containers to start".to_owned(), task.cite("lastStatus")),
    }
}

fn activating(subject: &Subject<'_>, task: &Task<'_>) -> Wait {
    match task.pull_stopped_at() {
        None => pending(subject, task),
        Some(pulled) => Wait {
            what: "registration",
            words: "its registration with target groups and service discovery".to_owned(),
            since: Some(pulled),
            normal: 600.0,
            proof: task.cite("lastStatus"),
        },
    }
}

fn pulling(task: &Task<'_>) -> Option<Wait> {
    let since = task.pull_started_at().filter(|_| task.pull_stopped_at().is_none())?;
    Some(Wait {
        what: "image-pull",
        words: "the pull of its images, which has not ended".to_owned(),
        since: Some(since),
        normal: 600.0,
        proof: task.cite("pullStartedAt"),
    })
}

/// A container that has not started, and the one that it depends on.
fn dependency(subject: &Subject<'_>) -> Option<(String, String)> {
    let waiting = subject.exits.iter().filter(|exit| exit.view.last_status() == Some("PENDING"));
    waiting
        .filter_map(|exit| {
            let on = exit.definition.as_ref()?.depends_on().into_iter().find_map(|on| {
                on.condition().filter(|condition| *condition != "START")?;
                on.container_name().map(str::to_owned)
            })?;
            Some((exit.container.clone(), on))
        })
        .next()
}

fn stopping(subject: &Subject<'_>, task: &Task<'_>) -> Wait {
    let timeouts = subject.exits.iter().map(|exit| {
        let own = exit.definition.as_ref().and_then(ContainerDefinition::stop_timeout);
        f64::from(effective_stop_timeout(own.and_then(|seconds| u32::try_from(seconds).ok())))
    });
    // Containers that depend on each other stop one after another.
    let containers: f64 = timeouts.sum::<f64>().max(30.0);
    let balanced = f64::from(DeregistrationDelay::default().0);
    let (what, words, normal) = match task.last_status() {
        Some("DEACTIVATING") => ("deregistration", "its target groups to let it go", balanced + 60.0),
        Some("STOPPING") => ("containers-to-stop", "its containers to end", balanced + containers + 60.0),
        _ => ("clean-up", "its interface and volumes to be taken away", balanced + containers + 600.0),
    };
    let since = task.stopping_at().or(task.execution_stopped_at());
    Wait { what, words: words.to_owned(), since, normal, proof: task.cite("lastStatus") }
}

/// Whether a task stands in one of these states.
fn stands_at(subject: &Subject<'_>, states: &[&str]) -> bool {
    let status = subject.task.as_ref().and_then(|task| task.last_status());
    subject.kind == SubjectKind::Task && status.is_some_and(|status| states.contains(&status))
}

/// A finding when the task stands in one of `states` for longer than normal; a mere possibility when nothing
/// says what time it is.
fn stuck(
    subject: &Subject<'_>,
    states: &[&str],
    wait: fn(&Subject<'_>, &Task<'_>) -> Wait,
    cause: fn(Stuck) -> Cause,
) -> Option<Finding> {
    let task = subject.task.as_ref().filter(|_| stands_at(subject, states))?;
    let status = task.last_status()?;
    let wait = wait(subject, task);
    let waited = wait.since.and_then(|since| Some(now(subject, task)?.seconds_since(since)));
    let is_long = waited.is_some_and(|seconds| seconds >= wait.normal);
    let knows_time = subject.evidence.observed_at().is_some() || task.updated_at().is_some();
    let is_on_its_way_down = task.desired_status() == Some("STOPPED");
    if !is_long && (knows_time || is_on_its_way_down) {
        return None;
    }
    let particulars = Stuck {
        status: Some(status.to_owned()),
        waited_seconds: waited.filter(|_| is_long || knows_time),
        normal_seconds: Some(wait.normal),
        waits_for: Some(wait.what.to_owned()),
    };
    let (confidence, verdict, words) = if is_long {
        let words = waited.map(|seconds| format!(" for {} now", duration_words(seconds)));
        (Confidence::Likely, Verdict::Failure, words)
    } else {
        let words = Some(", and the evidence does not say how long".to_owned());
        (Confidence::Possible, Verdict::InProgress, words)
    };
    let finding = Finding::new(cause(particulars), confidence, task.cite("lastStatus"))
        .cite(wait.proof)
        .fact("waited", words)
        .fact("what", Some(wait.words))
        .verdict(verdict);
    Some(finding)
}

/// The moment of observation, else that of the event, else the newest time that the evidence knows.
fn now(subject: &Subject<'_>, task: &Task<'_>) -> Option<Timestamp> {
    let evidence = subject.evidence;
    evidence.observed_at().or(task.updated_at()).or_else(|| evidence.latest_time())
}
