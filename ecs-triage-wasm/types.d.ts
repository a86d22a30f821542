// Generated from the Rust types: `UPDATE_GENERATED=1 cargo test -p ecs-triage-wasm --features schema` rewrites it.

/** A document: text that the CLI or an SDK printed, its bytes, or the object that an SDK returned. */
export type Input = string | Uint8Array | ArrayBuffer | object;

/** How a report is written: as the command does. */
export type Format = "json" | "markdown" | "text";

/** A document that could not be used. */
export interface EvidenceError extends Error {
  name: "EvidenceError";
  /** `unreadable`: no form that is read here; `unrecognised`: read, but no answer that is known here. */
  code: "unreadable" | "unrecognised";
  /** Name of the document. */
  document: string;
  /** JSON pointer of the place; empty for the whole document. */
  pointer: string;
  /** What was expected there. */
  expected: string;
  /** What was found there; never a value that could be a secret. */
  found: string;
}

/** An argument that is not what the function takes. */
export interface InputError extends Error {
  name: "InputError";
  code: "invalid-input";
  /** Name of the argument. */
  argument: string;
  /** What it should have been. */
  expected: string;
  /** What it was. */
  found: string;
}

/** The particulars of each cause, by its code. */
export interface Causes {
  "account-blocked": Plain;
  "api-request-rejected": Refused;
  "api-resource-missing": Asked;
  "api-task-not-valid": Asked;
  "app-disk-full": DiskFull;
  "app-exit-0-essential": ProcessExit;
  "app-exit-1": ProcessExit;
  "app-exit-125": ProcessExit;
  "app-exit-126": ProcessExit;
  "app-exit-127": ProcessExit;
  "app-exit-128": ProcessExit;
  "app-exit-132-sigill": ProcessExit;
  "app-exit-134-abort": ProcessExit;
  "app-exit-137-no-oom": Killed;
  "app-exit-139-segv": ProcessExit;
  "app-exit-143-sigterm": ProcessExit;
  "app-exit-2": ProcessExit;
  "app-exit-255": ProcessExit;
  "app-exit-other": ProcessExit;
  "app-exit-unknown": NoExitCode;
  "app-oom-killed": OutOfMemory;
  "app-windows-exit": ProcessExit;
  "capacity-fargate-unavailable": FargateRequest;
  "capacity-mi-launch-failed": ManagedLaunch;
  "capacity-mi-unfulfillable": ManagedLaunch;
  "capacity-provisioning-limit": Plain;
  "capacity-unsupported-az": FargateRequest;
  "container-restart-policy-loop": RestartLoop;
  "create-docker-config-invalid": Named;
  "create-image-missing-locally": Pull;
  "create-memory-too-low": MemorySetting;
  "dependency-circular": Circle;
  "dependency-failed": Dependency;
  "deployment-partial-launch": PartialLaunch;
  "ebs-attach-timeout": EbsFault;
  "ebs-kms-invalid": EbsFault;
  "ebs-setup-failed": EbsFault;
  "efs-chown-denied": VolumeFault;
  "efs-connection-reset": VolumeFault;
  "efs-dns-unresolved": VolumeFault;
  "efs-mount-timeout": Connection;
  "efs-other-failed": VolumeFault;
  "efs-path-missing": VolumeFault;
  "envfile-missing-or-invalid": Named;
  "event-informational": Plain;
  "exec-agent-failed": ExecAgent;
  "exec-not-enabled": Plain;
  "exec-target-not-connected": ExecTarget;
  "fsx-windows-mount-failed": VolumeFault;
  "gmsa-credentialspec-failed": Plain;
  "health-container-check-failed": ContainerCheck;
  "health-elb-az-disabled": TargetCheck;
  "health-elb-classic": TargetCheck;
  "health-elb-code-mismatch": TargetCheck;
  "health-elb-failed": TargetCheck;
  "health-elb-timeout": TargetCheck;
  "health-service-connect-proxy": Proxy;
  "health-target-group-missing": TargetCheck;
  "health-target-missing": TargetCheck;
  "iam-action-denied": Access;
  "iam-ecr-auth-token-denied": Access;
  "iam-ecr-pull-denied": Access;
  "iam-ecr-repo-policy-denied": Access;
  "iam-efs-denied": Access;
  "iam-execution-role-missing": Plain;
  "iam-explicit-deny": Access;
  "iam-infrastructure-role": RoleReference;
  "iam-kms-decrypt-denied": Access;
  "iam-logs-create-group-denied": Access;
  "iam-logs-stream-denied": Access;
  "iam-mi-launch-denied": Access;
  "iam-role-trust": RoleReference;
  "iam-s3-envfile-denied": Access;
  "iam-s3files-mount-denied": Access;
  "iam-secret-asm-denied": Access;
  "iam-secret-ssm-denied": Access;
  "iam-service-linked-role": RoleReference;
  "iam-service-maintenance": Plain;
  "iam-service-role": RoleReference;
  "iam-vpc-endpoint-policy-denied": Access;
  "image-digest-pinned-and-gone": Pull;
  "image-ecr-credentials-missing": Pull;
  "image-layer-copy-failed": Pull;
  "image-layer-s3-unreachable": Connection;
  "image-layer-unpack-failed": Pull;
  "image-no-space-ec2": FullDisk;
  "image-no-space-fargate": FullDisk;
  "image-platform-mismatch": Platform;
  "image-private-or-missing-dockerhub": Pull;
  "image-pull-client-panic": Pull;
  "image-pull-context-canceled": Pull;
  "image-pull-error-nonfatal": Pull;
  "image-pull-skipped-task-stopping": Pull;
  "image-pull-timeout": SlowPull;
  "image-pull-transient": Pull;
  "image-reference-invalid": BadReference;
  "image-registry-prefix-missing": Pull;
  "image-repository-not-found": Pull;
  "image-tag-not-found": Pull;
  "image-unsupported-media-type": Pull;
  "lifecycle-capacity-reclaimed": Stopped;
  "lifecycle-circuit-breaker": DeploymentFailure;
  "lifecycle-deployment-alarm": DeploymentFailure;
  "lifecycle-deployment-config-blocks": Counts;
  "lifecycle-deployment-rolled-back": Plain;
  "lifecycle-fargate-maintenance": Stopped;
  "lifecycle-fargate-spot": Stopped;
  "lifecycle-host-terminated": Stopped;
  "lifecycle-infrastructure-health": Stopped;
  "lifecycle-instance-deregistered": Stopped;
  "lifecycle-instance-draining": Stopped;
  "lifecycle-replaced-unhealthy": Plain;
  "lifecycle-service-scaling": Stopped;
  "lifecycle-start-impaired": Plain;
  "lifecycle-task-protection": Plain;
  "lifecycle-task-state-error": Plain;
  "lifecycle-user-stopped": Stopped;
  "log-agent-credentials-endpoint": Plain;
  "log-config-invalid": LogTarget;
  "log-driver-endpoint-refused": LogTarget;
  "log-driver-unclassified": LogTarget;
  "log-firelens-config-failed": LogTarget;
  "log-group-missing": LogTarget;
  "network-asm-unreachable": Connection;
  "network-cni-failure": Plain;
  "network-dns-resolution": Connection;
  "network-ecr-api-unreachable": Connection;
  "network-endpoint-sg-blocks": Connection;
  "network-eni-attach-failed": Interface;
  "network-eni-device-index": Interface;
  "network-eni-permission": Interface;
  "network-eni-provision-timeout": Interface;
  "network-eni-tag-policy": Interface;
  "network-host-port-conflict": HostPort;
  "network-logs-unreachable": Connection;
  "network-registry-unreachable-ecr": Connection;
  "network-registry-unreachable-public": Connection;
  "network-s3-envfile-unreachable": Connection;
  "network-ssm-unreachable": Connection;
  "network-subnet-no-free-ips": Interface;
  "placement-agent-disconnected": Placement;
  "placement-compute-incompatible": Compute;
  "placement-constraint-unsatisfied": Placement;
  "placement-distinct-instance": Placement;
  "placement-instance-inactive": Placement;
  "placement-instance-missing": Placement;
  "placement-insufficient-cpu": Placement;
  "placement-insufficient-eni": Placement;
  "placement-insufficient-gpu": Placement;
  "placement-insufficient-memory": Placement;
  "placement-location": Placement;
  "placement-missing-attribute": Placement;
  "placement-no-instances": Placement;
  "placement-port-in-use": Placement;
  "placement-provisioning-giveup": Waited2;
  "placement-unspecified": Placement;
  "platform-agent-start-timeout": Plain;
  "platform-container-vanished": Plain;
  "platform-docker-create-start-timeout": Waited;
  "platform-docker-state-error": Plain;
  "platform-docker-stop-timeout": Waited;
  "platform-inspect-timeout": Waited;
  "platform-runtime-error": Plain;
  "platform-runtime-timeout": Waited;
  "pull-unclassified": Pull;
  "quota-config-above-limit": FargateRequest;
  "quota-fargate-tasks": FargateRequest;
  "quota-fargate-vcpu": FargateRequest;
  "quota-mi-spot": ManagedLaunch;
  "registry-auth-bad-credentials": Pull;
  "registry-auth-missing": Pull;
  "registry-hostname-invalid": MisspeltHost;
  "registry-rate-limited-dockerhub": Pull;
  "registry-rate-limited-other": Pull;
  "registry-secret-malformed": Named;
  "registry-server-error": Pull;
  "registry-tls-untrusted": Pull;
  "resource-init-unclassified": Plain;
  "runtime-docker-broken": Plain;
  "s3files-dns-unresolved": VolumeFault;
  "s3files-volume-failed": VolumeFault;
  "scheduler-throttled": Named;
  "secret-asm-invalid-arn": SecretReference;
  "secret-asm-invalid-name": SecretReference;
  "secret-asm-json-key-missing": SecretReference;
  "secret-asm-marked-for-deletion": SecretReference;
  "secret-asm-not-found": SecretReference;
  "secret-asm-not-json": SecretReference;
  "secret-ssm-invalid-name": SecretReference;
  "secret-ssm-parameter-missing": SecretReference;
  "secret-throttled": SecretReference;
  "service-below-desired": Counts;
  "service-crash-loop": CrashLoop;
  "sidecar-stopped-task": SidecarExit;
  "start-command-is-argument": Program;
  "start-command-one-string": Program;
  "start-container-name-conflict": Named;
  "start-device-missing": Named;
  "start-exec-format-error": Architecture;
  "start-executable-not-found": Program;
  "start-file-missing": Program;
  "start-gpu-runtime-failed": Plain;
  "start-no-command": Program;
  "start-oci-other": Plain;
  "start-permission-denied": Program;
  "start-user-missing": Named;
  "start-workdir-missing": Named;
  "storage-devicemapper-host-fault": Plain;
  "storage-ephemeral-provision-timeout": Plain;
  "storage-thin-pool-full": Plain;
  "stuck-activating": Stuck;
  "stuck-pending": Stuck;
  "stuck-provisioning": Stuck;
  "stuck-stopping": Stuck;
  "task-cgroup-error": Plain;
  "task-failed-to-start-bare": Plain;
  "task-memory-below-container": MemorySetting;
  "task-payload-unrecognized": Plain;
  "task-resource-init-other": Named;
  "task-role-not-delivered": Plain;
  "taskdef-invalid": BrokenRule;
  "volume-config-mismatch": VolumeFault;
  "volume-create-failed": VolumeFault;
  "volume-mount-type-mismatch": VolumeFault;
  "volume-mountpoint-readonly": VolumeFault;
  "windows-os-mismatch": WindowsVersion;
}

