//! A program that was built for another machine.

use super::settle;
use super::stored::Platforms;
use crate::image::ImageReference;
use crate::redact::redacted;
use crate::rules::config::Architecture;
use crate::rules::config::program::{is_start, with_image};
use crate::rules::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Pull, Rule};
use crate::signals::Subject;
use crate::signals::message::ExecProblem;
use crate::template;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "start-exec-format-error",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "program is for another CPU architecture, or a script without its first line",
    summary: "{container|A container of the task} cannot run {program|its program}: it is built for another CPU architecture than {cpuArchitecture|the machine's}, or is a script without its `#!` line{reading~|}.",
    explanation: "The kernel knows neither the format of the file nor an interpreter for it. Mostly the image was built on \
                  a machine of the other architecture (arm64 on a Mac, amd64 in CI).",
    signs: "`exec format error` in a container's reason, or as the only line of its log with exit code 1 or 255.",
    wants: &[
        super::MANIFEST,
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
        |said| {
            let message = &said.message;
            let is_exec = message.exec().is_some_and(|exec| exec.problem == ExecProblem::FormatError);
            (is_start(said) || !said.is_from_ecs()) && (is_exec || message.says("exec format error"))
        },
        |statement, _| {
            let program = statement.message.exec().and_then(|exec| exec.program.as_deref());
            Cause::StartExecFormatError(Architecture {
                program: program.map(|program| redacted(program).into_owned()),
                ..Architecture::default()
            })
        },
    )
    .in_logs()
    .settled(settled),
};

/// Compares what the image was built for with what it ran on.
fn settled(subject: &Subject<'_>, finding: Finding) -> Finding {
    let mut finding = with_image(subject, finding);
    let platform = subject.definition.as_ref().and_then(|definition| definition.runtime_platform());
    let asked = platform.as_ref().and_then(|platform| platform.cpu_architecture());
    let image = finding.facts.text("image").map(str::to_owned);
    let Cause::StartExecFormatError(found) = &mut finding.cause else { return finding };
    found.image = image.clone();
    found.cpu_architecture = asked.map(str::to_owned);
    let finding = match platform.as_ref().filter(|_| asked.is_some()) {
        Some(platform) => finding.cite(platform.cite("cpuArchitecture")),
        None => finding,
    };
    let Some(image) = image.as_deref().map(ImageReference::from) else { return finding };
    let pull = Pull::of_image(&image);
    let finding = settle::with_parts(finding, &pull);
    let Some(platforms) = Platforms::of(subject, &pull) else { return finding };
    let Some((machine, proof)) = settle::ran_on(subject) else { return finding.cite(platforms.proof) };
    let is_moved = settle::asked(subject).filter(|(asked, _)| *asked != machine && platforms.has(asked));
    if let Some((_, proof)) = is_moved {
        return finding.refuted_by(proof);
    }
    let built = platforms.names.join(", ");
    if platforms.has(&machine) {
        // Built for the machine, by its index: what is left is the script, or an entry that is wrongly marked.
        return finding.cite(proof).cite(platforms.proof).confidence(Confidence::Possible).fact(
            "reading",
            Some(format!(
                "; its index says that it was built for {built}, so a script without that line is likelier"
            )),
        );
    }
    let finding = finding.fact("built", Some(built)).fact("machine", Some(machine));
    let summary = template::sentence(
        "{image|The image} was built for {built~|} alone and ran on {machine~|}, so {program|its program} cannot run.",
        &finding.all_facts(),
    );
    let finding = finding.summary(summary).cite(proof).confirmed_by(platforms.proof.clone());
    settle::on_platform_of(subject, finding, &platforms)
}
