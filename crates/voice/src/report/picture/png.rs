//! PNG (ISO/IEC 15948): chunks with a length, a name and a checksum.

use super::{Cleaned, Reader};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
/// Chunks that say how it looks. Left out are texts, times, Exif and whatever is unknown.
const KEPT: [&[u8; 4]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"pHYs", b"bKGD",
    b"sBIT", b"acTL", b"fcTL", b"fdAT", b"hIST",
];

/// Keeps what shows the picture, up to its end; `None` when it is no PNG.
pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut reader = Reader(bytes);
    (reader.array::<8>()? == SIGNATURE).then_some(())?;
    let (mut kept, mut size, mut data) = (SIGNATURE.to_vec(), None, false);
    loop {
        let chunk = reader;
        let length = usize::try_from(u32::from_be_bytes(reader.array()?)).ok()?;
        let name: [u8; 4] = reader.array()?;
        let content = reader.take(length)?;
        reader.take(4)?;
        let first = size.is_none();
        match &name {
            b"IHDR" if first => size = Some(size_of(content)?),
            b"IHDR" => return None,
            _ if first => return None,
            b"IDAT" => data = true,
            _ => {}
        }
        if KEPT.contains(&&name) {
            kept.extend_from_slice(chunk.0.get(..length.checked_add(12)?)?);
        }
        if &name == b"IEND" {
            let (width, height) = size.filter(|_| data)?;
            return Some(Cleaned { width, height, bytes: kept });
        }
    }
}

fn size_of(head: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader(head);
    let (width, height) = (u32::from_be_bytes(reader.array()?), u32::from_be_bytes(reader.array()?));
    (head.len() == 13).then_some((width, height))
}