/** Code of a cause. */
export type Code = keyof Causes;

/** A cause, its proof and its remedies. Its `code` tells the type of its `cause`. */
export type Diagnosis = { [C in Code]: DiagnosisOf<C> }[Code];

/** The particulars of a refused action. */
export interface Access {
  /** Action, such as `ecr:GetAuthorizationToken`. */
  action?: string;
  /** Policy that refused: `identity`, `resource`, `vpc-endpoint`, `permissions-boundary`, …. */
  deniedBy?: string;
  /** Whether a statement denies it, rather than none allowing it. */
  explicit?: boolean;
  /** ARN of the policy that refused, where the message names it. */
  policy?: string;
  /** Principal as AWS names it. */
  principal?: string;
  /** ARN of the resource. */
  resource?: string;
  /** Name of the role. */
  role?: string;
  /** Role that was refused: `execution`, `task`, `infrastructure`, `instance` or `service`. */
  roleKind?: string;
}

/** A risk that has not bitten yet. */
export interface Advisory {
  /** What to change. */
  advice: string;
  /** Code of the advisory. */
  code: string;
  /** The container it is about. */
  container?: string;
  /** AWS's own pages. */
  docs: string[];
  /** The proof. */
  evidence: Citation[];
  /** How bad it is. */
  severity: Severity;
  /** The risk in a sentence with the real names. */
  summary: string;
  /** The risk in a few words. */
  title: string;
}

