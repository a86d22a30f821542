//! What an event says in words: its messages, and the images that they may name.

use super::hash::Hasher;
use super::images::Images;
use super::words::{self, Ids};

/// The messages and images of an event, as far as they decide.
#[derive(Debug, Default)]
pub(super) struct Said<'b> {
    hash: Hasher,
    ids: Ids,
    messages: Few<'b>,
    /// A message is there in which a repository may be spelled with escapes.
    pub(super) has_odd_message: bool,
    repositories: Few<'b>,
}

/// A few texts of an event.
#[derive(Debug, Clone, Copy, Default)]
struct Few<'b> {
    texts: [&'b [u8]; 12],
    count: usize,
}

impl<'b> Few<'b> {
    /// `None` when there are more than an event has.
    fn push(&mut self, text: &'b [u8]) -> Option<()> {
        *self.texts.get_mut(self.count)? = text;
        self.count += 1;
        Some(())
    }

    fn iter(&self) -> impl Iterator<Item = &'b [u8]> + use<'_, 'b> {
        self.texts[..self.count].iter().copied()
    }
}

impl<'b> Said<'b> {
    /// Adds a message without the ids in it, for as long as it is spelled as usual.
    pub(super) fn message(&mut self, text: &'b [u8], is_plain: bool) -> Option<()> {
        let length = if is_plain { Some(text.len()) } else { words::unescaped_length(text) };
        match length {
            Some(length) => {
                self.messages.push(text)?;
                self.ids.add(text, length, &mut self.hash);
            }
            // Escapes and other alphabets stay in the hash: they were looked at when the shape was new.
            None => {
                self.has_odd_message = true;
                self.hash.bytes(text);
            }
        }
        Some(())
    }

    /// Adds the JSON of a container's managed agents, in which there may be messages.
    pub(super) fn agents(&mut self, agents: &'b [u8]) -> Option<()> {
        self.has_odd_message |= memchr::memchr(b'\\', agents).is_some();
        if agents.len() > 2 { self.messages.push(agents) } else { Some(()) }
    }

    /// Adds the reference of an image in plain ASCII, without the repository and the ids in it.
    pub(super) fn image(&mut self, image: &'b [u8], images: &mut Images) -> Option<()> {
        let repository = images.repository(image);
        self.ids.add_image(image, repository, &mut self.hash);
        match repository {
            Some((from, to)) => self.repositories.push(&image[from..to]),
            None => Some(()),
        }
    }

    /// The hash of all of it. It has the repositories that a message names: a pull that failed is of one of the images.
    pub(super) fn hash(&self) -> u64 {
        let mut hash = self.hash;
        for repository in self.repositories.iter() {
            if self.has_odd_message || self.messages.iter().any(|message| names(message, repository)) {
                hash.bytes(repository);
            } else {
                hash.number(0);
            }
        }
        hash.finish()
    }
}

/// Whether a message names a repository. It is short and mostly not there. A target group of the same name is no mention:
/// that the names are the same is in the hash already.
fn names(message: &[u8], repository: &[u8]) -> bool {
    let Some((first, rest)) = repository.split_first() else { return true };
    memchr::memchr_iter(*first, message).any(|at| {
        let behind = message[at + 1..].strip_prefix(rest);
        behind
            .is_some_and(|behind| !(message[..at].ends_with(words::TARGET_GROUP) && behind.starts_with(b"/")))
    })
}
