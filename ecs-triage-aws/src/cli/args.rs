//! The arguments.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Parser, Subcommand, ValueEnum};
use ecs_triage_core::Timestamp;
use ecs_triage_core::fleet::GroupBy;

use super::own::OwnArgs;

/// Why did this Amazon ECS task stop, never start or never become healthy, and what do I change?
///
/// Reads what the AWS CLI, an SDK or EventBridge printed, and answers from that alone. Only `live` makes calls, and all
/// of them only read.
#[derive(Debug, Parser)]
#[command(name = "ecs-triage", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) diagnose: DiagnoseArgs,
}

const EXAMPLES: &str = "\
Examples:
  aws ecs describe-tasks --cluster prod --tasks ARN | ecs-triage
  ecs-triage describe-tasks.json describe-task-definition.json
  ecs-triage incident-folder/ --format markdown
  ecs-triage live --cluster prod --service web
  ecs-triage check task-definition.json
  ecs-triage fleet s3-export/ --since 7d --html fleet.html
  ecs-triage explain image-tag-not-found

Exit status: 0 nothing wrong, 1 a failure was diagnosed, 2 wrong usage or unreadable input,
3 could not determine.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Diagnose saved answers of AWS (the default)
    Diagnose(DiagnoseArgs),
    /// Fold any number of task state change events and tasks into incidents
    #[command(after_help = FLEET_NOTES)]
    Fleet(FleetArgs),
    /// Look into the account: find the tasks, make the read-only calls that the diagnosis wants, and diagnose
    #[command(after_help = super::live_args::LIVE_EXAMPLES)]
    Live(super::live_args::LiveArgs),
    /// Look at a task definition before it is deployed: what ECS would refuse, and what would go wrong
    #[command(after_help = CHECK_STATUS)]
    Check(CheckArgs),
    /// Compare an earlier report with newer evidence: did the change help?
    Verify(VerifyArgs),
    /// Serve the same functions as tools of the Model Context Protocol, over standard input and output
    #[cfg(feature = "mcp")]
    Mcp(McpArgs),
    /// Turn the placeholders of a redacted answer back, with the map that was written beside it
    Restore(RestoreArgs),
    /// Explain one cause or advisory: how it is recognised, what proves it, what to change
    Explain(ExplainArgs),
    /// List every cause and every advisory that can be named
    Rules(RulesArgs),
    /// Print the JSON schema of the report
    Schema,
    /// Print the smallest IAM policy that lets `live` make every call it can make; all of them only read
    IamPolicy,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DiagnoseArgs {
    /// Files or folders with answers of AWS; `-` is standard input
    #[arg(value_name = "FILE|DIR|-")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    /// When the answers were fetched: `now` or RFC 3339; tells how long a task has been stuck
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) observed_at: Option<Timestamp>,
}

const FLEET_NOTES: &str = "\
Reads NDJSON, arrays, `describe-tasks` responses and exports of Firehose or S3, also compressed with gzip or zstd.
Partial results (`--format partial`) are inputs as well, so that machines share the work:
  ecs-triage fleet day-1/ --format partial > 1.fleet
  ecs-triage fleet 1.fleet 2.fleet

Exit status: 0 nothing wrong, 1 failures were found, 2 wrong usage or unreadable input, 3 could not determine,
130 stopped by a signal (the output is of what was read until then, and says so).";

#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    /// Files, folders with all below them, or patterns; `-` is standard input
    #[arg(value_name = "FILE|DIR|-")]
    pub(crate) inputs: Vec<PathBuf>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FleetFormat,
    /// When to use colour; `NO_COLOR` turns it off as well
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Colour,
    /// Leave out what happened earlier: RFC 3339, `now`, or so long ago: `90m`, `6h`, `7d`
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Leave out what happened at this time or later
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
    /// How incidents are told apart, beside their cause: service, family, cluster, or cause alone
    #[arg(long, value_name = "WHAT", default_value = "service", value_parser = group_by)]
    pub(crate) group_by: GroupBy,
    /// The most incidents to list; 0 lists all
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) top: usize,
    /// Also write a page with plots, which is one file and loads nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Threads; as many as there are cores unless said otherwise
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZero<usize>>,
    /// Tasks that are counted one by one, in 33 MB a million and thread; of more, counts are estimates from a sample
    #[arg(long, value_name = "TASKS", default_value_t = 1 << 20)]
    pub(crate) capacity: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FleetFormat {
    /// For reading in a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For tickets and chats
    Markdown,
    /// For `ecs-triage fleet` itself, here or on another machine
    Partial,
}

