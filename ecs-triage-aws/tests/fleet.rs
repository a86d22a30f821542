//! `ecs-triage fleet` as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const ENDS: [(&str, &str, Option<i64>, Option<&str>); 4] = [
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        Some(137),
        Some("OutOfMemoryError: Container killed due to memory usage"),
    ),
    (
        "TaskFailedToStart",
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
         docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found",
        None,
        None,
    ),
    (
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)",
        Some(0),
        None,
    ),
    ("SpotInterruption", "Your Spot Task was interrupted.", Some(0), None),
];

fn task(number: usize) -> Value {
    let (code, reason, exit, container) = ENDS[number % ENDS.len()];
    let service = ["web", "checkout", "search"][number % 3];
    let at = format!("2026-11-{:02}T{:02}:{:02}:00Z", 20 + number / 1440, number / 60 % 24, number % 60);
    json!({
        "taskArn": format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}"),
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/{service}:42"),
        "group": format!("service:{service}"), "version": 5, "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
        "stopCode": code, "stoppedReason": reason, "stoppedAt": at,
        "containers": [{"name": "app", "lastStatus": "STOPPED", "exitCode": exit, "reason": container}],
    })
}

fn event(number: usize) -> String {
    let detail = task(number);
    let time = detail["stoppedAt"].clone();
    json!({"version": "0", "id": number.to_string(), "detail-type": "ECS Task State Change", "source": "aws.ecs",
        "account": "111122223333", "time": time, "region": "eu-west-1", "detail": detail})
    .to_string()
}

