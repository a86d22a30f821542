//! No secret comes out: canaries planted into fixtures are in no output, error, problem or debug print.
//!
//! 1,000 inputs by default; `ECS_TRIAGE_CASES=10000` makes as many as that, `ECS_TRIAGE_SEED=7` others.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::fs;
use std::path::Path;

use common::canaries::{CANARY, FORMS, Random, careless, escaped, form, leak, plant, stories, written};
use ecs_triage_core::fleet::Fleet;
use ecs_triage_core::iam::PolicyDocument;
use ecs_triage_core::redact::{Redactor, redacted};
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::verify::{Before, verify};
use ecs_triage_core::{Evidence, Report, check, diagnose};
use serde_json::json;

fn outputs(report: &Report) -> Vec<(&'static str, String)> {
    vec![
        ("JSON", report.to_json()),
        ("text", report.to_text(TextStyle::new(100_000, false))),
        ("Markdown", report.to_markdown()),
        ("debug print of the report", format!("{report:?}")),
    ]
}

/// What a fleet tells of the same documents, in every format. What it stores for others to merge is evidence: it holds
/// one task of each kind as it came.
fn of_fleet(documents: &[Vec<u8>]) -> Vec<(&'static str, String)> {
    let mut fleet = Fleet::new();
    for bytes in documents {
        fleet.add(bytes);
    }
    let report = fleet.report();
    vec![
        ("JSON of the fleet", report.to_json()),
        ("text of the fleet", report.to_text(TextStyle::new(100_000, false))),
        ("Markdown of the fleet", report.to_markdown()),
        ("debug print of the fleet's report", format!("{report:?}")),
        ("debug print of the fleet", format!("{fleet:?}")),
    ]
}

/// Errors of whatever else reads bytes, given the same ones.
fn other_errors(bytes: &[u8]) -> String {
    let mut told = String::new();
    if let Err(error) = Redactor::from_map(bytes) {
        told.push_str(&format!("{error} {error:?}\n"));
    }
    if let Err(error) = Before::parse(bytes) {
        told.push_str(&format!("{error} {error:?}\n"));
    }
    if let Err(error) = Fleet::from_bytes(bytes) {
        told.push_str(&format!("{error} {error:?}\n"));
    }
    let policy = PolicyDocument::parse(&String::from_utf8_lossy(bytes).into());
    match policy {
        Ok(policy) => {
            policy.problems().iter().for_each(|error| told.push_str(&format!("{error} {error:?}\n")))
        }
        Err(error) => told.push_str(&format!("{error} {error:?}\n")),
    }
    told
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |count| count.parse().unwrap())
}

#[test]
fn no_secret_comes_out() {
    let cases = number_of("ECS_TRIAGE_CASES", 1_000) as usize;
    let stories = stories();
    assert!(stories.len() > 500);
    let mut random = Random(number_of("ECS_TRIAGE_SEED", 0x5eed_5eed_5eed_5eed));
    let mut leaks: Vec<String> = Vec::new();
    let mut planted = 0;
    for case in 0..cases {
        let mut evidence = Evidence::new();
        let mut errors = String::new();
        let story = random.below(stories.len());
        let mut documents = stories[story].clone();
        documents.iter_mut().for_each(|(_, value)| plant(&mut random, value));
        if random.chance(4) {
            documents.push(careless(&mut random));
        }
        let mut all_bytes = Vec::new();
        for (name, value) in &documents {
            let bytes = written(&mut random, value);
            planted += String::from_utf8_lossy(&bytes).matches(CANARY).count();
            let added = match random.chance(3) {
                true => evidence.add_json(&bytes),
                false => evidence.add_named(name, &bytes),
            };
            if let Err(error) = added {
                errors.push_str(&format!("{error} {error:?}\n"));
            }
            if case % 4 == 0 {
                errors.push_str(&other_errors(&bytes));
            }
            all_bytes.push(bytes);
        }
        let report = diagnose(&evidence);
        let mut told = outputs(&report);
        told.extend(outputs(&check(&evidence)));
        told.extend(of_fleet(&all_bytes));
        told.push(("an error", errors));
        told.push(("debug print of the evidence", format!("{evidence:?}")));
        if case % 16 == 0 {
            let mut redactor = Redactor::new();
            redactor.learn(&evidence);
            told.push(("redacted JSON", redactor.report(&report).to_json()));
            told.push(("debug print of the redactor", format!("{redactor:?}")));
            let verification = verify(&Before::parse(report.to_json().as_bytes()).unwrap(), &evidence);
            told.push(("debug print of a verification", format!("{verification:?}")));
            told.push(("the map", redactor.to_map()));
        }
        for (output, text) in &told {
            if let Some(found) = leak(text) {
                let line = format!("{output} of {}: {found}", documents[0].0);
                if leaks.len() < 40 {
                    leaks.push(line);
                }
            }
        }
    }
    assert!(planted > 5 * cases, "{planted} secrets are too few");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
}