/** The particulars of an image that was built for another machine. */
export interface Architecture {
  /** CPU architecture that the task asks for: `X86_64` or `ARM64`. */
  cpuArchitecture?: string;
  /** Image reference. */
  image?: string;
  /** Program that could not be run. */
  program?: string;
}

/** Something that a call asked about. */
export interface Asked {
  /** Its ARN. */
  arn?: string;
  /** The call. */
  operation?: string;
}

/** An image that is not a valid reference. */
export interface BadReference {
  /** Image as written. */
  image?: string;
  /** What is wrong with it. */
  problem?: string;
}

/** The particulars of a task definition that ECS refuses. */
export interface BrokenRule {
  /** What the API answered. */
  answer?: string;
  /** Field that breaks the rule, as the API spells it. */
  field?: string;
  /** The rule in words. */
  rule?: string;
}

/** Where a fault lies. */
export type Bucket = "app" | "capacity" | "config" | "health" | "iam" | "image" | "lifecycle" | "logging" | "network" | "placement" | "platform" | "resources" | "secrets" | "storage";

/** Stretches of time, one after the other. */
export interface Buckets {
  /** Failed tasks of the whole fleet in each. */
  failures: number[];
  /** Length of each. */
  seconds: number;
  /** When the first one begins. */
  start: Timestamp;
}

/** How many tasks had a cause. */
export interface CauseTotal {
  /** Where the fault lies. */
  bucket: Bucket;
  /** Code of the cause. */
  code: string;
  /** How many. */
  tasks: number;
  /** The cause in a few words. */
  title: string;
}

/** The particulars of a circle of containers that wait for each other. */
export interface Circle {
  /** The containers in the order of the waiting. */
  containers?: string[];
}

/** A place in a document and the literal value there, which proves a statement. */
export interface Citation {
  /** Name of the document. */
  document: string;
  /** JSON pointer (RFC 6901) into the document. */
  pointer: string;
  /** The literal value there; what could be a secret is masked. */
  value: unknown;
  /**
   * JSON pointer into the JSON that is the text at `pointer`, for responses that are wrapped as text:
   * the `Cause` of a Step Functions failure, the `Message` of an SNS notification. Where that JSON holds
   * JSON as text again, the pointer goes on into it.
   */
  within?: string;
}

/** The particulars of a launch that a task definition is not meant for. */
export interface Compute {
  /** Launch types that the task definition fits. */
  compatibilities?: string[];
  /** Launch type or capacity provider that was asked for. */
  requested?: string;
}

/** How sure a finding is. */
export type Confidence = "possible" | "likely" | "confirmed";

/** The particulars of a connection that could not be made. */
export interface Connection {
  /** Address that was dialled. */
  address?: string;
  /** What was being reached: `ecr.api`, `logs`, `secretsmanager`, …. */
  endpoint?: string;
  /** Region of the endpoint. */
  endpointRegion?: string;
  /** How it failed. */
  failure?: string;
  /** Host. */
  host?: string;
  /** Port. */
  port?: number;
}

/** Something that happened because of the root cause. */
export interface Consequence {
  /** Code, for a consequence that is a cause elsewhere. */
  code?: string;
  /** The container it is about. */
  container?: string;
  /** The proof. */
  evidence: Citation[];
  /** What happened, in a sentence. */
  summary: string;
}

/** The particulars of a container health check that failed. */
export interface ContainerCheck {
  /** Seconds within which an application must answer not to be declared UNHEALTHY. */
  bootAllowedSeconds?: number;
  /** Seconds that the application took to boot, by a line of its log. */
  bootSeconds?: number;
  /** What is run; the first word is `CMD` or `CMD-SHELL`. */
  command?: string[];
  /** What is wrong with the command itself. */
  commandFault?: string;
  /** Seconds between checks. */
  intervalSeconds?: number;
  /** Seconds from the task's start to the order to stop it. */
  livedSeconds?: number;
  /** Failures in a row that make the container UNHEALTHY. */
  retries?: number;
  /** Seconds in which failures do not count. */
  startPeriodSeconds?: number;
  /** Seconds that one check may take. */
  timeoutSeconds?: number;
}

/** Numbers of a service. */
export interface Counts {
  /** Tasks that should run. */
  desiredCount?: number;
  /** Tasks of the newest deployment that failed. */
  failedTasks?: number;
  /** Tasks that must stay healthy. */
  fewestHealthy?: number;
  /** `maximumPercent`. */
  maximumPercent?: number;
  /** `minimumHealthyPercent`. */
  minimumHealthyPercent?: number;
  /** Tasks that may run or start at a time. */
  mostRunning?: number;
  /** Tasks on their way up. */
  pendingCount?: number;
  /** Tasks that run. */
  runningCount?: number;
}

