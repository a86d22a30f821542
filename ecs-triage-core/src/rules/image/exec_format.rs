//! A program that was built for another machine.

use crate::redact::redacted;
use crate::rules::config::Architecture;
use crate::rules::config::program::{is_start, with_image};
use crate::rules::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Rule};
use crate::signals::message::ExecProblem;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "start-exec-format-error",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "program is for another CPU architecture, or a script without its first line",
    summary: "{container|A container of the task} cannot run {program|its program}: it is built for another CPU architecture than {cpuArchitecture|the machine's}, or is a script without its `#!` line.",
    explanation: "The kernel knows neither the format of the file nor an interpreter for it. Mostly the image was built on \
                  a machine of the other architecture (arm64 on a Mac, amd64 in CI).",
    signs: "`exec format error` in a container's reason, or as the only line of its log with exit code 1 or 255.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{taskDefinition}"}"#,
            "`runtimePlatform.cpuArchitecture` is what the task asks for; X86_64 when absent",
        ),
        Ask::new(
            "ecs",
            "DescribeContainerInstances",
            r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
            "the attribute `ecs.cpu-architecture` is what the instance has",
        ),
    ],
    fixes: &[
        Fix::look("See what the image was built for", "docker buildx imagetools inspect {image}"),
        Fix::run(
            "Build and push it for both architectures",
            Blast::Resource,
            "docker buildx build --platform linux/amd64,linux/arm64 --push -t {image} .",
        ),
        Fix::advice(
            "Or run it where it fits",
            Blast::NewRevision,
            "Set `runtimePlatform.cpuArchitecture` to the image's architecture. A script needs `#!/bin/sh` as its first line.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| {
            let message = &statement.message;
            let is_exec = message.exec().is_some_and(|exec| exec.problem == ExecProblem::FormatError);
            is_start(statement) && (is_exec || message.says("exec format error"))
        },
        |statement, _| {
            let program = statement.message.exec().and_then(|exec| exec.program.as_deref());
            Cause::StartExecFormatError(Architecture {
                program: program.map(|program| redacted(program).into_owned()),
                ..Architecture::default()
            })
        },
    )
    .settled(|subject, finding| {
        let mut finding = with_image(subject, finding);
        let platform = subject.definition.as_ref().and_then(|definition| definition.runtime_platform());
        let asked = platform.as_ref().and_then(|platform| platform.cpu_architecture());
        let Cause::StartExecFormatError(found) = &mut finding.cause else { return finding };
        found.image = finding.facts.text("image").map(str::to_owned);
        found.cpu_architecture = asked.map(str::to_owned);
        match platform.filter(|_| asked.is_some()) {
            Some(platform) => finding.cite(platform.cite("cpuArchitecture")),
            None => finding,
        }
    }),
};
