use super::*;

const PULL_LAYER: &str = "CannotPullContainerError: ref pull has been retried 2 time(s): failed to copy: httpReadSeeker: failed open: \
    failed to do request: Get \"https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/aa/111122223333/x?X-Amz-Security-Token=SECRETVALUE\": dial tcp 52.218.1.2:443: i/o timeout";
const PULL_NOT_FOUND: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
    111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/Web:v9: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/Web:v9: not found";
const PULL_HUB: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/orders:1: \
    failed to do request: Head \"https://registry-1.docker.io/v2/library/orders/manifests/1\": dial tcp: lookup registry-1.docker.io on 10.0.0.2:53: no such host";
const TOKEN_DENIED: &str = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: \
    service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: 0a1b2c3d-1111-2222-3333-444455556666, \
    api error AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web-exec/0a1b2c is not authorized to perform: ecr:GetAuthorizationToken on resource: * \
    because no identity-based policy allows the ecr:GetAuthorizationToken action";
const SSM_DENIED: &str = "Fetching secret data from SSM Parameter Store in eu-west-1: AccessDeniedException: User: arn:aws:sts::1xxxxxxxxxx3:assumed-role/web-exec/0a1b is not authorized to perform: \
    ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:1xxxxxxxxxx3:parameter/web/db with an explicit deny in a service control policy: \
    arn:aws:organizations::111122223333:policy/o-abc/service_control_policy/p-1\n\tstatus code: 400, request id: 0a1b2c3d";
const AGENT_DENIED: &str = "The task can\u{2019}t pull the image. Check that the role has the permissions to pull images from the registry. Error response from daemon: \
    pull access denied for 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web, repository does not exist or may require 'docker login': denied: \
    User: arn:aws:sts::111122223333:assumed-role/host-role/i-0a1b is not authorized to perform: ecr:BatchGetImage on resource: \
    arn:aws:ecr:eu-west-1:111122223333:repository/web because no VPC endpoint policy allows the ecr:BatchGetImage action";
const CONNECTION: &str = "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue \
    between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: \
    Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 10.0.3.4:443: i/o timeout";
const EXEC: &str = "CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:370: starting container process caused: \
    exec: \"npm\": executable file not found in $PATH: unknown";
const DEPENDENCY: &str = "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [migrate(111122223333.dkr.ecr.eu-west-1.amazonaws.com/m:1) (STOPPED->RUNNING) - Exit: 3] \
    for target [web(nginx) (CREATED->RUNNING)] as dependency did not exit successfully.";
const UNHEALTHY: &str = "(service web) (task 0a1b2c3d) (port 8080) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1b) \
    due to (reason Health checks failed with these codes: [404])";
const PLACEMENT: &str = "(service web) was unable to place a task because no container instance met all of its requirements. The closest matching \
    (container-instance 0a1b2c3d-1111-2222-3333-444455556666) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
const EFS: &str = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve \
    \"fs-0a1b.efs.eu-west-1.amazonaws.com\" - check that your file system ID is correct. : unsuccessful EFS utils command execution; code: 1";

const ALL: &[&str] = &[
    PULL_LAYER,
    PULL_NOT_FOUND,
    PULL_HUB,
    TOKEN_DENIED,
    SSM_DENIED,
    AGENT_DENIED,
    CONNECTION,
    EXEC,
    DEPENDENCY,
    UNHEALTHY,
    PLACEMENT,
    EFS,
    "CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s",
    "service web (instance i-0a1b) (port 32768) is unhealthy in (elb web-lb) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)",
    "exec: \\\\\\\"/bin/\u{e9}\\\\\\\": stat /bin/\u{e9}: no such file or directory",
];

/// Never panics, and no part holds what the shorter text no longer proves.
#[test]
fn cut_at_every_character() {
    for whole in ALL {
        let full = Message::parse(whole);
        for (end, _) in whole.char_indices() {
            let cut = Message::parse(&whole[..end]);
            let same = |part: Option<&str>, whole: Option<&str>| part.is_none() || part == whole;
            let case = &whole[..end];
            if let (Some(part), Some(full)) = (cut.denial(), full.denial()) {
                assert!(same(part.action.as_deref(), full.action.as_deref()), "{case}");
                assert!(part.role_name.is_none() || part.role_name == full.role_name, "{case}");
                assert!(part.by.is_none() || part.by == full.by, "{case}");
            }
            assert!(cut.retried().is_none() || cut.retried() == full.retried(), "{case}");
            assert!(cut.image().is_none() || cut.image() == full.image(), "{case}");
            assert!(
                cut.peer().is_none_or(|peer| Some(peer.address) == full.peer().map(|p| p.address)),
                "{case}"
            );
            assert!(cut.http_status().is_none() || cut.http_status() == full.http_status(), "{case}");
            assert!(cut.host().is_none() || cut.host() == full.host() || full.is_pull(), "{case}");
            let names = cut.error_names();
            assert!(
                names.len() <= full.error_names().len() && names == &full.error_names()[..names.len()],
                "{case}"
            );
            assert!(!format!("{cut:?}").contains("SECRETVALUE"));
        }
    }
}