/** The particulars of a crash loop. */
export interface CrashLoop {
  /** Tasks that ended by themselves. */
  count?: number;
  /** Whether the count is a lower bound, taken from the service's events. */
  fromEvents?: boolean;
  /** Seconds between their starts; the median. */
  intervalSeconds?: number;
  /** Seconds that they lived; the median. */
  lifetimeSeconds?: number;
}

/** The particulars of a `dependsOn` condition that cannot be met. */
export interface Dependency {
  /** Condition in the task definition: `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`. */
  condition?: string;
  /** The container that was waited for. */
  dependency?: string;
  /** The container that waited and was never started. */
  dependent?: string;
  /** Exit code of the dependency. */
  exitCode?: number;
  /** What became of the dependency: `failed`, `timed-out`, `never-starts` or `missing`. */
  outcome?: string;
  /** Seconds that the dependency may take: its `startTimeout`. */
  startTimeoutSeconds?: number;
}

/** A deployment that failed, with its numbers. */
export interface DeploymentFailure {
  /** Alarms that fired. */
  alarms?: string[];
  /** Deployment: `ecs-svc/N` or the ARN of the service deployment. */
  deployment?: string;
  /** Failures that ECS counted. */
  failureCount?: number;
  /** What the service was rolled back to. */
  rolledBackTo?: string;
  /** Failures at which the circuit breaker trips. */
  threshold?: number;
}

/** The tasks of an incident that one deployment started. */
export interface DeploymentShare {
  /** Its id: `ecs-svc/1234567890`. */
  deployment: string;
  /** When the first of them ended. */
  firstSeen?: Timestamp;
  /** How many. */
  tasks: number;
}

/** How a document is diagnosed. */
export interface DiagnoseOptions {
  /** Name of the document, by which citations refer to it; of the documents in a `Map`, the keys are the names. */
  name?: string;
  /** When the documents were fetched; without it, the newest time in them stands for it. */
  observedAt?: string;
  /** Whether account ids and names are hidden, the same one always behind the same placeholder. */
  redact?: boolean;
}

/** A cause, its proof and its remedies. */
export interface DiagnosisOf<C extends Code> {
  /** Where the fault lies. */
  bucket: Bucket;
  /** The particulars by name: what was refused to whom, how much memory, which port. */
  cause: Causes[C];
  /** From the root cause to what was seen, in order. */
  chain: Link[];
  /** Code of the cause: `app-oom-killed`. It keeps its meaning for good. */
  code: C;
  /** Whether the evidence proves it, a message states it, or it is one of several readings. */
  confidence: Confidence;
  /** Name of the container it is about; absent when it is about the whole task. */
  container?: string;
  /** AWS's own pages about it. */
  docs: string[];
  /** The proof; never empty. */
  evidence: Citation[];
  /** Why it leads to what was seen. */
  explanation: string;
  /** What to change, with all names filled in that are known; what was proven to help stands first. */
  remedies: Remedy[];
  /** The cause in one sentence with the real names. */
  summary: string;
  /** The cause in a few words, without names. */
  title: string;
}

/** The particulars of a disk that filled up under a running application. */
export interface DiskFull {
  /** Ephemeral storage of the task in GiB; 20 on Fargate where nothing is set. */
  ephemeralStorageGib?: number;
}

/** The particulars of an EBS volume that ECS could not provide. */
export interface EbsFault {
  /** Error code of EC2. */
  errorCode?: string;
  /** File system type that the task asked for. */
  filesystemType?: string;
  /** Infrastructure role, by which ECS makes the volume. */
  infrastructureRole?: string;
  /** KMS key that the task asked for. */
  kmsKey?: string;
  /** Id of the volume: `vol-…`. */
  volumeId?: string;
}

/** What a rule says about its cause, for programs. */
export interface Entry {
  /** Where the fault lies. */
  bucket: Bucket;
  /** Code of the cause. */
  code: string;
  /** AWS's own pages. */
  docs: string[];
  /** Why it leads to what was seen. */
  explanation: string;
  /** What to change. */
  fixes: FixEntry[];
  /** What kind of answer the cause is. */
  kind: Kind;
  /** How it is recognised. */
  signs: string;
  /** Version that the rule came with. */
  since: string;
  /** The cause in a few words. */
  title: string;
  /** Calls that would settle it. */
  wants: WantEntry[];
}

/** When and how evidence is collected. */
export interface EvidenceOptions {
  /** When the documents were fetched; without it, the newest time in them stands for it. */
  observedAt?: string;
}

/** The particulars of an ECS Exec agent that does not run. */
export interface ExecAgent {
  /** Exit code of the agent. */
  exitCode?: number;
  /** Whether the container's root file system is read-only. */
  readonlyRootFilesystem?: boolean;
  /** Step at which it failed: `create`, `pre-start` or `inspect`. */
  step?: string;
  /** Name of the task role. */
  taskRole?: string;
}

/** The target of an `execute-command` that is not connected. */
export interface ExecTarget {
  /** Task. */
  task?: string;
}

/** What was asked of Fargate. */
export interface FargateRequest {
  /** Capacity provider: `FARGATE` or `FARGATE_SPOT`. */
  capacityProvider?: string;
  /** Subnets that the task may be placed in. */
  subnets?: string[];
  /** CPU units of the task; 1,024 are one vCPU. */
  taskCpuUnits?: number;
  /** Memory of the task in MiB. */
  taskMemoryMib?: number;
}

/** Something to change or to look at. */
export interface FixEntry {
  /** What it touches. */
  blastRadius: string;
  /** Command or advice, with names in capitals for what the evidence would fill in. */
  body: string;
  /** Whether `body` is a command. */
  isCommand: boolean;
  /** Whether it changes anything in the account. */
  mutating: boolean;
  /** What it does. */
  title: string;
}

/** A service that keeps starting tasks which end by themselves within ten minutes. */
export interface FleetCrashLoop {
  /** Seconds from one end to the next, the median of the newest thousand. */
  intervalSeconds: number;
  /** Seconds that the tasks ran, the median of the same. */
  lifetimeSeconds?: number;
  /** Tasks that ended so. */
  tasks: number;
}

