//! One input: decompressed, and cut into pieces of whole records.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ecs_triage_core::fleet::{Fleet, PartialError, Splitter};

use super::zstandard::Zstandard;

/// Bytes that are read at once: a few milliseconds of work for one thread.
const CHUNK: usize = 1 << 20;

/// Bytes of compressed input that are read at once.
const BUFFER: usize = 128 << 10;

/// Compression inside compression, as exports of exports have it, up to this depth.
const DEEPEST: usize = 3;

/// What comes next in a stream.
pub(super) enum Next {
    /// Whole records, which begin at this line.
    Records { line: u64 },
    /// A whole partial result.
    Partial(Box<Fleet>),
    /// Nothing more.
    End,
}

/// One input while it is read.
pub(super) struct Stream {
    reader: Box<dyn BufRead + Send>,
    /// [`None`] once the input has ended.
    splitter: Option<Splitter>,
    is_partial: bool,
    chunk: Vec<u8>,
}

impl Stream {
    /// Opens a file, or standard input; `read` counts its bytes as they are stored.
    pub(super) fn open(path: Option<&Path>, read: &Arc<AtomicU64>) -> io::Result<Self> {
        let bytes: Box<dyn Read + Send> = match path {
            Some(path) => Box::new(File::open(path)?),
            None => Box::new(io::stdin()),
        };
        let counted = Counted { bytes, read: Arc::clone(read) };
        let mut reader: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(BUFFER, counted));
        let mut is_partial = false;
        for _ in 0..DEEPEST {
            let (head, whole) = peek(reader)?;
            reader = whole;
            match form(&head) {
                Form::Gzip => reader = Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(reader))),
                Form::Zstandard => {
                    reader = Box::new(BufReader::new(Zstandard::new(reader)));
                }
                Form::Partial => {
                    is_partial = true;
                    break;
                }
                Form::Plain => break,
            }
        }
        let splitter = Some(Splitter::new());
        Ok(Self { reader, splitter, is_partial, chunk: vec![0; CHUNK] })
    }

    /// Reads on, and puts whole records into `records`.
    ///
    /// # Errors
    /// When the input cannot be read any further. What came before has been given.
    pub(super) fn next(&mut self, records: &mut Vec<u8>) -> io::Result<Next> {
        records.clear();
        if self.is_partial {
            return self.partial();
        }
        while let Some(splitter) = &mut self.splitter {
            let mut line = 1;
            let keep = |piece: ecs_triage_core::fleet::Piece<'_>| {
                if records.is_empty() {
                    line = piece.line;
                }
                records.extend_from_slice(piece.bytes);
            };
            match self.reader.read(&mut self.chunk) {
                Ok(0) => {
                    if let Some(splitter) = self.splitter.take() {
                        splitter.finish(keep);
                    }
                }
                Ok(read) => splitter.push(&self.chunk[..read], keep),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.splitter = None;
                    return Err(error);
                }
            }
            if !records.is_empty() {
                return Ok(Next::Records { line });
            }
        }
        Ok(Next::End)
    }

    fn partial(&mut self) -> io::Result<Next> {
        if self.splitter.take().is_none() {
            return Ok(Next::End);
        }
        let mut bytes = Vec::new();
        self.reader.read_to_end(&mut bytes)?;
        match Fleet::from_bytes(&bytes) {
            Ok(fleet) => Ok(Next::Partial(Box::new(fleet))),
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
        }
    }
}

/// What bytes are, by how they begin; a name's suffix promises nothing.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstandard,
    /// Written with `--format partial`.
    Partial,
}

fn form(head: &[u8]) -> Form {
    match head {
        [0x1f, 0x8b, 8, ..] => Form::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Form::Zstandard,
        _ if matches!(Fleet::from_bytes(head), Err(PartialError::Foreign)) => Form::Plain,
        _ => Form::Partial,
    }
}

/// The first bytes, and a reader that still has them.
fn peek(mut reader: Box<dyn BufRead + Send>) -> io::Result<(Vec<u8>, Box<dyn BufRead + Send>)> {
    let mut head = Vec::new();
    reader.by_ref().take(8).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
}

/// Counts the bytes that pass.
struct Counted {
    bytes: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_by_their_first_bytes() {
        assert_eq!(form(b"{\"a\": 1}"), Form::Plain);
        assert_eq!(form(b""), Form::Plain);
        assert_eq!(form(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), Form::Gzip);
        assert_eq!(form(&[0x28, 0xb5, 0x2f, 0xfd, 4, 0]), Form::Zstandard);
        assert_eq!(form(&Fleet::new().to_bytes()[..8]), Form::Partial);
    }
}
