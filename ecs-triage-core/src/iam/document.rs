//! Policy documents as typed statements.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use serde_json::{Map, Value};

use super::condition::Condition;
use super::decode::decode_document;
use super::error::{PolicyError, PolicyProblem};
use super::principal::{BrokenRule, PrincipalEntry};

/// A policy document: the statements that can be read, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct PolicyDocument {
    pub(super) statements: Vec<Statement>,
    /// Whether `Statement`, or the `Effect` of one, is not there: IAM stores no such policy, so that it was cut out on
    /// the way here, and what it said is not known.
    pub(super) is_cut: bool,
    problems: Vec<PolicyError>,
}

/// One statement of a policy document.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(super) index: usize,
    pub(super) pointer: String,
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    /// Policy variables are replaced in version 2012-10-17 only.
    pub(super) variables: bool,
    pub(super) principal: Scope<PrincipalEntry>,
    pub(super) action: Scope<String>,
    pub(super) resource: Scope<String>,
    /// `None` where the element cannot be read.
    pub(super) conditions: Option<Vec<Condition>>,
}

/// The `Effect` of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the policy grammar has two effects")]
pub enum Effect {
    /// Grants, unless something denies.
    Allow,
    /// Denies, whatever grants.
    Deny,
}

/// An element that comes as `X` or `NotX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope<T> {
    /// The statement has neither.
    Absent,
    /// `X`: any of these.
    Only(Vec<T>),
    /// `NotX`: all but these.
    AllBut(Vec<T>),
    /// It cannot be told what the statement covers.
    Unreadable,
}

impl PolicyDocument {
    /// Reads a policy document: an object, or a string of JSON, percent-encoded or not.
    ///
    /// Parts that IAM would not accept are listed in [`problems`](Self::problems); the statements beside them
    /// still count. A statement whose `Effect` is not valid is left out; one whose other elements cannot be read
    /// stays in and is never decided. Without `Statement`, or the `Effect` of one, the document is taken for a part
    /// of a policy: what it does not say is not known.
    ///
    /// # Errors
    /// When the value holds no JSON object at all.
    ///
    /// ```
    /// use ecs_triage_core::iam::PolicyDocument;
    /// use serde_json::json;
    ///
    /// let document = PolicyDocument::parse(&json!("%7B%22Statement%22%3A%5B%5D%7D"))?;
    /// assert_eq!(document.statements().len(), 0);
    /// # Ok::<(), ecs_triage_core::iam::PolicyError>(())
    /// ```
    pub fn parse(value: &Value) -> Result<Self, PolicyError> {
        let decoded = decode_document(value)?;
        let mut document = Self::default();
        let Some(object) = decoded.as_object() else {
            return Err(PolicyError::wrong_type("", "an object", &decoded));
        };
        // Without a version the language is that of 2008, which has no variables.
        let variables =
            element(object, "Version").and_then(|(_, version)| version.as_str()) == Some("2012-10-17");
        match element(object, "Statement") {
            None => {
                document.is_cut = true;
                document.problem("", PolicyProblem::Missing("Statement"));
            }
            Some((key, Value::Array(list))) => {
                for (index, statement) in list.iter().enumerate() {
                    document.read_statement(index, format!("/{key}/{index}"), statement, variables);
                }
            }
            Some((key, single)) => document.read_statement(0, format!("/{key}"), single, variables),
        }
        Ok(document)
    }

    /// The statements that have an effect, in the order of the document.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What IAM would not have accepted, in the order of the document.
    #[must_use]
    pub fn problems(&self) -> &[PolicyError] {
        &self.problems
    }

    fn problem(&mut self, pointer: impl Into<String>, problem: PolicyProblem) {
        self.problems.push(PolicyError::new(pointer, problem));
    }

    fn read_statement(&mut self, index: usize, pointer: String, value: &Value, variables: bool) {
        let Some(object) = value.as_object() else {
            self.problems.push(PolicyError::wrong_type(pointer, "an object", value));
            return;
        };
        let effect = match element(object, "Effect") {
            Some((_, Value::String(text))) if text == "Allow" => Effect::Allow,
            Some((_, Value::String(text))) if text == "Deny" => Effect::Deny,
            Some((key, Value::String(text))) => {
                let why = "the effect is `Allow` or `Deny`, in exactly this case";
                self.problems.push(PolicyError::not_allowed(format!("{pointer}/{key}"), text, why));
                return;
            }
            Some((key, other)) => {
                self.problems.push(PolicyError::wrong_type(
                    format!("{pointer}/{key}"),
                    "`Allow` or `Deny`",
                    other,
                ));
                return;
            }
            None => {
                self.is_cut = true;
                return self.problem(pointer, PolicyProblem::Missing("Effect"));
            }
        };
        let mut reader = Reader { object, pointer: &pointer, problems: &mut self.problems };
        let principal = reader.principal(effect);
        let action = reader.action();
        let resource = reader.scope("Resource", "NotResource", Reader::texts);
        let conditions = reader.conditions();
        let sid = element(object, "Sid").and_then(|(_, sid)| sid.as_str()).map(str::to_owned);
        self.statements.push(Statement {
            index,
            pointer,
            sid,
            effect,
            variables,
            principal,
            action,
            resource,
            conditions,
        });
    }
}

