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
        Truth::True
    } else if run(pattern, text, Reading::Possible) {
        Truth::Unknown
    } else {
        Truth::False
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Hidden characters match wildcards only; a hole matches nothing.
    Certain,
    /// Hidden characters match anything; so does a hole.
    Possible,
}

/// Simulates all ways through the pattern at once: time is length of pattern × length of text, never more.
fn run(pattern: &[Token], text: &[Symbol], reading: Reading) -> bool {
    let skips = |token: Token| token == Token::Many || token == Token::Hole && reading == Reading::Possible;
    let mut active = vec![false; pattern.len() + 1];
    let mut next = active.clone();
    active[0] = true;
    spread(pattern, &mut active, skips);
    for &symbol in text {
        if symbol == Symbol::HiddenTail {
            return match reading {
                Reading::Possible => active.contains(&true),
                Reading::Certain => (0..pattern.len())
                    .any(|at| active[at] && pattern[at..].iter().all(|token| *token == Token::Many)),
            };
        }
        next.fill(false);
        for (at, token) in pattern.iter().enumerate().filter(|(at, _)| active[*at]) {
            match token {
                token if skips(*token) => next[at] = true,
                Token::One => next[at + 1] = true,
                Token::Char(expected) => {
                    next[at + 1] |= match symbol {
                        Symbol::Char(found) => found == *expected,
                        Symbol::HiddenChar | Symbol::HiddenTail => reading == Reading::Possible,
                    };
                }
                Token::Many | Token::Hole => {}
            }
        }
        std::mem::swap(&mut active, &mut next);
        spread(pattern, &mut active, skips);
    }
    active[pattern.len()]
}

/// Steps over tokens that may match nothing.
fn spread(pattern: &[Token], active: &mut [bool], skips: impl Fn(Token) -> bool) {
    for (at, token) in pattern.iter().enumerate() {
        if active[at] && skips(*token) {
            active[at + 1] = true;
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
