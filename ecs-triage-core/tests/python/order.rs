//! The order of fields, as structs declare them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::super::common::crate_folder;

/// A field by its name in Rust and Python, and by its name in JSON.
pub struct Field {
    pub name: String,
    pub wire: String,
}

/// The fields of every struct in the crate's sources, as often as its name occurs.
pub struct Order(HashMap<String, Vec<Vec<String>>>);

impl Order {
    pub fn read() -> Self {
        let mut order = Self(HashMap::new());
        order.read_folder(&crate_folder().join("src"));
        order
    }

    fn read_folder(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.read_folder(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                self.read_file(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// A struct begins with `pub struct Name {`, or with `Name {` inside a macro, and ends with `}`.
    fn read_file(&mut self, source: &str) {
        let mut lines = source.lines().map(str::trim);
        while let Some(line) = lines.next() {
            let Some(name) = line.strip_suffix(" {").map(|start| start.trim_start_matches("pub struct "))
            else {
                continue;
            };
            if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
                continue;
            }
            let fields = lines.by_ref().take_while(|line| *line != "}").filter_map(field).collect();
            self.0.entry(name.to_owned()).or_default().push(fields);
        }
    }

    /// The fields of a type whose JSON has these members.
    pub fn of<'w>(&self, name: &str, members: impl Iterator<Item = &'w str>) -> Vec<Field> {
        let mut members: Vec<&str> = members.collect();
        members.sort_unstable();
        // Of two types with one name, the second has a number in the schema.
        let source = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let candidates = self.0.get(source).into_iter().flatten();
        let fits = |fields: &&Vec<String>| {
            let mut wires: Vec<String> = fields.iter().map(|field| camel(field)).collect();
            wires.sort_unstable();
            wires == members
        };
        let fields = candidates.into_iter().find(fits);
        if members.is_empty() {
            return Vec::new();
        }
        let fields =
            fields.unwrap_or_else(|| panic!("no struct `{source}` with the fields {members:?} was found"));
        fields.iter().map(|name| Field { name: name.clone(), wire: camel(name) }).collect()
    }
}

/// `pub limit_mib: Option<u32>,` declares `limit_mib`.
fn field(line: &str) -> Option<String> {
    let (name, _) = line.strip_prefix("pub ").unwrap_or(line).split_once(": ")?;
    let is_name = !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    is_name.then(|| name.to_owned())
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
