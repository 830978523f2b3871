//! Little-endian reads that cannot run past the end.

/// Two bytes at an offset.
pub(super) fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// Four bytes at an offset.
pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// Eight bytes at an offset.
pub(super) fn u64_at(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Four bytes at an offset, as an offset.
pub(super) fn offset_at(data: &[u8], at: usize) -> Option<usize> {
    u32_at(data, at).map(|offset| offset as usize)
}

/// A place in a chunk from which tokens are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) data: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    /// One byte.
    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// Two bytes.
    pub(super) fn u16(&mut self) -> Option<u16> {
        let value = u16_at(self.data, self.at)?;
        self.at += 2;
        Some(value)
    }

    /// Four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        let value = u32_at(self.data, self.at)?;
        self.at += 4;
        Some(value)
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.data.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// A count of UTF-16 units, then the units.
    pub(super) fn counted_utf16(&mut self) -> Option<&'a [u8]> {
        let units = self.u16()?;
        self.take(usize::from(units) * 2)
    }
}
