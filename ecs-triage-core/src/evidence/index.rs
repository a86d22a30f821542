//! Keeps what was recognised: every object once, the documents inside documents, and the newest time.

use serde_json::Value;

use super::answer::Answer;
use super::ecs::Task;
use super::recognise::{self, Recognised};
use super::shape::kind_of;
use super::{AnswerRecord, Evidence, Item, Kind, Read, Shape, embedded};
use crate::Timestamp;
use crate::error::Problem;
use crate::redact::{Place, place_of};

/// Texts within texts double their escapes at every level; this is far beyond what is sent.
const DEEPEST_TEXT: usize = 8;

/// Containers of a task that are read: ECS takes 10, and adds a few of its own.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
const MOST_CONTAINERS: usize = 1_000;

/// What decides which of two copies of a task is the newer one.
type Age = (Option<i64>, Option<Timestamp>, usize);

impl Evidence {
    /// Keeps what was found in a document. False when nothing was, not even in the texts inside it.
    pub(super) fn index(&mut self, document: usize, recognised: Recognised) -> bool {
        let mut found_any =
            !recognised.items.is_empty() || !recognised.answers.is_empty() || recognised.is_empty_wrapper;
        self.documents[document].set_requests(recognised.requests);
        self.stated = recognised.times.into_iter().chain(self.stated).max();
        self.latest = self.latest.max(self.stated);
        let first_answer = self.answers.len();
        self.answers.extend(recognised.answers.into_iter().map(|answer| AnswerRecord {
            call: answer.call,
            document,
            pointer: answer.pointer,
            request: answer.request,
        }));
        for index in first_answer..self.answers.len() {
            let operation = Answer::new(self, index).operation().to_owned();
            self.by_operation.entry(operation).or_default().push(index);
        }
        for found in recognised.items {
            let answer = found.answer.map(|answer| first_answer + answer);
            let place = self.place(document, &found.pointer);
            self.keep(Item {
                kind: found.kind,
                document,
                pointer: found.pointer,
                request: found.request,
                answer,
                place,
            });
        }
        for inner in recognised.embedded {
            let may_be_foreign = inner.may_be_foreign;
            let pointer = inner.pointer.clone();
            let Some(index) = self.embed(document, inner.pointer, inner.value) else {
                continue;
            };
            let recognised =
                recognise::recognise_answer(inner.request, self.documents[index].as_read(), &mut self.room);
            let understood = self.index(index, recognised);
            found_any |= understood;
            if !understood && !may_be_foreign {
                self.problems.push(Problem::new(
                    self.documents[document].name(),
                    &self.documents[document].outer_pointer(&pointer),
                    "JSON text of a response that is read here",
                    "JSON text that is none of them",
                ));
            }
        }
        found_any
    }

    /// Adds JSON that stands as text at `pointer` of a document; `None` when texts nest too deep.
    fn embed(&mut self, document: usize, pointer: String, value: Value) -> Option<usize> {
        let index = self.documents.len();
        let inner = self.documents[document].wrap(&pointer, value, DEEPEST_TEXT)?;
        self.documents[document].set_inner(pointer, index);
        self.documents.push(inner);
        Some(index)
    }

    fn keep(&mut self, item: Item) {
        self.written.take();
        self.role_names.take();
        self.shorten(&item);
        match item.kind {
            Kind::Task if self.is_bare => self.note_times(&item),
            _ => self.check(&item),
        }
        self.documents[item.document].forget(&item.pointer, item.kind.secrets());
        if item.kind != Kind::Task {
            return self.push(item);
        }
        let Some(arn) = self.task_arn(&item) else {
            return self.push(item);
        };
        match self.tasks.get(&arn) {
            Some(copy) if self.task_age(&self.items[*copy]) >= self.task_age(&item) => {}
            Some(copy) => self.items[*copy] = item,
            None => {
                self.tasks.insert(arn, self.items.len());
                self.push(item);
            }
        }
    }

    /// Containers are compared with each other, so that their number is bounded.
    fn shorten(&mut self, item: &Item) {
        let key = match item.kind {
            Kind::Task => "containers",
            Kind::TaskDefinition => "containerDefinitions",
            _ => return,
        };
        let document = &mut self.documents[item.document];
        if let Some(key) = document.shorten(&item.pointer, key, MOST_CONTAINERS) {
            let pointer = document.outer_pointer(&format!("{}/{key}", item.pointer));
            let message =
                format!("only the first {MOST_CONTAINERS} containers were read; a task of ECS has 10");
            self.problems.push(Problem::note(document.name(), &pointer, message));
        }
    }

    /// What an object says of what it holds, by itself and by what stands around it: found out once for all that is
    /// cited of it.
    fn place(&self, document: usize, pointer: &str) -> Option<Place> {
        let document = &self.documents[document];
        let is_cited = document.is_quoted() && document.is_as_given();
        let (place, value) = is_cited.then(|| place_of(document.as_read(), pointer))??;
        Some(place.inside(value))
    }

    fn push(&mut self, item: Item) {
        self.by_kind.add(item.kind, self.items.len());
        self.items.push(item);
    }

    fn task_arn(&self, item: &Item) -> Option<String> {
        let task = Task::read(&self.node(item))?;
        // People blank ARNs out in what they share: `arn`, `-`.
        let arn = task.task_arn().filter(|arn| arn.starts_with("arn:") && arn.contains(":task/"));
        arn.map(str::to_owned)
    }

    /// Age of a task; events repeat tasks and arrive in any order.
    fn task_age(&self, item: &Item) -> Age {
        let node = self.node(item);
        let task = Task::read(&node);
        let members = item.kind.shape().likeness(node.value());
        (task.as_ref().and_then(Task::version), task.as_ref().and_then(Task::updated_at), members)
    }

    /// Notes the newest time alone.
    fn note_times(&mut self, item: &Item) {
        let mut latest = self.latest;
        let node = self.node(item);
        item.kind.shape().times(node.value(), &mut |time| latest = Timestamp::from_json(time).max(latest));
        self.latest = latest;
    }

    /// Notes what is of another type than expected, the newest time, and the documents that come as text.
    fn check(&mut self, item: &Item) {
        let node = self.node(item);
        let mut problems = Vec::new();
        let mut documents = Vec::new();
        let mut latest = None;
        item.kind.shape().walk(node.value(), &mut |place, shape| {
            let mut report = |expected, found| {
                let document = node.document();
                let pointer = document.outer_pointer(&place.pointer(node.pointer()));
                problems.push(Problem::new(document.name(), &pointer, expected, found));
            };
            match (shape, place.value) {
                (Shape::Time, time) => latest = Timestamp::from_json(time).max(latest),
                (Shape::Document, Value::String(text)) => match embedded::json(text) {
                    Some(value) => documents.push((place.pointer(node.pointer()), value)),
                    None => report("a JSON document, as text or not", "text that is none"),
                },
                _ => {}
            }
            // A query takes the message out of an event.
            let is_message = place.value.as_str().is_some_and(|text| text.starts_with("(service "));
            if !shape.fits(place.value) && !is_message {
                report(shape.noun(), kind_of(place.value));
            }
        });
        self.problems.extend(problems);
        if item.kind.tells_time() {
            self.latest = latest.max(self.latest);
        }
        for (pointer, value) in documents {
            self.embed(item.document, pointer, value);
        }
    }
}
