//! What a tired person reads at night: cause, proof, fix, in that order.

use serde_json::Value;

use super::{Advisory, Diagnosis, Report, SubjectReport, TextStyle, Want};
use crate::advisories::Severity;
use crate::evidence::Citation;
use crate::rules::{Confidence, Verdict};
use crate::signals::{Moment, SubjectKind};

/// Width of the label column.
const LABEL: usize = 7;
/// Citations shown before the rest is counted.
const MOST_CITATIONS: usize = 4;
/// Wants shown before the rest is counted.
const MOST_WANTS: usize = 5;
/// Risks shown beside a diagnosis before the rest is counted.
const MOST_RISKS: usize = 3;
/// Longest literal value shown in one citation, in characters.
const LONGEST_VALUE: usize = 700;

pub(super) fn render(report: &Report, style: TextStyle) -> String {
    let mut page = Page::new(style);
    page.wants_nothing = report.wants().is_empty();
    if report.subjects().is_empty() {
        page.line("Nothing to diagnose: no task, service or message was found in the input.");
    }
    let has_failure = report.verdict() == Verdict::Failure;
    let groups = groups(report.subjects());
    for (index, group) in groups.iter().enumerate() {
        let told = groups[..index].iter().find(|earlier| is_same_story(earlier[0], group[0]));
        if told.is_some() {
            page.same_cause(group[0], group.len());
            continue;
        }
        match group[0].verdict {
            // Beside a failure, what is well needs one line.
            Verdict::NotAFailure | Verdict::Healthy if has_failure => page.aside(group[0], group.len()),
            _ => page.subject(group[0], group.len()),
        }
    }
    page.wants(report.wants());
    page.problems(report);
    page.finish()
}

/// Subjects that share service (or family, without a service), verdict and root cause are shown once.
fn groups(subjects: &[SubjectReport]) -> Vec<Vec<&SubjectReport>> {
    let mut groups: Vec<Vec<&SubjectReport>> = Vec::new();
    let key = |subject: &SubjectReport| {
        let first = subject.diagnoses.first();
        (
            subject.kind,
            subject.verdict,
            owner(subject),
            first.map(|diagnosis| diagnosis.code),
            first.and_then(|diagnosis| diagnosis.container.clone()),
        )
    };
    for subject in subjects {
        let found = groups.iter_mut().find(|group| owner(subject).is_some() && key(group[0]) == key(subject));
        match found {
            Some(group) => group.push(subject),
            None => groups.push(vec![subject]),
        }
    }
    groups
}

/// What runs a subject: its service, else its family without the revision.
fn owner(subject: &SubjectReport) -> Option<String> {
    let family = subject.family.as_ref().filter(|_| subject.kind == SubjectKind::Task);
    subject.service.clone().or_else(|| Some(family?.split(':').next()?.to_owned()))
}

/// Whether a service only repeats what was said of its tasks.
fn is_same_story(task: &SubjectReport, service: &SubjectReport) -> bool {
    service.kind == SubjectKind::Service
        && task.kind == SubjectKind::Task
        && task.service.is_some()
        && task.service == service.service
        && task.verdict == service.verdict
        && task.diagnoses.first().map(|first| first.code) == service.diagnoses.first().map(|first| first.code)
}

/// Text that is laid out for a terminal.
pub(crate) struct Page {
    out: String,
    style: TextStyle,
    /// The report has no wants.
    wants_nothing: bool,
}

