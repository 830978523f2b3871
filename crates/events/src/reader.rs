//! One input, one thread: the simple way to read a log.

use std::io::{self, Read};

use diag::Diagnostic;

use crate::{
    block::Blocks, decoder::Decoder, event::Event, format::Format, names::Names, options::Options,
};

/// Reads the events of one input.
///
/// ```
/// use events::{Names, Options, Reader};
///
/// let log = "<34>1 2026-01-31T08:30:00Z gw sshd 7 - - Failed password for root";
/// let options = Options::new("2026-02-01T00:00:00Z".parse()?);
/// let mut reader = Reader::open("auth.log", log.as_bytes(), Names::new(), &options)?;
/// while let Some(event) = reader.next() {
///     assert_eq!(event.host(), Some("gw"));
/// }
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct Reader<'r> {
    blocks: Blocks<'r>,
    decoder: Decoder,
}

impl<'r> Reader<'r> {
    /// Starts on an input, and recognises its format from its first bytes.
    /// Fails if those cannot be read.
    pub fn open(
        file: &str,
        source: impl Read + 'r,
        names: Names,
        options: &Options,
    ) -> io::Result<Self> {
        let blocks = Blocks::open(file, source, options)?;
        Ok(Self { blocks, decoder: Decoder::new(names, options) })
    }

    /// The next event; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend its item")]
    pub fn next(&mut self) -> Option<&Event> {
        // In two steps, because a loan must not cross the loop.
        while !self.decoder.advance() {
            self.decoder.load(self.blocks.next_block()?);
        }
        Some(self.decoder.event())
    }

    /// The format that the input was recognised as.
    pub fn format(&self) -> Format {
        self.blocks.format()
    }

    /// What was wrong so far.
    pub fn findings(&mut self) -> Vec<Diagnostic> {
        let mut found = self.blocks.findings();
        found.extend(self.decoder.findings());
        found
    }
}
