//! Names of condition operators.

/// A condition operator taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) base: Base,
    /// `StringNotEquals` and the like.
    pub(super) negated: bool,
    /// `…IfExists`.
    pub(super) if_exists: bool,
    pub(super) quantifier: Option<Quantifier>,
}

/// What an operator compares, without its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Relation),
    Date(Relation),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike` behave the same.
    Arn,
    Null,
}

/// How the value of the request stands to that of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

/// The set operators for keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    ForAllValues,
    ForAnyValue,
}

impl Operator {
    /// The operator of that name, in any case; `None` where AWS has no such operator.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (quantifier, name) = match text.split_once(':') {
            Some(("forallvalues", name)) => (Some(Quantifier::ForAllValues), name),
            Some(("foranyvalue", name)) => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
            None => (None, text.as_str()),
        };
        let (name, if_exists) = match name.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (base, negated) = base(name)?;
        // A test for presence has no variant for keys that may be absent.
        (base != Base::Null || !if_exists).then_some(Self { base, negated, if_exists, quantifier })
    }
}

fn base(name: &str) -> Option<(Base, bool)> {
    Some(match name {
        "stringequals" => (Base::StringEquals, false),
        "stringnotequals" => (Base::StringEquals, true),
        "stringequalsignorecase" => (Base::StringEqualsIgnoreCase, false),
        "stringnotequalsignorecase" => (Base::StringEqualsIgnoreCase, true),
        "stringlike" => (Base::StringLike, false),
        "stringnotlike" => (Base::StringLike, true),
        "bool" => (Base::Bool, false),
        "binaryequals" => (Base::Binary, false),
        "ipaddress" => (Base::IpAddress, false),
        "notipaddress" => (Base::IpAddress, true),
        "arnequals" | "arnlike" => (Base::Arn, false),
        "arnnotequals" | "arnnotlike" => (Base::Arn, true),
        "null" => (Base::Null, false),
        _ => {
            let (wrap, relation): (fn(Relation) -> Base, _) = match name.strip_prefix("numeric") {
                Some(relation) => (Base::Numeric, relation),
                None => (Base::Date, name.strip_prefix("date")?),
            };
            let (relation, negated) = match relation {
                "equals" => (Relation::Equals, false),
                "notequals" => (Relation::Equals, true),
                "lessthan" => (Relation::LessThan, false),
                "lessthanequals" => (Relation::LessThanEquals, false),
                "greaterthan" => (Relation::GreaterThan, false),
                "greaterthanequals" => (Relation::GreaterThanEquals, false),
                _ => return None,
            };
            (wrap(relation), negated)
        }
    })
}
