//! Builds values from opening and closing marks that may not match: text cut at either end.

use serde_json::{Map, Value};

use super::{calls, fields, shape};

/// Deeper nesting than this is skipped; AWS's answers need ten levels.
const MAX_DEPTH: usize = 128;

/// What an opening mark opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Group {
    Map,
    List,
    /// `name(…)`: a constructor of another language; the name is empty for a tuple.
    Call(String),
}

#[derive(Debug)]
struct Frame {
    group: Group,
    pairs: Map<String, Value>,
    items: Vec<Value>,
    key: Option<String>,
}

impl Frame {
    fn new(group: Group) -> Self {
        Self { group, pairs: Map::new(), items: Vec::new(), key: None }
    }

    fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.items.is_empty()
    }
}

/// A stack of open groups above a root that stands for whatever was cut off before the text.
#[derive(Debug)]
pub(super) struct Builder {
    root: Frame,
    open: Vec<Frame>,
    skipped: usize,
    /// Groups were closed that the text never opened, or were still open at its end.
    pub(super) cut: bool,
    /// Something lost its place and was left out.
    pub(super) lost: bool,
    /// Times were given in the zone of the machine that wrote them.
    pub(super) local_times: bool,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            root: Frame::new(Group::Map),
            open: Vec::new(),
            skipped: 0,
            cut: false,
            lost: false,
            local_times: false,
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().unwrap_or(&mut self.root)
    }

    /// How many groups are open that the text itself opened.
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.skipped
    }

    /// Whether the innermost group takes `key: value` pairs and waits for a key.
    pub(super) fn wants_key(&self) -> bool {
        let top = self.open.last().unwrap_or(&self.root);
        top.key.is_none() && top.group != Group::List
    }

    /// Whether the innermost group is a constructor's argument list.
    pub(super) fn in_call(&self) -> bool {
        self.open.last().is_some_and(|frame| matches!(frame.group, Group::Call(_)))
    }

    /// The key that waits for its value.
    pub(super) fn pending_key(&self) -> Option<&str> {
        self.open.last().unwrap_or(&self.root).key.as_deref()
    }

    /// Whether the root holds pairs, so that the text is the inside of an object.
    pub(super) fn is_inside(&self) -> bool {
        !self.root.pairs.is_empty() || self.root.key.is_some()
    }

    pub(super) fn key(&mut self, key: &str) {
        let key = fields::as_aws(key);
        self.top().key = Some(key);
    }

    pub(super) fn value(&mut self, value: Value) {
        if self.skipped > 0 {
            return;
        }
        let top = self.top();
        match top.key.take() {
            Some(key) => {
                top.pairs.insert(key, value);
            }
            None => top.items.push(value),
        }
    }

    /// Joins text to the string that was added last, as adjacent literals do in Python.
    pub(super) fn extend_string(&mut self, key: Option<&str>, more: &str) {
        let top = self.top();
        let last = match key {
            Some(key) => top.pairs.get_mut(key),
            None => top.items.last_mut(),
        };
        if let Some(Value::String(text)) = last {
            text.push_str(more);
        }
    }

    /// Forgets a key whose value never came.
    pub(super) fn drop_key(&mut self) {
        self.top().key = None;
    }

    pub(super) fn open(&mut self, group: Group) {
        if self.skipped > 0 || self.open.len() >= MAX_DEPTH {
            self.skipped += 1;
            self.lost = true;
            return;
        }
        self.open.push(Frame::new(group));
    }

    /// Closes the innermost group of this kind. Without one, what came so far was the inside of a group that the
    /// text never opened.
    pub(super) fn close(&mut self, like: &Group) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.value(Value::Null);
            }
            return;
        }
        let same = |frame: &Frame| std::mem::discriminant(&frame.group) == std::mem::discriminant(like);
        match self.open.iter().rposition(same) {
            Some(at) => {
                self.cut |= at + 1 != self.open.len();
                while self.open.len() > at {
                    self.close_top();
                }
            }
            None if self.open.is_empty() && !matches!(like, Group::Call(_)) => {
                self.cut = true;
                let inside = std::mem::replace(&mut self.root, Frame::new(Group::Map));
                if !inside.is_empty() {
                    let value = self.finished(inside);
                    self.root.items.push(value);
                }
            }
            None => self.cut = true,
        }
    }

    fn close_top(&mut self) {
        if let Some(frame) = self.open.pop() {
            let value = self.finished(frame);
            self.value(value);
        }
    }

    fn finished(&mut self, frame: Frame) -> Value {
        let Frame { group, mut pairs, items, .. } = frame;
        match group {
            Group::Call(name) => calls::evaluate(&name, pairs, items, &mut self.local_times),
            Group::List if pairs.is_empty() => Value::Array(items),
            _ if pairs.is_empty() && !items.is_empty() => Value::Array(items),
            _ => {
                self.lost |= shape::adopt(&mut pairs, items);
                Value::Object(pairs)
            }
        }
    }

    /// Closes what is open. The values at the outermost level; pairs without their object become one.
    pub(super) fn finish(mut self) -> Finished {
        self.cut |= !self.open.is_empty() || self.root.key.is_some();
        self.skipped = 0;
        while !self.open.is_empty() {
            self.close_top();
        }
        let Frame { mut pairs, items, .. } = self.root;
        let values = if pairs.is_empty() {
            items
        } else {
            self.cut = true;
            self.lost |= shape::adopt(&mut pairs, items);
            vec![Value::Object(pairs)]
        };
        Finished { values, cut: self.cut, lost: self.lost, local_times: self.local_times }
    }
}

/// What a [`Builder`] made.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) values: Vec<Value>,
    pub(super) cut: bool,
    pub(super) lost: bool,
    pub(super) local_times: bool,
}
