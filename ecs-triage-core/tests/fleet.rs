//! A fleet says the same of the same tasks in whatever order, split and number of copies they come, and of each what
//! its diagnosis says.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeMap;

use common::fixtures;
use ecs_triage_core::evidence::ecs::Task;
use ecs_triage_core::fleet::{Fleet, FleetOptions, FleetReport, GroupBy, PartialError, Splitter};
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::{Evidence, Timestamp, Verdict, diagnose};
use serde_json::{Value, json};

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}

/// Every task of the fixtures.
fn tasks() -> Vec<Value> {
    let fixtures = fixtures();
    let cases = fixtures.iter().flat_map(|fixture| &fixture.cases);
    cases
        .flat_map(|case| {
            case.evidence.all::<Task<'_>>().map(|task| task.node().value().clone()).collect::<Vec<_>>()
        })
        .collect()
}

/// A task state change event; the same number is the same task.
fn event(task: &Value, number: usize, version: usize, minute: usize) -> Value {
    let mut detail = task.clone();
    detail["taskArn"] = json!(format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}"));
    detail["version"] = json!(version);
    detail["group"] = json!(format!("service:web-{}", number % 5));
    detail["updatedAt"] = json!(format!("2026-11-22T{:02}:{:02}:00Z", minute / 60 % 24, minute % 60));
    let time = &detail["updatedAt"];
    json!({"version": "0", "id": format!("{number}-{version}"), "detail-type": "ECS Task State Change", "source": "aws.ecs",
        "account": "111122223333", "time": time, "region": "eu-west-1", "detail": detail})
}

/// A stream of events: tasks in several states, some delivered twice.
fn stream(random: &mut Random, tasks: &[Value], count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    for number in 0..count {
        let end = &tasks[random.below(tasks.len())];
        let minute = random.below(600);
        let mut running = end.clone();
        running["lastStatus"] = json!("RUNNING");
        running["desiredStatus"] = json!("RUNNING");
        for member in ["stopCode", "stoppedReason", "stoppedAt", "stoppingAt", "executionStoppedAt"] {
            running.as_object_mut().unwrap().remove(member);
        }
        events.push(event(&running, number, 3, minute));
        if random.below(10) > 0 {
            events.push(event(end, number, 6, minute + 2));
        }
        if random.below(4) == 0 {
            events.push(events[events.len() - 1].clone());
        }
    }
    events
}

fn lines(events: &[Value]) -> Vec<u8> {
    events.iter().flat_map(|event| (event.to_string() + "\n").into_bytes()).collect()
}

/// What must not depend on order, split and copies.
fn told(report: &FleetReport) -> String {
    let whole: Value = serde_json::from_str(&report.to_json()).unwrap();
    json!([
        whole["incidents"],
        whole["totals"],
        whole["buckets"],
        whole["moreIncidents"],
        whole["firstSeen"],
        whole["lastSeen"]
    ])
    .to_string()
}

fn fleet_of(options: &FleetOptions, events: &[Value]) -> Fleet {
    let mut fleet = Fleet::with(options.clone());
    fleet.add(&lines(events));
    fleet
}

