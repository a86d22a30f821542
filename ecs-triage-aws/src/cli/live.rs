//! `ecs-triage live`: looks into the account, and diagnoses what it finds.

use std::io::{self, IsTerminal};
use std::time::Duration;

use ecs_triage_core::verify::{Before, Recovery, Verification};
use ecs_triage_core::{Report, Verdict, diagnose_with};

use super::args::ReportFormat;
use super::input::{Files, Input};
use super::interrupt::Interrupt;
use super::live_args::LiveArgs;
use super::print::print;
use super::progress::Progress;
use super::{CliError, Outcome, output, redact, save};
use crate::live::{Options, Target, Triage, look_again};
use crate::sdk::{Connection, Sdk};
use crate::transport::{CallError, Transport};

/// How often the service is looked at while it is followed.
const EVERY: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &LiveArgs) -> Result<Outcome, CliError> {
    if let Some(folder) = &args.save {
        save::check(folder)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| CliError::Read { path: "the system's events".into(), source })?;
    runtime.block_on(look(args))
}

async fn look(args: &LiveArgs) -> Result<Outcome, CliError> {
    let own = args.own.read()?;
    let target = args.target();
    let region = args.region.as_deref().or_else(|| target.region());
    let connection = Connection::default()
        .region(region)
        .profile(args.profile.as_deref())
        .role_arn(args.role_arn.as_deref())
        .endpoint_url(args.endpoint_url.as_deref());
    let sdk = Sdk::connect(&connection).await?;

    let progress = Progress::new(io::stderr().is_terminal());
    let tell = |event: crate::live::Event<'_>| progress.tell(event);
    let options = Options::default().time(Duration::from_secs(args.timeout)).on_event(&tell);
    let mut triage = Triage::default();
    let interrupt = Interrupt::listen();
    // Interrupted, it still says what it knows.
    tokio::select! {
        () = triage.run(&sdk, &target, &options) => {}
        () = interrupt.wait() => {}
    }
    progress.clear();

    let evidence = triage.evidence();
    let report = diagnose_with(&evidence, &own);
    let input = Input { evidence, files: Files::default(), has_unreadable: false };
    let (shown, files) = redact::hidden(report.clone(), input, &args.redact)?;
    print(&shown, &files, &args.output)?;
    advise(&triage, args);
    if let Some(folder) = &args.save {
        save::save(folder, &triage, &report)?;
    }
    let outcome = outcome(&report);
    match args.watch {
        true => watch(&sdk, &target, &report, args, &interrupt).await,
        false => Ok(outcome),
    }
}

fn outcome(report: &Report) -> Outcome {
    match report.verdict() {
        Verdict::Failure => Outcome::Failure,
        Verdict::Undetermined => Outcome::Undetermined,
        _ => Outcome::Fine,
    }
}

/// What stands beside the report: what was not found, and what would let the rest be seen.
fn advise(triage: &Triage, args: &LiveArgs) {
    if args.show_calls {
        for made in triage.made() {
            let outcome = made.error.as_ref().map_or("answered", CallError::code);
            output::say(&format!("round {} {}: {outcome}", made.round, made.call));
        }
    }
    for note in triage.notes() {
        output::complain(note);
    }
    if let Some(error) = triage.credentials_error() {
        output::complain(&credentials(error, args));
    }
    if let Some(policy) = triage.missing_permissions() {
        // A policy is made of texts: there is nothing in it that JSON cannot hold.
        let policy = serde_json::to_string_pretty(&policy).unwrap_or_default();
        output::complain(&format!(
            "calls were refused, so the report goes without their answers; this policy would allow them \
             (`ecs-triage iam-policy` prints the whole):\n{policy}"
        ));
    }
}

/// What is wrong with the credentials, and how to get good ones.
fn credentials(error: &CallError, args: &LiveArgs) -> String {
    let profile = args.profile.as_ref().map(|name| format!(" --profile {name}")).unwrap_or_default();
    match error {
        CallError::NoCredentials(found) => format!(
            "no credentials of AWS: {found}; sign in with `aws sso login{profile}` or `aws login{profile}`, name another \
             --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ),
        error if error.code().contains("Expired") || error.code() == "TokenRefreshRequired" => {
            format!(
                "the credentials have expired ({error}); sign in anew: `aws sso login{profile}` or `aws login{profile}`"
            )
        }
        error => format!(
            "AWS does not accept the credentials ({error}); `aws sts get-caller-identity{profile}` shows whose they are"
        ),
    }
}

/// Follows the services of a report until they have recovered or failed again.
async fn watch(
    sdk: &dyn Transport,
    target: &Target,
    report: &Report,
    args: &LiveArgs,
    interrupt: &Interrupt,
) -> Result<Outcome, CliError> {
    let Some(service) = target.to_follow(report) else { return Err(CliError::NothingToFollow) };
    let before = Before::from(report);
    let end = tokio::time::Instant::now() + Duration::from_secs(60 * args.watch_minutes);
    let options = Options::default();
    let mut said = String::new();
    loop {
        let seen = tokio::select! {
            seen = look_again(sdk, &service, &before, &options) => seen,
            () = interrupt.wait() => return Ok(Outcome::Undetermined),
        };
        let is_over = is_final(seen.recovery) || tokio::time::Instant::now() >= end;
        if args.output.format == ReportFormat::Text && !is_over && seen.summary != said {
            output::write(format!("{}\n", seen.summary).as_bytes())?;
            said.clone_from(&seen.summary);
        }
        if is_over {
            return conclude(&seen, args);
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = interrupt.wait() => return Ok(Outcome::Undetermined),
        }
    }
}

fn is_final(recovery: Recovery) -> bool {
    matches!(recovery, Recovery::Recovered | Recovery::StillFailing | Recovery::FailingDifferently)
}

fn conclude(seen: &Verification, args: &LiveArgs) -> Result<Outcome, CliError> {
    let is_failing = matches!(seen.recovery, Recovery::StillFailing | Recovery::FailingDifferently);
    match args.output.format {
        ReportFormat::Json => {
            output::write((serde_json::to_string_pretty(seen).unwrap_or_default() + "\n").as_bytes())?;
        }
        ReportFormat::Text | ReportFormat::Markdown => {
            output::write(format!("\n{}\n\n", seen.summary).as_bytes())?;
            if is_failing {
                print(&seen.report, &Files::default(), &args.output)?;
            }
        }
        ReportFormat::Sarif | ReportFormat::Junit => {}
    }
    Ok(match seen.recovery {
        Recovery::Recovered => Outcome::Fine,
        _ if is_failing => Outcome::Failure,
        _ => Outcome::Undetermined,
    })
}