impl Statement {
    /// Position in the list of statements, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// JSON pointer inside the decoded document: `/Statement/2`, or `/Statement` where there is no list.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The statement's `Sid`, if it has one.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether it allows or denies.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }
}

/// The element of that name; IAM's own spelling wins over other cases of it.
fn element<'a>(object: &'a Map<String, Value>, name: &str) -> Option<(&'a str, &'a Value)> {
    object
        .get_key_value(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.as_str(), value))
}

/// Reads the elements of one statement and notes what is wrong with them.
struct Reader<'a> {
    object: &'a Map<String, Value>,
    pointer: &'a str,
    problems: &'a mut Vec<PolicyError>,
}

impl<'a> Reader<'a> {
    fn scope<T>(
        &mut self,
        name: &'static str,
        negated: &'static str,
        read: impl Fn(&mut Self, &str, &'a Value) -> Option<Vec<T>>,
    ) -> Scope<T> {
        let (key, value, is_negated) = match (element(self.object, name), element(self.object, negated)) {
            (None, None) => return Scope::Absent,
            (Some((key, value)), None) => (key, value, false),
            (None, Some((key, value))) => (key, value, true),
            (Some(_), Some((key, _))) => {
                let why = "a statement has the element or its negation, not both";
                self.problems.push(PolicyError::not_allowed(self.pointer, key, why));
                return Scope::Unreadable;
            }
        };
        let pointer = format!("{}/{key}", self.pointer);
        match read(self, &pointer, value) {
            None => Scope::Unreadable,
            Some(list) if is_negated => Scope::AllBut(list),
            Some(list) => Scope::Only(list),
        }
    }

    fn action(&mut self) -> Scope<String> {
        let scope = self.scope("Action", "NotAction", Self::texts);
        if scope == Scope::Absent {
            self.problems.push(PolicyError::new(self.pointer, PolicyProblem::Missing("Action")));
            return Scope::Unreadable;
        }
        if let Scope::Only(actions) | Scope::AllBut(actions) = &scope {
            for action in actions.iter().filter(|action| !is_valid_action(action)) {
                let why = "an action is `*` or a service prefix without wildcards, a colon and a name";
                self.problems.push(PolicyError::not_allowed(self.pointer, action, why));
            }
        }
        scope
    }

    fn principal(&mut self, effect: Effect) -> Scope<PrincipalEntry> {
        let scope = self.scope("Principal", "NotPrincipal", Self::principals);
        if matches!(scope, Scope::AllBut(_)) && effect == Effect::Allow {
            let why = "`NotPrincipal` works with the effect `Deny` only";
            self.problems.push(PolicyError::not_allowed(self.pointer, "NotPrincipal", why));
            return Scope::Unreadable;
        }
        scope
    }

    fn principals(&mut self, pointer: &str, value: &'a Value) -> Option<Vec<PrincipalEntry>> {
        let kinds = match value {
            Value::String(text) if text == "*" => return Some(vec![PrincipalEntry::Anyone]),
            // Without a name in it nobody is meant, which nobody writes.
            Value::Object(kinds) if !kinds.is_empty() => kinds,
            other => {
                self.problems.push(PolicyError::wrong_type(pointer, "`*` or an object with names", other));
                return None;
            }
        };
        let mut entries = Vec::new();
        for (kind, names) in kinds {
            let pointer = format!("{pointer}/{}", escape(kind));
            for name in self.texts(&pointer, names)? {
                let (entry, broken_rule) = PrincipalEntry::new(kind, &name);
                entries.push(entry);
                if let Some(BrokenRule { what, why }) = broken_rule {
                    self.problems.push(PolicyError::not_allowed(pointer.clone(), what, why));
                }
            }
        }
        Some(entries)
    }

    fn conditions(&mut self) -> Option<Vec<Condition>> {
        let Some((key, value)) = element(self.object, "Condition") else {
            return Some(Vec::new());
        };
        let pointer = format!("{}/{key}", self.pointer);
        let operators = self.object_at(&pointer, value)?;
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let pointer = format!("{pointer}/{}", escape(operator));
            for (key, values) in self.object_at(&pointer, keys)? {
                let values = self.texts(&format!("{pointer}/{}", escape(key)), values)?;
                let condition = Condition::new(operator, key, values);
                if !condition.has_known_operator() {
                    let why = "there is no such condition operator";
                    self.problems.push(PolicyError::not_allowed(pointer.clone(), operator, why));
                }
                conditions.push(condition);
            }
        }
        Some(conditions)
    }