#[test]
fn absent_parts_are_none() {
    for text in [
        "",
        "Essential container in task exited",
        "Task failed to start",
        "Task failed container health checks",
        "Your Spot Task was interrupted.",
        "Host EC2 (instance i-0a1b) terminated.",
        "service call has been held up",
        "the repository is large",
        "started by alice: exec and restart",
    ] {
        let message = Message::parse(text);
        assert!(message.error_names().is_empty(), "{text}");
        assert!(!message.is_pull() && message.retried().is_none() && message.operation().is_none(), "{text}");
        assert!(message.aws_error_code().is_none() && message.http_status().is_none(), "{text}");
        assert!(
            message.denial().is_none() && message.image().is_none() && message.host().is_none(),
            "{text}"
        );
        assert!(
            message.endpoint().is_none() && message.transport().is_none() && message.exec().is_none(),
            "{text}"
        );
        assert!(message.transition().is_none() && message.dependency().is_none(), "{text}");
        assert!(message.service_event().is_none() && message.exit_code().is_none(), "{text}");
        assert!(message.hint().is_none() && !message.is_connection_issue() && !message.is_cut(), "{text}");
    }
}

#[test]
fn error_names() {
    let table: &[(&str, &[&str])] = &[
        (
            "CannotStartContainerError: ResourceInitializationError: failed to create",
            &["CannotStartContainerError", "ResourceInitializationError"],
        ),
        ("Resourceinitializationerror: unable to pull", &["ResourceInitializationError"]),
        ("Stopped reason: CannotPullContainerError", &["CannotPullContainerError"]),
        ("CannotGetDockerClientError: (v20) - x", &["CannotGetDockerclientError"]),
        ("UnrecogniedTaskError: Error loading task - x", &["UnrecogniedTaskError"]),
        ("BrandNewError: x", &["BrandNewError"]),
        ("java.lang.OutOfMemoryError: Java heap space", &[]),
        ("API error (500): rpc error: code = Unknown", &[]),
        ("my-error: x", &[]),
        (
            "CredentialsEndpointError: failed caused by: RequestError: send",
            &["CredentialsEndpointError", "RequestError"],
        ),
    ];
    for (text, names) in table {
        let message = Message::parse(text);
        let found: Vec<&str> = message.error_names().iter().map(ErrorName::as_str).collect();
        assert_eq!(&found, names, "{text}");
    }
}

#[test]
fn aws_codes_and_statuses() {
    for (text, code, status) in [
        (TOKEN_DENIED, Some("AccessDeniedException"), Some(400)),
        (SSM_DENIED, Some("AccessDeniedException"), Some(400)),
        ("accessdeniedexception: user: x", Some("AccessDeniedException"), None),
        (
            "An error occurred (ClusterNotFoundException) when calling the RunTask operation: x",
            Some("ClusterNotFoundException"),
            None,
        ),
        (
            "(Service: Ecs; Status Code: 400; Error Code: ClientException; Request ID: x)",
            Some("ClientException"),
            Some(400),
        ),
        (
            "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
            Some("InsufficientFreeAddressesInSubnet"),
            None,
        ),
        (
            "operation error S3: HeadObject, https response error StatusCode: 403, RequestID: x, api error Forbidden: Forbidden",
            Some("Forbidden"),
            Some(403),
        ),
        (
            "operation error SSM: GetParameters, https response error StatusCode: 0, RequestID: , canceled",
            None,
            None,
        ),
        (
            "unexpected status from HEAD request to https://ghcr.io/v2/a/b/manifests/1: 403 Forbidden",
            None,
            Some(403),
        ),
        ("toomanyrequests: x 429 Too Many Requests", None, Some(429)),
        ("received unexpected HTTP status: 503 Service Unavailable", None, Some(503)),
        ("API error (500): x", None, None),
        ("java.lang.IllegalStateException: x", None, None),
        ("Health checks failed with these codes: [404]", None, None),
    ] {
        let message = Message::parse(text);
        assert_eq!((message.aws_error_code(), message.http_status()), (code, status), "{text}");
    }
}

