//! Writes the definitions of a JSON schema as TypeScript.

use std::fmt::Write as _;

use serde_json::Value;

/// Definitions that [`causes`] writes itself, because the schema cannot tie a code to its particulars.
const TIED: [&str; 2] = ["Cause", "Diagnosis"];

/// Each variant of `Cause` that has a rule: its name, and the type of its particulars. A cause of the user's own has none,
/// and the package takes no rules.
pub(crate) fn variants(cause: &Value) -> impl Iterator<Item = (String, String)> {
    cause["anyOf"].as_array().into_iter().flatten().filter_map(|variant| {
        let name = variant["description"].as_str()?.strip_prefix("See the rule [`")?.split('`').next()?;
        Some((name.to_owned(), kind(variant)))
    })
}

/// The causes by code, and a diagnosis whose `code` tells the type of its `cause`.
pub(crate) fn causes(causes: &[(&str, String)]) -> String {
    let mut out =
        String::from("\n/** The particulars of each cause, by its code. */\nexport interface Causes {\n");
    for (code, payload) in causes {
        let _ = writeln!(out, "  \"{code}\": {payload};");
    }
    out.push_str(
        "}\n\n/** Code of a cause. */\nexport type Code = keyof Causes;\n\n\
         /** A cause, its proof and its remedies. Its `code` tells the type of its `cause`. */\n\
         export type Diagnosis = { [C in Code]: DiagnosisOf<C> }[Code];\n",
    );
    out
}

/// Every definition, in order of name.
pub(crate) fn declarations(definitions: &Value) -> String {
    let mut out = String::new();
    for (name, schema) in definitions.as_object().into_iter().flatten() {
        if name == TIED[0] {
            continue;
        }
        out.push('\n');
        comment(&mut out, "", schema);
        if name == TIED[1] {
            out.push_str("export interface DiagnosisOf<C extends Code> ");
            out.push_str(
                &members(schema, "")
                    .replace("  code: string;", "  code: C;")
                    .replace("  cause: Cause;", "  cause: Causes[C];"),
            );
            out.push('\n');
        } else if schema["properties"].is_object() {
            let _ = writeln!(out, "export interface {name} {}", members(schema, ""));
        } else {
            let _ = writeln!(out, "export type {name} = {};", kind(schema));
        }
    }
    out
}

fn members(schema: &Value, indent: &str) -> String {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut out = String::from("{\n");
    let inner = format!("{indent}  ");
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        comment(&mut out, &inner, member);
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        // What may be absent is left out, never written as `null`.
        let kind = if mark.is_empty() { kind(member) } else { kind(member).replace(" | null", "") };
        let _ = writeln!(out, "{inner}{name}{mark}: {kind};");
    }
    let _ = write!(out, "{indent}}}");
    out
}

fn kind(schema: &Value) -> String {
    if let Some(constant) = schema.get("const") {
        return constant.to_string();
    }
    if let Some(target) = schema["$ref"].as_str() {
        return target.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(options) = schema[choice].as_array() {
            return union(options.iter().map(kind));
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return union(values.iter().map(Value::to_string));
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            union(kinds.iter().map(|kind| of_type(kind.as_str().unwrap_or_default(), schema)))
        }
        Value::String(name) => of_type(name, schema),
        _ => "unknown".to_owned(),
    }
}

fn of_type(name: &str, schema: &Value) -> String {
    match name {
        "integer" | "number" => "number".to_owned(),
        "array" => {
            if let Some(items) = schema["prefixItems"].as_array() {
                return format!("[{}]", items.iter().map(kind).collect::<Vec<_>>().join(", "));
            }
            let item = kind(&schema["items"]);
            if item.contains(" | ") { format!("({item})[]") } else { format!("{item}[]") }
        }
        "object" if schema["properties"].is_object() => members(schema, "").replace('\n', " "),
        "object" => match schema.get("additionalProperties") {
            Some(values @ Value::Object(_)) => format!("Record<string, {}>", kind(values)),
            _ => "Record<string, unknown>".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn union(kinds: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for kind in kinds {
        if !seen.contains(&kind) {
            seen.push(kind);
        }
    }
    seen.join(" | ")
}

fn comment(out: &mut String, indent: &str, schema: &Value) {
    if let Some(text) = schema["description"].as_str() {
        // Links of rustdoc lead nowhere here.
        let text = text.replace("[`", "`").replace("`]", "`").replace("*/", "* /");
        let lines: Vec<&str> = text.lines().collect();
        match lines.as_slice() {
            [line] => {
                let _ = writeln!(out, "{indent}/** {line} */");
            }
            lines => {
                let _ = writeln!(out, "{indent}/**");
                for line in lines {
                    let _ = writeln!(out, "{indent} * {line}");
                }
                let _ = writeln!(out, "{indent} */");
            }
        }
    }
}
