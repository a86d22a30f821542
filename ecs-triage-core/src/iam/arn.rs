//! ARN patterns: compared part by part, with doubt where only a wildcard that runs past a colon would match.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::pattern::{Symbol, Token, matches};
use super::truth::Truth;
use super::variables::Compiled;

/// What a pattern with fewer than the six parts of an ARN means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ShortPattern {
    /// The missing parts are as if they were `*`.
    Open,
    /// It is no ARN.
    Invalid,
}

/// Whether the pattern matches the ARN.
///
/// `Unknown` also where it fails part by part but matches as plain text: a `*` that ends a part may run past the
/// colons that follow, so a refusal would be too sure.
pub(super) fn arn_matches(pattern: &Compiled, arn: &[Symbol], short: ShortPattern) -> Truth {
    if pattern.never {
        return Truth::False;
    }
    let by_parts = parts_match(&pattern.arn_parts(), &arn_parts(arn), short);
    if by_parts == Truth::False && matches(&pattern.tokens, arn) != Truth::False {
        Truth::Unknown
    } else {
        by_parts
    }
}

fn parts_match(pattern: &[&[Token]], arn: &[&[Symbol]], short: ShortPattern) -> Truth {
    if arn.len() < 6 && !arn.last().is_some_and(|part| part.contains(&Symbol::HiddenTail)) {
        return Truth::False;
    }
    if pattern.len() < 6 && short == ShortPattern::Invalid {
        return Truth::False;
    }
    // There are no wildcards in the service part.
    if pattern
        .get(2)
        .is_some_and(|service| service.iter().any(|token| matches!(token, Token::One | Token::Many)))
    {
        return Truth::False;
    }
    Truth::all(pattern.iter().enumerate().map(|(at, part)| {
        let text = arn.get(at).copied().unwrap_or(&[Symbol::HiddenTail]);
        // The last part, which names the resource, is the only one in which case counts.
        if at == 5 { matches(part, text) } else { matches(&lower_tokens(part), &lower_symbols(text)) }
    }))
}

fn arn_parts(arn: &[Symbol]) -> Vec<&[Symbol]> {
    arn.splitn(6, |symbol| *symbol == Symbol::Char(':')).collect()
}

pub(super) fn lower_tokens(tokens: &[Token]) -> Vec<Token> {
    let lower = |token: &Token| match token {
        Token::Char(character) => Token::Char(character.to_ascii_lowercase()),
        other => *other,
    };
    tokens.iter().map(lower).collect()
}

pub(super) fn lower_symbols(symbols: &[Symbol]) -> Vec<Symbol> {
    let lower = |symbol: &Symbol| match symbol {
        Symbol::Char(character) => Symbol::Char(character.to_ascii_lowercase()),
        other => *other,
    };
    symbols.iter().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::pattern::symbols;
    use crate::iam::variables::{Syntax, compile};

    fn check(pattern: &str, arn: &str, short: ShortPattern) -> Truth {
        arn_matches(&compile(pattern, Syntax { variables: None, wildcards: true }), &symbols(arn), short)
    }

    #[test]
    fn parts_are_compared_one_by_one() {
        let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/team/app";
        for (pattern, expected) in [
            (repository, Truth::True),
            ("arn:aws:ecr:*:*:*", Truth::True),
            ("arn:aws:ecr:eu-*:1111????3333:repository/*", Truth::True),
            ("arn:*:ecr:eu-west-1:111122223333:repository/*/app", Truth::True),
            ("arn:aws:ecr:eu-west-1:111122223333:repository/team", Truth::False),
            ("arn:aws:ecr:eu-west-1:111122223333:REPOSITORY/team/app", Truth::False),
            ("arn:aws:ecr:us-east-1:*:repository/*", Truth::False),
            ("arn:aws-cn:ecr:*:*:repository/*", Truth::False),
            ("arn:aws:ecr:eu-west-1::repository/team/app", Truth::False),
            // A wildcard that would have to run past a colon.
            ("arn:aws:ecr:*:repository/team/app", Truth::Unknown),
            ("arn:aws:e*:eu-west-1:111122223333:repository/team/app", Truth::Unknown),
            ("arn:aws:ecr*", Truth::Unknown),
        ] {
            assert_eq!(check(pattern, repository, ShortPattern::Open), expected, "{pattern}");
        }
        assert_eq!(check("arn:aws:ecr:*", repository, ShortPattern::Open), Truth::True);
        assert_eq!(check("arn:aws:ecr:*", repository, ShortPattern::Invalid), Truth::Unknown);
        assert_eq!(check("arn:aws:sqs:*", repository, ShortPattern::Open), Truth::False);
    }

    #[test]
    fn the_last_part_may_hold_colons() {
        let stream = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/app:log-stream:x";
        assert_eq!(check("arn:aws:logs:*:*:log-group:/ecs/app:*", stream, ShortPattern::Open), Truth::True);
        assert_eq!(check("arn:aws:logs:*:*:log-group:/ecs/app", stream, ShortPattern::Open), Truth::False);
    }
}
