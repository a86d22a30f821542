//! The same change for whoever keeps the account in Terraform or CloudFormation.

use serde_json::{Map, Value, json};

use super::Form;
use super::task_definition::Edit;

/// Members of a task definition, by container.
pub(super) fn task_definition(edits: &[Edit]) -> Form {
    let mut containers: Vec<(&str, Map<String, Value>)> = Vec::new();
    let mut own = Map::new();
    for edit in edits {
        let value = edit.shown();
        match edit.container.as_deref() {
            None => {
                own.insert(edit.key.to_owned(), value);
            }
            Some(name) => match containers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, members)) => {
                    members.insert(edit.key.to_owned(), value);
                }
                None => containers.push((name, Map::from_iter([(edit.key.to_owned(), value)]))),
            },
        }
    }
    let mut lines = vec!["# resource \"aws_ecs_task_definition\"".to_owned()];
    for (key, value) in &own {
        lines.push(format!("{} = {}", snake(key), hcl(value, 0)));
    }
    for (name, members) in &containers {
        lines.push(format!("# container_definitions, container {name}"));
        // Container definitions are JSON there, so that their members keep ECS's names.
        lines.extend(members.iter().map(|(key, value)| format!("{key} = {}", hcl(value, 0))));
    }
    let mut properties = pascal_members(&own);
    if !containers.is_empty() {
        let definitions = containers.iter().map(|(name, members)| {
            let mut members = pascal_members(members);
            members.insert("Name".to_owned(), json!(name));
            Value::Object(members)
        });
        properties.insert("ContainerDefinitions".to_owned(), definitions.collect());
    }
    Form::Templates {
        terraform: lines.join("\n"),
        cloud_formation: json!({ "Type": "AWS::ECS::TaskDefinition", "Properties": properties }),
    }
}

/// An inline policy of a role.
pub(super) fn role_policy(role: &str, name: &str, document: &Value) -> Form {
    Form::Templates {
        terraform: format!(
            "resource \"aws_iam_role_policy\" \"{}\" {{\n  name   = {}\n  role   = {}\n  policy = jsonencode({})\n}}",
            name.replace('-', "_"),
            json!(name),
            json!(role),
            hcl(document, 2),
        ),
        cloud_formation: json!({
            "Type": "AWS::IAM::RolePolicy",
            "Properties": { "RoleName": role, "PolicyName": name, "PolicyDocument": document },
        }),
    }
}

/// A managed policy on a role.
pub(super) fn attachment(role: &str, policy_arn: &str) -> Form {
    Form::Templates {
        terraform: format!(
            "resource \"aws_iam_role_policy_attachment\" \"{}\" {{\n  role       = {}\n  policy_arn = {}\n}}",
            role.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_"),
            json!(role),
            json!(policy_arn),
        ),
        cloud_formation: json!({ "Type": "AWS::IAM::Role", "Properties": { "ManagedPolicyArns": [policy_arn] } }),
    }
}

/// Who may assume a role.
pub(super) fn trust(document: &Value) -> Form {
    Form::Templates {
        terraform: format!(
            "# resource \"aws_iam_role\"\nassume_role_policy = jsonencode({})",
            hcl(document, 0)
        ),
        cloud_formation: json!({
            "Type": "AWS::IAM::Role",
            "Properties": { "AssumeRolePolicyDocument": document },
        }),
    }
}

/// Members of a service.
pub(super) fn service(members: &[(&str, Value)]) -> Form {
    let mut lines = vec!["# resource \"aws_ecs_service\"".to_owned()];
    lines.extend(members.iter().map(|(key, value)| format!("{} = {}", snake(key), hcl(value, 0))));
    let members: Map<String, Value> =
        members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Form::Templates {
        terraform: lines.join("\n"),
        cloud_formation: json!({ "Type": "AWS::ECS::Service", "Properties": pascal_members(&members) }),
    }
}

/// A value as Terraform writes it.
fn hcl(value: &Value, indent: usize) -> String {
    let inside = " ".repeat(indent + 2);
    let end = " ".repeat(indent);
    match value {
        // `${` and `%{` begin an expression in Terraform.
        Value::String(text) => json!(text).to_string().replace("${", "$${").replace("%{", "%%{"),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(|value| hcl(value, indent)).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(members) => {
            let lines: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{inside}{} = {}", key_of(key), hcl(value, indent + 2)))
                .collect();
            format!("{{\n{}\n{end}}}", lines.join("\n"))
        }
        other => other.to_string(),
    }
}

/// A key that is no plain word stands between quotes: `"awslogs-group"`.
fn key_of(key: &str) -> String {
    let is_word = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word { key.to_owned() } else { json!(key).to_string() }
}

/// `healthCheck` becomes `health_check`.
fn snake(key: &str) -> String {
    let mut out = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// CloudFormation's names are ECS's with a capital. Options of log drivers keep theirs.
fn pascal_members(members: &Map<String, Value>) -> Map<String, Value> {
    let pascal = |key: &str| {
        let mut letters = key.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    members
        .iter()
        .map(|(key, value)| match value {
            Value::Object(inner) if key != "options" => (pascal(key), Value::Object(pascal_members(inner))),
            other => (pascal(key), other.clone()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_health_check_in_both_languages() {
        let check = json!({ "command": ["CMD-SHELL", "curl -f localhost"], "startPeriod": 60 });
        let edits = [Edit::container("app", "healthCheck", check), Edit::task("memory", json!("2048"))];
        let Form::Templates { terraform, cloud_formation } = task_definition(&edits) else {
            panic!("a template");
        };
        assert_eq!(
            terraform,
            "# resource \"aws_ecs_task_definition\"\nmemory = \"2048\"\n# container_definitions, container app\n\
             healthCheck = {\n  command = [\"CMD-SHELL\", \"curl -f localhost\"]\n  startPeriod = 60\n}"
        );
        let container = &cloud_formation["Properties"]["ContainerDefinitions"][0];
        assert_eq!(container["Name"], "app");
        assert_eq!(container["HealthCheck"]["StartPeriod"], 60);
        assert_eq!(cloud_formation["Properties"]["Memory"], "2048");
    }

    #[test]
    fn what_terraform_would_evaluate_is_escaped() {
        assert_eq!(hcl(&json!("${path.module} %{if}"), 0), "\"$${path.module} %%{if}\"");
    }

    #[test]
    fn a_policy_is_a_resource_of_its_own() {
        let document =
            json!({ "Statement": [{ "Effect": "Allow", "Action": ["ecr:BatchGetImage"], "Resource": "*" }] });
        let Form::Templates { terraform, .. } = role_policy("web-exec", "ecs-allow-ecr", &document) else {
            panic!("a template");
        };
        assert!(terraform.starts_with("resource \"aws_iam_role_policy\" \"ecs_allow_ecr\" {"), "{terraform}");
        assert!(terraform.contains("Action = [\"ecr:BatchGetImage\"]"), "{terraform}");
    }
}
