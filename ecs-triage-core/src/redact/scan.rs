//! Finds in a text what is a name by its shape: ARNs, URLs, hosts, addresses, ids and account ids.

use std::sync::LazyLock;

use super::names::{self, Names};
use super::pattern::{Captures, Match, Regex, pattern};
use super::{arns, hosts};

/// Ids of AWS that have their type in front.
const IDS: &str = "eni-attach|subnet|sg|sgr|vpc|vpce|vpce-svc|eni|igw|eigw|nat|rtb|rtbassoc|acl|aclassoc|pl|tgw|pcx|dopt|\
    fs|fsap|fsmt|vol|snap|ami|lt|eipalloc|eipassoc|cgw|vgw|r|i";

static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let shapes = format!(
        r#"(?x)
        (?P<arn> (?-u:\b) arn:aws[a-z0-9-]{{0,12}}:[A-Za-z0-9-]{{0,40}}:[A-Za-z0-9-]{{0,40}}:[0-9A-Za-z*-]{{0,20}}:[^\x20\t\r\n"'`<>{{}}\\|,;()\[\]]+ )
      | (?P<url> (?-u:\b) [A-Za-z][A-Za-z0-9+.-]{{0,15}}://[^\x20\t\r\n"'`<>\\,;()\[\]{{}}|]+ )
      | (?P<email> (?-u:\b) [A-Za-z0-9._%+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}} )
      | (?P<ip> (?-u:\b) [0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}} (?-u:\b) )
      | (?P<ip6> (?-u:\b) [0-9A-Fa-f]{{1,4}}(?::[0-9A-Fa-f]{{0,4}}){{2,7}} )
      | (?P<host> (?-u:\b) (?:[A-Za-z0-9_-]+\.)+
            (?:com|net|org|io|dev|cloud|app|co|ai|internal|local|localdomain|corp|lan|home|intranet|gov|edu|mil|biz|info|tech
             |aws|cn|eu|uk|de|fr|jp|au|ca|nl|se|ch|us|br|kr|es|it|nz|ie|be|at|dk|no|fi|pl) (?-u:\b)
            (?: :[0-9]{{1,5}} )? (?: /[A-Za-z0-9._~/@:-]* )? )
      | (?P<id> (?-u:\b) (?:{IDS})-[0-9a-f]{{8,17}} (?-u:\b) )
      | (?P<uuid> (?-u:\b) [0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}} (?-u:\b) )
      | (?P<account> [0-9]{{12,}} )
      | (?P<hex> (?-u:\b) [0-9a-f]{{32}} (?-u:\b) )
      "#
    );
    pattern(&shapes)
});

static ID: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^(?P<prefix>{IDS})-[0-9a-f]{{8,17}}$")));

/// A text with everything that has the shape of a name, and every known name, replaced.
pub(super) fn replaced(names: &mut Names, text: &str) -> String {
    if let Some(known) = names.get(text) {
        return known.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    // Known names are sought between the matches, in the text as a whole so that what surrounds them is seen.
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0;
    while let Some(captures) = SHAPES.captures_at(text, at) {
        let Some(whole) = captures.get(0) else { break };
        // A known name may have an account id in it: `logs-111122223333-eu`.
        let run = names::run_around(text, whole.start(), whole.end());
        let (start, end, with) = match names.get(&text[run.clone()]) {
            Some(known) if run.start >= copied_to(&found) => (run.start, run.end, Some(known.to_owned())),
            _ => {
                let (end, with) = shaped(names, &captures, whole, text);
                (whole.start(), end, with)
            }
        };
        if let Some(with) = with {
            found.push((start, end, with));
        }
        at = end.max(whole.start() + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    for (start, end, with) in found {
        out.push_str(&names.replaced_in(text, copied, start));
        out.push_str(&with);
        copied = end;
    }
    out.push_str(&names.replaced_in(text, copied, text.len()));
    out
}

/// What has dots but is no host: known names in it are hidden.
fn labels(names: &mut Names, text: &str) -> String {
    let hide = |label: &str| match names.get(label) {
        _ if super::redactor::is_account(label) => super::redactor::account(names, label),
        Some(known) => known.to_owned(),
        None => label.to_owned(),
    };
    text.split('.').map(hide).collect::<Vec<_>>().join(".")
}

fn copied_to(found: &[(usize, usize, String)]) -> usize {
    found.last().map_or(0, |(_, end, _)| *end)
}

/// Where a match ends once punctuation of the sentence is left out, and what stands for it.
fn shaped(
    names: &mut Names,
    captures: &Captures<'_>,
    whole: Match<'_>,
    text: &str,
) -> (usize, Option<String>) {
    let is = |name: &str| captures.name(name).is_some();
    let trimmed = whole.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?']);
    if is("arn") {
        // The colons that end the ARN of a secret belong to it.
        let arn = whole.as_str().trim_end_matches(['.', ',', ';', '!']);
        let arn = if arn.ends_with("::") { arn } else { arn.trim_end_matches(':') };
        return (whole.start() + arn.len(), Some(arns::replaced(names, arn)));
    }
    if is("url") {
        return (whole.start() + trimmed.len(), Some(hosts::url(names, trimmed)));
    }
    if is("host") {
        let rest = &text[whole.end()..];
        // `java.io.IOException` is no host, and `eu` may be the beginning of a Region.
        let goes_on = !trimmed.contains('/')
            && (rest.starts_with(['-', '_'])
                || rest.starts_with('.') && rest[1..].starts_with(|next: char| next.is_ascii_alphanumeric()));
        if goes_on {
            return (whole.end(), Some(labels(names, whole.as_str())));
        }
        return (whole.start() + trimmed.len(), Some(hosts::url(names, trimmed)));
    }
    let with = if is("uuid") {
        // A request id says nothing, and AWS's support asks for it; an id that is known was found as a name.
        None
    } else if is("email") {
        Some(names.formed("user", whole.as_str(), |number| format!("user-{number}@example.com")))
    } else if is("ip") || is("ip6") {
        // `secret-2::` is the end of an ARN.
        let before = text[..whole.start()].chars().next_back();
        let is_alone = !before.is_some_and(|before| "-_:.".contains(before));
        let groups = whole.as_str().split(':').filter(|group| !group.is_empty()).count();
        let is_address = is("ip") || is_alone && groups > 1;
        let address = whole.as_str().parse().ok().filter(|_| is_address);
        address.and_then(|address| hosts::address_of(names, address))
    } else if is("account") {
        let before = text[..whole.start()].chars().next_back();
        let is_alone = |next: Option<char>| !next.is_some_and(|next| next.is_ascii_alphanumeric());
        let is_account = is_alone(before) && is_alone(text[whole.end()..].chars().next());
        is_account.then(|| super::redactor::account(names, whole.as_str()))
    } else if is("hex") {
        Some(names.of("id", whole.as_str()))
    } else {
        id_prefix(whole.as_str()).map(|prefix| id(names, prefix, whole.as_str()))
    };
    (whole.end(), with)
}

/// The type in front of an id of AWS.
pub(super) fn id_prefix(text: &str) -> Option<&str> {
    ID.captures(text).and_then(|found| found.name("prefix")).map(|prefix| prefix.as_str())
}

/// An id with the same type in front.
pub(super) fn id(names: &mut Names, prefix: &str, text: &str) -> String {
    names.formed(prefix, text, |number| format!("{prefix}-{number:08x}"))
}
