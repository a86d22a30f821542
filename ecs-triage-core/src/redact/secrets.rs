//! Blanking what could be a secret in a text.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::lists;
use super::pattern::{Regex, escape, pattern};
use super::shapes::SHAPES;

/// What stands where a secret stood.
pub const BLANK: &str = "***";

/// The text without anything that looks like a secret.
///
/// Blanked are values in a URL's query, user and password of a URL, access key ids, JSON web tokens, bearer and
/// vendors' tokens, private keys, and the values of `password=`, `token=` and the like. ARNs, digests, request ids and
/// AWS's own sentences stay. Blanking a text twice changes nothing.
///
/// ```
/// use ecs_triage_core::redact::redacted;
///
/// assert_eq!(redacted("GET https://u:p@host/x?sig=abc"), "GET https://***@host/x?sig=***");
/// assert_eq!(redacted("exit code: 1"), "exit code: 1");
/// ```
pub fn redacted(text: &str) -> Cow<'_, str> {
    if is_short_name(text) || !MARKS.is_match(text) {
        return Cow::Borrowed(text);
    }
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_PASSES {
        let blanked = blanked_once(&text);
        if blanked == text {
            return text;
        }
        text = Cow::Owned(blanked.into_owned());
    }
    Cow::Borrowed(BLANK)
}

/// The fewest letters of a secret that tells itself without a word, a mark or a blank beside it: `eyJ` and eight more.
const SHORTEST: usize = 11;

/// Whether a text is a name too short for a secret, as of a Region, a cluster or a container.
fn is_short_name(text: &str) -> bool {
    text.len() < SHORTEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The same of a text that is somebody's own.
pub(crate) fn blanked(text: String) -> String {
    match redacted(&text) {
        Cow::Owned(blanked) => blanked,
        Cow::Borrowed(same) if std::ptr::eq(same, text.as_str()) => text,
        Cow::Borrowed(other) => other.to_owned(),
    }
}

/// A blank can bring together what stood apart, as a name and the value of another one in a text that was mangled.
/// Nothing proves that each pass leaves less to do: what does not come to rest is blanked as a whole.
const MOST_PASSES: usize = 8;

fn blanked_once(text: &str) -> Cow<'_, str> {
    let mut text = lists::blanked(text);
    for shape in SHAPES.iter() {
        if shape.marks.iter().any(|mark| contains_ignoring_case(&text, mark))
            && let Cow::Owned(blanked) = shape.regex.replace_all(&text, shape.blank)
        {
            text = Cow::Owned(blanked);
        }
    }
    text
}

/// Any mark of any shape: most texts have none.
static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    let marks = SHAPES.iter().flat_map(|shape| shape.marks).map(|mark| escape(mark));
    let marks: Vec<String> = marks.chain([lists::PATTERN.to_owned()]).collect();
    pattern(&format!("(?i-u:{})", marks.join("|")))
});

