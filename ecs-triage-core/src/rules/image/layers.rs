//! The image is known to its registry, but its layers do not arrive or do not fit.

use super::super::network::{CONTAINER_INSTANCE, ENDPOINTS, INSTANCE, ROUTES, SERVICE, SUBNETS};
use super::super::{Ask, Blast, Bucket, Cause, Check, Connection, Fix, Kind, Pull, Rule};
use super::{PULL_PAGE, REDEPLOY, TAG, Why};

pub(in crate::rules) static LAYERS_UNREACHABLE: Rule = Rule {
    code: "image-layer-s3-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "image layers cannot be fetched from Amazon S3",
    summary: "The manifest of {image|the image} arrived, but its layers cannot be fetched from Amazon S3{way~|}.",
    explanation: "Amazon ECR hands layers out from a bucket of Amazon S3. Endpoints for ECR do not cover that way: it \
                  takes the gateway endpoint on the subnet's route table, or a way to the internet, and egress to it.",
    signs: "`failed to copy: httpReadSeeker: failed open` or `error pulling image configuration` with a time-out, or a \
            host of `starport-layer-bucket`. Cut behind `unexpected status code`, it leaves a status open.",
    wants: &[CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE, ENDPOINTS, ROUTES],
    fixes: &[
        Fix::look(
            "See which route tables the S3 gateway endpoint serves",
            "aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpc} --region {region} \
             --query 'VpcEndpoints[].[ServiceName,VpcEndpointType,RouteTableIds]'",
        ),
        Fix::run(
            "Make the S3 gateway endpoint for the subnet's route table",
            Blast::Network,
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Gateway --service-name \
             com.amazonaws.{region}.s3 --route-table-ids {routeTable} --region {region}",
        ),
        Fix::advice(
            "Allow egress to Amazon S3",
            Blast::Network,
            "The security group {startSecurityGroups|of the task} must allow TCP 443 to the prefix list of Amazon S3, \
             and the endpoint's policy `s3:GetObject` on ECR's layer bucket.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/verify-connectivity.html",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
    ],
    since: "0.1.0",
    check: Check::reads(Why::LayersUnreachable, |statement, _| {
        Cause::ImageLayerS3Unreachable(Connection::of(statement))
    })
    .settled(|subject, finding| {
        let image = subject.statements.iter().find(|statement| statement.citation == finding.citations[0]);
        let image = image.and_then(|statement| Pull::of(statement, subject).image);
        super::super::network::settle(subject, finding.fact("image", image), Why::LayersUnreachable)
    }),
};

pub(in crate::rules) static COPY_FAILED: Rule = Rule {
    code: "image-layer-copy-failed",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image layer was refused or is missing",
    summary: "A layer of {image|the image} could not be copied: the server was reached and answered{status~| with an error}.",
    explanation: "The server was reached, so no route is missing. 403 comes from a policy of the endpoint or bucket, 404 \
                  from a layer that was deleted.",
    signs: "`failed to copy: httpReadSeeker: failed open: unexpected status code URL` with a status, or cut before it; \
            `blob unknown`; `could not fetch content descriptor`.",
    wants: &[TAG, ENDPOINTS],
    fixes: &[
        Fix::run(
            "Push the image again, which restores missing layers",
            Blast::Resource,
            "docker push {image}",
        ),
        Fix::look(
            "Read the policies of the VPC's endpoints",
            "aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpc} --region {region} \
             --query 'VpcEndpoints[].[ServiceName,PolicyDocument]'",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::LayerCopyFailed, |statement, subject| {
        Cause::ImageLayerCopyFailed(Pull::of(statement, subject))
    })
    .settled(|_, finding| {
        let Cause::ImageLayerCopyFailed(pull) = &finding.cause else { return finding };
        let status = pull.http_status.map(|status| format!(" with HTTP {status}"));
        finding.fact("status", status)
    }),
};

pub(in crate::rules) static MEDIA_TYPE: Rule = Rule {
    code: "image-unsupported-media-type",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image has a media type that the runtime cannot unpack",
    summary: "{image|The image} holds a manifest or layer of a media type that the runtime cannot unpack.",
    explanation: "Build tools add attestations to an image's index, and old tools write manifests of a form that is no \
                  longer read. The runtime takes them for the image and finds nothing to unpack. `text/html` means that a \
                  proxy, mirror or login page answered in the registry's place.",
    signs: "`failed to get stream processor for application/vnd.in-toto+json`, `no processor for media-type`, \
            `unsupported manifest media type` or `unexpected media type`.",
    wants: &[Ask::new(
        "ecr",
        "BatchGetImage",
        r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageTag": "{tag}"}]}"#,
        "shows the media types of the manifest and of what it lists",
    )],
    fixes: &[
        Fix::run(
            "Build and push the image without attestations",
            Blast::Resource,
            "docker buildx build --provenance=false --sbom=false --push -t {image} .",
        ),
        REDEPLOY,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::MediaType, |statement, subject| {
        Cause::ImageUnsupportedMediaType(Pull::of(statement, subject))
    }),
};

pub(in crate::rules) static UNPACK_FAILED: Rule = Rule {
    code: "image-layer-unpack-failed",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image layer could not be unpacked",
    summary: "A layer of {image|the image} arrived but could not be unpacked on the host.",
    explanation: "Either the layer is damaged, then it fails everywhere, or the host's storage is, then the same image \
                  runs elsewhere. The disk is not full: that has its own words.",
    signs: "`failed to register layer` or `failed to extract layer` without `no space left on device`.",
    wants: &[
        Ask::new(
            "ecs",
            "ListTasks",
            r#"{"cluster": "{cluster}", "serviceName": "{service}", "desiredStatus": "RUNNING"}"#,
            "tasks that run the same image elsewhere put the fault on the host",
        ),
        CONTAINER_INSTANCE,
    ],
    fixes: &[
        Fix::run(
            "Take the container instance out of use, if only its tasks fail",
            Blast::Instances,
            "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} \
             --status DRAINING --region {region}",
        ),
        Fix::run("Push the image again, if it fails everywhere", Blast::Resource, "docker push {image}"),
        Fix::run(
            "Where layers and diffIDs do not match: build it with one compression for all layers, those of its base too",
            Blast::Resource,
            "docker buildx build --output type=image,name={image},push=true,compression=gzip,force-compression=true .",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::LayerUnpack, |statement, subject| {
        Cause::ImageLayerUnpackFailed(Pull::of(statement, subject))
    }),
};