#[test]
fn operations() {
    for (text, service, name) in [
        (TOKEN_DENIED, Some("ECR"), "GetAuthorizationToken"),
        (CONNECTION, Some("ECR"), "GetAuthorizationToken"),
        (SSM_DENIED, Some("SSM"), "GetParameters"),
        (
            "operation error Secrets Manager: GetSecretValue, exceeded maximum",
            Some("Secrets Manager"),
            "GetSecretValue",
        ),
        ("unable to retrieve secret from asm: x", Some("Secrets Manager"), "GetSecretValue"),
        ("failed to create Cloudwatch log stream: x", Some("CloudWatch Logs"), "CreateLogStream"),
        ("when calling the StartTask operation: x", None, "StartTask"),
    ] {
        let message = Message::parse(text);
        let operation = message.operation().expect(text);
        assert_eq!((operation.service.as_deref(), &*operation.name), (service, name), "{text}");
    }
}

#[test]
fn denials() {
    let table = [
        (
            TOKEN_DENIED,
            Some("web-exec"),
            Some("ecr:GetAuthorizationToken"),
            Some("*"),
            Some(PolicyKind::Identity),
            false,
            false,
        ),
        (
            SSM_DENIED,
            Some("web-exec"),
            Some("ssm:GetParameters"),
            Some("arn:aws:ssm:eu-west-1:1xxxxxxxxxx3:parameter/web/db"),
            Some(PolicyKind::ServiceControl),
            true,
            true,
        ),
        (
            AGENT_DENIED,
            Some("host-role"),
            Some("ecr:BatchGetImage"),
            Some("arn:aws:ecr:eu-west-1:111122223333:repository/web"),
            Some(PolicyKind::VpcEndpoint),
            false,
            false,
        ),
        (
            "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-rol",
            None,
            None,
            None,
            None,
            false,
            false,
        ),
        (
            "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web-ex",
            None,
            None,
            None,
            None,
            false,
            false,
        ),
        ("AccessDeniedException: User:", None, None, None, None, false, false),
        (
            "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/x with an explicit deny",
            None,
            Some("iam:PassRole"),
            Some("arn:aws:iam::111122223333:role/x"),
            None,
            true,
            false,
        ),
        (
            "x is not authorized to perform: kms:Decrypt on resource: * because no permissions boundary allows the kms:Decrypt action",
            None,
            Some("kms:Decrypt"),
            Some("*"),
            Some(PolicyKind::PermissionsBoundary),
            false,
            false,
        ),
        (
            "User: arn:aws:sts::***:assumed-role/r/s is not authorized to perform: s3:GetObject on resource: * because no session policy allows the s3:GetObject action",
            Some("r"),
            Some("s3:GetObject"),
            Some("*"),
            Some(PolicyKind::Session),
            false,
            false,
        ),
        (
            "User: arn:aws:sts::***:assumed-role/r/s is not authorized to perform: ecr:Batch",
            Some("r"),
            None,
            None,
            None,
            false,
            false,
        ),
    ];
    for (text, role, action, resource, by, explicit, policy) in table {
        let message = Message::parse(text);
        let denial = message.denial().expect(text);
        assert_eq!(denial.role_name.as_deref(), role, "{text}");
        assert_eq!(denial.action.as_deref(), action, "{text}");
        assert_eq!(denial.resource.as_ref().map(|arn| arn.as_str()), resource, "{text}");
        assert_eq!(
            (denial.by, denial.explicit, denial.policy_arn.is_some()),
            (by, explicit, policy),
            "{text}"
        );
    }
    assert!(Message::parse("user: root, exit code: 1").denial().is_none());
}

#[test]
fn images() {
    for (text, image) in [
        (PULL_NOT_FOUND, Some("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/Web:v9")),
        (PULL_HUB, Some("docker.io/library/orders:1")),
        (AGENT_DENIED, Some("111122223333.dkr.ecr.eu-west-1.amazonaws.com/web")),
        (PULL_LAYER, None),
        ("manifest for nginx:nope not found: manifest unknown", Some("nginx:nope")),
        ("API error (404): repository example/app not found", Some("example/app")),
        ("The repository with name 'app' does not exist", None),
        ("No such image: web:3", Some("web:3")),
        ("The task cannot pull 'ghcr.io/a/b:1' from the registry", Some("ghcr.io/a/b:1")),
        ("failed to parse image reference \"app:${TAG}\": invalid reference format", Some("app:${TAG}")),
        ("Head \"https://ghcr.io/v2/a/b/manifests/sha256:12\": denied", Some("ghcr.io/a/b@sha256:12")),
        ("unexpected status code https://ghcr.io/v2/a/b/blobs/sha256:12: 404 Not Found", Some("ghcr.io/a/b")),
        ("failed to resolve ref docker.io/library/ord", None),
    ] {
        assert_eq!(Message::parse(text).image().map(|image| image.as_str()), image, "{text}");
    }
}