/** What was read. */
export interface FleetInput {
  /** Lines that are no JSON. */
  broken: number;
  /** Whether counts of tasks are estimates: there were more than are counted one by one. */
  estimated: boolean;
  /** Files and streams that were not read, or not to their end; when there are any, the report is of a part. */
  incomplete: number;
  /** States that are older or newer than was asked for. */
  outside: number;
  /** Documents: events, tasks, responses. */
  records: number;
  /** States of a task that was counted already: delivered twice, or older or newer than the one that counts. */
  repeats: number;
  /** The share of all tasks that was counted one by one, from which the counts are estimated; 1 when they are exact. */
  sampled: number;
  /** States of tasks, and other subjects, in them. */
  states: number;
  /** Documents that hold nothing that is read here. */
  unrecognised: number;
}

/** What a fleet looks at, and how its report is cut. */
export interface FleetOptions {
  /** How incidents are told apart, beside their cause; `service` unless said otherwise. */
  groupBy?: GroupBy;
  /** Leaves out what happened earlier. */
  since?: string;
  /** The most incidents that the report lists, 20 unless said otherwise; 0 lists all. */
  top?: number;
  /** Leaves out what happened at this time or later. */
  until?: string;
}

/** Something in the input that could not be read. */
export interface FleetProblem {
  /** Number of the line; the first is 1, and 0 stands for all of it. */
  line: number;
  /** What is wrong there. */
  message: string;
  /** File or stream. */
  source?: string;
}

/**
 * What became of many tasks: the incidents, the largest first, and the totals.
 * 
 * `incidents`(Self::incidents), `totals`(Self::totals) and `buckets`(Self::buckets) are the same for any order and
 * split of the same input, and however often a part of it is repeated; `input`(Self::input) tells what was read.
 */
export interface FleetReport {
  /** The stretches of time over which `Incident::counts` counts. */
  buckets?: Buckets;
  /** When the first task ended or was seen. */
  firstSeen?: Timestamp;
  /** How incidents are told apart, beside their cause. */
  groupBy: GroupBy;
  /** What went wrong, the most tasks first. */
  incidents: Incident[];
  /** What was read. */
  input: FleetInput;
  /** When the last task ended or was seen. */
  lastSeen?: Timestamp;
  /** Incidents that were left out because there are more than the options ask for. */
  moreIncidents: number;
  /** The first things that could not be read. */
  problems: FleetProblem[];
  /** `SCHEMA`. */
  schema: string;
  /** Tasks by what became of them. */
  totals: Totals;
}

/** An image for which there was no room. */
export interface FullDisk {
  /** Ephemeral storage of the task in GiB; Fargate gives 20 when the task definition has none. */
  ephemeralStorageGib?: number;
  /** Image reference. */
  image?: string;
  /** Account of an ECR registry. */
  registryAccount?: string;
  /** Region of an ECR registry. */
  registryRegion?: string;
  /** Repository. */
  repository?: string;
  /** Tag. */
  tag?: string;
}

/** How incidents are told apart, beside their cause. */
export type GroupBy = "service" | "family" | "cluster" | "cause";

/** A host port that something else holds. */
export interface HostPort {
  /** Network mode of the task. */
  networkMode?: string;
  /** Port of the host. */
  port?: number;
}

/** Tasks of one service, or another group, that failed for one cause. */
export interface Incident {
  /** Where the fault lies. */
  bucket?: Bucket;
  /** Name of the cluster. */
  cluster?: string;
  /** Code of the cause; absent when it could not be told. */
  code?: string;
  /** How sure the diagnosis is of the surest of the tasks. */
  confidence?: Confidence;
  /** The containers that the diagnoses are about, by name. */
  containers: string[];
  /** Tasks in each of the report's `Buckets`. */
  counts: number[];
  /** Present when the service keeps starting tasks that end by themselves soon after. */
  crashLoop?: FleetCrashLoop;
  /** Deployments that started the tasks, the first one first. */
  deployments: DeploymentShare[];
  /** Family of the task definition. */
  family?: string;
  /** When the first of them ended. */
  firstSeen?: Timestamp;
  /** When the last of them ended. */
  lastSeen?: Timestamp;
  /** Tasks an hour between the first and the last; absent for fewer than two. */
  perHour?: number;
  /** Present when it began with a revision of the task definition. */
  regression?: Regression;
  /** Revisions of task definitions, in order. */
  revisions: RevisionShare[];
  /** One of the tasks: the first that stopped. */
  sample?: SampleTask;
  /** Name of the service. */
  service?: string;
  /** How many tasks. */
  tasks: number;
  /** The cause in a few words. */
  title?: string;
  /** What became of the tasks. */
  verdict: Verdict;
}

/** A network interface that could not be had. */
export interface Interface {
  /** Error code of Amazon EC2. */
  ec2Error?: string;
  /** Subnet. */
  subnet?: string;
}

/** The particulars of a kill without an out-of-memory mark. */
export interface Killed {
  /** Exit code. */
  exitCode?: number;
  /** Seconds from the task's start to its end. */
  lifetimeSeconds?: number;
  /** Hard memory limit of the container in MiB. */
  limitMib?: number;
  /** Log group of the container. */
  logGroup?: string;
  /** Log stream of the container. */
  logStream?: string;
  /** Seconds between SIGTERM and SIGKILL by the task definition; 30 when it does not say. */
  stopTimeoutSeconds?: number;
  /** Memory of the task in MiB. */
  taskMemoryMib?: number;
}

/** What kind of answer a cause is, which decides how it stands beside others. */
export type Kind = "routine" | "symptom" | "residual" | "cause";

/** One step from the root cause to what was seen. */
export interface Link {
  /** Which step. */
  role: LinkRole;
  /** The step in a sentence. */
  text: string;
}

/** Which step of a chain. */
export type LinkRole = "root" | "mechanism" | "symptom";

