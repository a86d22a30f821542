//! The `Condition` element, in three-valued logic: a key whose value is not known neither meets nor fails a condition.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

mod compare;
mod operator;

use compare::{Actual, Comparison};
use operator::{Base, Operator, Quantifier};

use super::context::{Context, KeyState};
use super::truth::Truth;

/// One key under one operator of a `Condition` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    operator: Option<Operator>,
    /// The operator as the policy writes it.
    operator_text: String,
    key: String,
    values: Vec<String>,
}

/// What a condition's outcome rests on.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Keys whose values would have to be known.
    pub(super) unknown_keys: Vec<String>,
    /// Operators that do not exist.
    pub(super) unknown_operators: Vec<String>,
    /// Keys of which only an inference is known.
    pub(super) inferred: Vec<String>,
}

impl Condition {
    pub(super) fn new(operator: &str, key: &str, values: Vec<String>) -> Self {
        Self {
            operator: Operator::parse(operator),
            operator_text: operator.to_owned(),
            key: key.to_owned(),
            values,
        }
    }

    pub(super) fn has_known_operator(&self) -> bool {
        self.operator.is_some()
    }

    /// Whether the condition is met. `variables` is false where the policy's version has none.
    pub(super) fn holds(&self, context: &Context, variables: bool, notes: &mut Notes) -> Truth {
        let Some(operator) = self.operator else {
            notes.unknown_operators.push(self.operator_text.clone());
            return Truth::Unknown;
        };
        let (state, inferred) = context.lookup(&self.key);
        let mut comparison = Comparison {
            base: operator.base,
            expected: &self.values,
            context: variables.then_some(context),
            unknown_keys: Vec::new(),
            inferred,
        };
        let holds = match operator.base {
            Base::Null => self.null(state),
            _ => self.compare(operator, state, &mut comparison),
        };
        notes.unknown_keys.append(&mut comparison.unknown_keys);
        if comparison.inferred {
            notes.inferred.push(self.key.clone());
        }
        if holds == Truth::Unknown {
            notes.unknown_keys.push(self.key.clone());
        }
        holds
    }

    fn null(&self, state: &KeyState) -> Truth {
        let absent = match state {
            KeyState::Absent => Truth::True,
            KeyState::Values(values) => values.is_empty().into(),
            KeyState::StartsWith { .. } => Truth::False,
            KeyState::Foreign { .. } | KeyState::Unknown => Truth::Unknown,
        };
        Truth::any(self.values.iter().map(|value| match value.to_ascii_lowercase().as_str() {
            "true" => absent,
            "false" => !absent,
            _ => Truth::Unknown,
        }))
    }

    fn compare(&self, operator: Operator, state: &KeyState, comparison: &mut Comparison<'_>) -> Truth {
        let mut one = |actual| {
            let positive = comparison.any(actual);
            if operator.negated { !positive } else { positive }
        };
        match (state, operator.quantifier) {
            (KeyState::Unknown, _) => Truth::Unknown,
            (KeyState::Foreign { own }, quantifier) => self.foreign(operator, quantifier, own.as_deref()),
            (KeyState::StartsWith { prefix, never }, _) => one(Actual::StartsWith { prefix, never }),
            (KeyState::Values(values), None) if values.len() > 1 => {
                // A key with several values needs a set operator; without one the outcome is not documented,
                // except where every value would give the same.
                let each: Vec<_> = values.iter().map(|value| one(Actual::Exactly(value))).collect();
                if each.windows(2).all(|pair| pair[0] == pair[1]) { each[0] } else { Truth::Unknown }
            }
            (KeyState::Values(values), quantifier) if !values.is_empty() => {
                let each = values.iter().map(|value| one(Actual::Exactly(value)));
                if quantifier == Some(Quantifier::ForAnyValue) { Truth::any(each) } else { Truth::all(each) }
            }
            (KeyState::Values(_) | KeyState::Absent, quantifier) => match quantifier {
                // Which of the two wins is not documented.
                Some(Quantifier::ForAnyValue) if operator.if_exists => Truth::Unknown,
                _ if operator.if_exists => Truth::True,
                Some(Quantifier::ForAllValues) => Truth::True,
                Some(Quantifier::ForAnyValue) => Truth::False,
                None => operator.negated.into(),
            },
        }
    }