    fn object_at(&mut self, pointer: &str, value: &'a Value) -> Option<&'a Map<String, Value>> {
        if !value.is_object() {
            self.problems.push(PolicyError::wrong_type(pointer, "an object", value));
        }
        value.as_object()
    }

    /// One value or a list of them; booleans and numbers count in their text form.
    fn texts(&mut self, pointer: &str, value: &'a Value) -> Option<Vec<String>> {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut texts = Vec::with_capacity(list.len());
        for item in list {
            texts.push(match item {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => item.to_string(),
                other => {
                    self.problems.push(PolicyError::wrong_type(
                        pointer,
                        "a string or a list of strings",
                        other,
                    ));
                    return None;
                }
            });
        }
        Some(texts)
    }
}

/// `*:*` is no action, `*` is. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
fn is_valid_action(action: &str) -> bool {
    action == "*"
        || action.split_once(':').is_some_and(|(service, name)| {
            !name.is_empty()
                && !service.is_empty()
                && service.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        })
}

/// A key as a token of a JSON pointer.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(value: &Value) -> Vec<String> {
        PolicyDocument::parse(value)
            .expect("a document")
            .problems()
            .iter()
            .map(|p| p.pointer.clone())
            .collect()
    }

    #[test]
    fn single_values_and_lists_are_the_same() {
        let single = json!({"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": true}}}});
        let list = json!({"Statement": [{"Effect": "Allow", "Action": ["a:b"], "Resource": ["*"],
            "Condition": {"Bool": {"aws:SecureTransport": ["true"]}}}]});
        let single = PolicyDocument::parse(&single).expect("a document");
        let list = PolicyDocument::parse(&list).expect("a document");
        assert_eq!(single.statements[0].action, list.statements[0].action);
        assert_eq!(single.statements[0].resource, list.statements[0].resource);
        assert_eq!(single.statements[0].conditions, list.statements[0].conditions);
        assert_eq!(
            (single.statements[0].pointer(), list.statements[0].pointer()),
            ("/Statement", "/Statement/0")
        );
        assert!(single.problems().is_empty() && list.problems().is_empty());
    }

    #[test]
    fn what_is_wrong_is_listed_and_the_rest_counts() {
        let value = json!({"Statement": [
            {"Action": "a:b"},
            {"Effect": "allow", "Action": "a:b"},
            "text",
            {"Effect": "Allow", "Action": "*:*", "Resource": "*"},
            {"Effect": "Allow", "Action": "a:b", "NotAction": "a:c"},
            {"Effect": "Allow", "Action": "a:b", "Principal": {"Service": "*"}},
            {"Effect": "Allow", "Action": "a:b", "NotPrincipal": {"AWS": "*"}},
            {"Effect": "Allow", "Action": "a:b", "Condition": {"StringSame": {"a:b/c": "x"}}},
            {"Effect": "Allow", "Action": "a:b", "Condition": {"StringEquals": {"a:b/c": {}}}},
            {"Effect": "Deny", "Action": []},
        ]});
        let document = PolicyDocument::parse(&value).expect("a document");
        assert_eq!(
            document.statements().iter().map(Statement::index).collect::<Vec<_>>(),
            [3, 4, 5, 6, 7, 8, 9]
        );
        assert_eq!(
            problems(&value),
            [
                "/Statement/0",
                "/Statement/1/Effect",
                "/Statement/2",
                "/Statement/3",
                "/Statement/4",
                "/Statement/5/Principal/Service",
                "/Statement/6",
                "/Statement/7/Condition/StringSame",
                "/Statement/8/Condition/StringEquals/a:b~1c",
            ]
        );
        for problem in document.problems() {
            assert!(!problem.to_string().contains('\n'));
        }
        assert_eq!(problems(&json!({})), [""]);
        assert!(problems(&json!({"statement": []})).is_empty());
    }

    #[test]
    fn a_kind_of_principal_that_is_none_is_named_without_what_stands_under_it() {
        let document = json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service,": ["hunter2"]}}});
        let document = PolicyDocument::parse(&document).expect("a document");
        let [problem] = document.problems() else { panic!("{:?}", document.problems()) };
        assert!(problem.to_string().contains("`Service,` is not allowed"), "{problem}");
        assert!(!format!("{problem:?}").contains("hunter2"));
    }
}
