//! Wildcards matched against text of which a part may be unknown.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::truth::Truth;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any run of characters.
    Many,
    /// The value of a policy variable that is not known.
    Hole,
}

/// One step of the text that a pattern is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// This character.
    Char(char),
    /// One character, not known which.
    HiddenChar,
    /// The rest of the text is not known, nor its length.
    HiddenTail,
}

/// Text as symbols.
pub(super) fn symbols(text: &str) -> Vec<Symbol> {
    text.chars().map(Symbol::Char).collect()
}

/// Plain text with wildcards as tokens, without policy variables.
pub(super) fn wildcards(text: &str) -> Vec<Token> {
    text.chars().map(wildcard).collect()
}

pub(super) fn wildcard(character: char) -> Token {
    match character {
        '*' => Token::Many,
        '?' => Token::One,
        other => Token::Char(other),
    }
}

/// Whether the pattern matches the whole text: `True` if it does whatever the hidden parts are, `False` if it
/// cannot.
pub(super) fn matches(pattern: &[Token], text: &[Symbol]) -> Truth {
    if run(pattern, text, Reading::Certain) {
        return Truth::True;
    }
    let hides =
        pattern.contains(&Token::Hole) || text.iter().any(|symbol| !matches!(symbol, Symbol::Char(_)));
    if hides && run(pattern, text, Reading::Possible) { Truth::Unknown } else { Truth::False }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Hidden characters match wildcards only; a hole matches nothing.
    Certain,
    /// Hidden characters match anything; so does a hole.
    Possible,
}

/// Follows all ways through the pattern at once: time is at most length of pattern × length of text.
fn run(pattern: &[Token], text: &[Symbol], reading: Reading) -> bool {
    let is_run = |token: Token| token == Token::Many || token == Token::Hole && reading == Reading::Possible;
    // Positions in the pattern, in rising order.
    let mut active = Vec::new();
    let mut next = Vec::new();
    advance(&mut active, 0, pattern, is_run);
    for &symbol in text {
        if symbol == Symbol::HiddenTail {
            let only_runs =
                |&at: &usize| at < pattern.len() && pattern[at..].iter().all(|token| *token == Token::Many);
            return match reading {
                Reading::Possible => !active.is_empty(),
                Reading::Certain => active.iter().any(only_runs),
            };
        }
        for &at in &active {
            match pattern.get(at) {
                Some(token) if is_run(*token) => advance(&mut next, at, pattern, is_run),
                Some(Token::One) => advance(&mut next, at + 1, pattern, is_run),
                Some(Token::Char(expected)) => {
                    let fits = match symbol {
                        Symbol::Char(found) => found == *expected,
                        Symbol::HiddenChar | Symbol::HiddenTail => reading == Reading::Possible,
                    };
                    if fits {
                        advance(&mut next, at + 1, pattern, is_run);
                    }
                }
                Some(Token::Many | Token::Hole) | None => {}
            }
        }
        std::mem::swap(&mut active, &mut next);
        next.clear();
        if active.is_empty() {
            return false;
        }
    }
    active.last() == Some(&pattern.len())
}

/// Adds a position and those after it that are reached without a character.
fn advance(positions: &mut Vec<usize>, at: usize, pattern: &[Token], is_run: impl Fn(Token) -> bool) {
    for at in at..=pattern.len() {
        if positions.last().is_none_or(|last| *last < at) {
            positions.push(at);
        }
        if !pattern.get(at).is_some_and(|token| is_run(*token)) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str) -> Truth {
        matches(&wildcards(pattern), &symbols(text))
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "a:b/c"),
            ("a*c", "ac"),
            ("a*c", "abcbc"),
            ("a?c", "aéc"),
            ("**a*", "xa"),
            ("*aab", "aaaab"),
        ] {
            assert_eq!(check(pattern, text), Truth::True, "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("a", ""), ("?", ""), ("?", "ab"), ("a*c", "ab"), ("A", "a"), ("a*b*c", "acb")]
        {
            assert_eq!(check(pattern, text), Truth::False, "{pattern} {text}");
        }
    }

    #[test]
    fn hidden_text_gives_unknown_only_where_it_matters() {
        let with = |text: &str, hidden: &[Symbol]| {
            let mut all = symbols(text);
            all.extend_from_slice(hidden);
            all
        };
        let suffix = with("name-", &[Symbol::HiddenChar; 3]);
        for (pattern, expected) in [
            ("name-???", Truth::True),
            ("name-*", Truth::True),
            ("name*", Truth::True),
            ("name-abc", Truth::Unknown),
            ("name-?b?", Truth::Unknown),
            ("name", Truth::False),
            ("name-????", Truth::False),
            ("other*", Truth::False),
        ] {
            assert_eq!(matches(&wildcards(pattern), &suffix), expected, "{pattern}");
        }
        let tail = with("ecs:", &[Symbol::HiddenTail]);
        for (pattern, expected) in [
            ("ecs:*", Truth::True),
            ("ecs*", Truth::True),
            ("ecs:?*", Truth::Unknown),
            ("ecs:task/*", Truth::Unknown),
            ("ecs:", Truth::Unknown),
            ("ec2:*", Truth::False),
        ] {
            assert_eq!(matches(&wildcards(pattern), &tail), expected, "{pattern}");
        }
    }

    #[test]
    fn a_hole_in_the_pattern_gives_unknown_only_where_it_matters() {
        let pattern = [Token::Char('a'), Token::Hole, Token::Char('c')];
        assert_eq!(matches(&pattern, &symbols("abc")), Truth::Unknown);
        assert_eq!(matches(&pattern, &symbols("ab")), Truth::False);
    }
}
