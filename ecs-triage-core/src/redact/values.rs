//! Blanking what could be a secret in a JSON value: by its text, and by what stands around it.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::{Map, Value};

use super::container;
use super::secrets::{BLANK, redacted};

/// Masks what could be a secret in a JSON value.
///
/// Beside what [`redacted`] blanks in its texts: values of environment variables, labels and driver options that are
/// not ECS's own, the argument that follows `--password` and the like, and members whose name says that they are secret.
pub fn redact_value(value: &Value) -> Value {
    masked(Place::Free, value)
}

/// Whether [`redact_value`] leaves a value as it is.
pub(crate) fn shows_nothing_secret(value: &Value) -> bool {
    is_left(Place::Free, value)
}

/// What [`redact_value`] of a whole document leaves of the value to which a JSON pointer (RFC 6901) leads; `None` where
/// it leads nowhere.
///
/// A value alone does not tell that it is an environment variable's: what stands around it does.
///
/// ```
/// use ecs_triage_core::redact::redact_at;
///
/// let container = serde_json::json!({"name": "app", "environment": [{"name": "GREETING", "value": "hello"}]});
/// assert_eq!(redact_at(&container, "/environment/0/value"), Some("***".into()));
/// assert_eq!(redact_at(&container, "/name"), Some("app".into()));
/// assert_eq!(redact_at(&container, "/memory"), None);
/// ```
pub fn redact_at(document: &Value, pointer: &str) -> Option<Value> {
    let (place, value) = place_of(document, pointer)?;
    Some(masked(place, value))
}

/// What is left of a value at a place; of a text on its own what is known to be left of it, where that is known.
pub(crate) fn shown(place: Place, value: &Value, left: Option<&str>) -> Value {
    match (place, value, left) {
        (Place::Free, Value::String(_), Some(left)) => left.into(),
        _ => masked(place, value),
    }
}

/// The value to which a pointer leads, and what stands around it says of it.
pub(crate) fn place_of<'v>(document: &'v Value, pointer: &str) -> Option<(Place, &'v Value)> {
    pointer.split('/').skip(1).try_fold((Place::Free, document), |(place, holder), token| match holder {
        Value::Array(values) => {
            let is_index = token == "0" || !token.starts_with(['0', '+']);
            let index = token.parse().ok().filter(|_| is_index)?;
            Some((place.of_element(values, index)?, values.get(index)?))
        }
        Value::Object(members) => {
            let (key, value) = members.get_key_value(&*unescaped(token))?;
            Some((place.inside(holder).of_member(members, key, value), value))
        }
        _ => None,
    })
}

/// Of a list or an object only what is no secret wherever it stood before: numbers, flags, and texts that are a name, a
/// state or a reference by the name of their member. Anything else of it is blanked; a text or a number stays as it is.
pub(crate) fn scalars_of(value: Value) -> Value {
    let blanked = |value: Value| match value {
        Value::String(_) | Value::Array(_) | Value::Object(_) => BLANK.into(),
        plain => plain,
    };
    match value {
        Value::Array(values) => values.into_iter().map(blanked).collect(),
        Value::Object(members) => {
            let shown = |key: String, value: Value| {
                let text = value.as_str().filter(|text| tells_nothing(&key, text)).map(Value::from);
                (key, text.unwrap_or_else(|| blanked(value)))
            };
            members.into_iter().map(|(key, value)| shown(key, value)).collect()
        }
        value => value,
    }
}

/// Whether a text is a plain word of a member that names, tells a state, or refers.
fn tells_nothing(key: &str, text: &str) -> bool {
    let is_named = matches!(
        plain(key, &mut [0; LONGEST]),
        b"name"
            | b"containername"
            | b"image"
            | b"family"
            | b"servicename"
            | b"status"
            | b"laststatus"
            | b"desiredstatus"
            | b"launchtype"
            | b"networkmode"
            | b"stopcode"
            | b"logdriver"
            | b"arn"
            | b"taskarn"
            | b"clusterarn"
            | b"servicearn"
            | b"containerarn"
            | b"taskdefinition"
            | b"taskdefinitionarn"
            | b"executionrolearn"
            | b"taskrolearn"
            | b"sourcevolume"
            | b"containerpath"
    );
    is_named && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte))
}

