//! What is wrong with a file is said with its line, key, and what to do.

use super::parse;

const RULE: &str = r#"
[[rule]]
code = "acme-licence-used-up"
title = "no licence was left"
bucket = "app"
summary = "Container {container} found no licence."

[[rule.when]]
look = "exit-code"
is = [42]

[[rule.fix]]
title = "Free a licence"
advice = "Ask for more seats."
"#;

const CHECK: &str = r#"
[[check]]
code = "acme-foreign-image"
severity = "warning"
title = "image of a foreign registry"
summary = "Container {container} runs {value}."
advice = "Copy it to our registry."

[[check.when]]
look = "task-definition"
field = "/containerDefinitions/*/image"
matches-not = '^111122223333\.'
"#;

fn error(text: &str) -> String {
    parse(text).map(|_| ()).unwrap_err().in_file("acme.toml").to_string()
}

/// The error of a file in which one text is another.
fn changed(file: &str, from: &str, to: &str) -> String {
    assert!(file.contains(from), "{from}");
    error(&file.replacen(from, to, 1))
}

#[test]
fn good_files_are_read() {
    let own = parse(&format!("{RULE}{CHECK}")).unwrap();
    assert_eq!(own.rules().map(|rule| rule.code).collect::<Vec<_>>(), ["acme-licence-used-up"]);
    assert_eq!(own.risks().map(|risk| risk.code).collect::<Vec<_>>(), ["acme-foreign-image"]);
    let rule = own.rule("acme-licence-used-up").unwrap();
    assert_eq!(rule.signs, "The exit code of a container is `42`.");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (from, to, expected) in [
        ("code = \"acme", "code = acme", "`acme.toml` line 3, `file`: expected TOML, found "),
        ("bucket = \"app\"\n", "", "line 2, `rule[0].bucket`: expected a word, found none"),
        ("\"app\"", "\"apps\"", "line 5, `rule[0].bucket`: expected one of `app`, `capacity`"),
        ("bucket", "buckets", "`rule[0].bucket`"),
        (
            "title = \"Free a licence\"",
            "title = 7",
            "`rule[0].fix[0].title`: expected a text, found the number 7",
        ),
        ("advice =", "advise =", "`rule[0].fix[0].advise`: expected one of the keys `title`, `command`"),
        ("advice =", "command =", "`rule[0].fix[0].changes`: expected what the command changes"),
        ("is = [42]", "is = 42", "line 10, `rule[0].when[0].is`: expected a list of texts"),
        ("is = [42]", "is = []", "found an empty list"),
        ("is = [42]", "matches = '42'", "expected `is`, `is-not`, `above` or `below`"),
        ("is = [42]", "", "expected exactly one of `matches`"),
        ("is = [42]", "is = [42]\nabove = 3", "expected exactly one of `matches`"),
        ("look = \"exit-code\"", "look = \"exit\"", "expected one of `message`, `stopped-reason`"),
        ("look = \"exit-code\"", "look = \"task\"", "`rule[0].when[0].field`: expected a path"),
        ("look = \"exit-code\"", "look = \"exit-code\"\nfield = \"/a\"", "expected no path"),
        (
            "{container}",
            "{contaner}",
            "`rule[0].summary`: expected the name of a capture or of a fact (account",
        ),
        ("no licence.", "no licence", "`rule[0].summary`: expected a sentence that ends in a full stop"),
        (
            "no licence was left",
            "no\\nlicence",
            "`rule[0].title`: expected a text of 1 to 4096 bytes in one line",
        ),
        ("acme-licence-used-up", "licence", "`rule[0].code`: expected words of a-z and 0-9 with hyphens"),
        (
            "acme-licence-used-up",
            "app-exit-1",
            "found `app-exit-1`, the code of a built-in one; begin your codes",
        ),
        ("acme-licence-used-up", "plain-secret", "expected a code that is not taken"),
        ("bucket =", "confidence = \"confirmed\"\nbucket =", "found `confirmed` by one condition"),
        ("bucket =", "confidence = \"possible\"\nbucket =", "`rule[0].want`: expected a call"),
        ("bucket =", "explains = [\"app-exit-99\"]\nbucket =", "line 5, `rule[0].explains[0]`"),
        ("bucket =", "docs = [\"wiki\"]\nbucket =", "expected an address that begins with `https://`"),
        (
            "[[rule.fix]]\ntitle = \"Free a licence\"\nadvice = \"Ask for more seats.\"",
            "",
            "`rule[0].fix`: expected at least one",
        ),
        ("[[rule.when]]", "[[rule.if]]", "expected one of the keys `code`"),
        ("[[rule]]", "[rule]", "expected tables that begin with `[[rule]]`"),
    ] {
        // Where the example has the place under another key, its own risk list decides.
        let to = if to == "plain-secret" { crate::advisories::RISKS[0].code } else { to };
        let found = changed(RULE, from, to);
        if from == "[[rule.when]]" {
            assert!(found.contains("`rule[0].when`: expected 1 to 16 tables, found 0"), "{found}");
        } else if from == "bucket" {
            assert!(found.contains("`rule[0].bucket`: expected a word, found none"), "{found}");
        } else {
            assert!(found.contains(expected), "{from} -> {to}: {found}");
        }
        assert!(found.starts_with("`acme.toml` line "), "{found}");
        assert!(!found.contains('\n') && !found.ends_with('.'), "{found}");
    }
}