#[test]
fn endpoints() {
    use EndpointKind::*;
    for (text, kind, region) in [
        (CONNECTION, EcrApi, Some("eu-west-1")),
        (TOKEN_DENIED, EcrApi, None),
        (PULL_HUB, DockerHub, None),
        (PULL_LAYER, S3Layers, Some("eu-west-1")),
        (PULL_NOT_FOUND, EcrDkr, Some("eu-west-1")),
        (
            "Error: failed to pull image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1 : failed to copy: httpReaderSeeker: failed open",
            S3Layers,
            Some("eu-west-1"),
        ),
        (
            "CannotPullContainerError: Get REDACTED ECR URL related to 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web: EOF",
            S3Layers,
            Some("eu-west-1"),
        ),
        (SSM_DENIED, Ssm, Some("eu-west-1")),
        (EFS, Efs, Some("eu-west-1")),
        ("Failed to resolve \"use1-az2.fs-0a1b.s3files.us-east-1.on.aws\"", S3Files, Some("us-east-1")),
        ("Get https://public.ecr.aws/v2/: EOF", EcrPublic, None),
        ("CannotPullContainerError: Get https://reg.corp.example/v2/: EOF", OtherRegistry, None),
        ("Post \"https://logs.cn-north-1.amazonaws.com.cn/\": EOF", Logs, Some("cn-north-1")),
        (
            "Post \"https://secretsmanager.us-isob-east-1.sc2s.sgov.gov/\": EOF",
            SecretsManager,
            Some("us-isob-east-1"),
        ),
        ("Get https://env.s3.dualstack.eu-west-1.amazonaws.com/x: EOF", S3, Some("eu-west-1")),
        ("Get http://169.254.170.2/v2/credentials/: EOF", Credentials, None),
        ("There is a connection issue between the task and Amazon CloudWatch", Logs, None),
        ("Post https://ecr.eu-west-1.api.aws/: EOF", EcrApi, Some("eu-west-1")),
        ("Post https://api.ecr-fips.us-east-1.amazonaws.com/: EOF", EcrApi, Some("us-east-1")),
        ("Post https://vpce-1-2.sts.eu-west-1.vpce.amazonaws.com/: EOF", Sts, Some("eu-west-1")),
        ("Get https://app.example/x: EOF", Other, None),
    ] {
        let message = Message::parse(text);
        let endpoint = message.endpoint().expect(text);
        assert_eq!((endpoint.kind, endpoint.region.as_deref()), (kind, region), "{text}");
    }
    let message = Message::parse("toomanyrequests: rate limit: https://www.docker.com/increase-rate-limit");
    assert_eq!(message.host(), None);
    assert_eq!(Message::parse("Get https://u:p@reg.example:5000/x?sig=a: EOF").host(), Some("reg.example"));
}

#[test]
fn transports() {
    use Transport::*;
    let peer = |address: &str, port| Some(Peer { address: address.parse().expect("an address"), port });
    for (text, transport) in [
        (CONNECTION, Some(DialTimeout { peer: peer("10.0.3.4", Some(443)) })),
        (PULL_HUB, Some(NoSuchHost { host: Some("registry-1.docker.io".into()) })),
        (EFS, Some(NoSuchHost { host: Some("fs-0a1b.efs.eu-west-1.amazonaws.com".into()) })),
        (
            "dial tcp [2600:1f18::1]:443: i/o timeout",
            Some(DialTimeout { peer: peer("2600:1f18::1", Some(443)) }),
        ),
        (
            "dial tcp 10.0.0.9:41000->10.0.3.4:443: i/o timeout",
            Some(DialTimeout { peer: peer("10.0.3.4", Some(443)) }),
        ),
        ("dial tcp: i/o timeout", Some(DialTimeout { peer: None })),
        ("mount.nfs4: Connection timed out", Some(DialTimeout { peer: None })),
        (
            "dial tcp 127.0.0.1:24224: connect: connection refused",
            Some(ConnectionRefused { peer: peer("127.0.0.1", Some(24224)) }),
        ),
        ("read tcp 10.0.0.1:4->10.0.0.2:443: i/o timeout", Some(ReadTimeout)),
        (
            "dial tcp: lookup x.example on 10.0.0.2:53: read udp 10.0.0.9:1->10.0.0.2:53: i/o timeout",
            Some(DnsTimeout),
        ),
        ("lookup x.example: i/o timeout", Some(DnsTimeout)),
        ("lookup x.example on 10.0.0.2:53: server misbehaving", Some(DnsServerMisbehaving)),
        ("read: connection reset by peer", Some(Reset)),
        ("net/http: TLS handshake timeout", Some(TlsHandshakeTimeout)),
        ("x509: certificate signed by unknown authority", Some(UntrustedCertificate)),
        ("http: server gave HTTP response to HTTPS client", Some(HttpToHttps)),
        ("RequestCanceled: request context canceled caused by: context deadline exceeded", Some(Deadline)),
        (
            "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
            Some(Deadline),
        ),
        ("context canceled", Some(Canceled)),
        ("unexpected EOF", Some(UnexpectedEof)),
        ("Get \"https://a.example/\": EOF", Some(UnexpectedEof)),
        (": signal: killed", Some(SignalKilled)),
        ("dial tcp 10.0.0.1:443: connect: no route to host", Some(NoRoute)),
        ("dial tcp 44.213.78.", None),
        ("dial tcp 127.0.0.1:24224: getsockopt: co", None),
    ] {
        assert_eq!(Message::parse(text).transport(), transport.as_ref(), "{text}");
    }
    assert_eq!(
        Message::parse("dial tcp 127.0.0.1:24224: getsockopt: co").peer(),
        peer("127.0.0.1", Some(24224))
    );
    for (address, private) in [
        ("172.31.0.1", Some(true)),
        ("172.32.0.1", Some(false)),
        ("100.64.1.1", Some(true)),
        ("127.0.0.1", None),
    ] {
        assert_eq!(peer(address, None).and_then(|peer| peer.is_private()), private, "{address}");
    }
}