const CHECK_STATUS: &str = "\
Exit status: 0 nothing to worry about (nothing is printed unless there is a note), 1 an error or a warning,
2 wrong usage or unreadable input.";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The task definition, as for `register-task-definition` or as AWS describes it, and what shall be taken into
    /// account: its roles and their policies, log groups, image manifests, the service; `-` is standard input
    #[arg(value_name = "FILE|DIR|-")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Report of before the change, written with `--format json`
    pub(crate) before: PathBuf,
    /// Answers of AWS from after the change
    #[arg(required = true, value_name = "AFTER")]
    pub(crate) after: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    /// When the newer answers were fetched: `now` or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) observed_at: Option<Timestamp>,
}

/// What `ecs-triage mcp` may read.
#[cfg(feature = "mcp")]
#[derive(Debug, Args)]
pub(crate) struct McpArgs {
    /// Folder below which the tools may read files; repeat it for several. Without it they read none
    #[arg(long, value_name = "DIR")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The map that `--redact-map` wrote
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) redact_map: PathBuf,
    /// The redacted answer, or anything that quotes it; `-` is standard input
    #[arg(value_name = "FILE|-", default_value = "-")]
    pub(crate) input: PathBuf,
}

/// Hiding names for sharing.
#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// Hide account ids and names, each behind the same placeholder everywhere, so that the answer can be shared
    #[arg(long)]
    pub(crate) redact: bool,
    /// Redact, go on with the placeholders of this map if it exists, and write it: with it `ecs-triage restore` turns
    /// an answer back. Keep it to yourself
    #[arg(long, value_name = "FILE")]
    pub(crate) redact_map: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Code of the cause or advisory, such as `app-oom-killed`
    pub(crate) code: String,
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// When to use colour; `NO_COLOR` turns it off as well
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Colour,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
    /// When to use colour; `NO_COLOR` turns it off as well
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Colour,
}

impl ReportArgs {
    pub(crate) fn is_text(&self) -> bool {
        self.format == ReportFormat::Text
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For reading in a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For tickets and chats
    Markdown,
    /// For code scanning (SARIF 2.1.0)
    Sarif,
    /// For the test reports of a CI system (JUnit XML)
    Junit,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading in a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For tickets and chats
    Markdown,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// When printing to a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A time, or how long ago.
fn moment(text: &str) -> Result<Timestamp, String> {
    const HINT: &str = "expected `now`, a time such as 2026-11-22T08:00:00Z, or how long ago such as `6h`";
    let (number, unit) = text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return time(text).map_err(|_| HINT.to_owned()),
    };
    let ago = number.parse::<u32>().map_err(|_| HINT.to_owned())?;
    let now = time("now")?;
    Timestamp::from_epoch((now.epoch_seconds() - i64::from(ago) * seconds) as f64)
        .ok_or_else(|| HINT.to_owned())
}

fn group_by(text: &str) -> Result<GroupBy, String> {
    GroupBy::parse(text).ok_or_else(|| {
        let names: Vec<_> = GroupBy::ALL.iter().map(|way| way.as_str()).collect();
        format!("expected one of `{}`", names.join("`, `"))
    })
}

pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    if text == "now" {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        return Timestamp::from_epoch(now.as_secs_f64()).ok_or_else(|| "the clock is not set".to_owned());
    }
    Timestamp::parse(text).ok_or_else(|| "expected `now` or a time such as 2026-11-22T08:00:00Z".to_owned())
}