/** The particulars of a log driver that did not start. */
export interface LogTarget {
  /** Address or socket of the collector. */
  address?: string;
  /** Value of `awslogs-create-group`. */
  createGroup?: string;
  /** Log driver: `awslogs`, `awsfirelens`, `splunk`, `fluentd`, …. */
  logDriver?: string;
  /** Log group of CloudWatch Logs. */
  logGroup?: string;
  /** Region of the log group. */
  logRegion?: string;
  /** Option of the driver that the message names. */
  option?: string;
}

/** A launch of ECS Managed Instances that failed. */
export interface ManagedLaunch {
  /** Capacity provider. */
  capacityProvider?: string;
  /** Code that EC2 answered with. */
  errorCode?: string;
}

/** The particulars of a memory setting that is too low. */
export interface MemorySetting {
  /** Memory of the container in MiB. */
  containerMib?: number;
  /** Soft limit of the container in MiB. */
  reservationMib?: number;
  /** Memory of the task in MiB. */
  taskMib?: number;
}

/** A registry host that cannot be right. */
export interface MisspeltHost {
  /** Host as the image names it. */
  host?: string;
  /** Image reference. */
  image?: string;
  /** Host that was probably meant. */
  meant?: string;
}

/** One point of a task's life. */
export interface Moment {
  /** When. */
  at: Timestamp;
  /** What happened. */
  what: string;
}

/** The particulars of a cause that names one thing. */
export interface Named {
  /** The thing: a volume, a file system, a secret, a parameter, a log group, a program, …. */
  name?: string;
}

/** The particulars of a container that ended without an exit code. */
export interface NoExitCode {
  /** Whether the instance's agent is connected now. */
  agentConnected?: boolean;
  /** The container instance that the task was on. */
  containerInstance?: string;
}

/** The particulars of an out-of-memory kill. */
export interface OutOfMemory {
  /** Exit code; 137 when the container's first process was killed. */
  exitCode?: number;
  /** Seconds from the task's start to its end. */
  lifetimeSeconds?: number;
  /** Whose limit that is: `container` or `task`. */
  limitLevel?: string;
  /** The limit that was passed, in MiB: the container's hard limit, else the task's. */
  limitMib?: number;
  /** The hard limit that this use takes, in MiB: 1.5 times the steady use, and more than what was passed. */
  neededMib?: number;
  /**
   * The hard limit to go to for the container, in MiB: what is needed in steps of 64; while nothing is measured the
   * higher one of the revision before, else half as much again as the one that was passed.
   */
  nextLimitMib?: number;
  /** The CPU units of that task size on Fargate. */
  nextTaskCpu?: number;
  /** The memory of the task that this takes, in MiB; a valid size on Fargate. */
  nextTaskMemoryMib?: number;
  /**
   * The most memory that was measured in the hour before, in MiB; of the task where the container's own is not
   * measured. Samples are 20 seconds apart, so a short peak is missing.
   */
  peakMib?: number;
  /** Soft limit of the container in MiB. */
  reservationMib?: number;
  /** The median of what was measured, in MiB. */
  steadyMib?: number;
  /** Memory of the task in MiB. */
  taskMemoryMib?: number;
}

/** A cause of the user's own; its particulars are the texts that its rule captured, by name. */
export type OwnCause = Record<string, string>;

/** Tasks that a deployment could not launch. */
export interface PartialLaunch {
  /** Deployment: `ecs-svc/N`. */
  deployment?: string;
  /** How many. */
  tasks?: number;
}

/** What a task asks of an instance, against what the closest one has. */
export interface Placement {
  /** Attributes that the task requires and the instance lacks. */
  attributes?: string[];
  /** ARN or id of the closest container instance. */
  containerInstance?: string;
  /** Whether even an empty instance of the kind is too small. */
  exceedsEmptyInstance?: boolean;
  /** Id of its EC2 instance. */
  instanceId?: string;
  /** Host ports that are taken. */
  ports?: number[];
  /** CPU units that are left on the instance. */
  remainingCpuUnits?: number;
  /** GPUs that are left on the instance. */
  remainingGpus?: number;
  /** Memory that is left on the instance, in MiB. */
  remainingMemoryMib?: number;
  /** CPU units that the task takes; 1,024 are one vCPU. */
  requiredCpuUnits?: number;
  /** GPUs that the task takes. */
  requiredGpus?: number;
  /** Memory that the task takes, in MiB. */
  requiredMemoryMib?: number;
}

/** A cause without particulars. */
export type Plain = Record<string, unknown>;

/** An image without a build for the platform of the task. */
export interface Platform {
  /** CPU architecture of the task definition; `X86_64` when it names none. */
  cpuArchitecture?: string;
  /** Image reference. */
  image?: string;
  /** Operating system family of the task definition. */
  operatingSystemFamily?: string;
  /** Platform that was asked for, such as `linux/amd64`. */
  platform?: string;
}

/** Something in the evidence that could not be read, or not be looked at. */
export interface Problem {
  /** Name of the document. */
  document: string;
  /** What was expected there. */
  expected?: string;
  /** What was found there. */
  found?: string;
  /** What is wrong, in a sentence. */
  message: string;
  /** JSON pointer of the place in the document; empty for the whole document. */
  pointer: string;
}

/** How a container's process ended. */
export interface ProcessExit {
  /** Exit code. */
  exitCode?: number;
  /** The last line of its log that tells of a failure; what could be a secret is masked. */
  lastWords?: string;
  /** Seconds from the task's start to its end. */
  lifetimeSeconds?: number;
  /** Log driver of the container; absent without a task definition or a log configuration. */
  logDriver?: string;
  /** Log group of the container. */
  logGroup?: string;
  /** Log stream of the container. */
  logStream?: string;
  /** What the code means by convention. */
  meaning?: string;
  /** Number of the signal that the exit code stands for, on Linux. */
  signal?: number;
  /** Name of that signal: `SIGSEGV`. */
  signalName?: string;
}

