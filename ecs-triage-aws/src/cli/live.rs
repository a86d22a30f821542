//! `ecs-triage live`: looks into the account, and diagnoses what it finds.

use std::io::{self, IsTerminal};
use std::time::Duration;

use ecs_triage_core::verify::{Before, Recovery, Verification};
use ecs_triage_core::{Evidence, OwnRules, Report, Verdict, diagnose_with};

use super::args::ReportFormat;
use super::input::{Files, Input};
use super::interrupt::Interrupt;
use super::live_args::LiveArgs;
use super::print::print;
use super::progress::Progress;
use super::{CliError, Outcome, output, redact, save};
use crate::live::{Look, Options, Target, Triage, look_again};
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
    let options = Options::default().time(Duration::from_secs(args.timeout)).own_rules(&own).on_event(&tell);
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
    let input = Input { evidence: evidence.clone(), files: Files::default(), has_unreadable: false };
    let (shown, files) = redact::hidden(report.clone(), input, &args.redact)?;
    print(&shown, &files, &args.output)?;
    advise(&triage, args, sdk.region());
    if let Some(folder) = &args.save {
        save::save(folder, &triage, &report)?;
    }
    let outcome = outcome(&report);
    match args.watch {
        true => Watch { sdk: &sdk, args, own: &own, evidence, report }.follow(&target, &interrupt).await,
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
fn advise(triage: &Triage, args: &LiveArgs, region: Option<&str>) {
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
    let mut silent = triage.made().iter().map(|made| match &made.error {
        Some(CallError::NoAnswer(why)) => Some(why),
        _ => None,
    });
    if let Some(why) = silent.next().flatten().filter(|_| silent.all(|why| why.is_some())) {
        output::complain(&format!(
            "AWS in {} did not answer ({why}); is that the name of a Region, and does this network let calls out \
             (HTTPS_PROXY names a proxy)?",
            region.unwrap_or("this Region")
        ));
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
    match (error, &args.role_arn) {
        (CallError::NoCredentials(found), Some(role)) => format!(
            "role `{role}` cannot be assumed: {found}; its trust policy has to let your credentials in, and a policy of \
             yours has to allow `sts:AssumeRole` on it; `aws sts get-caller-identity{profile}` shows whose they are"
        ),
        (CallError::NoCredentials(found), None) => format!(
            "no credentials of AWS: {found}; sign in with `aws sso login{profile}` or `aws login{profile}`, name another \
             --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ),
        (error, _) if error.code().contains("Expired") || error.code() == "TokenRefreshRequired" => {
            format!(
                "the credentials have expired ({error}); sign in anew: `aws sso login{profile}` or `aws login{profile}`"
            )
        }
        (error, _) => format!(
            "AWS does not accept the credentials ({error}); `aws sts get-caller-identity{profile}` shows whose they are"
        ),
    }
}

/// A service that is followed after its report.
struct Watch<'w> {
    sdk: &'w dyn Transport,
    args: &'w LiveArgs,
    own: &'w OwnRules,
    /// What was known before.
    evidence: Evidence,
    report: Report,
}

impl Watch<'_> {
    /// Looks again and again, until the service has recovered or failed anew.
    async fn follow(&self, target: &Target, interrupt: &Interrupt) -> Result<Outcome, CliError> {
        let Some(service) = target.to_follow(&self.report) else { return Err(CliError::NothingToFollow) };
        let before = Before::from(&self.report);
        let end = tokio::time::Instant::now() + Duration::from_secs(60 * self.args.watch_minutes);
        let options = Options::default().own_rules(self.own);
        let mut said = String::new();
        loop {
            let look = tokio::select! {
                look = look_again(self.sdk, &service, &before, &options) => look,
                () = interrupt.wait() => return Ok(Outcome::Undetermined),
            };
            let seen = self.shown(look)?;
            if is_final(seen.recovery) || tokio::time::Instant::now() >= end {
                return conclude(&seen, self.args);
            }
            if self.args.output.format == ReportFormat::Text && seen.summary != said {
                output::write(format!("{}\n", seen.summary).as_bytes())?;
                said.clone_from(&seen.summary);
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = interrupt.wait() => return Ok(Outcome::Undetermined),
            }
        }
    }

    /// What was seen, with the placeholders of the report of before where names are to be hidden.
    fn shown(&self, look: Look) -> Result<Verification, CliError> {
        let mut shown = look.verification;
        redact::with(&self.args.redact, |redactor| {
            redactor.learn(&self.evidence);
            let _ = redactor.report(&self.report);
            redactor.learn(&look.evidence);
            shown = redactor.verification(&shown);
        })?;
        Ok(shown)
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
