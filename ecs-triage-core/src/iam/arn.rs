//! ARN patterns: compared part by part, with doubt where only a wildcard that runs past a colon would match.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::pattern::{Symbol, Token, matches, wildcards};
use super::policies::PolicyType;
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

/// Whether an entry of a `Resource` element matches the ARN of a resource.
///
/// Never `True` for a pattern that AWS documents as not allowed: its effect is not known.
pub(super) fn resource_matches(pattern: &Compiled, resource: &[Symbol], policy_type: PolicyType) -> Truth {
    let matched = arn_matches(pattern, resource, ShortPattern::Open);
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse
    let is_allowed = !pattern.has_variable_before_last_arn_part()
        && !has_wildcard_in_type(pattern)
        && (pattern.arn_parts().len() == 6 || may_be_short(pattern, policy_type));
    if is_allowed { matched } else { matched.and(Truth::Unknown) }
}

/// Policies of an identity may leave out the last parts of an ARN; elsewhere a final wildcard has to stand for them, and
/// whether it does so in a resource control policy is not documented.
fn may_be_short(pattern: &Compiled, policy_type: PolicyType) -> bool {
    match policy_type {
        PolicyType::Identity | PolicyType::PermissionsBoundary | PolicyType::Session => true,
        PolicyType::ResourceControl => false,
        _ => pattern.tokens.last() == Some(&Token::Many),
    }
}

/// A wildcard can't stand in the part that names the type of resource, such as `repository` in an ARN of ECR; in place
/// of the whole last part it can.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn has_wildcard_in_type(pattern: &Compiled) -> bool {
    let parts = pattern.arn_parts();
    let (Some(service), Some(resource)) = (parts.get(2), parts.get(5)) else {
        return false;
    };
    // Their resources have a name alone.
    const WITHOUT_TYPE: [&str; 4] = ["s3", "sns", "sqs", "execute-api"];
    if **resource == [Token::Many] || WITHOUT_TYPE.iter().any(|name| wildcards(name) == **service) {
        return false;
    }
    let separates = |token: &Token| matches!(token, Token::Char('/' | ':'));
    resource
        .iter()
        .take_while(|token| !separates(token))
        .any(|token| matches!(token, Token::One | Token::Many))
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
    use crate::iam::context::{Context, KeyState};
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
    fn patterns_that_are_not_allowed_never_match_for_certain() {
        let context = Context::new().set("aws:PrincipalAccount", KeyState::value("111122223333"));
        let syntax = Syntax { variables: Some(&context), wildcards: true };
        for (pattern, resource, expected) in [
            ("arn:aws:iam::111122223333:u*", "arn:aws:iam::111122223333:user/x", Truth::Unknown),
            ("arn:aws:iam::111122223333:*/x", "arn:aws:iam::111122223333:user/x", Truth::Unknown),
            ("arn:aws:iam::111122223333:*", "arn:aws:iam::111122223333:user/x", Truth::True),
            ("arn:aws:iam::111122223333:r*", "arn:aws:iam::111122223333:user/x", Truth::False),
            ("arn:aws:s3:::b*/x", "arn:aws:s3:::bucket/x", Truth::True),
            (
                "arn:aws:iam::${aws:PrincipalAccount}:user/x",
                "arn:aws:iam::111122223333:user/x",
                Truth::Unknown,
            ),
            ("arn:aws:iam::${aws:PrincipalAccount}:user/y", "arn:aws:iam::111122223333:user/x", Truth::False),
            ("arn:aws:s3:::${aws:PrincipalAccount}", "arn:aws:s3:::111122223333", Truth::True),
        ] {
            let matched =
                resource_matches(&compile(pattern, syntax), &symbols(resource), PolicyType::Identity);
            assert_eq!(matched, expected, "{pattern}");
        }
    }

    #[test]
    fn short_patterns_depend_on_the_policy() {
        let check = |pattern, policy_type| {
            let compiled = compile(pattern, Syntax { variables: None, wildcards: true });
            resource_matches(&compiled, &symbols("arn:aws:s3:::bucket"), policy_type)
        };
        for (pattern, policy_type, expected) in [
            ("arn:aws:s3", PolicyType::Identity, Truth::True),
            ("arn:aws:s3:*", PolicyType::Identity, Truth::True),
            ("arn:aws:s3", PolicyType::Resource, Truth::Unknown),
            ("arn:aws:s3:*", PolicyType::Resource, Truth::True),
            ("arn:aws:s3:*", PolicyType::ResourceControl, Truth::Unknown),
            ("arn:aws:sqs:*", PolicyType::ResourceControl, Truth::False),
        ] {
            assert_eq!(check(pattern, policy_type), expected, "{pattern} in {policy_type:?}");
        }
    }

    #[test]
    fn the_last_part_may_hold_colons() {
        let stream = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/app:log-stream:x";
        assert_eq!(check("arn:aws:logs:*:*:log-group:/ecs/app:*", stream, ShortPattern::Open), Truth::True);
        assert_eq!(check("arn:aws:logs:*:*:log-group:/ecs/app", stream, ShortPattern::Open), Truth::False);
    }
}