#[test]
fn execs() {
    use ExecProblem::*;
    for (text, program, problem) in [
        (EXEC, Some("npm"), NotFoundInPath),
        ("exec: \\\"/run.sh\\\": stat /run.sh: no such file or directory", Some("/run.sh"), NoSuchFile),
        (
            "caused \"exec: \\\\\\\"npm start\\\\\\\": executable file not found in $PATH\\\"",
            Some("npm start"),
            NotFoundInPath,
        ),
        ("exec: \"sh -c \\\"a b\\\"\": permission denied", Some("sh -c \"a b\""), PermissionDenied),
        ("exec: \"/\": is a directory: permission denied: unknown", Some("/"), PermissionDenied),
        ("exec /app/web: exec format error", Some("/app/web"), FormatError),
        ("standard_init_linux.go:228: exec user process caused: exec format error", None, FormatError),
        ("exec user process caused \"no such file or directory\"", None, NoSuchFile),
        (
            "crun: executable file `web` not found in $PATH: No such file or directory",
            Some("web"),
            NotFoundInPath,
        ),
        ("exec container process `/web`: Exec format error", Some("/web"), FormatError),
        ("exec: \"/app/st", None, Other),
        ("exec: \"/app/start\": per", Some("/app/start"), Other),
        ("exec: \"/app/start\": permission den", Some("/app/start"), PermissionDenied),
        ("exec: \"java\": executab", Some("java"), NotFoundInPath),
        ("exec: \"/run.sh\": stat /run.sh: no such fi", Some("/run.sh"), NoSuchFile),
    ] {
        let exec = Message::parse(text).exec().cloned().expect(text);
        assert_eq!((exec.program.as_deref(), exec.problem), (program, problem), "{text}");
    }
}

#[test]
fn programs_as_far_as_they_are_seen() {
    for (text, seen) in [
        ("exec: \"npm start\": executable file not found in $PATH", Some("npm start")),
        ("caused \"exec: \\\"flask run --host 0.0.0.0 --po", Some("flask run --host 0.0.0.0 --po")),
        ("exec: \"/app/st", Some("/app/st")),
        // Quotes that do not match leave open where the program ends.
        ("exec: \\\"npm\": executable file not found in $PATH", None),
    ] {
        let exec = Message::parse(text).exec().cloned().expect(text);
        assert_eq!(exec.seen.as_deref(), seen, "{text}");
    }
}

#[test]
fn pieces_between_phrases() {
    let message = Message::parse("linux spec user: Unable to find user Node: no matching entries");
    assert_eq!(message.between("unable to find user ", ": "), Some("Node"));
    assert_eq!(message.between("unable to find user ", "]"), None);
    assert_eq!(message.between("unable to find group ", ": "), None);
    assert_eq!(message.from_phrase("node: "), Some("Node: no matching entries"));
}

