//! Without features nothing of the AWS SDK is compiled.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may run commands and panic")]

use std::process::Command;

/// The crates that a set of features compiles.
fn crates(features: &str) -> String {
    let args = [
        "tree",
        "--offline",
        "-p",
        "ecs-triage-aws",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "--features",
        features,
    ];
    let out =
        Command::new(env!("CARGO")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn without_features_there_is_no_sdk_and_no_runtime() {
    let tree = crates("");
    assert!(tree.contains("ecs-triage-core"));
    for line in tree.lines() {
        let heavy = ["aws-", "tokio", "hyper", "rustls", "ring "].iter().any(|name| line.starts_with(name));
        assert!(!heavy, "{line}");
    }
}

#[test]
fn each_feature_adds_its_services_alone() {
    for (feature, services) in [
        ("sdk", &["cloudwatch", "cloudwatchlogs", "ecr", "ecs", "iam"][..]),
        ("network", &["ec2"]),
        ("elb", &["elasticloadbalancing", "elasticloadbalancingv2"]),
        ("secrets", &["kms", "secretsmanager", "ssm"]),
        ("storage", &["efs", "s3"]),
        ("quotas", &["servicequotas"]),
        ("trail", &["cloudtrail"]),
    ] {
        let tree = crates(feature);
        let has = |service: &str| tree.lines().any(|line| line.starts_with(&format!("aws-sdk-{service} v")));
        let all = [
            "cloudtrail",
            "ec2",
            "efs",
            "elasticloadbalancing",
            "elasticloadbalancingv2",
            "kms",
            "s3",
            "secretsmanager",
            "servicequotas",
            "ssm",
        ];
        assert!(has("ecs") && has("iam"), "{feature}");
        assert!(services.iter().all(|service| has(service)), "{feature}");
        for other in all.iter().filter(|other| !services.contains(other)) {
            assert!(!has(other), "{feature} compiles {other}");
        }
    }
}