/// The name that a token of a JSON pointer stands for.
fn unescaped(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// What a place says of the value that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing: the value tells itself.
    Free,
    /// It is, or holds, variables, secrets or labels: they keep their names, and where a secret is stored.
    Values,
    /// It holds the options of a driver.
    Options,
    /// It names where a secret is and which of its keys, never a value.
    Source,
    /// It is a secret.
    Secret,
}

impl Place {
    /// What an object or a list that stands here says of what it holds.
    pub(crate) fn inside(self, value: &Value) -> Self {
        value.as_object().map_or(self, |members| Inside::of(self, members).place)
    }

    /// The element of a list at this place.
    pub(crate) fn of_element(self, values: &[Value], index: usize) -> Option<Self> {
        // Only texts follow an option; a list of a thousand tasks is not gone through for the last.
        let texts = values.get(..index)?.iter().rev().take_while(|value| value.is_string()).count();
        places_in(self, &values[index - texts..]).nth(texts)
    }

    /// The member of an object, of which this is what it says of what it holds.
    pub(crate) fn of_member(self, members: &Map<String, Value>, key: &str, value: &Value) -> Self {
        Inside { place: self, members, is_container: OnceCell::new() }.member(key, value)
    }
}

/// An object at a place, which says what its members are.
struct Inside<'m> {
    place: Place,
    members: &'m Map<String, Value>,
    /// Looked at where a member could have fallen out of a container's list.
    is_container: OnceCell<bool>,
}

impl<'m> Inside<'m> {
    /// What says where a secret is stored is an entry of secrets, wherever it stands.
    fn of(place: Place, members: &'m Map<String, Value>) -> Self {
        let is_entry = place == Place::Free && members.contains_key("valueFrom");
        let place = if is_entry { Place::Values } else { place };
        Self { place, members, is_container: OnceCell::new() }
    }

    /// The place of a member.
    fn member(&self, key: &str, value: &Value) -> Place {
        let mut buffer = [0; LONGEST];
        match self.place {
            Place::Free => match plain(key, &mut buffer) {
                name if is_torn(key, name, value) && self.is_container() => Place::Secret,
                name => of_plain_member(name),
            },
            Place::Source => of_plain_member(plain(key, &mut buffer)),
            Place::Values if key.eq_ignore_ascii_case("name") => Place::Free,
            Place::Values if key.eq_ignore_ascii_case("valueFrom") => Place::Source,
            Place::Values => Place::Secret,
            Place::Options if is_known_option(key) => Place::Free,
            Place::Options | Place::Secret => Place::Secret,
        }
    }

    fn is_container(&self) -> bool {
        *self.is_container.get_or_init(|| is_container(self.members))
    }
}

/// Whether an object has what only containers have. Others have labels and a member `environment` as well, as records
/// of logs, but with a text, and no `value` beside them.
fn is_container(members: &Map<String, Value>) -> bool {
    let mut has_value = None;
    let mut has_value = || *has_value.get_or_insert_with(|| members.keys().any(|key| is_value(key)));
    members.iter().any(|(key, value)| {
        let is_list = value.is_array() || value.is_object();
        // Names are compared where the last letter could be that of a list of a container.
        let could_be = key.ends_with(|last: char| !last.is_ascii_alphanumeric() || "tTvVsS".contains(last));
        could_be
            && (is_list || has_value())
            && match plain(key, &mut [0; LONGEST]) {
                b"environment" | b"secrets" => value.is_array() || has_value(),
                b"dockerlabels" => true,
                name => has_value() && of_plain_member(name) == Place::Values,
            }
    })
}

fn is_value(key: &str) -> bool {
    key.eq_ignore_ascii_case("value")
}