#[test]
fn transitions() {
    for (text, to, waited) in [
        (
            "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s",
            "started",
            Some(180.0),
        ),
        ("Could not tranisition to created; timed out after waiting 4m0s.", "created", Some(240.0)),
        (
            "Could not transition to MANIFEST_PULLED; timed out after waiting 1m15s",
            "MANIFEST_PULLED",
            Some(75.0),
        ),
        ("Could not transition to pulled; timed out after waiting 2h0m0s", "pulled", Some(7200.0)),
        ("Could not transition to running; timed out after waiting 1m: x", "running", Some(60.0)),
        ("Could not transition to start exec command; timed out after wai", "start exec command", None),
    ] {
        let transition = Message::parse(text).transition().cloned().expect(text);
        assert_eq!((transition.to.as_str(), transition.waited_seconds), (to, waited), "{text}");
    }
}

#[test]
fn dependencies() {
    let dependency = Message::parse(DEPENDENCY).dependency().cloned().expect("a dependency");
    assert_eq!((dependency.on.as_str(), dependency.target.as_deref()), ("migrate", Some("web")));
    assert_eq!((dependency.outcome, dependency.exit_code), (Some(DependencyOutcome::Failed), Some(3)));
    for (text, outcome) in [
        (
            "dependency graph: container ordering dependency [db] for target [web] does not exist.",
            Some(DependencyOutcome::Missing),
        ),
        (
            "dependency graph: container ordering dependency [db(i) (X->Y)] for target [web(i)] has timed out.",
            Some(DependencyOutcome::TimedOut),
        ),
        (
            "failed to resolve container ordering dependency [db] for target [web] because dependency will never start",
            Some(DependencyOutcome::NeverStarts),
        ),
        ("failed to resolve container ordering dependency [db] for tar", None),
    ] {
        let dependency = Message::parse(text).dependency().cloned().expect(text);
        assert_eq!(
            (dependency.on.as_str(), dependency.outcome, dependency.exit_code),
            ("db", outcome, None),
            "{text}"
        );
    }
}

#[test]
fn service_event_kinds() {
    use ServiceEventKind::*;
    for (text, kind, reason, count) in [
        ("(service web) has reached a steady state.", SteadyState, None, None),
        ("(service web) has started 2 tasks: (task a1) (task b2).", Started, None, Some(2)),
        ("(service web) has stopped 1 running tasks: (task a1).", Stopped, None, Some(1)),
        (
            "(service web) has started 1 tasks: (task a1). Amazon ECS replaced 1 tasks due to an unhealthy status.",
            ReplacedUnhealthy,
            None,
            Some(1),
        ),
        (
            "(service web, taskSet ecs-svc/1) registered 1 targets in (target-group tg)",
            Registered,
            None,
            Some(1),
        ),
        ("(service web) deregistered 3 targets in (target-group tg)", Deregistered, None, Some(3)),
        ("(service web) has begun draining connections on 2 tasks.", Draining, None, Some(2)),
        (
            "(service web) is not AZ balanced with 2 tasks in x. AZ Rebalancing in progress.",
            AzRebalancing,
            None,
            None,
        ),
        (UNHEALTHY, UnhealthyTarget, Some("Health checks failed with these codes: [404]"), None),
        ("(service web) (task a1) failed container health checks.", UnhealthyContainer, None, None),
        (
            "(service web) (task a1) is not healthy in target-group (tg) due to TARGET GROUP IS NOT FOUND.",
            TargetGroupMissing,
            Some("TARGET GROUP IS NOT FOUND."),
            None,
        ),
        (
            "(service web) failed to launch a task with (error ECS was unable (now) to assume the role 'x'.).",
            LaunchFailed,
            Some("ECS was unable (now) to assume the role 'x'."),
            None,
        ),
        (PLACEMENT, NoMatchingInstance, Some("has insufficient memory available"), None),
        (
            "service web was unable to place a task because no container instance met all of its requirements.",
            NoMatchingInstance,
            None,
            None,
        ),
        (
            "service web was unable to place a task. Reason: CannotPullContainerError: x due to (y)",
            PlacementFailed,
            Some("CannotPullContainerError: x due to (y)"),
            None,
        ),
        (
            "service web was unable to place a task because ResourceInitializationError: x",
            PlacementFailed,
            Some("ResourceInitializationError: x"),
            None,
        ),
        (
            "(service web) could not launch 3 tasks for deployment ecs-svc/1. Capacity is unavailable.",
            PartialLaunch,
            Some("Capacity is unavailable."),
            Some(3),
        ),
        (
            "(service web) is unable to consistently start tasks successfully. For more information, see x.",
            StartImpaired,
            None,
            None,
        ),
        ("(service web) (deployment ecs-svc/1) deployment completed.", DeploymentCompleted, None, None),
        (
            "(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.",
            DeploymentFailed,
            Some("tasks failed to start."),
            None,
        ),
        ("(service web) rolling back to deployment ecs-svc/1.", RollingBack, None, None),
        ("(service web) operations are being throttled on elb. Will try again later.", Throttled, None, None),
        (
            "(service web) was unable to scale in due to (reason 2 tasks under protection)",
            ScaleInBlocked,
            Some("2 tasks under protection"),
            None,
        ),
        ("(service web) did something new.", Other, None, None),
    ] {
        let event = Message::parse(text).service_event().cloned().expect(text);
        assert_eq!((event.kind, event.reason.as_deref(), event.count), (kind, reason, count), "{text}");
        assert_eq!(event.service.as_deref(), Some("web"), "{text}");
    }
}

