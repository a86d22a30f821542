//! The shapes of secrets in texts.

use std::sync::LazyLock;

use super::pattern::{Captures, Regex, pattern};
use super::secrets::BLANK;

/// One shape of secret: the literals without which it cannot occur, its pattern, and what replaces a match.
pub(super) struct Shape {
    pub(super) marks: &'static [&'static str],
    pub(super) regex: LazyLock<Regex>,
    pub(super) blank: fn(&Captures<'_>) -> String,
}

// Words also begin behind the `n` of a line break that is escaped, as in JSON within a text.
pub(super) static SHAPES: [Shape; 10] = [
    Shape {
        marks: &["private key", "--begin ", "--end "],
        // Cut at its head, a key begins somewhere within; what it is may be broken, and a certificate is no loss.
        regex: LazyLock::new(|| {
            pattern(
                r"(?sx)(?: --+BEGIN\x20 | -*BEGIN\x20[A-Z0-9\x20]*PRIVATE\x20KEY | PRIVATE\x20KEY----- )
                   .*? (?: END\x20[^-\r\n]{0,40}(?: KEY-* | --+ ) | \z )
                 | [A-Za-z0-9+/=\\\r\n]*-+END\x20[^-\r\n]{0,40}KEY-*",
            )
        }),
        blank: |_| BLANK.to_owned(),
    },
    Shape {
        marks: &["://"],
        regex: LazyLock::new(|| {
            shape(
                r#"((?:[A-Za-z][A-Za-z0-9+.-]*)?STRAY*://)((?:[^ \t\r\n/?#"'<>@]*["']:)?[^ \t\r\n/?#"'<>@]*@)?([^ \t\r\n"'<>]*)(\z)?"#,
            )
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
        marks: &["bearer", "basic"],
        regex: LazyLock::new(|| {
            shape(
                r"((?:(?-u:\b)|\\[nrt])(?:[Bb]earer|BEARER|[Bb]asic|BASIC)STRAY*) +([A-Za-z0-9._~+/=-]{8,})",
            )
        }),
        blank: |found| {
            // Behind a mark prose may go on.
            let is_alone = found[1].ends_with(|last: char| last.is_ascii_alphabetic());
            match is_long_or_has_digit(&found[2], if is_alone { 16 } else { usize::MAX }) {
                true => format!("{} {BLANK}", &found[1]),
                false => found[0].to_owned(),
            }
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
            shape(
                r#"(?x)
                ( (?i-u: authorization STRAY* \s* [:=] STRAY* \s* STRAY* (?: (?:bearer|basic|token|digest) STRAY* \x20+ )?
                  | (?:set-)?cookie STRAY* \s* : STRAY* \s* STRAY* ) )
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
            shape(
                r#"((?:^|[ \t"'])(?:-u|--user)STRAY*[ =]\\*["']?[^ \t\r\n"':/]{1,128}["']?:)([^ \t\r\n"'\\]+)"#,
            )
        }),
        // `docker run -u 1000:1000` names a user and a group.
        blank: |found| match found[2].bytes().all(|byte| byte.is_ascii_digit()) {
            true => found[0].to_owned(),
            false => format!("{}{BLANK}", &found[1]),
        },
    },
    Shape {
        marks: &["secret", "token", "key", "credentials"],
        // A plain colon ends many a sentence: what follows is a secret when it has the look of one.
        regex: LazyLock::new(|| {
            shape(
                r#"(?x)
                ( (?i-u: (?: secret | token | key | credentials ) STRAY* : STRAY* \x20+ STRAY* ) )
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
            "value",
        ],
        // With `=`, as a JSON member, or as an option; a plain colon only after a password, because ARNs say `secret:`.
        regex: LazyLock::new(|| shape(&ASSIGNMENT.replace("MEMBER", MEMBER).replace("TAIL", TAIL))),
        blank: |found| {
            let value = found[2].trim_start_matches(['\\', '"', '\'']);
            let bare = value.trim_end_matches(['\\', '"', '\'']);
            let is_empty = !bare.contains(|letter: char| letter.is_alphanumeric());
            match is_empty || value.starts_with("arn:") || is_prose(&found[1], &found[2]) {
                true => found[0].to_owned(),
                false => format!("{}{}", &found[1], quoted_blank(&found[2])),
            }
        },
    },
];

/// Marks of JSON, which stand around words, and anywhere in a text that was cut, joined or mangled.
const STRAY: &str = r#"(?u-i:[{}\[\],:"'\\\x{fffd}])"#;

/// A pattern in which `STRAY` stands for any such mark.
fn shape(text: &str) -> Regex {
    pattern(&text.replace("STRAY", STRAY))
}

/// A name, what makes the next thing its value, and that value.
const ASSIGNMENT: &str = r#"(?x)
    ( (?i-u: /? (?: (?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential
        |user_?data|external_?id)[\w-]* (?: MEMBER | STRAY* \s? STRAY? = TAIL \s? )
      # YAML; the names are no words of sentences.
      | (?-i: (?:\b|\\n)(?:SecretString|SecretBinary|SecretAccessKey|SessionToken|UserData|ExternalId|[a-z]+Password)
        STRAY* : TAIL \x20+ | \n[\x20-]*value STRAY* : TAIL \x20+ )
      | (?-i:(?:\b|\\n)value) MEMBER
      | --[\w-]*(?:passwo?r?d|token|secret|api-?key|access-?key|private-?key|credentials)
        (?: STRAY* \x20+ | STRAY* ["'] STRAY* , TAIL \s* )
      | password STRAY* : TAIL \s* )
      # What stands before a value by accident, and the list or object that holds it. A quote belongs to the value.
      (?: \\* (?u-i:[}\],:\x{fffd}])+ | \\+\s | \\*\[\s* | \\*\{\s* (?: \\*["'] (?u-i:[^"'\\])* \\*["']\s*:\s* )? )? ) )
    ( (?: \\*"(?-u:\s*)\\*"(?-u:\w)[^"\\]*(?:\\*"|\z) | "(?:[^"\\]|\\.)*(?:"|\\?\z)
      # A quote ends the value where it is escaped as deep as the one that began it.
      | \\"(?:[^"\\]|\\+[^"\\]|\\{3,}")*(?:\\?"|\\*\z) | \\{3}"(?:[^"\\]|\\+[^"\\]|\\{7,}")*(?:\\{0,3}"|\\*\z)
      | \\{7}"(?:[^"\\]|\\+[^"\\]|\\{15,}")*(?:\\{0,7}"|\\*\z) | \\+"(?:[^"\\]|\\+[^"\\])*(?:\\*"|\\*\z)
      | '(?-u:\s*)'(?-u:\w)[^']*(?:'|\z) | '[^']*(?:'|\z) )
      # No colon, quote or word follows a value: what ended there was a part of it.
      (?: (?-u:\s*) (?: STRAY* : (?-u:\s*) )? \\*["'] [^"']* (?:["']|\z) | (?-u:\w) [^"',\x20\r\n]* )*
      | [^\x20\t\r\n"'&;,)\]}]+ )"#;

/// What stands between the name of a member and its value.
const MEMBER: &str = r#"(?u-i:[{}\[\],:\\\x{fffd}])* ["'] STRAY* \s* : TAIL \s*"#;

/// What follows a separator by accident.
const TAIL: &str = r"(?u-i:[\[\]},:\x{fffd}])* (?:\\+\s)?";

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

/// Whether what follows may be the sentence that goes on, as behind an option that is quoted, `exec: "app --token":
/// executable file not found`, behind the ARN of a secret's key, `…:password:: not found`, and behind a URL,
/// `Post "https://auth.docker.io/token": EOF`.
fn is_prose(head: &str, value: &str) -> bool {
    let head_ends = head.trim_end();
    let is_quoted_option = head.starts_with("--") && head_ends.ends_with(['"', '\'', ',', ':']);
    if is_quoted_option || head_ends.ends_with("::") {
        return value.bytes().all(|byte| byte.is_ascii_lowercase());
    }
    if head.starts_with('/') && head_ends.ends_with("\":") {
        return value == "x509:"
            || value.bytes().all(|byte| byte.is_ascii_alphabetic() || b":/".contains(&byte));
    }
    // MySQL says whether there was one, the agent of ECS what was wrong with it.
    head_ends.ends_with("password:") && matches!(value, "YES" | "NO" | "AuthorizationData")
}

/// Keeps scheme, host and path; blanks the user and each value of the query.
fn blank_url(found: &Captures<'_>) -> String {
    let user = if found.get(2).is_some() { format!("{BLANK}@") } else { String::new() };
    let rest = &found[3];
    if found.get(2).is_none()
        && found.get(4).is_some()
        && let Some((name, _)) = cut_user(&found[1], rest)
    {
        return format!("{}{name}:{BLANK}", &found[1]);
    }
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

/// User and password at the end of a text that was cut before the `@`: what stands behind the colon is no port.
fn cut_user<'a>(scheme: &str, rest: &'a str) -> Option<(&'a str, &'a str)> {
    // `docker://nginx:latest`, `containerd://sha256:…`
    let is_image = ["docker", "oci", "containerd"].iter().any(|of_images| scheme.starts_with(of_images));
    let (name, password) = rest.split_once(':').filter(|_| !is_image && !rest.starts_with('['))?;
    let is_password =
        !rest.contains(['/', '?', '#']) && password.contains(|letter: char| letter.is_alphabetic());
    is_password.then_some((name, password))
}

/// A blank in the same quotes as the value, so that what surrounds it still reads.
fn quoted_blank(value: &str) -> String {
    let bare = value.trim_start_matches('\\');
    match bare.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let escape = &value[..value.len() - bare.len()];
            // Where the text was cut the quote stays open; elsewhere it would take in what follows.
            let close = if bare[1..].contains(quote) { format!("{escape}{quote}") } else { String::new() };
            format!("{escape}{quote}{BLANK}{close}")
        }
        _ => BLANK.to_owned(),
    }
}
