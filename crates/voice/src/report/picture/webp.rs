//! WebP (RFC 9649): chunks in a RIFF container.

use super::{Cleaned, Reader};

/// Bits of the head that say that Exif and XMP follow.
const TELLING: u8 = 0b0000_1100;

/// Keeps what shows the picture; `None` when it is no WebP.
pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut reader = Reader(bytes);
    reader.take(4)?;
    let length = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
    let mut reader = Reader(reader.take(length)?);
    (reader.array::<4>()? == *b"WEBP").then_some(())?;
    let (mut kept, mut size, mut data) = (Vec::new(), None, false);
    while !reader.0.is_empty() {
        let name: [u8; 4] = reader.array()?;
        let length = u32::from_le_bytes(reader.array()?);
        let content = reader.take(usize::try_from(length).ok()?)?;
        // Chunks are filled up to an even length.
        if length % 2 == 1 {
            reader.take(1)?;
        }
        let mut head = content.to_vec();
        match &name {
            b"VP8X" => {
                *head.first_mut()? &= !TELLING;
                size = Some(extended(content)?);
            }
            b"VP8 " => (size, data) = (size.or(lossy(content)), true),
            b"VP8L" => (size, data) = (size.or(lossless(content)), true),
            b"ANMF" => data = true,
            b"ICCP" | b"ANIM" | b"ALPH" => {}
            _ => continue,
        }
        kept.extend_from_slice(&[&name[..], &length.to_le_bytes(), &head].concat());
        kept.extend((length % 2 == 1).then_some(0));
    }
    let (width, height) = size.filter(|_| data)?;
    let length = u32::try_from(kept.len() + 4).ok()?.to_le_bytes();
    Some(Cleaned { width, height, bytes: [b"RIFF", &length[..], b"WEBP", &kept].concat() })
}

fn extended(content: &[u8]) -> Option<(u32, u32)> {
    let side = |from: usize| {
        let [a, b, c]: [u8; 3] = content.get(from..from + 3)?.try_into().ok()?;
        Some(u32::from_le_bytes([a, b, c, 0]) + 1)
    };
    Some((side(4)?, side(7)?))
}

fn lossy(content: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader(content.get(3..)?);
    (reader.array::<3>()? == [0x9d, 0x01, 0x2a]).then_some(())?;
    let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3fff);
    Some((side(reader.array()?), side(reader.array()?)))
}

fn lossless(content: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader(content);
    (reader.array::<1>()? == [0x2f]).then_some(())?;
    let bits = u32::from_le_bytes(reader.array()?);
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