#[test]
fn what_is_wrong_with_a_field_is_said() {
    for (from, to, expected) in [
        ("/containerDefinitions/*/image", "containerDefinitions", "expected a path that begins with `/`"),
        ("/containerDefinitions/*/image", "/containerDefinitions//image", "without empty steps"),
        ("/containerDefinitions/*/image", "/containerDefinitions/[name]/image", "`[key=value]`"),
        ("/containerDefinitions/*/image", "/a/a/a/a/a/a/a/a/a/a/a/a/a", "fewer steps"),
        (
            "/containerDefinitions/*/image",
            "/containerDefinitions/*/environment/*/value",
            "values of environment variables and the like are never read",
        ),
        (
            "/containerDefinitions/*/image",
            "/containerDefinitions/*/logConfiguration/options/splunk-token",
            "expected a field that holds no secret",
        ),
        ("task-definition", "log", "expected no path"),
        ("look = \"task-definition\"", "look = \"task\"", "expected `task-definition` or `service`"),
        ("matches-not = '^111122223333\\.'", "absent = false", "expected `true`, or no such key"),
        ("matches-not = '^111122223333\\.'", "above = \"x\"", "expected a number, found `x`"),
        ("^111122223333\\.", "(", "expected a regular expression, found `(`: unclosed group"),
        ("^111122223333\\.", "(?<a_b>.)", "expected names of letters and digits, found `a_b`"),
        ("^111122223333\\.", "(a{1000}){1000}", "expected a smaller pattern"),
    ] {
        let found = changed(CHECK, from, to);
        assert!(found.contains(expected), "{from} -> {to}: {found}");
    }
}

#[test]
fn a_file_has_bounds() {
    assert!(error("").contains("expected 1 to 500 tables"));
    assert!(error(&"#".repeat(300_000)).contains("262144 bytes at most"));
    assert!(error(&format!("{RULE}{RULE}")).contains("the code of another rule"));
    let nested = format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(error(&nested).contains("expected TOML"));
    let pattern = "x".repeat(3000);
    assert!(changed(CHECK, "^111122223333\\.", &pattern).contains("1 to 2048 bytes, found 3000 bytes"));
}

#[test]
fn wants_only_read() {
    let want = |operation: &str, params: &str| {
        let want = format!(
            "[[rule.want]]\nservice = \"ecs\"\noperation = \"{operation}\"\nwhy = \"it tells\"\n{params}"
        );
        parse(&format!("{RULE}\n{want}")).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(
        want("DescribeTasks", "params = { cluster = \"{cluster}\", tasks = [\"{taskArn}\"] }"),
        Ok(())
    );
    for operation in ["StopTask", "UpdateService", "DescribeEverything"] {
        let found = want(operation, "").unwrap_err();
        assert!(found.contains("expected a read-only call"), "{found}");
    }
    let found = want("DescribeTasks", "params = [1]").unwrap_err();
    assert!(found.contains("`rule[0].want[0].params`: expected a table, found a list"), "{found}");
}