#[test]
fn every_form_of_a_secret_is_blanked_in_a_text() {
    let mut random = Random(7);
    for _ in 0..2_000 {
        let sentence = random.sentence();
        let blanked = redacted(&sentence);
        assert!(leak(&blanked).is_none(), "{sentence}\n{blanked}");
        assert_eq!(redacted(&blanked), blanked);
    }
}

/// Wherever between its words a text is broken, alone or as JSON within JSON.
#[test]
fn every_form_of_a_secret_is_blanked_beside_a_stray_mark() {
    for number in 0..FORMS {
        let mut text = format!("Error: cannot start: {}", form(number, &format!("{CANARY}0a1b")));
        for _ in 0..4 {
            for (at, _) in text.char_indices().filter(|(_, letter)| "{}[]\",: \n".contains(*letter)) {
                for stray in "{}[]\",:\\\u{fffd}".chars() {
                    let broken = format!("{}{stray}{}", &text[..at], &text[at..]);
                    let blanked = redacted(&broken);
                    assert!(leak(&blanked).is_none(), "{broken}\n{blanked}");
                    assert_eq!(redacted(&blanked), blanked);
                }
            }
            text = escaped(&text);
        }
    }
}

#[test]
fn every_form_of_a_secret_is_blanked_where_the_text_is_cut() {
    // What a user of a URL is called is told by the `@` behind it.
    for number in (0..FORMS).filter(|number| !form(*number, "").contains("amqps")) {
        let mut text = format!("Error: cannot start: {}", form(number, &format!("{CANARY}0a1b")));
        for _ in 0..4 {
            for end in 0..text.len() {
                let blanked = redacted(&text[..end]);
                assert!(leak(&blanked).is_none(), "{}\n{blanked}", &text[..end]);
                assert_eq!(redacted(&blanked), blanked);
            }
            text = escaped(&text);
        }
    }
}

/// A secret that holds what ends others, however deep in JSON, whole and cut.
#[test]
fn a_secret_ends_where_its_quotes_do() {
    let values = [
        "a\"CANARY",
        "a\\CANARY",
        "a \" b CANARY",
        "a\\\" CANARY b",
        "a\nCANARY",
        "it's CANARY",
        "CANARY\\",
        "CANARY \"",
        "{CANARY}",
        "[a, CANARY]",
        "a, CANARY",
        "=CANARY",
        " CANARY",
        "\" CANARY",
    ];
    for value in values.map(|value| value.replace("CANARY", CANARY)) {
        let mut text = format!("{{\"password\": \"{}\", \"a\": 1}}", escaped(&value));
        for _ in 0..4 {
            for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
                let blanked = redacted(&text[..end]);
                assert!(leak(&blanked).is_none(), "{}\n{blanked}", &text[..end]);
                assert_eq!(redacted(&blanked), blanked);
            }
            text = escaped(&text);
        }
    }
}

/// As a document has it when a quote was lost.
#[test]
fn a_name_that_took_in_what_follows_it_is_shown_without() {
    let name = format!("app, \"password\": \"{CANARY}\"");
    let container = |name: &str, reason: &str| json!({"name": name, "exitCode": 137, "reason": reason});
    let task = json!({"tasks": [{
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
        "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "containers": [container(&name, "OutOfMemoryError: Container killed due to memory usage"), container(&format!("second {name}"), "")],
    }]})
    .to_string();
    let mut evidence = Evidence::new();
    evidence.add_json(task.as_bytes()).unwrap();
    let report = diagnose(&evidence);
    let shown = report.diagnoses().next().unwrap().container.clone().unwrap();
    assert_eq!(shown, "app, \"password\": \"***\"");
    let mut fleet = Fleet::new();
    fleet.add(task.as_bytes());
    assert_eq!(fleet.report().incidents[0].containers, [shown]);
    for (output, text) in outputs(&report).into_iter().chain(of_fleet(&[task.into_bytes()])) {
        assert!(leak(&text).is_none(), "{output}: {text}");
    }
}

#[test]
fn a_debug_print_names_no_stream_that_took_in_what_follows_it() {
    let stream = format!("ecs/web/0123456789abcdef0123456789abcdef\",\"message\":\"password: {CANARY}");
    let mut evidence = Evidence::new();
    let events = json!({"events": [{"logStreamName": stream, "timestamp": 1_790_000_000_000_u64, "message": "x",
        "ingestionTime": 1_790_000_000_001_u64, "eventId": "1"}]});
    evidence.add_json(events.to_string().as_bytes()).unwrap();
    // Diagnosing settles who wrote which line, and keeps it.
    let report = diagnose(&evidence);
    for told in [format!("{evidence:?}"), format!("{report:?}"), report.to_json()] {
        assert!(!told.contains(CANARY), "{told}");
    }
}

