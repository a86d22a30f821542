//! Boxes drawn with `+`, `-` and `|`: `aws … --output table`, nested by the number of bars.

use serde_json::{Map, Value};

use super::{fields, records, shape};

/// What was read from a run of lines.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) values: Vec<Value>,
    /// Rows without column names, for the reader of console lines: their cells, joined by tabs.
    pub(super) loose: Vec<String>,
    /// The first line that is not part of it.
    pub(super) next: usize,
    pub(super) cut: bool,
}

/// Whether a line belongs to a box.
pub(super) fn is_row(line: &str) -> bool {
    let line = line.trim();
    is_border(line) || (line.len() >= 2 && line.starts_with('|') && line.ends_with('|'))
}

fn is_border(line: &str) -> bool {
    let line = line.trim().trim_matches('|');
    line.len() >= 4
        && line.bytes().all(|b| matches!(b, b'-' | b'+' | b'=' | b'|' | b':' | b' '))
        && line.contains("--")
}

/// Whether a table begins here: a border or a row, followed by another one.
pub(super) fn starts(lines: &[&str]) -> bool {
    let Some(first) = lines.first() else {
        return false;
    };
    let row = |line: &str| line.trim_start().starts_with('|');
    if !is_row(first) {
        return false;
    }
    let next = lines[1..].iter().find(|line| !line.trim().is_empty());
    row(first) || next.is_some_and(|next| row(next))
}

/// The rows between two borders, and how deep they are nested.
struct Block<'a> {
    depth: usize,
    rows: Vec<Vec<&'a str>>,
}

/// Reads from line `from` for as long as the lines are boxes.
pub(super) fn read(lines: &[&str], from: usize) -> Region {
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = from;
    let mut fresh = true;
    let mut border_first = false;
    let mut border_last = false;
    let mut drawn = false;
    while let Some(line) = lines.get(at) {
        let line = line.trim();
        if line.is_empty() || !(is_row(line) || line.starts_with('|')) {
            break;
        }
        at += 1;
        border_last = is_border(line);
        drawn |= border_last && line.contains('+');
        if border_last {
            border_first |= blocks.is_empty();
            fresh = true;
            continue;
        }
        let depth = line.bytes().take_while(|b| *b == b'|').count();
        let tail = line.bytes().rev().take_while(|b| *b == b'|').count();
        let inner = &line[depth..line.len().saturating_sub(tail).max(depth)];
        let mut cells: Vec<&str> =
            inner.split('|').map(|cell| cell.trim().trim_matches(['`', '*'])).collect();
        if let Some(block) = blocks.last_mut()
            && !fresh
            && block.depth == depth
        {
            // A bar inside the last cell is text, not a border.
            let columns = block.rows[0].len();
            if columns > 1 && cells.len() > columns {
                let kept: usize = cells[..columns - 1]
                    .iter()
                    .map(|cell| offset(inner, cell) + cell.len())
                    .max()
                    .unwrap_or(0);
                let rest = inner[kept..].trim_start().trim_start_matches('|').trim();
                cells.truncate(columns - 1);
                cells.push(rest);
            }
            block.rows.push(cells);
        } else {
            blocks.push(Block { depth, rows: vec![cells] });
        }
        fresh = false;
    }
    let mut tree = Tree::default();
    tree.fill(&blocks);
    let Tree { path, mut root, loose } = tree;
    fold(&mut root, path, 0);
    let mut values = Vec::new();
    if !root.is_empty() {
        values = shape::into_answers(vec![Value::Object(root)]);
    }
    Region { values, loose, next: at, cut: drawn && !(border_first && border_last) }
}

fn offset(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize)
}

/// An object that is still being filled, and the name it will have in its parent.
struct Open {
    depth: usize,
    name: String,
    object: Map<String, Value>,
}

#[derive(Default)]
struct Tree {
    path: Vec<Open>,
    root: Map<String, Value>,
    loose: Vec<String>,
}

impl Tree {
    fn fill(&mut self, blocks: &[Block]) {
        let mut at = 0;
        while let Some(block) = blocks.get(at) {
            at += 1;
            let next = blocks.get(at).filter(|next| next.depth == block.depth);
            let first = &block.rows[0];
            if block.rows.len() == 1 && first.len() == 1 {
                let text = first[0];
                let header = fields::from_label(text).is_some() && !fields::is_list(text);
                if header && let Some(next) = next.filter(|next| next.rows[0].len() == 1) {
                    at += 1;
                    self.rows(block.depth, first, &next.rows);
                } else if is_name(text) {
                    self.enter(block.depth, text);
                } else {
                    self.loose.push(text.to_owned());
                }
                continue;
            }
            let names = first.iter().all(|cell| is_name(cell));
            if block.rows.len() == 1
                && names
                && let Some(next) = next.filter(|next| next.rows[0].len() == first.len())
            {
                at += 1;
                let titles = first.iter().all(|cell| fields::from_label(cell).is_none());
                if first.len() == 2 && titles && knows(&next.rows) {
                    self.pairs(block.depth, &next.rows);
                } else {
                    self.rows(block.depth, first, &next.rows);
                }
            } else if first.len() == 2 && block.rows.iter().all(|row| is_label(row[0])) && knows(&block.rows)
            {
                self.pairs(block.depth, &block.rows);
            } else if names
                && block.rows.len() > 1
                && first.iter().filter(|cell| fields::from_label(cell).is_some()).count() >= 2
            {
                self.rows(block.depth, first, &block.rows[1..]);
            } else {
                self.loose.extend(block.rows.iter().map(|row| row.join("\t")));
            }
        }
    }

