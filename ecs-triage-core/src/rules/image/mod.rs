//! The image and its registry.

pub(super) mod exec_format;

use super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Pull, Rule};

pub(super) static TAG_NOT_FOUND: Rule = Rule {
    code: "image-tag-not-found",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image tag or digest does not exist in the repository",
    summary: "{image|The image} does not exist: the registry answered, and has no such tag or digest.",
    explanation: "The registry was reached and accepted the credentials, then answered that the manifest is unknown. \
                  The pull is retried like a network fault and looks like one, but no route or role is missing.",
    signs: "A CannotPull… error whose tail is `not found` or `manifest unknown`, without `denied` and without a time-out.",
    wants: &[Ask::new(
        "ecr",
        "DescribeImages",
        r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageTag": "{tag}"}]}"#,
        "ImageNotFoundException confirms that the tag is missing; an image that was pushed before the stop rules it out",
    )],
    fixes: &[
        Fix::look(
            "List the tags that exist",
            "aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} \
             --region {registryRegion} --query 'sort_by(imageDetails,&imagePushedAt)[-10:].[imageTags,imagePushedAt]'",
        ),
        Fix::run(
            "Push the image under the tag that the task definition names",
            Blast::Resource,
            "docker push {image}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| {
            let message = &statement.message;
            message.is_pull()
                && message.says_any(&["manifest unknown", ": not found"])
                && !message.says_any(&["denied", "unauthorized"])
        },
        |statement, subject| Cause::ImageTagNotFound(Pull::of(statement, subject)),
    ),
};

pub(super) static PLATFORM_MISMATCH: Rule = Rule {
    code: "image-platform-mismatch",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image has no build for the task's CPU architecture or operating system",
    summary: "{image|The image} has no build for the platform that the task runs on.",
    explanation: "The image's index lists the platforms it was built for. The one that the task asks for is not among \
                  them, so there is nothing to pull.",
    signs: "`image Manifest does not contain descriptor matching platform` in any case, or `no matching manifest for linux/…`.",
    wants: &[],
    fixes: &[Fix::run(
        "Build and push the image for the platform of the task",
        Blast::Resource,
        "docker buildx build --platform linux/amd64,linux/arm64 --push -t {image} .",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| {
            statement
                .message
                .says_any(&["does not contain descriptor matching platform", "no matching manifest for "])
        },
        |statement, subject| Cause::ImagePlatformMismatch(Pull::of(statement, subject)),
    ),
};

pub(super) static PULL_UNCLASSIFIED: Rule = Rule {
    code: "pull-unclassified",
    bucket: Bucket::Image,
    kind: Kind::Residual,
    title: "image could not be pulled; the reason is cut off",
    summary: "{image|The image} could not be pulled; what is left of the message does not say why.",
    explanation: "Only the wrapper of the error is left. A missing image, a missing permission and a missing route all \
                  begin like this.",
    signs: "A CannotPull… error with no inner cause that is known.",
    wants: &[],
    fixes: &[Fix::advice(
        "Get the whole message",
        Blast::Nothing,
        "Read the stopped task with `aws ecs describe-tasks` or its EventBridge event, where the reason is cut less.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| statement.message.is_pull(),
        |statement, subject| Cause::PullUnclassified(Pull::of(statement, subject)),
    ),
};