    /// The value is AWS's own. Plain tests against the customer's values fail; everything else is not known.
    fn foreign(&self, operator: Operator, quantifier: Option<Quantifier>, own: Option<&str>) -> Truth {
        if operator.if_exists || quantifier.is_some() {
            return Truth::Unknown;
        }
        match own {
            None => operator.negated.into(),
            Some(own) if !operator.negated && self.values.iter().all(|value| value == own) => Truth::False,
            Some(_) => Truth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::truth::Truth::{False, True, Unknown};

    fn context() -> Context {
        Context::new()
            .set("aws:SourceAccount", KeyState::value("111122223333"))
            .set("aws:SourceIp", KeyState::value("10.1.2.3"))
            .set("aws:CurrentTime", KeyState::value("2026-11-22T08:00:00Z"))
            .set("aws:EpochTime", KeyState::value("1795334400"))
            .set("aws:PrincipalArn", KeyState::value("arn:aws:iam::111122223333:role/web"))
            .set("aws:SecureTransport", KeyState::value("true"))
            .set("s3:max-keys", KeyState::value("10"))
            .set("aws:TagKeys", KeyState::Values(vec!["team".into(), "cost".into()]))
            .set("aws:CalledVia", KeyState::Values(Vec::new()))
            .set("absent", KeyState::Absent)
    }

    fn holds(operator: &str, key: &str, values: &[&str]) -> Truth {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Condition::new(operator, key, values).holds(&context(), true, &mut Notes::default())
    }

    #[test]
    fn operators_compare_by_their_type() {
        for (operator, key, values, expected) in [
            ("StringEquals", "AWS:sourceaccount", &["1", "111122223333"][..], True),
            ("stringequals", "aws:SourceAccount", &["111122223333"], True),
            ("StringEquals", "aws:SourceAccount", &["1111*"], False),
            ("StringEquals", "aws:SourceAccount", &[], False),
            ("StringNotEquals", "aws:SourceAccount", &["1", "2"], True),
            ("StringNotEquals", "aws:SourceAccount", &["1", "111122223333"], False),
            ("StringLike", "aws:SourceAccount", &["1111????3333"], True),
            ("StringNotLike", "aws:SourceAccount", &["1111*"], False),
            ("StringEqualsIgnoreCase", "aws:PrincipalArn", &["ARN:AWS:IAM::111122223333:ROLE/WEB"], True),
            ("StringNotEqualsIgnoreCase", "aws:PrincipalArn", &["arn:aws:iam::111122223333:role/WEB"], False),
            ("NumericLessThanEquals", "s3:max-keys", &["10"], True),
            ("NumericLessThan", "s3:max-keys", &["10"], False),
            ("NumericGreaterThan", "s3:max-keys", &["9.5"], True),
            ("NumericNotEquals", "s3:max-keys", &["10.0"], False),
            ("NumericEquals", "s3:max-keys", &["ten"], Unknown),
            ("DateGreaterThan", "aws:CurrentTime", &["2026-11-22"], True),
            ("DateLessThan", "aws:CurrentTime", &["2026-11-22T09:30:00+02:00"], False),
            ("DateEquals", "aws:EpochTime", &["2026-11-22T08:00:00Z"], True),
            ("DateEquals", "aws:CurrentTime", &["1795334400"], True),
            ("Bool", "aws:SecureTransport", &["True"], True),
            ("Bool", "aws:SecureTransport", &["false"], False),
            ("IpAddress", "aws:SourceIp", &["10.0.0.0/8"], True),
            ("IpAddress", "aws:SourceIp", &["10.1.2.3"], True),
            ("IpAddress", "aws:SourceIp", &["2001:db8::/32"], False),
            ("NotIpAddress", "aws:SourceIp", &["10.1.2.0/25", "192.0.2.0/24"], False),
            ("ArnEquals", "aws:PrincipalArn", &["arn:aws:iam::*:role/*"], True),
            ("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::*"], Unknown),
            ("ArnNotLike", "aws:PrincipalArn", &["arn:aws:iam::111122223333:user/*"], True),
            ("BinaryEquals", "aws:SecureTransport", &["true"], True),
            ("Null", "aws:SourceAccount", &["false"], True),
            ("Null", "absent", &["true"], True),
            ("Null", "aws:CalledVia", &["true"], True),
            ("Null", "other", &["true"], Unknown),
            ("StringSame", "aws:SourceAccount", &["111122223333"], Unknown),
        ] {
            assert_eq!(holds(operator, key, values), expected, "{operator} {key} {values:?}");
        }
    }

    #[test]
    fn absent_keys_fail_positive_operators_only() {
        for (operator, expected) in [
            ("StringEquals", False),
            ("StringNotEquals", True),
            ("StringEqualsIfExists", True),
            ("StringNotEqualsIfExists", True),
            ("ForAllValues:StringEquals", True),
            ("ForAnyValue:StringEquals", False),
            ("ForAnyValue:StringNotEquals", False),
            ("ForAnyValue:StringEqualsIfExists", Unknown),
            ("NumericLessThan", False),
            ("ArnNotEquals", True),
            ("NotIpAddress", True),
        ] {
            assert_eq!(holds(operator, "absent", &["x"]), expected, "{operator}");
            assert_eq!(holds(operator, "other", &["x"]), Unknown, "{operator} on an unknown key");
        }
        assert_eq!(holds("ForAllValues:StringEquals", "aws:CalledVia", &["x"]), True);
    }

    #[test]
    fn set_operators_quantify_over_the_values_of_the_request() {
        for (operator, values, expected) in [
            ("ForAllValues:StringEquals", &["team", "cost", "x"][..], True),
            ("ForAllValues:StringEquals", &["team"], False),
            ("ForAnyValue:StringEquals", &["team"], True),
            ("ForAnyValue:StringLike", &["x*"], False),
            ("ForAnyValue:StringNotEquals", &["team"], True),
            ("ForAllValues:StringNotEquals", &["team"], False),
            // Without a set operator only what every value would give is sure.
            ("StringEquals", &["team"], Unknown),
            ("StringEquals", &["x"], False),
        ] {
            assert_eq!(holds(operator, "aws:TagKeys", values), expected, "{operator} {values:?}");
        }
    }

    #[test]
    fn variables_need_the_version_that_has_them() {
        let condition =
            Condition::new("StringEquals", "aws:SourceAccount", vec!["${aws:SourceAccount}".into()]);
        assert_eq!(condition.holds(&context(), true, &mut Notes::default()), True);
        assert_eq!(condition.holds(&context(), false, &mut Notes::default()), False);
        // A variable without a value is equal to nothing.
        assert_eq!(holds("StringEquals", "aws:SourceAccount", &["${absent}"]), False);
        assert_eq!(holds("StringNotEquals", "aws:SourceAccount", &["${absent}"]), True);
        assert_eq!(holds("StringEquals", "aws:SourceAccount", &["${other}"]), Unknown);
    }

    #[test]
    fn notes_name_the_keys_that_matter() {
        let context = Context::new().assume("aws:SourceVpc", KeyState::Absent);
        let mut notes = Notes::default();
        let values = || vec!["vpc-1".to_owned()];
        Condition::new("StringEquals", "aws:SourceVpc", values()).holds(&context, true, &mut notes);
        Condition::new("StringEquals", "aws:SourceVpce", values()).holds(&context, true, &mut notes);
        assert_eq!(
            (notes.inferred, notes.unknown_keys),
            (vec!["aws:SourceVpc".to_owned()], vec!["aws:SourceVpce".to_owned()])
        );
    }
}