#[test]
fn service_event_parts() {
    let event = |text: &str| Message::parse(text).service_event().cloned().expect("an event");
    let unhealthy = event(UNHEALTHY);
    assert_eq!((unhealthy.task(), unhealthy.port), (Some("0a1b2c3d"), Some(8080)));
    assert!(unhealthy.target_group.is_some_and(|arn| arn.ends_with("targetgroup/web/0a1b")));
    assert_eq!(event(PLACEMENT).container_instance.as_deref(), Some("0a1b2c3d-1111-2222-3333-444455556666"));
    assert_eq!(event(UNHEALTHY).health_codes(), [404]);
    assert_eq!(
        event("(service web) is unhealthy in (target-group t) due to (reason codes: [1, 12])").health_codes(),
        [1, 12]
    );
    let console = event(
        "ERROR: 2025-01-02T03:04:05.678Z service web (instance i-0a1b) (port 32768) is unhealthy in (elb lb) due to (reason Health checks failed)",
    );
    assert_eq!((console.instance.as_deref(), console.load_balancer.as_deref()), (Some("i-0a1b"), Some("lb")));
    let template = event(
        "service ( `web`) task set ( `ecs-svc/1`) (task `a1`) is not healthy in target-group ( `tg`) due to `TARGET IS NOT FOUND`.",
    );
    assert_eq!((template.service.as_deref(), template.task_set.as_deref()), (Some("web"), Some("ecs-svc/1")));
    assert_eq!(
        event("(service web, taskSet ecs-svc/9) has reached a steady state.").task_set.as_deref(),
        Some("ecs-svc/9")
    );
    let old = event(
        "service web was unable to place a task because no container instance met all of its requirements. \
                     The closest matching container-instance is already using a port required by your task.",
    );
    assert_eq!(
        (old.container_instance, old.reason.as_deref()),
        (None, Some("is already using a port required by your task"))
    );
    let started = event("(service web) has started 2 tasks: (task a1) (task b2).");
    assert_eq!(started.tasks, ["a1", "b2"]);
}

#[test]
fn front_matter_is_passed_over() {
    for text in [
        "Task failed to start",
        "Stopped reason: Task failed to start",
        "2025-01-02T03:04:05.678Z ERROR: Task failed to start",
        "Task stopped at: 2025-01-02T03:04:05.678Z\nTask failed to start",
        "2025-01-02 03:04:05 +0000 Task failed to start",
    ] {
        let expected =
            if text.contains("+0000") { "+0000 task failed to start" } else { "task failed to start" };
        assert_eq!(Message::parse(text).body(), expected, "{text}");
    }
    assert_eq!(Message::parse("TaskFailedToStart: ATTRIBUTE").body(), "attribute");
    assert_eq!(Message::parse("error:").body(), "error:");
}

#[test]
fn hints_and_issues() {
    assert_eq!(Message::parse(AGENT_DENIED).hint(), Some(Hint::RolePermissions));
    assert_eq!(Message::parse(CONNECTION).hint(), Some(Hint::NetworkConfiguration));
    assert!(Message::parse(CONNECTION).is_connection_issue());
    assert!(!Message::parse(AGENT_DENIED).is_connection_issue());
    assert!(Message::parse(AGENT_DENIED).is_pull());
    assert!(!Message::parse(CONNECTION).is_pull());
}

#[test]
fn exit_codes() {
    for (text, code) in [
        ("ExecuteCommandAgent process exited with exit code: 137", Some(137)),
        ("unsuccessful EFS utils command execution; code: 32", Some(32)),
        ("exited with code 1 after", Some(1)),
        ("exit status -1", Some(-1)),
        ("web Exited (137) 3 minutes ago", Some(137)),
        ("web exitCode=143", Some(143)),
        ("status code: 400", None),
    ] {
        assert_eq!(Message::parse(text).exit_code(), code, "{text}");
    }
}