/// Whether a member of a container fell out of one of its lists, as in a document in which a bracket is wrong:
/// `"environment": [{"name": "A"], "value": "…"}`. ECS has no such member. `name` is the plain form of `key`.
fn is_torn(key: &str, name: &[u8], value: &Value) -> bool {
    is_value(key) || value.is_string() && !container::has_member(name)
}

/// The place of a member by its name in lower case without separators.
fn of_plain_member(name: &[u8]) -> Place {
    match name {
        b"environment" | b"env" | b"environmentvariables" | b"secrets" | b"secretoptions" => Place::Values,
        b"dockerlabels" | b"labels" | b"driveropts" => Place::Values,
        b"options" => Place::Options,
        b"valuefrom" => Place::Source,
        name if is_secret_member(name) => Place::Secret,
        _ => Place::Free,
    }
}

/// The places of the elements of a list at `place`.
fn places_in(place: Place, values: &[Value]) -> impl Iterator<Item = Place> {
    let mut is_secret = false;
    values.iter().map(move |value| match place {
        // `["app", "--token", "…"]`: the element behind the option.
        Place::Free | Place::Source => {
            let found = if is_secret { Place::Secret } else { Place::Free };
            is_secret = !is_secret && value.as_str().is_some_and(is_secret_option);
            found
        }
        Place::Values | Place::Secret => place,
        // Options are members; in a list none has a name that could be known.
        Place::Options => Place::Secret,
    })
}

fn masked(place: Place, value: &Value) -> Value {
    match (place, value) {
        (_, Value::Null) => Value::Null,
        (Place::Secret, _) => BLANK.into(),
        (_, Value::Array(values)) => {
            places_in(place, values).zip(values).map(|(place, value)| masked(place, value)).collect()
        }
        (_, Value::Object(members)) => {
            let inside = Inside::of(place, members);
            members
                .iter()
                .map(|(key, value)| (key.clone(), masked(inside.member(key, value), value)))
                .collect()
        }
        // `DB_PASSWORD=…`, as Docker lists variables.
        (Place::Values, Value::String(text)) => match text.split_once('=') {
            Some((name, _)) => format!("{name}={BLANK}").into(),
            None => BLANK.into(),
        },
        (Place::Values, _) => BLANK.into(),
        (Place::Source, Value::String(text)) if is_arn(text) => value.clone(),
        (_, Value::String(text)) => Value::String(redacted(text).into_owned()),
        (_, other) => other.clone(),
    }
}

/// Whether [`masked`] leaves a value as it is. Of what is blanked already it may say no.
fn is_left(place: Place, value: &Value) -> bool {
    match (place, value) {
        (_, Value::Null) => true,
        (Place::Secret | Place::Values, Value::String(_) | Value::Number(_) | Value::Bool(_)) => false,
        (Place::Secret, _) => false,
        (_, Value::Array(values)) => {
            places_in(place, values).zip(values).all(|(place, value)| is_left(place, value))
        }
        (_, Value::Object(members)) => {
            let inside = Inside::of(place, members);
            members.iter().all(|(key, value)| is_left(inside.member(key, value), value))
        }
        (Place::Source, Value::String(text)) if is_arn(text) => true,
        (_, Value::String(text)) => matches!(redacted(text), Cow::Borrowed(_)),
        _ => true,
    }
}

/// Whether a text is an ARN and nothing else, as of a secret and the key in it.
fn is_arn(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b":/_+=.@!-".contains(&byte);
    text.starts_with("arn:") && text.bytes().all(is_part)
}

/// More letters than any name has that is looked for.
const LONGEST: usize = 24;

/// The last letters and digits of a name in lower case.
fn plain<'b>(name: &str, buffer: &'b mut [u8; LONGEST]) -> &'b [u8] {
    // AWS's own names have neither separators nor many letters.
    if let Some((whole, _)) = buffer.split_at_mut_checked(name.len()) {
        let mut is_plain = true;
        for (to, letter) in whole.iter_mut().zip(name.bytes()) {
            is_plain &= letter.is_ascii_alphanumeric();
            *to = letter.to_ascii_lowercase();
        }
        if is_plain {
            return &buffer[..name.len()];
        }
    }
    let mut from = LONGEST;
    for letter in name.bytes().rev() {
        if letter.is_ascii_alphanumeric() {
            if from == 0 {
                break;
            }
            from -= 1;
            buffer[from] = letter.to_ascii_lowercase();
        }
    }
    &buffer[from..]
}

