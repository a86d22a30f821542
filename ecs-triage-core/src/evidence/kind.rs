//! The kinds of object that are read, each with its view.

use super::{
    Read, Shape, autoscaling, batch, cloudtrail, cloudwatch, ec2, ecr, ecs, efs, elb, elbv2, iam, kms, logs,
    s3, secretsmanager, ssm, text,
};

/// A view of a kind that the evidence keeps an index of.
pub trait View<'e>: Read<'e> {
    /// The kind.
    const KIND: Kind;
}

/// Positions of objects by their kind.
#[derive(Debug, Clone, Default)]
pub(super) struct ByKind(Vec<Vec<usize>>);

impl ByKind {
    pub(super) fn add(&mut self, kind: Kind, position: usize) {
        let kind = kind as usize;
        if self.0.len() <= kind {
            self.0.resize_with(Kind::ALL.len(), Vec::new);
        }
        self.0[kind].push(position);
    }

    pub(super) fn of(&self, kind: Kind) -> &[usize] {
        self.0.get(kind as usize).map_or(&[], Vec::as_slice)
    }
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident = $($path:ident)::+ ; )*) => {
        /// A kind of object that is read from responses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $( $(#[$doc])* $kind, )*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[ $( Kind::$kind, )* ];

            /// What the kind's view expects.
            pub fn shape(self) -> &'static Shape {
                match self {
                    $( Kind::$kind => &<$($path)::+<'static> as Read<'static>>::SHAPE, )*
                }
            }
        }

        $( impl<'e> View<'e> for $($path)::+<'e> {
            const KIND: Kind = Kind::$kind;
        } )*
    };
}