    /// A title row: the objects that follow at this depth are the parent's member of that name.
    fn enter(&mut self, depth: usize, name: &str) {
        fold(&mut self.root, std::mem::take(&mut self.path), depth)
            .into_iter()
            .for_each(|open| self.path.push(open));
        self.path.push(Open { depth, name: name.to_owned(), object: Map::new() });
    }

    /// The object that rows at this depth belong to. Without a title above them it is one whose name was cut off.
    fn target(&mut self, depth: usize) -> &mut Map<String, Value> {
        let at = match self.path.iter().rposition(|open| open.depth <= depth) {
            Some(at) => at,
            None if depth <= 1 => return &mut self.root,
            None => {
                self.path.push(Open { depth, name: String::new(), object: Map::new() });
                self.path.len() - 1
            }
        };
        &mut self.path[at].object
    }

    fn pairs(&mut self, depth: usize, rows: &[Vec<&str>]) {
        let target = self.target(depth);
        for row in rows {
            let key = fields::from_heading(row[0]);
            if let Some(value) = row.get(1).and_then(|text| fields::typed(&key, text)) {
                // `Reason` and `StatusReason` are not the same field.
                let key = if target.contains_key(&key) { row[0].to_owned() } else { key };
                target.insert(key, value);
            }
        }
    }

    /// A header row and the rows below it: one object each.
    fn rows(&mut self, depth: usize, header: &[&str], rows: &[Vec<&str>]) {
        let name = self.path.last().filter(|open| open.depth == depth).map(|open| open.name.clone());
        let mut objects = Vec::new();
        for row in rows {
            objects.push(Value::Object(records::object(header, row)));
        }
        let named = name.filter(|name| !is_operation(name));
        match named {
            // One row is the object itself: its own parts follow below.
            Some(_) if objects.len() == 1 => {
                if let Some(Value::Object(object)) = objects.pop() {
                    self.target(depth).extend(object);
                }
            }
            Some(name) => {
                self.path.pop();
                let parent = match self.path.last_mut().filter(|open| !is_operation(&open.name)) {
                    Some(open) => &mut open.object,
                    None => &mut self.root,
                };
                for object in objects {
                    put(parent, &name, object);
                }
            }
            None => {
                shape::adopt(&mut self.root, objects);
            }
        }
    }
}

/// Puts every open object at this depth or deeper into its parent; the shallower ones stay open.
fn fold(root: &mut Map<String, Value>, mut path: Vec<Open>, depth: usize) -> Vec<Open> {
    while let Some(open) = path.pop_if(|open| open.depth >= depth) {
        if open.object.is_empty() {
            continue;
        }
        if is_operation(&open.name) {
            root.extend(open.object);
            continue;
        }
        if open.name.is_empty() {
            shape::adopt(root, vec![Value::Object(open.object)]);
            continue;
        }
        let parent =
            path.last_mut().filter(|parent| !is_operation(&parent.name)).map(|parent| &mut parent.object);
        put(parent.unwrap_or(root), &open.name, Value::Object(open.object));
    }
    path
}

fn put(parent: &mut Map<String, Value>, name: &str, value: Value) {
    if !fields::is_list(name) {
        parent.insert(name.to_owned(), value);
        return;
    }
    match parent.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(items) => items.push(value),
        other => *other = Value::Array(vec![value]),
    }
}

/// `DescribeTasks`: the title of the outermost box.
fn is_operation(name: &str) -> bool {
    ["Describe", "List", "Get", "Run", "Update", "Create", "Stop", "Start"].iter().any(|verb| {
        name.strip_prefix(verb).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    }) || name.starts_with("describe-")
}

fn is_name(cell: &str) -> bool {
    !cell.is_empty()
        && cell.len() <= 40
        && cell.starts_with(|c: char| c.is_ascii_alphabetic())
        && cell.bytes().all(|b| b.is_ascii_alphanumeric() || b"_- ".contains(&b))
        && cell.split(' ').count() <= 3
}

fn is_label(cell: &str) -> bool {
    is_name(cell)
}

fn knows(rows: &[Vec<&str>]) -> bool {
    rows.iter().any(|row| fields::from_label(row[0]).is_some())
}
