//! Zstandard (RFC 8878), frame after frame, as archives concatenate them.
//!
//! The decoder is written in Rust: one of C would take longer to compile than the rest of the offline command.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Bytes that are decoded at once.
const STEP: usize = 256 << 10;

/// What the frames of a stream hold.
pub(super) struct Zstandard<R> {
    reader: R,
    decoder: FrameDecoder,
}

impl<R: BufRead> Zstandard<R> {
    /// Reads the frames of `reader` until it ends.
    pub(super) fn new(reader: R) -> Self {
        Self { reader, decoder: FrameDecoder::new() }
    }

    /// Begins the next frame; `false` when there is none.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.reader.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.reader) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.reader.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(damaged(&error)),
            }
        }
    }
}

impl<R: BufRead> Read for Zstandard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                if !self.begin()? {
                    return Ok(0);
                }
            } else {
                let step = BlockDecodingStrategy::UptoBytes(STEP);
                self.decoder.decode_blocks(&mut self.reader, step).map_err(|error| damaged(&error))?;
            }
        }
    }
}

fn damaged(error: &FrameDecoderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Zstandard::new(bytes).read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn frames_that_follow_each_other_are_one_stream() {
        let text = "a line of some length, again and again\n".repeat(40_000);
        let mut bytes = zstd::encode_all(text.as_bytes(), 3).unwrap();
        // A frame of a user's own: passed over.
        bytes.extend([0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'x', b'y', b'z']);
        bytes.extend(zstd::encode_all(&b"the end"[..], 19).unwrap());
        assert_eq!(decoded(&bytes).unwrap(), [text.as_bytes(), b"the end"].concat());
        assert_eq!(decoded(b"").unwrap(), b"");
    }

    #[test]
    fn a_damaged_frame_is_an_error() {
        let bytes = zstd::encode_all("some text ".repeat(1000).as_bytes(), 3).unwrap();
        assert!(decoded(&bytes[..bytes.len() / 2]).is_err());
        assert!(decoded(&[0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff]).is_err());
    }
}