#[test]
fn words_and_groups() {
    let word = |text: &str, phrase: &str| Message::parse(text).word_after(phrase).map(str::to_owned);
    assert_eq!(word("did not contain json key DB_USER", "json key ").as_deref(), Some("DB_USER"));
    assert_eq!(word("invalid parameters: /a/B.", "parameters: ").as_deref(), Some("/a/B"));
    assert_eq!(word("unable to find user 'Web': no", "find user ").as_deref(), Some("Web"));
    assert_eq!(word("unable to find user We...", "find user "), None);
    assert_eq!(word("unable to find user ", "find user "), None);
    let message = Message::parse("Task failed ELB health checks in (target-group Web-tg)");
    assert_eq!(message.parenthesised("target-group").as_deref(), Some("Web-tg"));
    assert_eq!(message.parenthesised("elb"), None);
}

/// Pieces in any order, with characters of every length between them.
#[test]
fn any_text_is_read_without_a_panic() {
    const PIECES: &[&str] = &[
        "error:",
        "Error",
        "exec: ",
        "exec /",
        "\"",
        "\\\"",
        "dial tcp ",
        "[",
        "]",
        "(",
        ")",
        "->",
        ":",
        "://",
        "/v2/",
        "/manifests/",
        "@",
        "user: ",
        "not authorized to perform",
        "on resource: ",
        "arn:aws:",
        "(service ",
        "service ",
        "(task ",
        "closest matching ",
        "container-instance ",
        "é",
        "\u{1f600}",
        "\u{2019}",
        "\n",
        " ",
        "443",
        "10.0.0.1",
        "lookup ",
        "not found",
        "failed to resolve ref ",
        "could not transition to ",
        "; timed out after waiting ",
        "3m",
        "container ordering dependency [",
        "for target [",
        "exit: ",
        "password=",
        "status code: ",
        "...",
    ];
    let mut state: u64 = 7;
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(PIECES[(state >> 33) as usize % PIECES.len()]);
        }
        let message = Message::parse(&text);
        let _ = (message.is_cut(), message.body(), format!("{message:?}"), message.word_after("user: "));
    }
}

/// No part is looked for again from every place of a long text.
#[test]
fn long_texts_are_read_in_linear_time() {
    for piece in [
        "error",
        "exec /",
        "exec: \\",
        "dial tcp 1->",
        "lookup ",
        "://",
        "(service ",
        "repository x",
        "(reason (",
        "[",
        "a",
        "arn:",
        "at: ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let _ = Message::parse(&text);
    }
}

#[test]
fn platforms_and_subnets() {
    for (text, platform) in [
        ("image Manifest does not contain descriptor matching platform 'linux/arm64'", Some("linux/arm64")),
        ("no matching manifest for linux/amd64 in the manifest list entries", Some("linux/amd64")),
        ("no matching manifest for linux/arm64/v8", Some("linux/arm64/v8")),
        ("does not contain descriptor matching platform 'linux/am", None),
        ("no matching manifest for unknown in", None),
    ] {
        assert_eq!(Message::parse(text).platform(), platform, "{text}");
    }
    for (text, subnet) in [
        (
            "Create Network Interface in subnet 'subnet-0a1b': InsufficientFreeAddressesInSubnet",
            Some("subnet-0a1b"),
        ),
        ("Create Network Interface in subnet 'subnet-0a", None),
        ("Create Network Interface in subnet '': AuthFailure", None),
    ] {
        assert_eq!(Message::parse(text).subnet(), subnet, "{text}");
    }
}

#[test]
fn the_refusal_itself_counts_and_not_ec2s_sentence_in_front() {
    let message = Message::parse(
        "UnauthorizedOperation: You are not authorized to perform this operation. User: \
         arn:aws:sts::111122223333:assumed-role/infra/ECSManagedInstancesForCompute is not authorized to perform: \
         iam:PassRole on resource: arn:aws:iam::111122223333:role/x because no identity-based policy allows the \
         iam:PassRole action",
    );
    let denial = message.denial().unwrap();
    assert_eq!(denial.action.as_deref(), Some("iam:PassRole"));
    assert_eq!(denial.by, Some(PolicyKind::Identity));
}

#[test]
fn bound_ports() {
    for (text, port) in [
        ("Bind for 0.0.0.0:8080 failed: port is already allocated", Some(8080)),
        ("listen tcp 0.0.0.0:80: bind: address already in use", Some(80)),
        ("listen tcp4 0.0.0.0:443: bind: address already in use", Some(443)),
        ("listen tcp :8443: bind: address already in use", Some(8443)),
        ("listen tcp", None),
        ("Bind for ", None),
    ] {
        assert_eq!(Message::parse(text).bound_port(), port, "{text}");
    }
}
