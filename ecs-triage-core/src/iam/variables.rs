//! Policy variables such as `${aws:PrincipalAccount}` and `${aws:username, 'nobody'}`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use super::context::{Context, KeyState};
use super::pattern::{Token, wildcard};

/// How the text of a policy is to be read.
#[derive(Clone, Copy)]
pub(super) struct Syntax<'a> {
    /// Where variables get their values; `None` where they are literal text.
    pub(super) variables: Option<&'a Context>,
    /// Whether `*` and `?` are wildcards.
    pub(super) wildcards: bool,
}

/// Text of a policy, ready to be matched.
pub(super) struct Compiled {
    pub(super) tokens: Vec<Token>,
    /// Where the colons stand that were written in the policy, not brought in by a variable.
    colons: Vec<usize>,
    /// Where the first variable stands.
    first_variable: Option<usize>,
    /// A variable has neither value nor default: nothing is equal to the text or like it.
    pub(super) never: bool,
    /// Keys whose values are not known.
    pub(super) unknown_keys: Vec<String>,
}

impl Compiled {
    /// Variables have an effect in the last part of an ARN only.
    pub(super) fn has_variable_before_last_arn_part(&self) -> bool {
        let fifth_colon = self.colons.get(4).copied().unwrap_or(self.tokens.len());
        self.first_variable.is_some_and(|at| at <= fifth_colon)
    }

    /// The parts of an ARN pattern, at most six; the last one may hold colons.
    pub(super) fn arn_parts(&self) -> Vec<&[Token]> {
        let mut parts = Vec::with_capacity(6);
        let mut start = 0;
        for &colon in self.colons.iter().take(5) {
            parts.push(&self.tokens[start..colon]);
            start = colon + 1;
        }
        parts.push(&self.tokens[start..]);
        parts
    }
}

pub(super) fn compile(text: &str, syntax: Syntax<'_>) -> Compiled {
    let mut compiled = Compiled {
        tokens: Vec::with_capacity(text.len()),
        colons: Vec::new(),
        first_variable: None,
        never: false,
        unknown_keys: Vec::new(),
    };
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(context) = syntax.variables
            && let Some((inside, tail)) = rest.strip_prefix("${").and_then(|tail| tail.split_once('}'))
        {
            compiled.first_variable.get_or_insert(compiled.tokens.len());
            substitute(inside, context, &mut compiled);
            rest = tail;
            continue;
        }
        if character == ':' {
            compiled.colons.push(compiled.tokens.len());
        }
        compiled.tokens.push(if syntax.wildcards { wildcard(character) } else { Token::Char(character) });
        rest = &rest[character.len_utf8()..];
    }
    compiled
}

/// Appends what `${inside}` stands for. Wildcards in a value are literal characters.
fn substitute(inside: &str, context: &Context, compiled: &mut Compiled) {
    if let "*" | "?" | "$" = inside {
        compiled.tokens.extend(inside.chars().map(Token::Char));
        return;
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key.trim(), quoted(default.trim())),
        None => (inside.trim(), None),
    };
    let literal = |text: &str, compiled: &mut Compiled| compiled.tokens.extend(text.chars().map(Token::Char));
    match (context.get(key), default) {
        (KeyState::Values(values), default) => match (values.as_slice(), default) {
            ([value], _) => literal(value, compiled),
            // A key with several values cannot be used as a variable.
            ([], Some(default)) => literal(default, compiled),
            _ => compiled.never = true,
        },
        (KeyState::Absent, Some(default)) => literal(default, compiled),
        (KeyState::Absent, None) => compiled.never = true,
        (state, _) => {
            if let KeyState::StartsWith { prefix, .. } = state {
                literal(prefix, compiled);
            }
            compiled.tokens.push(Token::Hole);
            compiled.unknown_keys.push(key.to_owned());
        }
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::pattern::{matches, symbols};
    use crate::iam::truth::Truth;

    fn check(policy: &str, text: &str) -> Truth {
        let context = Context::new()
            .set("aws:username", KeyState::value("a*b"))
            .set("aws:userid", KeyState::Absent)
            .set("aws:TagKeys", KeyState::Values(vec!["x".into(), "y".into()]));
        let compiled = compile(policy, Syntax { variables: Some(&context), wildcards: true });
        if compiled.never { Truth::False } else { matches(&compiled.tokens, &symbols(text)) }
    }

    #[test]
    fn variables_take_their_value_or_default() {
        for (policy, text, expected) in [
            ("home/${aws:username}/*", "home/a*b/x", Truth::True),
            ("home/${AWS:UserName}/*", "home/axb/x", Truth::False),
            ("${aws:userid, 'none'}", "none", Truth::True),
            ("${aws:userid}", "${aws:userid}", Truth::False),
            ("${aws:TagKeys, 'none'}", "none", Truth::False),
            ("${aws:other}/x", "y/x", Truth::Unknown),
            ("${aws:other, 'y'}/x", "y/z", Truth::False),
            ("${*}${?}${$}", "*?$", Truth::True),
            ("${*}", "x", Truth::False),
            ("${open", "${open", Truth::True),
        ] {
            assert_eq!(check(policy, text), expected, "{policy} {text}");
        }
    }

    #[test]
    fn without_variables_the_text_is_literal() {
        let compiled = compile("${aws:username}", Syntax { variables: None, wildcards: true });
        assert_eq!(matches(&compiled.tokens, &symbols("${aws:username}")), Truth::True);
    }

    #[test]
    fn colons_of_variables_do_not_part_an_arn() {
        let context = Context::new().set("aws:PrincipalArn", KeyState::value("arn:x:y"));
        let syntax = Syntax { variables: Some(&context), wildcards: true };
        assert_eq!(compile("arn:aws:s3:::${aws:PrincipalArn}:a:b", syntax).arn_parts().len(), 6);
        assert_eq!(compile("${aws:PrincipalArn}", syntax).arn_parts().len(), 1);
    }
}