impl Page {
    pub(crate) fn new(style: TextStyle) -> Self {
        Self { out: String::new(), style, wants_nothing: false }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// A line that stands out, or several when it is long.
    pub(crate) fn strong(&mut self, text: &str) {
        let start = self.out.len();
        self.paragraph(text, 0, None);
        for line in self.out.split_off(start).lines() {
            self.line(&self.painted("1", line));
        }
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.line("");
    }

    /// A command. It is never broken: it is there to be copied.
    pub(crate) fn command(&mut self, text: &str) {
        self.line(&format!("{:LABEL$}  {}", "", self.painted("36", text)));
    }

    fn subject(&mut self, subject: &SubjectReport, count: usize) {
        if !self.out.is_empty() {
            self.line("");
        }
        let heading = heading(subject, count);
        self.line(&self.painted("1", &heading));
        let (mark, colour) = match subject.verdict {
            Verdict::Failure => ("FAILURE", "1;31"),
            Verdict::Undetermined => ("UNDETERMINED", "1;33"),
            Verdict::InProgress => ("IN PROGRESS", "1;36"),
            Verdict::NotAFailure => ("NOT A FAILURE", "1;32"),
            Verdict::Healthy => ("HEALTHY", "1;32"),
        };
        let Some(first) = subject.diagnoses.first() else {
            // A definition that was looked at before its deployment: what was found is the answer.
            if subject.kind == SubjectKind::TaskDefinition && !subject.advisories.is_empty() {
                self.advisories(&subject.advisories);
                return;
            }
            let words = match subject.verdict {
                Verdict::Undetermined => "the evidence does not say why",
                Verdict::InProgress => "on its way; nothing has failed",
                Verdict::Failure => "it failed, for a reason that is not known here",
                _ => "nothing is wrong with it",
            };
            self.line(&format!("{}: {words}.", self.painted(colour, mark)));
            self.risks(&subject.advisories);
            return;
        };
        self.paragraph(&format!("{mark}: {}", first.summary), 0, Some((colour, mark)));
        // Said plainly when the answer cannot be made surer, or only by what a message alone does not name.
        let further = match first.confidence < Confidence::Confirmed && self.wants_nothing {
            true if subject.id.starts_with("arn:") => "; no call of AWS would tell more",
            true => "; the answer of describe-tasks may tell more",
            false => "",
        };
        self.line(&self.painted("2", &format!("{} ({}{further})", first.code, words_of(first.confidence))));
        self.line("");
        self.diagnosis(first);
        self.timeline(&subject.timeline);
        for consequence in &subject.consequences {
            self.labelled("So", &consequence.summary);
        }
        for other in &subject.diagnoses[1..] {
            self.line("");
            self.paragraph(&format!("Also {}: {}", words_of(other.confidence), other.summary), 0, None);
            self.line(&self.painted("2", other.code));
            self.diagnosis(other);
        }
        self.risks(&subject.advisories);
    }

    /// What has not bitten yet, in short: beside a diagnosis there is no room for more.
    fn risks(&mut self, advisories: &[Advisory]) {
        let mut label = "Risk";
        for advisory in
            advisories.iter().filter(|advisory| advisory.severity != Severity::Note).take(MOST_RISKS)
        {
            self.labelled(label, &format!("{} {}", advisory.summary, advisory.advice));
            label = "";
        }
        let shown =
            advisories.iter().filter(|advisory| advisory.severity != Severity::Note).count().min(MOST_RISKS);
        let more = advisories.len() - shown;
        if shown > 0 && more > 0 {
            self.labelled("", &format!("and {more} more (`ecs-triage check` lists them)"));
        }
    }

    /// Advisories in full, the worst first.
    fn advisories(&mut self, advisories: &[Advisory]) {
        for advisory in advisories {
            let (mark, colour) = match advisory.severity {
                Severity::Error => ("ERROR", "1;31"),
                Severity::Warning => ("WARNING", "1;33"),
                Severity::Note => ("NOTE", "1;36"),
            };
            self.line("");
            self.paragraph(&format!("{mark}: {}", advisory.summary), 0, Some((colour, mark)));
            self.line(&self.painted("2", advisory.code));
            self.proof(&advisory.evidence);
            self.labelled("Fix", &advisory.advice);
            if let Some(page) = advisory.docs.first() {
                self.line(&format!("{:LABEL$}{}", "Docs", self.painted("2", page)));
            }
        }
    }

    /// A service whose cause was told with its tasks.
    fn same_cause(&mut self, subject: &SubjectReport, count: usize) {
        self.line("");
        let code = subject.diagnoses.first().map_or("", |first| first.code);
        self.paragraph(&format!("{}: the same cause, {code}", heading(subject, count)), 0, None);
    }

    /// A subject that is well, in a line.
    fn aside(&mut self, subject: &SubjectReport, count: usize) {
        self.line("");
        let words = match (subject.verdict, subject.diagnoses.first()) {
            (_, Some(first)) => first.title,
            (Verdict::Failure, None) => "it failed, for a reason that is not known here",
            _ => "nothing is wrong with it",
        };
        self.paragraph(&format!("{}: {words}", heading(subject, count)), 0, None);
    }

    fn diagnosis(&mut self, diagnosis: &Diagnosis) {
        self.labelled("Why", diagnosis.explanation);
        self.proof(&diagnosis.evidence);
        let mut label = "Fix";
        // Patches and documents are for programs; the command before them does the same.
        let typed = diagnosis
            .remedies
            .iter()
            .filter(|remedy| remedy.command.is_some() || matches!(remedy.body, Some(Value::String(_))));
        for remedy in typed {
            let mut title = remedy.title.clone().into_owned();
            if remedy.mutating {
                title.push_str(&format!(" [changes {}]", remedy.blast_radius));
            }
            if remedy.proven {
                title.push_str(" [proven]");
            }
            match (&remedy.command, &remedy.body) {
                (Some(command), _) => {
                    self.labelled(label, &format!("{title}:"));
                    self.command(command);
                }
                (None, Some(Value::String(advice))) => self.labelled(label, &format!("{title}: {advice}")),
                (None, _) => self.labelled(label, &title),
            }
            label = "";
        }
        if let Some(page) = diagnosis.docs.first() {
            self.line(&format!("{:LABEL$}{}", "Docs", self.painted("2", page)));
        }
    }

    fn proof(&mut self, citations: &[Citation]) {
        let mut label = "Proof";
        for (places, value) in by_value(&citations[..citations.len().min(MOST_CITATIONS)]) {
            for citation in places {
                let within =
                    citation.within.as_deref().map(|within| format!(" > {within}")).unwrap_or_default();
                let place = format!("{} {}{within}", citation.document, citation.pointer);
                self.labelled(label, &self.painted("2", place.trim_end()));
                label = "";
            }
            self.paragraph(&literal(value), LABEL + 2, None);
        }
        let more = citations.len().saturating_sub(MOST_CITATIONS);
        if more > 0 {
            self.labelled("", &format!("and {more} more"));
        }
    }

    fn timeline(&mut self, moments: &[Moment]) {
        let Some(first) = moments.first() else { return };
        let mut steps = vec![format!("{} {}", first.what, first.at)];
        for pair in moments.windows(2) {
            steps.push(format!("{} +{}", pair[1].what, duration(pair[1].at.seconds_since(pair[0].at))));
        }
        self.labelled("Life", &steps.join(", "));
    }

    fn wants(&mut self, wants: &[Want]) {
        if wants.is_empty() {
            return;
        }
        self.line("");
        self.line(&self.painted("1", "To be sure, add the answers to these read-only calls:"));
        for want in wants.iter().take(MOST_WANTS) {
            self.line(&format!("  {}", self.painted("36", &want.cli)));
            self.paragraph(&want.why, 4, None);
        }
        if wants.len() > MOST_WANTS {
            self.line(&format!("  and {} more (--format json lists all)", wants.len() - MOST_WANTS));
        }
    }

    fn problems(&mut self, report: &Report) {
        if report.problems().is_empty() {
            return;
        }
        self.line("");
        self.line(&self.painted("1", "Not read:"));
        for problem in report.problems() {
            let place = format!("{} {}", problem.document, problem.pointer);
            self.paragraph(&format!("{}: {}", place.trim_end(), problem.message), 2, None);
        }
    }

    /// A paragraph with a label in front.
    pub(crate) fn labelled(&mut self, label: &str, text: &str) {
        let start = self.out.len();
        self.paragraph(text, LABEL, None);
        self.out.replace_range(start..start + LABEL, &format!("{label:LABEL$}"));
    }

    /// Words wrapped at the width, each line indented; `mark` is painted where it stands first.
    fn paragraph(&mut self, text: &str, indent: usize, mark: Option<(&str, &str)>) {
        let width = self.style.width.max(indent + 20);
        let mut line = " ".repeat(indent);
        let mut used = indent;
        for word in text.split_whitespace() {
            let length = visible_length(word);
            if used > indent && used + 1 + length > width {
                self.out.push_str(&line);
                self.out.push('\n');
                line = " ".repeat(indent);
                used = indent;
            }
            if used > indent {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
        if let Some((colour, mark)) = mark {
            let painted = self.painted(colour, mark);
            if self.out.ends_with('\n') || self.out.is_empty() {
                line = line.replacen(mark, &painted, 1);
            }
        }
        self.out.push_str(&line);
        self.out.push('\n');
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.style.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Characters that a terminal shows: escape sequences take no room.
fn visible_length(word: &str) -> usize {
    let mut length = 0;
    let mut in_escape = false;
    for letter in word.chars() {
        match letter {
            '\u{1b}' => in_escape = true,
            'm' if in_escape => in_escape = false,
            _ if in_escape => {}
            _ => length += 1,
        }
    }
    length
}

/// The literal value of a citation, on one line and not endless; control characters never reach a terminal.
pub(super) fn literal(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    };
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    match clean.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

/// A subject in one line: what it is, where it belongs.
pub(super) fn heading(subject: &SubjectReport, count: usize) -> String {
    let short = subject.id.rsplit('/').next().unwrap_or(&subject.id);
    let noun = match subject.kind {
        SubjectKind::Task => "task",
        SubjectKind::Service => "service",
        SubjectKind::ContainerInstance => "container instance",
        SubjectKind::Call => "call",
        SubjectKind::Message => "message",
        SubjectKind::TaskDefinition => "task definition",
        SubjectKind::Role => "role",
    };
    let mut parts = vec![match count {
        1 if short == noun => noun.to_owned(),
        1 => format!("{noun} {short}"),
        _ => format!("{count} {noun}s, such as {short}"),
    }];
    if subject.kind != SubjectKind::Service {
        parts.extend(subject.service.as_ref().map(|service| format!("service {service}")));
    }
    if subject.kind != SubjectKind::TaskDefinition {
        parts.extend(subject.family.clone());
    }
    parts.extend(subject.launch_type.map(str::to_owned));
    parts.join("  ")
}

pub(super) fn words_of(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Confirmed => "confirmed",
    }
}

/// `4.2 s`, `1 min 30 s`, `2 h 5 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as i64;
    match whole {
        ..10 => format!("{:.1} s", seconds).replace(".0 s", " s"),
        10..120 => format!("{whole} s"),
        120..7200 => match whole % 60 {
            0 => format!("{} min", whole / 60),
            rest => format!("{} min {rest} s", whole / 60),
        },
        _ => match whole % 3600 / 60 {
            0 => format!("{} h", whole / 3600),
            rest => format!("{} h {rest} min", whole / 3600),
        },
    }
}
/// Citations with the texts they show, each text once: ECS writes one reason at the task and at its container.
pub(super) fn by_value(citations: &[Citation]) -> Vec<(Vec<&Citation>, &Value)> {
    let mut found: Vec<(Vec<&Citation>, &Value)> = Vec::new();
    for citation in citations {
        // A number or a word stands for something else in each place.
        let is_sentence = citation.value.as_str().is_some_and(|text| text.contains(' '));
        match found.iter_mut().find(|(_, value)| is_sentence && **value == citation.value) {
            Some((places, _)) => places.push(citation),
            None => found.push((vec![citation], &citation.value)),
        }
    }
    found
}