kinds! {
    /// A task.
    Task = ecs::Task;
    /// A container on its own.
    Container = ecs::Container;
    /// A revision of a task definition.
    TaskDefinition = ecs::TaskDefinition;
    /// A container definition on its own.
    ContainerDefinition = ecs::ContainerDefinition;
    /// A container health check on its own.
    HealthCheck = ecs::HealthCheck;
    /// A service.
    Service = ecs::Service;
    /// A message of a service's scheduler on its own.
    ServiceEvent = ecs::ServiceEvent;
    /// An event about a service or a deployment.
    ServiceAction = ecs::ServiceAction;
    /// A deployment with its history.
    ServiceDeployment = ecs::ServiceDeployment;
    /// A revision of a service.
    ServiceRevision = ecs::ServiceRevision;
    /// A container instance.
    ContainerInstance = ecs::ContainerInstance;
    /// A cluster.
    Cluster = ecs::Cluster;
    /// A capacity provider.
    CapacityProvider = ecs::CapacityProvider;
    /// What an answer could not do.
    Failure = ecs::Failure;
    /// A deployment of a service on its own.
    Deployment = ecs::Deployment;
    /// A task's protection.
    ProtectedTask = ecs::ProtectedTask;
    /// A change of a container instance's health.
    InstanceHealthChange = ecs::InstanceHealthChange;
    /// A secret of a container on its own.
    ContainerSecret = ecs::Secret;
    /// A log configuration on its own.
    LogConfiguration = ecs::LogConfiguration;
    /// Subnets and security groups of awsvpc tasks on their own.
    AwsvpcConfiguration = ecs::AwsvpcConfiguration;
    /// A job of AWS Batch.
    Job = batch::Job;
    /// An IAM role.
    Role = iam::Role;
    /// A managed policy attached to a role.
    AttachedPolicy = iam::AttachedPolicy;
    /// An inline policy of a role.
    RolePolicy = iam::RolePolicy;
    /// A managed policy.
    Policy = iam::Policy;
    /// A version of a managed policy.
    PolicyVersion = iam::PolicyVersion;
    /// A simulation's result for one action.
    EvaluationResult = iam::EvaluationResult;
    /// An instance profile.
    InstanceProfile = iam::InstanceProfile;
    /// A policy on its own.
    PolicyDocument = iam::PolicyDocument;
    /// An image of an ECR repository.
    ImageDetail = ecr::ImageDetail;
    /// An image with its manifest.
    Image = ecr::Image;
    /// An image that ECR could not give.
    ImageFailure = ecr::ImageFailure;
    /// The manifest of an image on its own.
    Manifest = ecr::Manifest;
    /// An ECR repository.
    Repository = ecr::Repository;
    /// The policy of an ECR repository.
    RepositoryPolicy = ecr::RepositoryPolicy;
    /// The rules by which an ECR repository deletes images.
    LifecyclePolicy = ecr::LifecyclePolicy;
    /// A prefix under which ECR caches another registry.
    PullThroughCacheRule = ecr::PullThroughCacheRule;
    /// A subnet.
    Subnet = ec2::Subnet;
    /// A route table.
    RouteTable = ec2::RouteTable;
    /// A NAT gateway.
    NatGateway = ec2::NatGateway;
    /// An internet gateway.
    InternetGateway = ec2::InternetGateway;
    /// A VPC endpoint.
    VpcEndpoint = ec2::VpcEndpoint;
    /// A security group.
    SecurityGroup = ec2::SecurityGroup;
    /// A network ACL.
    NetworkAcl = ec2::NetworkAcl;
    /// One attribute of a VPC.
    VpcAttribute = ec2::VpcAttribute;
    /// A VPC.
    Vpc = ec2::Vpc;
    /// DHCP options.
    DhcpOptions = ec2::DhcpOptions;
    /// A network interface.
    NetworkInterface = ec2::NetworkInterface;
    /// An EC2 instance.
    Instance = ec2::Instance;
    /// An instance type.
    InstanceType = ec2::InstanceType;
    /// A prefix list without its ranges.
    ManagedPrefixList = ec2::ManagedPrefixList;
    /// A range of a prefix list.
    PrefixListEntry = ec2::PrefixListEntry;
    /// A prefix list of an AWS service.
    PrefixList = ec2::PrefixList;
    /// A target and its health.
    TargetHealthDescription = elbv2::TargetHealthDescription;
    /// A target group.
    TargetGroup = elbv2::TargetGroup;
    /// An attribute of a target group.
    TargetGroupAttribute = elbv2::TargetGroupAttribute;
    /// A load balancer.
    LoadBalancer = elbv2::LoadBalancer;
    /// An instance behind a Classic Load Balancer.
    ClassicInstanceState = elb::InstanceState;
    /// A log group.
    LogGroup = logs::LogGroup;
    /// A log stream.
    LogStream = logs::LogStream;
    /// A line of a log.
    LogEvent = logs::LogEvent;
    /// A point of a metric.
    Datapoint = cloudwatch::Datapoint;
    /// A series of a metric.
    MetricDataResult = cloudwatch::MetricDataResult;
    /// A CloudWatch alarm.
    MetricAlarm = cloudwatch::MetricAlarm;
    /// A secret of Secrets Manager.
    Secret = secretsmanager::Secret;
    /// The policy of a secret.
    SecretPolicy = secretsmanager::SecretPolicy;
    /// A version of a secret.
    SecretVersion = secretsmanager::SecretVersion;
    /// A parameter of Systems Manager.
    Parameter = ssm::Parameter;
    /// A KMS key.
    KeyMetadata = kms::KeyMetadata;
    /// The policy of a KMS key.
    KeyPolicy = kms::KeyPolicy;
    /// An EFS file system.
    FileSystem = efs::FileSystem;
    /// A mount target of an EFS file system.
    MountTarget = efs::MountTarget;
    /// The policy of an EFS file system.
    FileSystemPolicy = efs::FileSystemPolicy;
    /// An access point of an EFS file system.
    AccessPoint = efs::AccessPoint;
    /// An S3 object without its content.
    HeadObject = s3::HeadObject;
    /// The policy of an S3 bucket.
    BucketPolicy = s3::BucketPolicy;
    /// The Region of an S3 bucket.
    BucketLocation = s3::BucketLocation;
    /// A group of EC2 instances.
    AutoScalingGroup = autoscaling::AutoScalingGroup;
    /// What scaling did.
    ScalingActivity = autoscaling::ScalingActivity;
    /// A service's room to scale.
    ScalableTarget = autoscaling::ScalableTarget;
    /// A rule by which a service scales.
    ScalingPolicy = autoscaling::ScalingPolicy;
    /// A service quota.
    ServiceQuota = autoscaling::ServiceQuota;
    /// A call that CloudTrail recorded.
    TrailRecord = cloudtrail::TrailRecord;
    /// A call as CloudTrail lists it.
    TrailEvent = cloudtrail::TrailEvent;
    /// The ARN of a task.
    TaskArn = text::TaskArn;
    /// The ARN of a container instance.
    ContainerInstanceArn = text::ContainerInstanceArn;
    /// The ARN of a service.
    ServiceArn = text::ServiceArn;
    /// The name of an inline policy.
    InlinePolicyName = text::InlinePolicyName;
    /// The name of a parameter that does not exist.
    InvalidParameter = text::InvalidParameter;
    /// The id of a mount target's security group.
    MountTargetSecurityGroup = text::MountTargetSecurityGroup;
    /// A line of a log without its time.
    LogLine = text::LogLine;
    /// A message on its own.
    Message = text::MessageText;
    /// The error that a call ended in.
    ApiError = text::ApiError;
}

impl Kind {
    /// Whether it is a text alone.
    pub(crate) fn is_text(self) -> bool {
        matches!(self.shape(), Shape::Text)
    }

    /// Whether its times are of things that had happened when it was fetched; others plan for the future.
    pub(crate) fn tells_time(self) -> bool {
        !matches!(self, Kind::ProtectedTask | Kind::Secret | Kind::KeyMetadata)
    }

    /// Members that are secrets: what was fetched by `GetSecretValue` or `GetParameters`.
    pub(crate) fn secrets(self) -> &'static [&'static str] {
        match self {
            Kind::Parameter => &["Value"],
            Kind::Secret => &["SecretString", "SecretBinary"],
            _ => &[],
        }
    }

    /// A name for a document that holds nothing but an object of this kind.
    pub(crate) fn document_name(self) -> &'static str {
        match self {
            Kind::Task | Kind::Container => "task",
            Kind::TaskDefinition | Kind::ContainerDefinition | Kind::HealthCheck => "task-definition",
            Kind::Service | Kind::ServiceEvent => "service",
            Kind::Message => "message",
            _ => "input",
        }
    }
}