/// How names of members end whose values are secrets.
const ENDINGS: &[&[u8]] = &[
    b"accesstoken",
    b"apikey",
    b"authorization",
    b"authorizationtoken",
    b"authtoken",
    b"clientsecret",
    b"cookie",
    b"externalid",
    b"idtoken",
    b"passphrase",
    b"passwd",
    b"password",
    b"privatekey",
    b"refreshtoken",
    b"secretaccesskey",
    b"secretbinary",
    b"secretkey",
    b"secretstring",
    b"sessiontoken",
    b"splunktoken",
    b"userdata",
];

/// Whether a member's name, in lower case without separators, says that its value is a secret.
fn is_secret_member(name: &[u8]) -> bool {
    // `nextToken` and the like are none.
    matches!(name, b"pwd" | b"secret" | b"token")
        || may_be_ending(name) && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a name ends in the last two letters of one of the endings: most do not.
fn may_be_ending(name: &[u8]) -> bool {
    matches!(
        name,
        [.., b'e', b'n' | b't' | b'y']
            | [.., b'i', b'd' | b'e']
            | [.., b'r', b'd' | b'y']
            | [.., b'n', b'g']
            | [.., b'o', b'n']
            | [.., b's', b'e']
            | [.., b't', b'a']
            | [.., b'w', b'd']
    )
}

/// Whether an argument says that the next one is a secret. Of a list that was torn, one argument holds several:
/// `app","--token`.
fn is_secret_option(argument: &str) -> bool {
    let is_of_option = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    let last = argument.trim_end_matches(|letter| !is_of_option(letter));
    let last = last.rsplit(|letter| !is_of_option(letter)).next();
    let Some(name) = last.and_then(|last| last.strip_prefix('-')) else { return false };
    let mut buffer = [0; LONGEST];
    let name = plain(name, &mut buffer);
    ["password", "passwd", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "credentials"]
        .iter()
        .any(|ending| name.ends_with(ending.as_bytes()))
}

/// Options of log drivers: ECS's own say where logs go; those of other drivers hold tokens and addresses with them.
fn is_known_option(key: &str) -> bool {
    key.starts_with("awslogs-")
        || ["mode", "max-buffer-size", "max-size", "max-file", "Name", "region", "delivery_stream"]
            .contains(&key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_ending_is_passed_over() {
        for ending in ENDINGS {
            assert!(is_secret_member(ending) && is_secret_member(&[b"my", *ending].concat()));
        }
        assert!(!is_secret_member(b"reason") && !is_secret_member(b"nexttoken"));
    }

    #[test]
    fn the_place_of_a_secret_is_none() {
        let from = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-Ab12Cd:password::";
        let value = json!({ "name": "DB", "valueFrom": from });
        assert_eq!(redact_value(&value), value);
    }

    #[test]
    fn what_fell_out_of_a_list_of_a_container_is_masked() {
        let mut container = json!({"name": "app", "Image": "app:1", "essential": true, "memory": 512});
        for (list, held, member) in
            [("environment", json!([{"name": "A"}]), "value"), ("dockerLabels", json!({}), "team")]
        {
            container[list] = held;
            let whole = container.clone();
            container[member] = "x".into();
            assert_eq!(redact_at(&container, &format!("/{member}")), Some(BLANK.into()));
            container = redact_value(&container);
            assert_eq!(container[member], BLANK);
            container.as_object_mut().unwrap().remove(member);
            assert_eq!(container, whole);
        }
        // What is no container.
        assert_eq!(redact_value(&json!({"environment": "prod", "team": "y"}))["team"], "y");
        let record = json!({"labels": {"a": "x"}, "message": "it broke"});
        assert_eq!(redact_value(&record)["message"], "it broke");
    }

    #[test]
    fn of_what_is_torn_names_and_numbers_are_left() {
        let torn = json!({"name": "app", "image": "app:1", "memory": 512, "essential": true, "team": "x",
            "command": ["--token", "x"], "family": "two words", "a": {"name": "x"}});
        let left = json!({"name": "app", "image": "app:1", "memory": 512, "essential": true, "team": BLANK,
            "command": BLANK, "family": BLANK, "a": BLANK});
        assert_eq!(scalars_of(torn), left);
        assert_eq!(scalars_of(json!(["x", 1, ["y"]])), json!([BLANK, 1, BLANK]));
        assert_eq!(scalars_of(json!("a reason")), "a reason");
    }

    #[test]
    fn what_is_no_arn_is_no_place_of_a_secret() {
        let from =
            "arn:aws:ssm:eu-west-1:111122223333:parameter/s\"}]},{\"SecretString\":\"{\"password\": \"x\"}";
        let entry = json!({"name": "DB", "valueFrom": from});
        let shown = redact_at(&entry, "/valueFrom").unwrap();
        assert!(!shown.as_str().unwrap().contains("\"x\""), "{shown}");
    }

    #[test]
    fn a_value_alone_is_masked_as_in_its_document() {
        let document = json!({
            "command": ["app", "--token", "a", "b"], "userData": "c", "memory": 128,
            "environment": [{"name": "A", "value": "d"}], "dockerLabels": {"team": "e"},
            "logConfiguration": {"options": {"splunk-token": "f", "awslogs-group": "/a"}},
            "Set-Cookie": "session=g", "page": {"nextToken": "h"},
            "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/s"}], "a/b": {"password": 5},
        });
        let whole = redact_value(&document);
        assert!(!shows_nothing_secret(&document));
        let mut pointers = vec![String::new()];
        while let Some(pointer) = pointers.pop() {
            let value = document.pointer(&pointer).unwrap();
            assert_eq!(shows_nothing_secret(value), redact_value(value) == *value, "{pointer}");
            // What is blanked as a whole is not gone into.
            if let Some(expected) = whole.pointer(&pointer) {
                assert_eq!(redact_at(&document, &pointer).as_ref(), Some(expected), "{pointer}");
            }
            match value {
                Value::Array(values) => {
                    pointers.extend((0..values.len()).map(|index| format!("{pointer}/{index}")))
                }
                Value::Object(members) => {
                    pointers
                        .extend(members.keys().map(|key| format!("{pointer}/{}", key.replace('/', "~1"))));
                }
                _ => {}
            }
        }
        assert_eq!(redact_at(&document, "/environment/0/value"), Some(BLANK.into()));
        assert_eq!(redact_at(&document, "/environment/1"), None);
        assert_eq!(redact_at(&document, "/Set-Cookie"), Some(BLANK.into()));
        assert_eq!(redact_at(&document, "/page/nextToken"), Some("h".into()));
        for option in ["--token]", "--token,", "--password["] {
            assert_eq!(redact_at(&json!(["app", option, "x"]), "/2"), Some(BLANK.into()), "{option}");
        }
        let torn = json!({"command": ["app\",\"--token", "x", "y"]});
        assert_eq!(redact_at(&torn, "/command/1"), Some(BLANK.into()));
        assert_eq!(redact_value(&torn), json!({"command": ["app\",\"--token", BLANK, "y"]}));
        let torn = json!({"logConfiguration": {"options": ["splunk-token", ["x"]]}});
        assert_eq!(redact_at(&torn, "/logConfiguration/options/1/0"), Some(BLANK.into()));
        assert_eq!(redact_value(&torn)["logConfiguration"]["options"], json!([BLANK, BLANK]));
        // A list whose name is broken.
        let broken = json!({"name": "app\",\"secrets", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/s", "value": "x"});
        assert_eq!(redact_at(&broken, "/value"), Some(BLANK.into()));
        assert_eq!(redact_value(&broken)["value"], BLANK);
    }
}