/** The particulars of a program that could not be run. */
export interface Program {
  /** Volume that is mounted over the program's directory. */
  hiddenByVolume?: string;
  /** What is missing when it is not the file itself: `interpreter`. */
  missing?: string;
  /** Path at which that volume is mounted. */
  mountedAt?: string;
  /** The program as the runtime tried to run it. */
  program?: string;
}

/** The particulars of a Service Connect proxy that does not work. */
export interface Proxy {
  /** Exit code of the proxy. */
  exitCode?: number;
  /** Its health: `UNHEALTHY`. */
  healthStatus?: string;
  /** Name of the proxy's container. */
  proxy?: string;
  /** CPU units of the task. */
  taskCpuUnits?: number;
  /** Memory of the task in MiB. */
  taskMemoryMib?: number;
}

/** The particulars of an image that could not be pulled. */
export interface Pull {
  /** Digest. */
  digest?: string;
  /** HTTP status that the registry answered. */
  httpStatus?: number;
  /** Image reference as the task definition has it. */
  image?: string;
  /** Registry host. */
  registry?: string;
  /** Account of an ECR registry. */
  registryAccount?: string;
  /** Region of an ECR registry. */
  registryRegion?: string;
  /** Repository. */
  repository?: string;
  /** Tag. */
  tag?: string;
}

/** Whether a change helped. */
export type Recovery = "recovered" | "rolling-out" | "still-failing" | "failing-differently" | "undetermined";

/** A call that was refused. */
export interface Refused {
  /** Code that ECS answered with. */
  errorCode?: string;
  /** The call. */
  operation?: string;
}

/** A cause that came with a revision of the task definition. */
export interface Regression {
  /** The newest earlier revision, of which no task had the cause: `web:41`. */
  previous: string;
  /** Tasks of all earlier revisions, none of which had the cause. */
  previousTasks: number;
  /** The revision with which it began: `web:42`. */
  revision: string;
}

/** An exact change, or a look that helps to make one. */
export interface Remedy {
  /** What it touches. */
  blastRadius: string;
  /** Patch, document, policy statement, or advice as text. */
  body?: unknown;
  /** Command to type. */
  command?: string;
  /** What it consists of. */
  kind: RemedyKind;
  /** Whether it changes anything in the account. */
  mutating: boolean;
  /** Whether the rules were run again on the changed evidence and the diagnosis was gone. */
  proven: boolean;
  /** What it does, as an instruction. */
  title: string;
}

/** What a remedy consists of. */
export type RemedyKind = "command" | "patch" | "document" | "policy" | "advice";

/** What the evidence shows, what proves it, what to change, and what is still open. */
export interface Report {
  observedAt?: Timestamp;
  problems: Problem[];
  schema: string;
  subjects: SubjectReport[];
  wants: Want[];
}

/** How a report is shown. */
export interface ReportOptions {
  /** Whether account ids and names are hidden, the same one always behind the same placeholder. */
  redact?: boolean;
}

/** The particulars of a container that ends again and again in a running task. */
export interface RestartLoop {
  /** Whether the task needs the container. */
  essential?: boolean;
  /** Exit code of the last end. */
  exitCode?: number;
  /** Seconds that the container must run before it is restarted. */
  restartAttemptPeriodSeconds?: number;
}

/** The tasks of an incident that ran one revision. */
export interface RevisionShare {
  /** When the first of them ended. */
  firstSeen?: Timestamp;
  /** Family and revision: `web:42`. */
  revision: string;
  /** How many. */
  tasks: number;
}

/** One risk, as programs read it. */
export interface RiskEntry {
  /** Codes of causes that say the same once it has happened. */
  becomes: string[];
  /** Code of the advisory. */
  code: string;
  /** AWS's own pages. */
  docs: string[];
  /** What happens, and why. */
  explanation: string;
  /** Whether ECS refuses to register such a definition. */
  refused: boolean;
  /** How bad it is. */
  severity: Severity;
  /** Version that the risk came with. */
  since: string;
  /** The risk in a few words. */
  title: string;
}

/** The particulars of a role that ECS could not assume. */
export interface RoleReference {
  /** Name of the role, without its path. */
  role?: string;
  /** ARN of the role. */
  roleArn?: string;
  /** What the role is to the task: `execution`, `task`, `infrastructure`, `service`, `service-linked` or `hook`. */
  roleKind?: string;
  /** Service that the role's trust policy has to name. */
  trustedService?: string;
}

/** One task of an incident. */
export interface SampleTask {
  /** Its ARN, or another identity. */
  id: string;
  /** Its whole diagnosis. */
  report: Report;
}

/** The particulars of a secret or parameter that could not be used. */
export interface SecretReference {
  /** JSON key that was asked for. */
  jsonKey?: string;
  /** Name or ARN of the parameter. */
  parameter?: string;
  /** ARN or name of the secret, without the parts that ECS adds for JSON keys and versions. */
  secret?: string;
  /** Region where it was looked for. */
  secretRegion?: string;
  /** `valueFrom` as the task definition has it. */
  valueFrom?: string;
  /** Environment variable that it is for. */
  variable?: string;
}

/** How many tasks a service had. */
export interface ServiceTotal {
  /** Name of the cluster. */
  cluster?: string;
  /** How many of them failed. */
  failures: number;
  /** Family of the task definition, for tasks without a service. */
  family?: string;
  /** Name of the service. */
  service?: string;
  /** How many. */
  tasks: number;
}

/** How bad a risk is. */
export type Severity = "error" | "warning" | "note";

/** The particulars of a sidecar that ended its task. */
export interface SidecarExit {
  /** The application's container. */
  application?: string;
  /** Exit code of the application, which is the stop. */
  applicationExitCode?: number;
  /** Exit code of the sidecar. */
  exitCode?: number;
  /** Seconds from the task's start to its end. */
  lifetimeSeconds?: number;
  /** Log group of the sidecar. */
  logGroup?: string;
  /** Log stream of the sidecar. */
  logStream?: string;
}

