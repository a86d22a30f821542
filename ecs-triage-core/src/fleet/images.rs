//! The images of containers, of which the name of the repository seldom decides.

use std::collections::HashMap;

use super::hash;
use crate::signals::is_sidecar_image;

/// Images that are kept; once there are more, all are forgotten, which costs a look at each.
const MOST: usize = 1 << 12;

/// Images that were met, by their hash: where the repository's name stands, if it does not count.
#[derive(Debug, Clone, Default)]
pub(super) struct Images(HashMap<u64, Option<(u32, u32)>, hash::Already>);

impl Images {
    /// Where the name of the repository begins and ends in the reference of an image; `None` where it counts.
    ///
    /// Of an image in Amazon ECR the registry, the tag and whether it is a well-known sidecar decide, and whether a message
    /// names it.
    pub(super) fn repository(&mut self, image: &[u8]) -> Option<(usize, usize)> {
        let key = hash::of(image);
        let found = match self.0.get(&key) {
            Some(known) => *known,
            None => {
                if self.0.len() >= MOST {
                    self.0.clear();
                }
                *self.0.entry(key).or_insert_with(|| repository(image))
            }
        };
        found.map(|(from, to)| (from as usize, to as usize))
    }
}

fn repository(image: &[u8]) -> Option<(u32, u32)> {
    const HOST: &[u8] = b".amazonaws.com/";
    /// With a registry in front no reference is too long for Docker.
    const LONGEST: usize = 128;
    let from = memchr::memmem::find(image, HOST)? + HOST.len();
    let to = memchr::memchr2(b':', b'@', &image[from..]).map_or(image.len(), |length| from + length);
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let name = &image[from..to];
    let is_usual = name.len() <= LONGEST
        && is_word(*name.first()?)
        && is_word(*name.last()?)
        && name.windows(2).all(|pair| {
            is_word(pair[0]) && (is_word(pair[1]) || matches!(pair[1], b'-' | b'_' | b'.' | b'/'))
                || is_word(pair[1]) && matches!(pair[0], b'-' | b'_' | b'.' | b'/')
        });
    let is_sidecar = std::str::from_utf8(image).is_ok_and(is_sidecar_image);
    if !is_usual || is_sidecar {
        return None;
    }
    Some((u32::try_from(from).ok()?, u32::try_from(to).ok()?))
}
