//! Rows under a line of headings: CSV, tab-separated text and columns aligned with spaces.

use serde_json::{Map, Value};

use super::{fields, records};

/// Rows below one line of headings.
const MAX_ROWS: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Comma,
    Semicolon,
    Tab,
    Spaces,
}

/// A cell and the columns it covers.
struct Cell {
    from: usize,
    to: usize,
    text: String,
}

/// Reads a heading and its rows from line `from` on; the objects, and the first line behind them.
pub(super) fn read(lines: &[&str], from: usize) -> Option<(Vec<Value>, usize)> {
    let line = *lines.get(from)?;
    if line.len() > 400 {
        return None;
    }
    let (separator, header) = [Separator::Tab, Separator::Comma, Separator::Semicolon, Separator::Spaces]
        .into_iter()
        .map(|separator| (separator, split(line, separator)))
        .find(|(_, header)| is_header(header))?;
    let labels: Vec<&str> = header.iter().map(|cell| cell.text.as_str()).collect();
    let mut objects = Vec::new();
    let mut at = from + 1;
    while let Some(line) = lines.get(at).filter(|line| !line.trim().is_empty() && objects.len() < MAX_ROWS) {
        if line.trim().bytes().all(|b| matches!(b, b'-' | b'=' | b' ' | b'+')) {
            at += 1;
            continue;
        }
        let row = split(line, separator);
        let object = match separator {
            Separator::Spaces => aligned(&header, &row),
            _ if row.len() < 2 || row.len() > labels.len() => None,
            _ => {
                let cells: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
                Some(records::object(&labels, &cells))
            }
        };
        let Some(object) = object.filter(|object| !object.is_empty()) else {
            break;
        };
        objects.push(Value::Object(object));
        at += 1;
    }
    (!objects.is_empty()).then_some((objects, at))
}

/// At least two headings are ECS's, and one of them is no everyday word.
fn is_header(cells: &[Cell]) -> bool {
    let known: Vec<&str> = cells.iter().filter_map(|cell| fields::from_label(&cell.text)).collect();
    let telling = known.iter().any(|field| {
        !matches!(*field, "name" | "reason" | "message" | "serviceName" | "lastStatus" | "image")
    });
    let short = cells.iter().all(|cell| cell.text.len() <= 30 && !cell.text.ends_with([':', '.']));
    cells.len() >= 2 && short && known.len() >= 2 && known.len() * 2 >= cells.len() && telling
}

fn split(line: &str, separator: Separator) -> Vec<Cell> {
    match separator {
        Separator::Comma => quoted(line, ','),
        Separator::Semicolon => quoted(line, ';'),
        Separator::Tab => quoted(line, '\t'),
        Separator::Spaces => spaced(line),
    }
}

/// Cells between separators; a quoted cell may hold them, with quotes doubled.
fn quoted(line: &str, separator: char) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut text = String::new();
    let mut inside = false;
    let mut chars = line.chars().peekable();
    let mut finish = |text: &mut String| {
        let cell = std::mem::take(text).trim().to_owned();
        cells.push(Cell { from: 0, to: 0, text: cell });
    };
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.next_if_eq(&'"').is_some() => text.push('"'),
            '"' => inside = !inside,
            c if c == separator && !inside => finish(&mut text),
            c => text.push(c),
        }
    }
    finish(&mut text);
    cells
}

/// Cells with two spaces between them.
fn spaced(line: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut spaces = 2;
    for (column, c) in line.chars().enumerate() {
        if c == ' ' || c == '\t' {
            spaces += if c == '\t' { 2 } else { 1 };
            continue;
        }
        match cells.last_mut() {
            Some(cell) if spaces < 2 => {
                if spaces == 1 {
                    cell.text.push(' ');
                }
                cell.text.push(c);
                cell.to = column + 1;
            }
            _ => cells.push(Cell { from: column, to: column + 1, text: c.to_string() }),
        }
        spaces = 0;
    }
    cells
}

/// An object from cells that stand below their headings. A cell left of all headings is a deployment's status in the
/// listings of deploy tools.
fn aligned(header: &[Cell], row: &[Cell]) -> Option<Map<String, Value>> {
    let first = header.first()?;
    let mut cells = vec![""; header.len()];
    let mut status = None;
    for cell in row {
        if cell.to <= first.from && matches!(cell.text.as_str(), "PRIMARY" | "ACTIVE" | "INACTIVE") {
            status = Some(cell.text.as_str());
            continue;
        }
        // A cell belongs to the last heading that begins before the cell ends.
        let at = header.iter().rposition(|head| head.from < cell.to)?;
        if !cells[at].is_empty() {
            return None;
        }
        cells[at] = &cell.text;
    }
    if cells.iter().filter(|cell| !cell.is_empty()).count() < 2 {
        return None;
    }
    let labels: Vec<&str> = header.iter().map(|cell| cell.text.as_str()).collect();
    let mut object = records::object(&labels, &cells);
    if let Some(status) = status {
        object.insert("status".to_owned(), Value::from(status));
    }
    Some(object)
}
