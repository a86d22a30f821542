//! Volumes whose settings contradict what is on the host, and credential specs.

use super::super::storage::{VolumeFault, volume_named};
use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Rule};

pub(in crate::rules) static VOLUME_CONFIG_MISMATCH: Rule = Rule {
    code: "volume-config-mismatch",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "shared volume exists with other settings, or is not there and may not be made",
    summary: "The Docker volume {volume|of the task} is not as the task definition describes it: {what~|its labels or options differ}.",
    explanation: "A volume of scope `shared` that ECS may not provision has to be on the instance already, with the very labels \
                  and driver options that the task definition names.",
    signs: "`non-autoprovisioned volume does not match existing volume labels` (or options), `volume '…' does not exist and \
            autoprovision is set to false`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTaskDefinition",
        r#"{"taskDefinition": "{missingDefinition}"}"#,
        "`dockerVolumeConfiguration` shows what the task expects",
    )],
    fixes: &[
        Fix::look("On the instance, see how the volume was made", "docker volume inspect {volume}"),
        Fix::advice(
            "Make both agree",
            Blast::NewRevision,
            "Give `dockerVolumeConfiguration` the labels and `driverOpts` of the volume that exists, or set `autoprovision` to \
             `true`; register a new revision and deploy it.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.says_any(&[
                "non-autoprovisioned volume does not match",
                "autoprovision is set to false",
                "task scoped volume could not be autoprovisioned",
                "does not match existing volume",
            ])
        },
        |statement, subject| Cause::VolumeConfigMismatch(VolumeFault::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let says = |words: &str| subject.statements.iter().any(|statement| statement.message.says(words));
        let what = match () {
            () if says("autoprovision is set to false") => Some("it does not exist, and ECS may not make it"),
            () if says("volume labels") => Some("the labels differ"),
            () if says("volume options") => Some("the driver options differ"),
            () => None,
        };
        volume_named(subject, finding).fact("what", what)
    }),
};

pub(in crate::rules) static CREDENTIALSPEC_FAILED: Rule = Rule {
    code: "gmsa-credentialspec-failed",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "credential spec for gMSA could not be prepared",
    summary: "The credential spec of the task's group managed service account could not be prepared{why~|}.",
    explanation: "A container that runs under a group managed service account needs its credential spec, which the agent \
                  fetches from S3, Parameter Store or a file, and on Linux Kerberos tickets of the domain.",
    signs: "`credentialspec resource: …`, `invalid credentialspec file specification`, `unsupported credentialspec ARN`, \
            `failed to create kerberos tickets`, `unable to fetch valid credentialspec`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTaskDefinition",
        r#"{"taskDefinition": "{missingDefinition}"}"#,
        "`credentialSpecs` or `dockerSecurityOptions` name the spec, `executionRoleArn` the role that fetches it",
    )],
    fixes: &[Fix::advice(
        "Correct the spec, or what it takes to use it",
        Blast::NewRevision,
        "Check the ARN (`credentialspec:` or `credentialspecdomainless:` and an S3 or SSM ARN), that the execution role may \
         read it and the secret of the domain user, and that the instance reaches the domain's controllers.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/windows-gmsa.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            said.is_from_ecs()
                && !message.says("unable to find execution role credentials")
                && message.says_any(&[
                    "credentialspec",
                    "credential spec",
                    "kerberos tickets",
                    "domainless gmsa",
                    "gmsa ad user",
                    "the provided ssm parameter:",
                ])
        },
        |_, _| Cause::GmsaCredentialspecFailed(super::super::Plain {}),
    )
    .settled(|subject, finding| {
        const FAULTS: &[(&str, &str)] = &[
            ("unsupported credentialspec arn", ": its ARN is neither of S3 nor of SSM"),
            ("invalid credentialspec file", ": the file is not named in the form that ECS reads"),
            ("kerberos tickets", ": the domain gave no Kerberos tickets"),
            ("domainless gmsa", ": the domain user's credentials cannot be read"),
            ("gmsa ad user", ": the domain user's credentials cannot be read"),
            ("invalid parameters:", ": its parameter does not exist"),
            ("invalid format", ": its parameter is not named in a valid form"),
            ("unmarshalling", ": it is not valid JSON"),
        ];
        let says = |words: &str| subject.statements.iter().any(|statement| statement.message.says(words));
        let why = FAULTS.iter().find(|(words, _)| says(words)).map(|(_, why)| *why);
        let name = subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none());
        finding.fact("why", why).fact("missingDefinition", name)
    }),
};
