//! Blanking what could be a secret in a text.

use std::borrow::Cow;

use std::sync::LazyLock;

use super::lists;
use super::pattern::{Captures, Regex, escape, pattern};

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
    if !MARKS.is_match(text) {
        return Cow::Borrowed(text);
    }
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

/// Whether a word that is not long holds a digit, as credentials do and words of prose do not.
fn is_long_or_has_digit(word: &str, long: usize) -> bool {
    word.len() >= long || word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether prose follows the word: `may require authorization: server message: …`. A header names a scheme, or has one
/// word, or holds a digit somewhere.
fn is_sentence(head: &str, value: &str) -> bool {
    let is_bare = head.trim_end().ends_with([':', '=']) && !head.to_ascii_lowercase().contains("cookie");
    is_bare && value.contains(' ') && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// One shape of secret: the literals without which it cannot occur, its pattern, and what replaces a match.
struct Shape {
    marks: &'static [&'static str],
    regex: LazyLock<Regex>,
    blank: fn(&Captures<'_>) -> String,
}

// Words also begin behind the `n` of a line break that is escaped, as in JSON within a text.
static SHAPES: [Shape; 10] = [
    Shape {
        marks: &["private key"],
        // Cut at its head, a key begins somewhere within.
        regex: LazyLock::new(|| {
            pattern(
                r"(?sx)(?: -*BEGIN\x20[A-Z0-9\x20]*PRIVATE\x20KEY | PRIVATE\x20KEY----- )
                   .*? (?: END\x20[A-Z0-9\x20]*PRIVATE\x20KEY-* | \z )
                 | [A-Za-z0-9+/=\\\r\n]*-+END\x20[A-Z0-9\x20]*PRIVATE\x20KEY-*",
            )
        }),
        blank: |_| BLANK.to_owned(),
    },
    Shape {
        marks: &["://"],
        regex: LazyLock::new(|| {
            pattern(r#"([A-Za-z][A-Za-z0-9+.-]*://)([^ \t\r\n/?#"'<>@]*@)?([^ \t\r\n"'<>]*)"#)
        }),
        blank: blank_url,
    },
    Shape {
        marks: &["akia", "asia"],
        regex: LazyLock::new(|| pattern(r"((?-u:\b)|\\[nrt])((?:AKIA|ASIA)[A-Z0-9]{8,})(?-u:\b)")),
        blank: |found| match is_long_or_has_digit(&found[2], 16) {
            true => format!("{}{BLANK}", &found[1]),
            false => found[0].to_owned(),
        },
    },
    Shape {
        marks: &["eyj"],
        regex: LazyLock::new(|| {
            pattern(r"((?-u:\b)|\\[nrt])eyJ[A-Za-z0-9_=-]{8,}(?:\.[A-Za-z0-9_=-]*){0,2}")
        }),
        blank: |found| format!("{}{BLANK}", &found[1]),
    },
    Shape {
        marks: &["bearer ", "basic "],
        regex: LazyLock::new(|| {
            pattern(r"((?:(?-u:\b)|\\[nrt])(?:[Bb]earer|BEARER|[Bb]asic|BASIC)) +([A-Za-z0-9._~+/=-]{8,})")
        }),
        blank: |found| match is_long_or_has_digit(&found[2], 16) {
            true => format!("{} {BLANK}", &found[1]),
            false => found[0].to_owned(),
        },
    },
    Shape {
        marks: &["gh", "glpat-", "xox", "dckr_", "npm_", "sk_", "hf_"],
        regex: LazyLock::new(|| {
            pattern(
                r"(?x)((?-u:\b)|\\[nrt])(?: gh[opsur]_[A-Za-z0-9]{8,} | github_pat_[A-Za-z0-9_]{8,} | glpat-[A-Za-z0-9_-]{8,}
                | xox[abeprs]-[A-Za-z0-9-]{8,} | dckr_[a-z]+_[A-Za-z0-9_-]{8,} | npm_[A-Za-z0-9]{30,}
                | sk_(?:live|test)_[A-Za-z0-9]{8,} | hf_[A-Za-z0-9]{30,} )",
            )
        }),
        blank: |found| format!("{}{BLANK}", &found[1]),
    },
    Shape {
        marks: &["authorization", "cookie"],
        regex: LazyLock::new(|| {
            pattern(
                r#"(?x)
                ( (?i-u: authorization\\*["']? \s* [:=] \s* \\*["']? (?: (?:bearer|basic|token|digest) \x20+ )?
                  | (?:set-)?cookie\\*["']? \s* : \s* \\*["']? ) )
                ( [^"'\\\r\n]+ )"#,
            )
        }),
        blank: |found| {
            let value = found[2].trim_matches([' ', '*']);
            if value.is_empty() || is_sentence(&found[1], value) {
                found[0].to_owned()
            } else {
                format!("{}{BLANK}", &found[1])
            }
        },
    },
    Shape {
        marks: &["-u", "--user"],
        regex: LazyLock::new(|| {
            pattern(r#"((?:^|[ \t"'])(?:-u|--user)[ =]\\*["']?[^ \t\r\n"':/]{1,128}:)([^ \t\r\n"'\\]+)"#)
        }),
        // `docker run -u 1000:1000` names a user and a group.
        blank: |found| match found[2].bytes().all(|byte| byte.is_ascii_digit()) {
            true => found[0].to_owned(),
            false => format!("{}{BLANK}", &found[1]),
        },
    },
    Shape {
        marks: &["secret: ", "token: ", "key: ", "secret\": ", "credentials: "],
        // A plain colon ends many a sentence: what follows is a secret when it has the look of one.
        regex: LazyLock::new(|| {
            pattern(
                r#"(?x)
                ( (?i-u: [\w-]{0,40} (?: secret | token | key | credentials ) \\*["']? :\x20+ \\*["']? ) )
                ( [A-Za-z0-9_.~+/=-]{8,} )"#,
            )
        }),
        blank: |found| {
            let value = &found[2];
            let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
            match has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !value.starts_with("arn:") {
                true => format!("{}{BLANK}", &found[1]),
                false => found[0].to_owned(),
            }
        },
    },
    Shape {
        marks: &[
            "pass",
            "pwd",
            "secret",
            "token",
            "key",
            "credential",
            "userdata",
            "user_data",
            "externalid",
            "external_id",
            "value\"",
            "value: ",
            "value'",
            "value\\",
        ],
        // With `=`, as a JSON member, or as an option; a plain colon only after a password, because ARNs say `secret:`.
        regex: LazyLock::new(|| {
            pattern(
                r#"(?x)
                ( (?i-u: (?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential
                    |user_?data|external_?id)[\w-]* (?: \\*["'] \s*:\s* (?:\[\s*)? | \s?= \s? )
                  # YAML; the names are no words of sentences.
                  | (?-i: (?:\b|\\n)(?:SecretString|SecretBinary|SecretAccessKey|SessionToken|UserData|ExternalId|[a-z]+Password)
                    :\x20+ | \n[\x20-]*value:\x20+ )
                  | (?-i:(?:\b|\\n)value)\\*["'] \s*:\s*
                  | --[\w-]{0,40}(?:passwo?r?d|token|secret|api-?key|access-?key|private-?key|credentials)
                    (?: \x20+ | \\*["'],\s* )
                  | password:\s* ) )
                ( \\*"[^"\\]*(?:\\*"|\z)? | '[^']*(?:'|\z) | [^\x20\t\r\n"'&;,)\]}]+ )"#,
            )
        }),
        blank: |found| {
            let value = found[2].trim_start_matches(['\\', '"', '\'']);
            match value.starts_with("arn:") || value.trim_end_matches(['\\', '"', '\'']).is_empty() {
                true => found[0].to_owned(),
                false => format!("{}{}", &found[1], quoted_blank(&found[2])),
            }
        },
    },
];

/// Keeps scheme, host and path; blanks the user and each value of the query.
fn blank_url(found: &Captures<'_>) -> String {
    let user = if found.get(2).is_some() { format!("{BLANK}@") } else { String::new() };
    let rest = &found[3];
    // Go prints a colon straight after an unquoted URL; it belongs to the sentence.
    let address = rest.trim_end_matches([':', '.', ',', ';', ')']);
    let after = &rest[address.len()..];
    let Some((path, query)) = address.split_once('?') else {
        return format!("{}{user}{rest}", &found[1]);
    };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) if !value.is_empty() => format!("{key}={BLANK}"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{}{user}{path}?{}{after}", &found[1], pairs.join("&"))
}

/// A blank in the same quotes as the value, so that what surrounds it still reads.
fn quoted_blank(value: &str) -> String {
    let bare = value.trim_start_matches('\\');
    match bare.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let escape = &value[..value.len() - bare.len()];
            let close = if bare.len() > 1 && bare.ends_with(quote) {
                format!("{escape}{quote}")
            } else {
                String::new()
            };
            format!("{escape}{quote}{BLANK}{close}")
        }
        _ => BLANK.to_owned(),
    }
}

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
            "basic authentication failed",
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
