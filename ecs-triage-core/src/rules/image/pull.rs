//! The pull as a process: too slow, broken off, given up, without harm, or not explained.

use super::super::network::{CONTAINER_INSTANCE, ENDPOINTS, GROUPS, INSTANCE, ROUTES, SERVICE, SUBNETS};
use super::super::payload::payloads;
use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Pull, Rule, Verdict};
use super::{PULL_PAGE, REDEPLOY, REPOSITORY, TAG, Why};
use crate::signals::Subject;
use crate::signals::message::Transport;

payloads! {
    /// A pull that took too long.
    SlowPull {
        /// Image reference.
        image: String,
        /// How long the agent waited, in seconds.
        waited_seconds: f64,
    }
}

pub(in crate::rules) static TIMEOUT: Rule = Rule {
    code: "image-pull-timeout",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "pull began but did not finish in time",
    summary: "The pull of {image|the image} did not finish in time{waited~|}.",
    explanation: "The agent waits for a pull to begin, to make progress and to end. A huge image, a slow link, a used-up \
                  disk or a Docker daemon that hangs passes these limits.",
    signs: "DockerTimeoutError `Could not transition to pulled`, `pullBegin` or `MANIFEST_PULLED`, or `inactivity time \
            exceeded timeout while pulling image`.",
    wants: &[CONTAINER_INSTANCE, TAG, INSTANCE],
    fixes: &[
        Fix::look(
            "See how large the image is",
            "aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} --region \
             {registryRegion} --query 'sort_by(imageDetails,&imagePushedAt)[-5:].[imageTags,imageSizeInBytes]'",
        ),
        Fix::advice(
            "Give the pull more time, or less to do",
            Blast::Instances,
            "Make the image smaller, restart Docker on the host if it hangs, or raise `ECS_IMAGE_PULL_TIMEOUT` and \
             `ECS_IMAGE_PULL_INACTIVITY_TIMEOUT` in `/etc/ecs/ecs.config`.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"],
    since: "0.1.0",
    check: Check::reads(Why::PullTimeout, |statement, subject| {
        Cause::ImagePullTimeout(SlowPull {
            image: Pull::of(statement, subject).image,
            waited_seconds: statement.message.transition().and_then(|transition| transition.waited_seconds),
        })
    })
    .settled(|_, finding| {
        let Cause::ImagePullTimeout(pull) = &finding.cause else { return finding };
        let waited = pull.waited_seconds.map(|seconds| format!(": the agent gave up after {seconds:.0} s"));
        finding.fact("waited", waited)
    }),
};

pub(in crate::rules) static TRANSIENT: Rule = Rule {
    code: "image-pull-transient",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "connection broke during the pull",
    summary: "The connection to {registry|the registry} broke while {image|the image} was being pulled.",
    explanation: "The server was reached and the connection ended early. That happens once in a while; often means a \
                  NAT gateway out of ports, a proxy, or a packet size that does not pass.",
    signs: "`unexpected EOF`, `connection reset by peer`, `TLS handshake timeout` or a read time-out in a pull error.",
    wants: &[
        Ask::new(
            "ecs",
            "ListTasks",
            r#"{"cluster": "{cluster}", "serviceName": "{service}", "desiredStatus": "RUNNING"}"#,
            "later tasks that run the same image say that it has passed",
        ),
        SUBNETS,
        ROUTES,
    ],
    fixes: &[
        REDEPLOY,
        Fix::advice(
            "If it keeps happening, look at the NAT gateway",
            Blast::Nothing,
            "Compare the metric `ErrorPortAllocation` of the NAT gateway with the times of the pulls.",
        ),
    ],
    docs: &[PULL_PAGE, "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"],
    since: "0.1.0",
    check: Check::reads(Why::PullTransient, |statement, subject| {
        Cause::ImagePullTransient(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static CANCELED: Rule = Rule {
    code: "image-pull-context-canceled",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "pull was given up before it could connect",
    summary: "The pull of {image|the image} was given up before it could connect{way~|}.",
    explanation: "AWS names a missing route to the registry as the usual reason. A pull is given up as well when the \
                  task is being stopped, so the stop code decides.",
    signs: "`context canceled` as the whole reason of a task that failed to start. With a user's or the scheduler's \
            stop, or beside another failed container, it is a consequence and not reported.",
    wants: &[CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE, ROUTES, ENDPOINTS, GROUPS],
    fixes: &[
        Fix::look(
            "See whether the subnet has a route out",
            "aws ec2 describe-route-tables --filters Name=vpc-id,Values={vpc} --region {region} \
             --query 'RouteTables[].[RouteTableId,Associations[].SubnetId,Routes[].[DestinationCidrBlock,GatewayId,NatGatewayId]]'",
        ),
        super::super::network::PUBLIC_ADDRESS,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::PullCanceled, |statement, subject| {
        Cause::ImagePullContextCanceled(Pull::of(statement, subject))
    })
    .settled(|subject, finding| super::super::network::settle(subject, finding, Why::PullCanceled)),
};

pub(in crate::rules) static HELPER_CRASHED: Rule = Rule {
    code: "image-pull-client-panic",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "Fargate's pull helper crashed or was killed",
    summary: "Fargate's helper that pulls {image|the image} crashed or was killed, as it does when Amazon S3 cannot be reached.",
    explanation: "The helper of older platform versions ends like this when the layers cannot be fetched: the security \
                  group or the S3 gateway endpoint does not let the task through.",
    signs: "`pull command failed: panic: …` or `pull command failed: : signal: killed`.",
    wants: &[SUBNETS, SERVICE, ENDPOINTS, GROUPS, ROUTES],
    fixes: &[
        Fix::run(
            "Allow HTTPS out of the task's security group",
            Blast::Network,
            "aws ec2 authorize-security-group-egress --group-id {startSecurityGroups^} --ip-permissions \
             'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]' --region {region}",
        ),
        Fix::run(
            "Use the current platform version",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --platform-version LATEST --region {region}",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::PullHelperCrashed, |statement, subject| {
        Cause::ImagePullClientPanic(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static NOT_FATAL: Rule = Rule {
    code: "image-pull-error-nonfatal",
    bucket: Bucket::Image,
    kind: Kind::Symptom,
    title: "recorded pull error did no harm: an image on the host was used",
    summary: "The pull of {image|the image} failed, but {container|the container} ran all the same, from an image \
              that the host had, which may be old.",
    explanation: "The agent keeps the first error of a container for good. Unless it must always pull, it goes on with \
                  the image it has, and shows the pull's error as the reason when the container ends for another cause.",
    signs: "A CannotPull… reason on a container that has an exit code or runs.",
    wants: &[TAG],
    fixes: &[
        Fix::look(
            "Compare the digest that ran with the one of the tag",
            "aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} --image-ids \
             imageTag={tag} --region {registryRegion} --query 'imageDetails[].[imageDigest,imagePushedAt]'",
        ),
        Fix::advice(
            "Repair the pull as well",
            Blast::Nothing,
            "Until the pull works again every start on this host runs the image it already has.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"],
    since: "0.1.0",
    check: Check::Judge(not_fatal),
};

fn not_fatal(subject: &Subject<'_>) -> Vec<Finding> {
    let outlived = subject.outlived.iter();
    outlived
        .map(|statement| {
            let exit =
                subject.exits.iter().find(|exit| Some(&exit.container) == statement.container.as_ref());
            let cause = Cause::ImagePullErrorNonfatal(Pull::of(statement, subject));
            let finding = Finding::stated(cause, statement);
            match exit.and_then(|exit| exit.code) {
                // Still running: the error is all there is to say, and nothing failed.
                None => finding.verdict(Verdict::Healthy),
                Some(0) => finding.confidence(Confidence::Possible),
                Some(_) if subject.stop.was_asked_for() => finding.confidence(Confidence::Possible),
                Some(_) => finding,
            }
        })
        .collect()
}

/// The agent's container that holds the network namespace of a task.
const PAUSE: &[&str] = &["amazon/amazon-ecs-pause", "~internal~ecs~pause"];
/// The agent brings the image along.
const RELOAD: Fix = Fix::advice(
    "Have the agent load its image again",
    Blast::Instances,
    "Restart the agent on the container instance (`sudo systemctl restart ecs`), which loads the image; keep \
     `amazon/amazon-ecs-pause` out of what prunes images; or replace the instance.",
);

pub(in crate::rules) static UNCLASSIFIED: Rule = Rule {
    code: "pull-unclassified",
    bucket: Bucket::Image,
    kind: Kind::Residual,
    title: "image could not be pulled; the reason is cut off",
    summary: "{image|The image} could not be pulled; what is left of the message does not say why.",
    explanation: "Only the wrapper of the error is left. A missing image, a missing permission and a missing route all \
                  begin like this.",
    signs: "A CannotPull… error with no inner cause that is known.",
    wants: &[TAG, REPOSITORY, CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE],
    fixes: &[
        Fix::look(
            "Get the whole message",
            "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} \
             --query 'tasks[].[stopCode,stoppedReason,containers[].[name,reason]]'",
        ),
        Fix::advice(
            "Or let AWS look",
            Blast::Nothing,
            "Run the automation `AWSSupport-TroubleshootECSTaskFailedToStart` with the cluster and the task.",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::weighs(
        |said| said.message.is_pull() && said.is_from_ecs(),
        |statement, subject| {
            let is_cancelled = statement.message.transport() == Some(&Transport::Canceled);
            // A pull that is given up because the task is being stopped is no failure.
            let is_moot = subject.stop.was_asked_for() && is_cancelled;
            (!is_moot).then_some(Confidence::Likely)
        },
        |statement, subject| Cause::PullUnclassified(Pull::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|statement| statement.citation == finding.citations[0]);
        let is_pause = said.is_some_and(|said| said.message.says_any(PAUSE));
        if !is_pause {
            return finding;
        }
        let finding = finding.summary(
            "The agent's own image for the task's network namespace is not on the container instance any more, so the agent \
             tried to pull it: it was probably pruned, or the agent did not load it when it started.",
        );
        finding.fixed_by(vec![RELOAD])
    }),
};