#[test]
fn the_cause_of_each_task_is_what_its_diagnosis_says() {
    let mut compared = 0;
    for (number, task) in tasks().iter().enumerate() {
        for document in [json!({ "tasks": [task] }), event(task, number, 4, number % 600)] {
            let mut evidence = Evidence::new();
            evidence.add_value(None, document.clone()).unwrap();
            let report = diagnose(&evidence);
            let subject = &report.subjects()[0];
            let first = subject.diagnoses.first();
            let mut fleet = Fleet::new();
            fleet.add(document.to_string().as_bytes());
            let said = fleet.report();
            assert_eq!(said.totals.tasks, 1, "{document}");
            assert_eq!(said.totals.verdicts[0].verdict, subject.verdict, "{document}");
            assert_eq!(said.totals.causes.first().map(|cause| cause.code), first.map(|first| first.code));
            if let Some(incident) = said.incidents.first() {
                assert_eq!(incident.confidence, first.map(|first| first.confidence), "{document}");
                let container = first.and_then(|first| first.container.clone());
                assert_eq!(incident.containers, container.into_iter().collect::<Vec<_>>(), "{document}");
                assert_eq!(incident.sample.as_ref().unwrap().report, report);
            } else {
                assert!(subject.verdict > Verdict::Undetermined);
            }
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared} tasks");
}

#[test]
fn order_split_and_copies_change_nothing() {
    let tasks = tasks();
    let mut random = Random(7);
    for (round, way) in GroupBy::ALL.iter().enumerate() {
        let options = FleetOptions::new().group_by(*way).top(if round < 2 { 0 } else { 5 });
        // The smaller capacity is not enough: counts are estimates, and still functions of the set.
        let options = if round % 2 == 0 { options } else { options.capacity(64) };
        let mut events = stream(&mut random, &tasks, 90);
        let wanted = fleet_of(&options, &events).report();
        assert!(wanted.incidents.len() > 4);
        assert_eq!(wanted.input.estimated, round % 2 == 1);
        for _ in 0..2 {
            random.shuffle(&mut events);
            let copies: Vec<Value> = events.iter().filter(|_| random.below(3) == 0).cloned().collect();
            let mut left = Fleet::with(options.clone());
            // Each is told by those before it what they found.
            let folded = |part: &[Value]| {
                let mut fleet = left.sibling();
                fleet.add(&lines(part));
                fleet
            };
            let parts: Vec<Fleet> = events.chunks(1 + random.below(40)).map(folded).collect();
            for part in parts.iter().cloned() {
                left.merge(part);
            }
            let mut right = fleet_of(&options, &copies);
            for part in parts.into_iter().rev() {
                let mut part = Fleet::from_bytes(&part.to_bytes()).unwrap();
                part.merge(right);
                right = part;
            }
            assert_eq!(told(&left.report()), told(&wanted), "shuffled and split");
            assert_eq!(told(&right.report()), told(&wanted), "merged the other way, with copies");
        }
    }
}

#[test]
fn a_task_counts_once_in_its_newest_state() {
    let tasks = tasks();
    let mut random = Random(11);
    let events = stream(&mut random, &tasks, 100);
    let report = fleet_of(&FleetOptions::new(), &events).report();
    assert_eq!(report.totals.tasks, 100);
    assert_eq!(report.input.states, events.len() as u64);
    assert_eq!(report.input.repeats, events.len() as u64 - 100);
    let running = report.totals.verdicts.iter().find(|total| total.verdict == Verdict::Healthy).unwrap();
    let ended = events.iter().filter(|event| event["detail"]["version"] == 6);
    let ended: std::collections::BTreeSet<String> =
        ended.map(|event| event["detail"]["taskArn"].to_string()).collect();
    assert!(running.tasks <= 100 - ended.len() as u64);
}

#[test]
fn a_partial_result_is_refused_when_it_is_damaged() {
    let mut random = Random(3);
    let bytes = fleet_of(&FleetOptions::new(), &stream(&mut random, &tasks(), 20)).to_bytes();
    assert_eq!(Fleet::from_bytes(b"[]").unwrap_err(), PartialError::Foreign);
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert_eq!(Fleet::from_bytes(&newer).unwrap_err(), PartialError::Version { expected: 1, found: 9 });
    for end in (8..bytes.len()).step_by(597) {
        assert!(Fleet::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in (0..bytes.len()).step_by(191) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        // It may be refused or not; it must not panic.
        if let Ok(fleet) = Fleet::from_bytes(&damaged)
            && at % 3 == 0
        {
            let _ = fleet.report().to_json();
        }
    }
}

#[test]
fn every_form_of_the_same_tasks_is_the_same_fleet() {
    let mut random = Random(5);
    let events = stream(&mut random, &tasks(), 30);
    let wanted = told(&fleet_of(&FleetOptions::new(), &events).report());
    let rows: String = events.iter().map(Value::to_string).collect();
    let envelopes = |body: &dyn Fn(&Value) -> Value| {
        let records: Vec<Value> = events.iter().map(body).collect();
        records.iter().map(|record| record.to_string() + "\n").collect::<String>()
    };
    let queues = envelopes(
        &|event| json!({"Records": [{"messageId": "1", "body": event.to_string(), "eventSource": "aws:sqs"}]}),
    );
    let topics =
        envelopes(&|event| json!({"Type": "Notification", "TopicArn": "t", "Message": event.to_string()}));
    for (form, text) in [
        ("array", json!(events).to_string()),
        ("pretty array", serde_json::to_string_pretty(&events).unwrap()),
        (
            "pretty documents",
            events.iter().map(|event| serde_json::to_string_pretty(event).unwrap() + "\n").collect(),
        ),
        ("row", rows),
        ("SQS", queues),
        ("SNS", topics),
    ] {
        let mut fleet = Fleet::new();
        fleet.add(text.as_bytes());
        let mut report = fleet.report();
        for incident in &mut report.incidents {
            incident.sample = None;
        }
        let mut plain: Value = serde_json::from_str(&wanted).unwrap();
        for incident in plain[0].as_array_mut().unwrap() {
            incident.as_object_mut().unwrap().remove("sample");
        }
        assert_eq!(told(&report), plain.to_string(), "{form}");
        assert_eq!(report.input.broken + report.input.unrecognised, 0, "{form}");
        for size in [1, 1000, 100_000] {
            let mut pieces = Fleet::new();
            let mut splitter = Splitter::new();
            for chunk in text.as_bytes().chunks(size) {
                splitter.push(chunk, |piece| pieces.add_at("", piece.line, piece.bytes));
            }
            splitter.finish(|piece| pieces.add_at("", piece.line, piece.bytes));
            assert_eq!(pieces.report().to_json(), fleet.report().to_json(), "{form} in pieces of {size}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_told() {
    let mut random = Random(9);
    let events = stream(&mut random, &tasks(), 3);
    let whole = lines(&events[..2]);
    let cut = &whole[..whole.len() - 40];
    let mut fleet = Fleet::new();
    fleet.add(cut);
    fleet.add(b"\nnot json\n\n{\"somebody\": \"else's\"}\n42\n");
    fleet.add(&whole);
    let report = fleet.report();
    assert_eq!((report.input.broken, report.input.unrecognised), (3, 1));
    let at: Vec<u64> = report.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(at, [2, 4, 6, 7]);
    assert_eq!(report.totals.tasks, 1);
    assert!(report.to_text(TextStyle::default()).contains("3 lines could not be read"));

    let mut part = Fleet::new();
    part.incomplete("export.gz", "it ends in the middle");
    let mut all = Fleet::from_bytes(&part.to_bytes()).unwrap();
    all.merge(fleet);
    let report = all.report();
    assert_eq!((report.input.incomplete, report.problems[4].line), (1, 0));
    for text in [report.to_text(TextStyle::default()), report.to_markdown()] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("PARTIAL, 1 input not read to the end"), "{text}");
        assert!(text.contains("export.gz: it ends in the middle"), "{text}");
    }
}

#[test]
fn lines_are_counted_within_records_and_between() {
    let mut random = Random(9);
    let event: Value = serde_json::from_slice(&lines(&stream(&mut random, &tasks(), 3)[..1])).unwrap();
    let pretty = serde_json::to_string_pretty(&event).unwrap();
    let stretched = pretty.replacen('{', "\n{\r\n\n", 1);
    let mut fleet = Fleet::new();
    let mut wanted = Vec::new();
    let mut all = String::new();
    // Twice, so that the shape is known the second time.
    for record in [&pretty, &stretched, &pretty, &stretched] {
        all.push_str(record);
        all.push_str("\nbroken\n");
        wanted.push(all.lines().count() as u64);
    }
    fleet.add(all.as_bytes());
    fleet.add(b"broken");
    wanted.push(all.lines().count() as u64 + 1);
    let report = fleet.report();
    let at: Vec<u64> = report.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(at, wanted);
    assert_eq!((report.totals.tasks, report.input.records), (1, 4));
}

#[test]
fn time_asked_for_is_all_that_is_counted() {
    let tasks = tasks();
    let crash = tasks.iter().find(|task| task["stopCode"] == "EssentialContainerExited").unwrap();
    let events: Vec<Value> = (0..60)
        .map(|minute| {
            let mut task = crash.clone();
            for member in ["stoppingAt", "executionStoppedAt"] {
                task.as_object_mut().unwrap().remove(member);
            }
            task["stoppedAt"] = json!(format!("2026-11-22T08:{minute:02}:00Z"));
            event(&task, minute, 6, 480 + minute)
        })
        .collect();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    let options = FleetOptions::new().since(at("2026-11-22T08:10:00Z")).until(at("2026-11-22T08:20:00Z"));
    let report = fleet_of(&options, &events).report();
    assert_eq!((report.totals.tasks, report.input.outside), (10, 50));
    assert_eq!(report.first_seen, Some(at("2026-11-22T08:10:00Z")));
    assert_eq!(report.last_seen, Some(at("2026-11-22T08:19:00Z")));
    let buckets = report.buckets.unwrap();
    assert_eq!(
        (buckets.start, buckets.seconds, buckets.failures),
        (at("2026-11-22T08:10:00Z"), 60, vec![1; 10])
    );
}

/// A service whose tasks exit with 1 every three minutes since revision 42, after forty that ended well.
fn crash_loop() -> Vec<Value> {
    let task = |number: usize, revision: usize, exit: i64| {
        let time = |second: usize| {
            let second = number * 180 + second;
            json!(format!("2026-11-22T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60))
        };
        let (code, reason) = match exit {
            0 => ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)"),
            _ => ("EssentialContainerExited", "Essential container in task exited"),
        };
        let mut event = event(
            &json!({"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": code, "stoppedReason": reason,
                "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod", "startedBy": format!("ecs-svc/{revision}"),
                "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:{revision}"),
                "createdAt": time(0), "startedAt": time(20), "stoppingAt": time(65), "stoppedAt": time(80),
                "containers": [{"name": "app", "exitCode": exit, "lastStatus": "STOPPED"}]}),
            number,
            6,
            1,
        );
        event["detail"]["group"] = json!("service:web");
        event
    };
    (0..40).map(|number| task(number, 41, 0)).chain((40..60).map(|number| task(number, 42, 1))).collect()
}

#[test]
fn crash_loops_and_regressions_are_named() {
    let report = fleet_of(&FleetOptions::new(), &crash_loop()).report();
    let incident = &report.incidents[0];
    assert_eq!((incident.code, incident.tasks), (Some("app-exit-1"), 20));
    assert_eq!(incident.service.as_deref(), Some("web"));
    let found = incident.crash_loop.as_ref().unwrap();
    assert_eq!((found.tasks, found.interval_seconds, found.lifetime_seconds), (20, 180.0, Some(45.0)));
    let since = incident.regression.as_ref().unwrap();
    assert_eq!(
        (since.revision.as_str(), since.previous.as_str(), since.previous_tasks),
        ("web:42", "web:41", 40)
    );
    assert_eq!(incident.deployments[0].deployment, "ecs-svc/42");
    assert_eq!(incident.per_hour, Some(20.0));
    let text = report.to_text(TextStyle::default());
    for words in
        ["crash loop: one ends every 3 min, each runs about 45 s", "began with revision web:42", "app-exit-1"]
    {
        assert!(text.contains(words), "{text}");
    }
    assert!(report.to_markdown().contains("began with revision web:42"));
}

#[test]
fn too_few_earlier_tasks_show_no_regression() {
    let events = crash_loop();
    let mut some = fleet_of(&FleetOptions::new(), &events[40..]).report();
    assert!(some.incidents[0].regression.is_none(), "no earlier revision");
    // One in two tasks of revision 42 fails now: that one earlier task did not may be luck.
    let well = events[..20].iter().map(|event| {
        let mut event = event.clone();
        event["detail"]["taskDefinitionArn"] = events[59]["detail"]["taskDefinitionArn"].clone();
        event
    });
    let mixed: Vec<Value> = events[39..].iter().cloned().chain(well).collect();
    some = fleet_of(&FleetOptions::new(), &mixed).report();
    assert_eq!(some.incidents[0].tasks, 20);
    assert!(some.incidents[0].regression.is_none(), "one task");
}

#[test]
fn more_tasks_than_fit_are_estimated() {
    let events = crash_loop();
    let mut fleet = Fleet::with(FleetOptions::new().capacity(128));
    let mut text = Vec::new();
    for copy in 0..20 {
        for (number, event) in events.iter().enumerate() {
            let mut event = event.clone();
            let id = copy * events.len() + number;
            event["detail"]["taskArn"] =
                json!(format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{id:032x}"));
            text.extend((event.to_string() + "\n").into_bytes());
        }
    }
    fleet.add(&text);
    let report = fleet.report();
    assert!(report.input.estimated && report.input.sampled < 0.2);
    let (told, failed) = (report.totals.tasks as f64, report.incidents[0].tasks as f64);
    assert!((told - 1200.0).abs() < 400.0, "{told}");
    assert!((failed - 400.0).abs() < 250.0, "{failed}");
    assert!(report.to_text(TextStyle::default()).starts_with("about "));
}

/// What a fleet says of one event after it has met others, against the diagnosis of the event alone.
fn compare(fleet: &Fleet, event: &Value, met: &str) {
    let mut evidence = Evidence::new();
    evidence.add_value(None, event.clone()).unwrap();
    let report = diagnose(&evidence);
    let subject = &report.subjects()[0];
    let mut before: BTreeMap<String, u64> = counts(fleet);
    let mut fleet = fleet.clone();
    fleet.add(event.to_string().as_bytes());
    let first = subject.diagnoses.first();
    let code = first.map_or("none", |first| first.code);
    *before.entry(format!("{:?} {code}", subject.verdict)).or_default() += 1;
    assert_eq!(counts(&fleet), before, "{met}: {event}");
}

/// Tasks by verdict and by cause.
fn counts(fleet: &Fleet) -> BTreeMap<String, u64> {
    let tally = fleet.tally();
    tally
        .into_iter()
        .map(|(verdict, code, tasks)| (format!("{verdict:?} {}", code.unwrap_or("none")), tasks))
        .collect()
}

/// Text with other ids of the same form in it: hexadecimal digits are drawn anew.
fn with_other_ids(text: &str, random: &mut Random) -> String {
    let is_hex = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_hex) {
        let end = start + rest[start..].find(|letter| !is_hex(letter)).unwrap_or(rest.len() - start);
        let run = &rest[start..end];
        let stands_alone = !rest[..start].ends_with(|letter: char| letter.is_ascii_alphanumeric())
            && !rest[end..].starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let is_id = run.len() >= 8
            && run.contains(|letter: char| letter.is_ascii_digit())
            && run.contains(|letter: char| letter.is_ascii_lowercase());
        out.push_str(&rest[..start]);
        match stands_alone && is_id {
            true => {
                let digits = "0123456789abcdef".as_bytes();
                let drawn: String = (2..run.len()).map(|_| char::from(digits[random.below(16)])).collect();
                out.push_str(&format!("7a{drawn}"));
            }
            false => out.push_str(run),
        }
        rest = &rest[end..];
    }
    out + rest
}

/// The same task under other names and ids.
fn renamed(event: &Value, random: &mut Random) -> Value {
    let mut text = with_other_ids(&event.to_string(), random);
    for (name, other) in [
        ("service:web-", "service:orders-"),
        ("cluster/prod", "cluster/green"),
        ("task/prod/", "task/green/"),
        (".amazonaws.com/web", ".amazonaws.com/orders"),
    ] {
        text = text.replace(name, other);
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_was_met_before_changes_no_outcome() {
    let mut random = Random(17);
    let tasks = tasks();
    let mut fleet = Fleet::new();
    for (number, task) in tasks.iter().enumerate() {
        let met = event(task, number, 4, number % 600);
        fleet.add(met.to_string().as_bytes());
        let mut other = renamed(&met, &mut random);
        other["detail"]["taskArn"] =
            json!(format!("arn:aws:ecs:eu-west-1:111122223333:task/green/{:032x}", number + 100_000));
        compare(&fleet, &other, "other names and ids");
        // Another repository, in the images alone: a message may then name one that no container has.
        if let Some(containers) = other["detail"]["containers"].as_array_mut() {
            for image in containers.iter_mut().filter_map(|container| container.get_mut("image")) {
                *image = json!(
                    image.as_str().unwrap_or_default().replace(".amazonaws.com/", ".amazonaws.com/team/x-")
                );
            }
            compare(&fleet, &other, "other images");
        }
    }
}

#[test]
fn the_image_that_a_message_names_decides() {
    // All ways to spell the message and to name the container's image, each as the first of its shape and after it.
    let host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
    let digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let names = ["web", "we", "b", "team/web", "web-1", "orders"];
    let mut events = Vec::new();
    for pinned in ["", digest] {
        for named in names {
            for own in names {
                let reason = format!(
                    "CannotPullContainerError: failed to resolve ref {host}/{named}:v1{digest}: not found"
                );
                let said = [
                    reason.clone(),
                    reason.replace("failed to resolve", "failed to \"resolve\""),
                    reason.replace("failed", "échoué"),
                    format!("CannotPullContainerError: the repository with name '{named}' does not exist"),
                ];
                for reason in said {
                    let task = json!({"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": "TaskFailedToStart",
                        "stoppedReason": reason, "stoppedAt": "2026-11-22T08:00:00Z",
                        "containers": [{"name": "app", "image": format!("{host}/{own}:v1{pinned}"), "lastStatus": "STOPPED"},
                            {"name": "other", "image": format!("{host}/x:v1"), "lastStatus": "STOPPED"}]});
                    events.push(event(&task, events.len(), 4, 1));
                }
            }
        }
    }
    let mut random = Random(29);
    for _ in 0..3 {
        random.shuffle(&mut events);
        let mut fleet = Fleet::new();
        for event in &events {
            compare(&fleet, event, "another image");
            fleet.add(event.to_string().as_bytes());
        }
    }
    // The same bytes with slashes that are escaped, as some exporters write them.
    let mut fleet = Fleet::new();
    for event in &events {
        let escaped = event.to_string().replace(&format!("{host}/"), &format!("{host}\\/"));
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), *event);
        fleet.add(escaped.as_bytes());
    }
    assert_eq!(counts(&fleet), counts(&fleet_of(&FleetOptions::new(), &events)));
}

#[test]
fn nothing_of_a_task_is_printed() {
    let mut task = tasks()[0].clone();
    task["containers"] = json!([{"name": "app", "exitCode": 1, "reason": "password=hunter2hunter2"}]);
    let fleet = fleet_of(&FleetOptions::new(), &[event(&task, 1, 4, 1)]);
    let printed = format!("{fleet:?}");
    assert!(printed.contains("tasks: 1") && printed.contains("records: 1"), "{printed}");
    assert!(!printed.contains("hunter2") && !printed.contains("arn:"), "{printed}");
}

#[test]
fn times_on_either_side_of_every_limit_have_their_own_outcome() {
    const TIMES: [&str; 7] = [
        "createdAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    ];
    let mut random = Random(23);
    // Seconds around everything at which a rule might look differently at a task.
    let spans: Vec<usize> = [
        0, 1, 2, 10, 28, 29, 30, 31, 59, 60, 90, 119, 120, 299, 300, 301, 359, 360, 361, 389, 390, 391, 599,
        600, 601, 629, 630, 899, 900, 901, 929, 930, 959, 960, 3600, 90_000,
    ]
    .to_vec();
    let mut kinds: BTreeMap<String, Value> = BTreeMap::new();
    for task in tasks() {
        for status in
            ["STOPPED", "PROVISIONING", "PENDING", "ACTIVATING", "STOPPING", "DEPROVISIONING", "DEACTIVATING"]
        {
            let exits: Vec<String> = task["containers"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| format!("{}{}", one["exitCode"], one["reason"]))
                .collect();
            let kind = format!("{status} {} {exits:?} {}", task["stopCode"], task["launchType"]);
            if kind.len() < 120 {
                let mut task = task.clone();
                task["lastStatus"] = json!(status);
                kinds.entry(kind).or_insert(task);
            }
        }
    }
    let mut fleet = Fleet::new();
    let mut number = 0;
    for (place, task) in kinds.values().enumerate().filter(|(place, _)| place % 3 == 0) {
        for round in 0..24 {
            let mut task = task.clone();
            let mut second = 1_000_000;
            for name in TIMES {
                let members = task.as_object_mut().unwrap();
                members.remove(name);
                if random.below(5) > 0 {
                    members.insert(name.into(), time_of(second));
                }
                let span = spans[random.below(spans.len())];
                // Times are not always in order.
                second = if random.below(12) == 0 { second - span.min(5) } else { second + span };
            }
            number += 1;
            let mut event = event(&task, number, 4, 1);
            event["detail"]["updatedAt"] = time_of(second);
            event["time"] = time_of(second + 1);
            if round % 2 == 0 {
                fleet.add(event.to_string().as_bytes());
            } else {
                compare(&fleet, &event, &format!("kind {place}"));
            }
        }
    }
}

fn time_of(second: usize) -> Value {
    let (day, rest) = (second / 86_400, second % 86_400);
    json!(format!(
        "2026-11-{:02}T{:02}:{:02}:{:02}.250Z",
        2 + day % 27,
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    ))
}
