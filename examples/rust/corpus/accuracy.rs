//! The figures as a page, which names causes and counts and quotes nothing.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::score::{Score, Tally};

const HEAD: &str = "\
# Accuracy

How often the first diagnosis is the right one, on labelled messages and cases that were collected from public sources: AWS's
documentation and the agents' sources, issues, forum threads and articles. The collection is not part of this repository, for
its texts belong to those who wrote them; what it shows is here. The rules were written with it in view, so that these figures
say how well known failures are told apart, not how an unknown one fares.

- `messages`: a message on its own, as ECS would put it into a task; `pasted`: the same text as somebody pastes it.
- `cases`: documents of a whole incident, and states that are no failure. `odd-formats`: tables, YAML, Python literals, fragments.
- *Right*: the first diagnosis is one of the labels, or nothing is said where nothing is wrong. *Wrong*: it is another one, by the confidence
  with which that is said. *Silent*: nothing is said although something is wrong.

No answer may be wrong and `confirmed`, at most 1 % may be wrong and `likely`, and taking letters away from the end of a message must never make
an answer surer: the gate fails otherwise. It fails too when this page is stale;
`UPDATE_GENERATED=1 cargo run -p ecs-triage-examples --bin corpus -- FOLDER --accuracy ACCURACY.md` rewrites it.

Did it get your incident wrong? That is the most useful thing to tell: the issue template *Wrong diagnosis* asks for what is needed.
";

/// Whether the page has these figures; with `UPDATE_GENERATED` set it is written.
pub(crate) fn is_current(path: &Path, score: &Score) -> io::Result<bool> {
    let wanted = page(score);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        return fs::write(path, wanted).map(|()| true);
    }
    let is_current = fs::read_to_string(path).unwrap_or_default() == wanted;
    if !is_current {
        println!("stale  {} has other figures; UPDATE_GENERATED=1 rewrites it", path.display());
    }
    Ok(is_current)
}

fn page(score: &Score) -> String {
    let mut out = HEAD.to_owned();
    let tallies = |out: &mut String, name: &str, tallies: &mut dyn Iterator<Item = (&String, &Tally)>| {
        let _ = write!(
            out,
            "\n## By {name}\n\n| {name} | answers | right | confirmed | likely | possible | rightly silent | wrong: confirmed | likely | possible | silent |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        );
        for (name, tally) in tallies {
            out.push_str(&row(name, tally));
        }
    };
    tallies(&mut out, "part", &mut score.parts.iter());
    tallies(&mut out, "bucket", &mut score.buckets.iter());
    let _ = write!(out, "\n## Misses\n\n");
    if score.misses.is_empty() {
        out.push_str("None.\n");
    } else {
        out.push_str("| part | right would be | said |\n|---|---|---|\n");
        for miss in &score.misses {
            let wanted = if miss.wanted.is_empty() { "silence".to_owned() } else { miss.wanted.join(" or ") };
            let _ = writeln!(out, "| {} | {wanted} | {} |", miss.part, miss.said);
        }
    }
    out
}

fn row(name: &str, tally: &Tally) -> String {
    format!(
        "| {name} | {} | {:.1} % | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        tally.all(),
        tally.percent_right(),
        tally.right[2],
        tally.right[1],
        tally.right[0],
        tally.right_silent,
        tally.wrong[2],
        tally.wrong[1],
        tally.wrong[0],
        tally.silent,
    )
}