/** A pull that took too long. */
export interface SlowPull {
  /** Image reference. */
  image?: string;
  /** How long the agent waited, in seconds. */
  waitedSeconds?: number;
}

/** What took a task down without a fault of its own. */
export interface Stopped {
  /** Capacity provider of the task. */
  capacityProvider?: string;
  /** Deployment that did: `ecs-svc/N`. */
  deployment?: string;
  /** EC2 instance that went away. */
  instanceId?: string;
  /** What the caller of StopTask gave as the reason. */
  reason?: string;
}

/** The particulars of a task that stands still. */
export interface Stuck {
  /** Seconds that are normal at most. */
  normalSeconds?: number;
  /** State that it stands in. */
  status?: string;
  /** Seconds that it has stood there, as far as the evidence reaches. */
  waitedSeconds?: number;
  /**
   * What it waits for: `network-interface`, `capacity`, `image-pull`, `dependency`, `agent`, `container-start`,
   * `registration`, `deregistration`, `containers-to-stop` or `clean-up`.
   */
  waitsFor?: string;
}

/** What a diagnosis can be about. */
export type SubjectKind = "task" | "service" | "container-instance" | "call" | "message" | "task-definition" | "role";

/** One subject and what is wrong with it. */
export interface SubjectReport {
  /** Risks that have not bitten yet. */
  advisories: Advisory[];
  /** What happened because of it. */
  consequences: Consequence[];
  /** What went wrong; the root cause first. */
  diagnoses: Diagnosis[];
  /** Family and revision of the task definition: `web:42`. */
  family?: string;
  /** ARN, name or other identity. */
  id: string;
  /** What it is. */
  kind: SubjectKind;
  /** `FARGATE`, `EC2`, `EXTERNAL` or `MANAGED_INSTANCES`. */
  launchType?: string;
  /** Name of the service. */
  service?: string;
  /** The points of its life. */
  timeline: Moment[];
  /** What became of it. */
  verdict: Verdict;
}

/** The particulars of a target that its load balancer found unhealthy. */
export interface TargetCheck {
  /** HTTP or gRPC status codes that the target answered. */
  codes?: number[];
  /** Codes that count as healthy: `200`, `200-299`. */
  expectedCodes?: string;
  /** Seconds in which the service ignores failing checks of new tasks. */
  gracePeriodSeconds?: number;
  /** EC2 instance of the target. */
  instance?: string;
  /** Seconds from the task's start to the order to stop it. */
  livedSeconds?: number;
  /** Name of the Classic Load Balancer. */
  loadBalancer?: string;
  /** Path that is checked. */
  path?: string;
  /** Port of the target. */
  port?: number;
  /** Why, as the load balancer says it. */
  reason?: string;
  /** Name or ARN of the target group. */
  targetGroup?: string;
  /** Id of the task. */
  task?: string;
}

/** A moment, RFC 3339 in UTC. */
export type Timestamp = string;

/** Tasks by what became of them. */
export interface Totals {
  /** By cause, the most tasks first. */
  causes: CauseTotal[];
  /** By service, or by family without a service; the most failures first. */
  services: ServiceTotal[];
  /** All tasks and other subjects, each once in its newest state. */
  tasks: number;
  /** By verdict, the worst first. */
  verdicts: VerdictTotal[];
}

/** What became of the subject. */
export type Verdict = "failure" | "undetermined" | "in-progress" | "not-a-failure" | "healthy";

/** How many tasks came to a verdict. */
export interface VerdictTotal {
  /** How many. */
  tasks: number;
  /** The verdict. */
  verdict: Verdict;
}

/** An earlier report against later evidence. */
export interface Verification {
  /** Causes of before. */
  before: string[];
  /** Tasks that should run. */
  desired?: number;
  /** The proof. */
  evidence: Citation[];
  /** Whether the change helped. */
  recovery: Recovery;
  /** The later evidence on its own. */
  report: Report;
  /** Tasks that run. */
  running?: number;
  /** Schema of this answer. */
  schema: string;
  /** Name of the service. */
  service?: string;
  /** Causes of what failed since. */
  since: string[];
  /** The same in a sentence. */
  summary: string;
}

/** The particulars of a volume that could not be made or mounted. */
export interface VolumeFault {
  /** Volume driver. */
  driver?: string;
  /** Id of the file system: `fs-…`. */
  fileSystem?: string;
  /** Host name that was looked up or mounted from. */
  host?: string;
  /** Directory on the file system, or path in the container. */
  path?: string;
  /** Name of the volume in the task definition. */
  volume?: string;
  /** Availability Zone id in the host name: `use1-az2`. */
  zoneId?: string;
}

/** The particulars of a step of the runtime that took too long. */
export interface Waited {
  /** The state or operation aimed at: `created`, `started`, `stopped`, `inspecting`, `running`. */
  transition?: string;
  /** Seconds that were waited. */
  waitedSeconds?: number;
}

/** How long a task waited for capacity. */
export interface Waited2 {
  /** Capacity provider that should have brought an instance. */
  capacityProvider?: string;
  /** Seconds from the task's creation to its end. */
  waitedSeconds?: number;
}

/** A read-only AWS call whose answer would confirm a cause or rule it out. */
export interface Want {
  /** The same call with the AWS CLI. */
  cli: string;
  /** Operation. */
  operation: string;
  /** Parameters with botocore's names. */
  params: unknown;
  /** Region to ask, where it is known. */
  region?: string;
  /** Service as botocore names it. */
  service: string;
  /** What the answer would tell. */
  why: string;
}

/** A call that would settle a cause. */
export interface WantEntry {
  /** Operation. */
  operation: string;
  /** Service as botocore names it. */
  service: string;
  /** What the answer would tell. */
  why: string;
}

/** The particulars of an operating system that does not match. */
export interface WindowsVersion {
  /** Image reference. */
  image?: string;
  /** Operating system that the task asks for. */
  operatingSystemFamily?: string;
}