#[test]
fn a_call_that_is_wanted_names_no_secret_that_an_arn_took_in() {
    let arn = "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/3f1c2a9e7d5b4c60a1e2f3b4c5d6e7f8";
    let task = json!({"tasks": [{
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
        "containerInstanceArn": format!("{arn}'{{, 'reason': '--password {CANARY} --user app"),
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod", "launchType": "EC2", "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited", "containers": [{"name": "app", "exitCode": 255}],
    }]})
    .to_string();
    let mut evidence = Evidence::new();
    evidence.add_json(task.as_bytes()).unwrap();
    let report = diagnose(&evidence);
    assert!(report.wants().iter().any(|want| want.cli.contains("--password ***")), "{}", report.to_json());
    for (output, text) in outputs(&report) {
        assert!(leak(&text).is_none(), "{output}: {text}");
    }
}

/// Found by planting: of a code that had taken in the message, a secret was told without the name in front of it.
#[test]
fn why_a_call_was_refused_names_no_secret() {
    let code = format!("InvalidParameterException\":,\"Message\":\"No.\nX-Api-Key: {CANARY}");
    let answer = json!({"service": "ecs", "operation": "RunTask", "params": {}, "error": {"Code": code}});
    let mut evidence = Evidence::new();
    evidence.add_value(None, answer).unwrap();
    let report = diagnose(&evidence);
    assert!(report.diagnoses().any(|found| found.code == "api-request-rejected"), "{}", report.to_json());
    for (output, text) in outputs(&report) {
        assert!(leak(&text).is_none(), "{output}: {text}");
    }
}

/// The report of a story in which a name has taken in what follows it, without the document called `missing`.
fn with_mangled(story: &str, name: &str, missing: &str) -> Report {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(story);
    let mut evidence = Evidence::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let document = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|extension| extension == "json") && document != missing {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.replace(name, &format!("{name}'{{, 'UserData': '{CANARY}"));
            // What the story should end in is no evidence.
            let _ = evidence.add_named(document, text.as_bytes());
        }
    }
    let report = diagnose(&evidence);
    for (output, text) in outputs(&report) {
        assert!(leak(&text).is_none(), "{output}: {text}");
    }
    report
}

/// Found by planting: ids in changes and questions that are worked out from the network.
#[test]
fn what_the_network_is_to_become_names_no_secret_that_an_id_took_in() {
    let story = "network-ecr-api-unreachable/hit-proven-no-default-route";
    let report = with_mangled(story, "nat-0a9b8c7d6e5f40312", "");
    let mut changes = report.diagnoses().flat_map(|found| &found.remedies);
    assert!(changes.any(|change| change.title.contains("'UserData': '***")), "{}", report.to_json());
    let story = "network-asm-unreachable/hit-proven-network-acl";
    let report = with_mangled(story, "subnet-0c33d44e55f66a77b", "describe-network-acls");
    assert!(report.wants().iter().any(|want| want.why.contains("'UserData': '***")), "{}", report.to_json());
}

/// What is typed must not write the blank that stands for a secret, nor be taken for something secret as a whole.
#[test]
fn commands_of_documents_that_are_whole_are_not_blanked() {
    let mut commands = 0;
    for documents in stories() {
        let mut evidence = Evidence::new();
        for (name, document) in &documents {
            let _ = evidence.add_named(name, document.to_string().as_bytes());
        }
        let report = diagnose(&evidence);
        for remedy in report.diagnoses().flat_map(|found| &found.remedies) {
            assert!(!remedy.title.contains("***"), "{}", remedy.title);
            if let Some(command) = &remedy.command {
                commands += 1;
                assert!(!command.contains("***"), "{command}");
            }
        }
        for want in report.wants() {
            assert!(!want.cli.contains("***") && !want.why.contains("***"), "{want:?}");
        }
    }
    assert!(commands > 1_000, "{commands}");
}

/// With a quote too many, what stood inside of strings stands outside: `app` is no member.
#[test]
fn words_of_a_string_that_was_turned_inside_out_are_no_member() {
    let policy = format!(
        r#"{{"RoleName": "web", "AssumeRolePolicyDocument": {{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Sid"": "a", "note": "curl -u app:{CANARY} https://h.example"}}]}}}}"#
    );
    let mut evidence = Evidence::new();
    let _ = evidence.add_named("get-role", format!(r#"{{"Role": {policy}}}"#).as_bytes());
    for report in [diagnose(&evidence), check(&evidence)] {
        for (output, text) in outputs(&report) {
            assert!(leak(&text).is_none(), "{output}: {text}");
        }
    }
    for document in evidence.documents() {
        assert!(
            leak(&ecs_triage_core::redact::redact_value(document.value()).to_string()).is_none(),
            "{:?}",
            document.value()
        );
    }
}