/// Whether `text` contains `mark`, which is lower case, in any case.
fn contains_ignoring_case(text: &str, mark: &str) -> bool {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    let Some(first) = mark.first() else { return true };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text)
        .any(|at| text.get(at..at + mark.len()).is_some_and(|found| found.eq_ignore_ascii_case(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blanked() {
        for (text, expected) in [
            (
                "Get \"https://h.example/v2/a?X-Amz-Signature=ab12&X-Amz-Date=1\": EOF",
                "Get \"https://h.example/v2/a?X-Amz-Signature=***&X-Amz-Date=***\": EOF",
            ),
            (
                "Get https://auth.example/token?scope=repository:a/b:pull: dial tcp",
                "Get https://auth.example/token?scope=***: dial tcp",
            ),
            ("postgres://app:hunter2@db.internal:5432/x", "postgres://***@db.internal:5432/x"),
            ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
            ("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer ***"),
            ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "got *** end"),
            ("use ghp_abcdefghijklmnopqrst now", "use *** now"),
            ("DB_PASSWORD=hunter2 npm start", "DB_PASSWORD=*** npm start"),
            ("{\"password\": \"hun ter\", \"a\": 1}", "{\"password\": \"***\", \"a\": 1}"),
            ("{\\\"token\\\":\\\"abc\\\",\\\"a\\\":1}", "{\\\"token\\\":\\\"***\\\",\\\"a\\\":1}"),
            ("exec: \"app --token abc\": x", "exec: \"app --token ***\": x"),
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"),
            ("password='it is", "password='***"),
            ("X-Api-Key: a1b2c3d4e5f6", "X-Api-Key: ***"),
            ("curl -u app:hunter2 https://h.example", "curl -u app:*** https://h.example"),
            ("Set-Cookie: session=abc; HttpOnly", "Set-Cookie: ***"),
            ("Authorization: Token abc", "Authorization: Token ***"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "***"),
            ("-----{BEGIN EC PRIVATE KEY-----\nMIIE\n-----END EC PRIVATE KEY----- end", "-----{*** end"),
            ("MIIE\n-----END RSA PRIVATE KEY----- end", "*** end"),
            ("-----BEGIN RSA PRIVATE] KEY-----\nMIIE\n-----END RSA PRIV]ATE KEY----- end", "*** end"),
            ("exited\\npassword: abc", "exited\\npassword: ***"),
            ("exited\\nAKIAIOSFODNN7EXAMPLE", "exited\\n***"),
            ("exited\\nghp_abcdefghijklmnopqrst", "exited\\n***"),
            ("exited\\nBearer abcdef0123456789abcdef", "exited\\nBearer ***"),
            ("exited\\neyJhbGciOiJIUzI1NiJ9.e.c", "exited\\n***"),
            ("key AKIA7QX9D7AB] used", "key ***] used"),
            ("Authorization: Bearer ab12cd34", "Authorization: Bearer ***"),
            ("\"UserData\": \"aGk=\", \"a\": 1", "\"UserData\": \"***\", \"a\": 1"),
            ("UserData\\\": \\\"aGk=", "UserData\\\": \\\"***"),
            ("{\"sts:ExternalId\": [\"abc\"]}", "{\"sts:ExternalId\": [\"***\"]}"),
            ("[\"app\", \"--db-token\", \"abc\"]", "[\"app\", \"--db-token\", \"***\"]"),
            ("'name': 'PLAIN', 'value': 'abc'", "'name': 'PLAIN', 'value': '***'"),
            ("- name: PLAIN\n  value: abc\n", "- name: PLAIN\n  value: ***\n"),
            ("Name: db\nSecretString: \"a b\"", "Name: db\nSecretString: \"***\""),
            // A stray mark of JSON, as in a document that was broken.
            ("connect postgres://app:hun", "connect postgres://app:***"),
            ("--password[ abc --user app", "--password[ *** --user app"),
            (r#"{\\\"password\\]": \\\"abc\\\""#, r#"{\\\"password\\]": \\\"***\\\""#),
            ("{\"tokens\": {\"first\": \"a b\"}}", "{\"tokens\": {\"first\": \"***\"}}"),
            (r#"{"password": "a\" b", "a": 1}"#, r#"{"password": "***", "a": 1}"#),
            (r#"{\"password\": \"a\\\" b\", \"a\": 1}"#, r#"{\"password\": \"***\", \"a\": 1}"#),
            // An open quote would take in what follows, two quotes in each pass.
            (r#""token":"ab"cd said "a" and "b" to "c""#, r#""token":"***" said "a" and "b" to "c""#),
        ] {
            assert_eq!(redacted(text), expected);
            assert_eq!(redacted(expected), expected, "twice");
        }
    }

    #[test]
    fn ordinary_texts_stay() {
        for text in [
            "OutOfMemoryError: Container killed due to memory usage",
            "denied: Your authorization token has expired. Reauthenticate and try again.",
            "unable to retrieve secret from asm: service call has been retried 1 time(s)",
            "on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-Ab12Cd because",
            "no basic auth credentials",
            "failed to fetch secret: not found",
            "invalid token: expired",
            "server message: insufficient_scope: authorization failed",
            "may require authorization: server message: insufficient_scope: authorization failed",
            "docker run -u 1000:1000",
            "unauthorized: incorrect username or password",
            "status code: 400, request id: 0a1b2c3d-1111-2222-3333-444455556666",
            "repo@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef: not found",
            "The client token you have provided is associated with a resource",
            "Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
            "secret=arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-Ab12Cd",
            "Post \"https://auth.docker.io/token\": EOF",
            "Post \\\"https://auth.docker.io/token\\\": dial tcp 54.1.2.3:443: i/o timeout",
            "Get \"https://h.example/v1/secret\": x509: certificate signed by unknown authority",
            "Access denied for user 'app'@'10.0.1.7' (using password: YES)",
            "asm fetching password: AuthorizationData is malformed, empty field",
            "password authentication failed for user \"app\"",
            "invalid ssm parameters: /prod/DB_PASSWORD, /prod/API_KEY",
            "The SECRET_KEY setting must not be empty.",
            "unexpected token: < in JSON at position 0",
            "basic authentication failed",
            "secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-Ab12Cd:password:: not found",
            "reading manifest for docker://nginx:latest",
            "dial https://h.internal:8443",
            "Bearer, authorization_failed",
            "exec: \"app --token\": executable file not found in $PATH",
            "unknown option --password, see --help",
            "key \"password\" not found: got [\"username\"]",
            "json: cannot unmarshal string into Go struct field Secret.token of type int",
            "environment variable DB_PASSWORD, required by the app, is not set",
            "unsupported environment: ASIAPACIFIC",
            "aws secretsmanager get-secret-value --secret-id db",
            "--dimensions '[{\"Name\":\"ClusterName\",\"Value\":\"prod\"}]'",
        ] {
            assert!(
                matches!(redacted(text), Cow::Borrowed(same) if same == text) || redacted(text) == text,
                "{text}"
            );
        }
    }

    #[test]
    fn no_shape_fits_into_a_short_name() {
        for head in
            ["eyJ", "AKIA", "ASIA", "ghp_", "glpat-", "xoxb-", "dckr_a_", "sk_live_", "npm_", "hf_", "-u", ""]
        {
            let name = |length: usize| format!("{head:A<length$}");
            let short = name(SHORTEST - 1);
            assert!(is_short_name(&short));
            assert_eq!(blanked_once(&short), short);
        }
        assert_eq!(redacted("eyJAAAAAAAA"), BLANK);
        for text in ["a=b", "a:b", "a b", "a/b", "\"a\"", "é"] {
            assert!(!is_short_name(text), "{text}");
        }
    }

    #[test]
    fn a_mangled_text_is_blanked_at_once() {
        let part =
            "GetResourcePolicy {\"Secre\0\0\0\ntId\"key DB_PASSWORD:\"arns:aw:secretsmana111666:secrdt:db-A";
        let text = format!("secretsmaecretsmanager:{part}nager:{part}b27Cd\"}}");
        let once = redacted(&text);
        assert_ne!(once, text);
        assert_eq!(redacted(&once), once);
    }

    #[test]
    fn cut_anywhere_stays_redacted() {
        let whole =
            "Get \"https://u:pw@h/é?sig=secretvalue&b=2\": password=\"hunter2é\" bearer abcdefabcdefabcdef00";
        for (end, _) in whole.char_indices() {
            let out = redacted(&whole[..end]);
            assert_eq!(redacted(&out), out);
            assert!(!out.contains("secretvalue") && !out.contains("hunter2"));
        }
    }
}