fn lines(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| event(number) + "\n").collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn zstandard(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 1).unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-triage"));
    command.arg("fleet").args(args).env_remove("NO_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = command(args).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let bytes = stdin.to_vec();
    // What is printed before all was read must not block the writer.
    let writer = std::thread::spawn(move || {
        let _ = pipe.write_all(&bytes);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The text without its line breaks.
fn flat(output: &Output) -> String {
    text(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json_of(args: &[&str], stdin: &[u8]) -> String {
    let output = run(&[args, &["--format", "json"]].concat(), stdin);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    text(&output)
}

/// A folder of its own for one test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ecs-triage-fleet-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn form_compression_split_order_and_threads_change_no_byte() {
    let folder = Folder::new("forms");
    let whole = lines(0..240);
    let plain = folder.write("plain.ndjson", &whole);
    let expected = json_of(&[&plain], b"");
    let report: Value = serde_json::from_str(&expected).unwrap();
    assert_eq!(report["input"]["records"], 240);
    assert_eq!(report["totals"]["tasks"], 240);
    assert_eq!(report["incidents"][0]["tasks"], 20);

    let (one, two) = (lines(0..100), lines(100..240));
    let events: Vec<Value> = whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shuffled: String = lines((0..240).map(|number| number * 77 % 240));
    // Firehose appends members and leaves the suffix away; a suffix may also lie.
    let members = [gzip(&one), gzip(&two)].concat();
    let frames = [zstandard(&one), zstandard(&two)].concat();
    let files = [
        folder.write("array.json", serde_json::to_string(&events).unwrap()),
        folder.write("pretty.json", serde_json::to_string_pretty(&events).unwrap()),
        folder.write("concatenated", whole.replace('\n', "")),
        folder.write("shuffled.ndjson", shuffled),
        folder.write("members", &members),
        folder.write("frames.json", &frames),
        folder.write("twice.gz.gz", gzip_bytes(&members)),
        folder.write("lie.gz", &whole),
    ];
    for file in &files {
        for threads in ["1", "3"] {
            assert_eq!(json_of(&[file, "--threads", threads], b""), expected, "{file}");
        }
    }
    folder.write("s3/2026/11/22/08/part-1", &members);
    folder.write("s3/2026/11/22/09/part-2.zst", zstandard(""));
    folder.write("s3/2026/11/_SUCCESS", "");
    folder.write("s3/2026/11/.part.crc", "crc");
    assert_eq!(json_of(&[&folder.path("s3")], b""), expected);
    assert_eq!(json_of(&[&folder.path("s3/*/11/**/part-*")], b""), expected);
    assert_eq!(json_of(&["-"], whole.as_bytes()), expected);
    assert_eq!(json_of(&[], &frames), expected);
    let half = folder.write("half.ndjson", &one);
    assert_eq!(json_of(&[&half, "-"], &gzip(&two)), expected);

    let tasks: Vec<Value> = (0..240).map(task).collect();
    let response = json!({"tasks": tasks, "failures": []}).to_string();
    let described: Value = serde_json::from_str(&json_of(&[], response.as_bytes())).unwrap();
    for part in ["totals", "buckets"] {
        assert_eq!(described[part], report[part]);
    }
}

fn gzip_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn partial_results_of_processes_are_inputs() {
    let folder = Folder::new("partial");
    let expected = json_of(&[], lines(0..240).as_bytes());
    let partial = |name: &str, numbers: std::ops::Range<usize>| {
        let output = run(&["--format", "partial"], lines(numbers).as_bytes());
        assert_eq!(output.status.code(), Some(1));
        folder.write(name, output.stdout)
    };
    // The parts overlap: a task counts once.
    let (one, two) = (partial("1.fleet", 0..130), partial("2.fleet", 130..240));
    assert_eq!(json_of(&[&one, &two], b""), expected);
    assert_eq!(json_of(&[&two, &one, "--threads", "1"], b""), expected);
    let rest = folder.write("rest.ndjson", lines(130..240));
    assert_eq!(json_of(&[&rest, "-"], &gzip_bytes(&fs::read(&one).unwrap())), expected);

    let cut = folder.write("cut.fleet", &fs::read(&one).unwrap()[..200]);
    let output = run(&[&cut], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("expected a whole partial result"));
}

#[test]
fn broken_lines_are_counted_and_shown() {
    let folder = Folder::new("broken");
    let file = folder.write("e.ndjson", format!("{}{{\"cut\": \nnot json\n{}", lines(0..4), lines(4..8)));
    let output = run(&[&file, "--color", "always"], b"");
    assert_eq!(output.status.code(), Some(1));
    let (colours, text) = (text(&output), flat(&output));
    assert!(text.contains("2 lines could not be read"), "{text}");
    assert!(text.contains("e.ndjson, line 5:") && text.contains("e.ndjson, line 6:"), "{text}");
    assert!(text.contains("8 tasks, 4 of which failed"), "{text}");
    assert!(colours.contains("\u{1b}["));
}

#[test]
fn the_text_fits_eighty_columns() {
    let text = text(&run(&[], lines(0..240).as_bytes()));
    assert!(text.contains('█'), "sparklines");
    for line in text.lines().filter(|line| !line.starts_with("         ") && !line.starts_with("Sample")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn time_grouping_and_length_are_chosen() {
    let input = lines(0..240);
    let report = |args: &[&str]| -> Value {
        let output = run(&[args, &["--format", "json"]].concat(), input.as_bytes());
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let window = report(&["--since", "2026-11-20T01:00:00Z", "--until", "2026-11-20T02:00:00Z"]);
    assert_eq!((&window["totals"]["tasks"], &window["input"]["outside"]), (&json!(60), &json!(180)));
    assert_eq!(report(&["--since", "2d"])["input"]["outside"], if is_past() { 240 } else { 0 });
    let by_cause = report(&["--group-by", "cause", "--top", "1"]);
    assert_eq!(by_cause["incidents"].as_array().unwrap().len(), 1);
    assert_eq!((&by_cause["incidents"][0]["tasks"], &by_cause["moreIncidents"]), (&json!(60), &json!(1)));

    for (args, hint) in [
        (["--group-by", "colour"], "expected one of `service`, `family`, `cluster`, `cause`"),
        (["--since", "yesterday"], "how long ago such as `6h`"),
        (["--until", "ö"], "how long ago such as `6h`"),
        (["--threads", "0"], "--threads"),
    ] {
        let output = run(&args, b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(hint), "{args:?}");
    }
}

/// Whether the events of these tests are older than two days.
fn is_past() -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    // 2026-11-22T04:00:00Z
    now.as_secs() > 1_795_320_000
}

#[test]
fn the_exit_status_tells() {
    let status = |args: &[&str], stdin: &str| run(args, stdin.as_bytes()).status.code();
    assert_eq!(status(&[], &lines([0])), Some(1));
    assert_eq!(status(&[], &lines([2])), Some(0));
    assert_eq!(status(&[], ""), Some(3));
    assert_eq!(status(&[], "no json\n"), Some(3));
    let missing = run(&["/no/such.ndjson"], b"");
    assert_eq!(missing.status.code(), Some(2));
    assert!(missing.stdout.is_empty());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot read `/no/such.ndjson`"));
    assert_eq!(status(&["/no/such-*.ndjson"], ""), Some(2));
}

#[test]
fn an_input_that_ends_early_is_told_and_the_rest_counts() {
    let folder = Folder::new("early");
    let whole = gzip(&lines(0..200));
    let cut = folder.write("a.gz", &whole[..whole.len() / 2]);
    let output = run(&[&cut, "-"], lines([200]).as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let (text, complaint) = (flat(&output), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(text.contains("PARTIAL, 1 input not read to the end"), "{text}");
    assert!(complaint.contains("a.gz` was not read to its end"), "{complaint}");
    // With nothing failed in what could be read, the status says so.
    let output = run(&[&cut, "--until", "2020-01-01T00:00:00Z"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
fn interrupt(child: &Child, signal: &str) {
    let done = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(done.success());
}

#[cfg(unix)]
#[test]
fn a_signal_reports_what_was_read() {
    for signal in ["-INT", "-TERM"] {
        let mut child = command(&["--threads", "2"]).spawn().unwrap();
        let mut producer = child.stdin.take().unwrap();
        // A slow producer: some events, and then nothing for as long as the pipe is open.
        producer.write_all(lines(0..8).as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        interrupt(&child, signal);
        let asked = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(20), "it waits for the producer");
        drop(producer);
        assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
        let text = flat(&output);
        assert!(text.contains("8 tasks, 4 of which failed"), "{text}");
        assert!(text.contains("PARTIAL, 1 input not read to the end"), "{text}");
        assert!(text.contains("the input: stopped by a signal"), "{text}");
    }
}

#[test]
fn a_reader_that_went_away_is_no_fault() {
    for format in ["text", "json", "partial"] {
        let mut child = command(&["--format", format]).spawn().unwrap();
        let mut head = [0; 10];
        let mut producer = child.stdin.take().unwrap();
        producer.write_all(lines(0..100).as_bytes()).unwrap();
        drop(producer);
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut head).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_page_is_one_file_that_loads_nothing() {
    let folder = Folder::new("html");
    let page = folder.path("fleet.html");
    let hostile = event(1).replace("service:checkout", "service:<img src=x onerror=alert(1)>");
    let input = format!("{}{hostile}\n", lines(2..60));
    let output = run(&["--html", &page], input.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!output.stdout.is_empty());
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    for loading in ["<script", "<img", "<link", "<iframe", " src=\"", " href=", "url(", "@import"] {
        assert!(!page.contains(loading), "{loading}");
    }
    for shown in ["Failed tasks over time", "<h2>Causes", "<h2>Services", "app-oom-killed", "<svg", "dark"] {
        assert!(page.contains(shown), "{shown}");
    }
    well_formed(&page);

    let nowhere = run(&["--html", "/no/such/folder/fleet.html"], lines([0]).as_bytes());
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("cannot write `/no/such/folder/fleet.html`"));
}

/// Each plot is XML of its own.
fn well_formed(page: &str) {
    let mut plots = 0;
    for plot in page.split("<svg").skip(1) {
        let svg = format!("<svg{}</svg>", plot.split("</svg>").next().unwrap());
        roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
        plots += 1;
    }
    assert!(plots > 10);
}

#[test]
fn empty_input_makes_a_page_too() {
    let folder = Folder::new("empty");
    let page = folder.path("empty.html");
    assert_eq!(run(&["--html", &page], b"").status.code(), Some(3));
    assert!(fs::read_to_string(Path::new(&page)).unwrap().contains("None of 0 tasks failed"));
}
