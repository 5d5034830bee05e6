//! JPEG (ITU-T T.81): markers with segments, and between them the coded picture.

use super::{Cleaned, Reader};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
/// Exif, and by another head XMP.
const APP1: u8 = 0xe1;
const COMMENT: u8 = 0xfe;

/// Keeps what shows the picture, up to its end; `None` when it is no JPEG.
pub(super) fn clean(bytes: &[u8]) -> Option<Cleaned> {
    let mut reader = Reader(bytes);
    (reader.array::<2>()? == [0xff, SOI]).then_some(())?;
    let (mut kept, mut size) = (vec![0xff, SOI], None);
    loop {
        let marker = marker(&mut reader)?;
        match marker {
            EOI => {
                kept.extend_from_slice(&[0xff, EOI]);
                let (width, height) = size?;
                return Some(Cleaned { width, height, bytes: kept });
            }
            // Markers that stand alone.
            0x01 | 0xd0..=0xd7 => kept.extend_from_slice(&[0xff, marker]),
            SOI => return None,
            _ => {
                let segment = segment(&mut reader)?;
                if is_frame(marker) {
                    size = Some(size_of(segment)?);
                }
                if marker == APP1 {
                    kept.extend(orientation(segment).map(upright).unwrap_or_default());
                } else if is_kept(marker, segment) {
                    let length = u16::try_from(segment.len() + 2).ok()?.to_be_bytes();
                    kept.extend_from_slice(&[&[0xff, marker], &length[..], segment].concat());
                }
                if marker == SOS {
                    size?;
                    kept.extend_from_slice(coded(&mut reader)?);
                }
            }
        }
    }
}

/// The next marker; fill bytes may stand before it.
fn marker(reader: &mut Reader<'_>) -> Option<u8> {
    (reader.array::<1>()? == [0xff]).then_some(())?;
    loop {
        match reader.array::<1>()? {
            [0xff] => {}
            [0x00] => return None,
            [marker] => return Some(marker),
        }
    }
}

fn segment<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = usize::from(u16::from_be_bytes(reader.array()?));
    reader.take(length.checked_sub(2)?)
}

/// The coded picture behind a start of scan, up to the next marker that is none of its own.
fn coded<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let all = reader.0;
    let next = all.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))?;
    reader.take(next)
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
}

fn size_of(frame: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader(frame);
    reader.take(1)?;
    let height = u16::from_be_bytes(reader.array()?);
    let width = u16::from_be_bytes(reader.array()?);
    Some((width.into(), height.into()))
}

/// Of the application's segments those that say how the colours are meant: JFIF, an ICC profile, Adobe's transform.
fn is_kept(marker: u8, segment: &[u8]) -> bool {
    match marker {
        0xe0 => segment.starts_with(b"JFIF\0"),
        0xe2 => segment.starts_with(b"ICC_PROFILE\0"),
        0xee => segment.starts_with(b"Adobe"),
        0xe1..=0xef | COMMENT => false,
        _ => true,
    }
}

/// The orientation in an Exif block, where it is not the usual one.
fn orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let little = tiff.starts_with(b"II*\0");
    if !little && !tiff.starts_with(b"MM\0*") {
        return None;
    }
    let short = |bytes: [u8; 2]| if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let offset = if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let mut entries = Reader(tiff.get(usize::try_from(offset).ok()?..)?);
    for _ in 0..short(entries.array()?) {
        let entry: [u8; 12] = entries.array()?;
        let [t0, t1, _, _, _, _, _, _, v0, v1, ..] = entry;
        if short([t0, t1]) == 0x0112 {
            return u8::try_from(short([v0, v1])).ok().filter(|turned| (2..=8).contains(turned));
        }
    }
    None
}

/// An Exif block that says nothing but the orientation.
fn upright(orientation: u8) -> Vec<u8> {
    let head = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    [&head[..], &[orientation], b"\0\0\0\0\0\0"].concat()
}
