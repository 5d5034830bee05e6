use proptest::prelude::*;

use super::*;

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &u16::try_from(content.len() + 2).unwrap().to_be_bytes()[..], content].concat()
}

fn exif(orientation: u8) -> Vec<u8> {
    let head = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x04\0\0\0CAM\0\x12\x01\x03\0\x01\0\0\0";
    [&head[..], &[orientation, 0, 0, 0, 0, 0, 0, 0], b"22.5778N 113.0815E"].concat()
}

fn jpeg(orientation: u8) -> Vec<u8> {
    let frame = [8, 0x02, 0x58, 0x03, 0x20, 1, 1, 0x11, 0];
    [
        &[0xff, 0xd8][..],
        &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        &segment(0xe1, &exif(orientation)),
        &segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        &segment(0xe2, b"ICC_PROFILE\0\x01\x01abc"),
        &segment(0xed, b"Photoshop 3.0\0secret"),
        &segment(0xfe, b"comment"),
        &segment(0xdb, &[0; 65]),
        &segment(0xc2, &frame),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        &[1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4],
        // A progressive one has several scans, with tables between them.
        &segment(0xc4, &[0; 20]),
        &segment(0xda, &[1, 1, 0, 0, 63, 0]),
        &[5, 6],
        &[0xff, 0xd9],
        b"<script>alert(1)</script>",
    ]
    .concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], name, content, &[1, 2, 3, 4]].concat()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &head),
        chunk(b"tEXt", b"Author\0somebody"),
        chunk(b"eXIf", b"MM\0*22.5778N"),
        chunk(b"pHYs", &[0; 9]),
        chunk(b"IDAT", &[7; 20]),
        chunk(b"tIME", &[0; 7]),
        chunk(b"IEND", b""),
        b"PK\x03\x04".to_vec(),
    ]
    .concat()
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, content) in chunks {
        body.extend([&name[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat());
        body.extend((content.len() % 2 == 1).then_some(0));
    }
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_jpeg_tells_nothing_but_its_picture() {
    let cleaned = clean(&jpeg(6)).unwrap();
    assert_eq!((cleaned.kind, cleaned.width, cleaned.height), (Kind::Jpeg, 800, 600));
    for told in [&b"22.5778"[..], b"CAM", b"xmpmeta", b"Photoshop", b"comment", b"script"] {
        assert!(!holds(&cleaned.bytes, told), "{}", String::from_utf8_lossy(told));
    }
    for kept in [&b"JFIF"[..], b"ICC_PROFILE", &[1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4], &[5, 6, 0xff, 0xd9]] {
        assert!(holds(&cleaned.bytes, kept));
    }
    // It lies on its side: that must not get lost.
    assert!(holds(&cleaned.bytes, b"\x01\x12\0\x03\0\0\0\x01\0\x06"));
    assert!(!holds(&clean(&jpeg(1)).unwrap().bytes, b"Exif"));
    assert!(!holds(&clean(&jpeg(9)).unwrap().bytes, b"Exif"));
    assert_eq!(clean(&cleaned.bytes).unwrap(), cleaned, "cleaned again it is the same");
}

#[test]
fn a_png_tells_nothing_but_its_picture() {
    let cleaned = clean(&png(640, 480)).unwrap();
    assert_eq!((cleaned.kind, cleaned.width, cleaned.height), (Kind::Png, 640, 480));
    for told in [&b"somebody"[..], b"eXIf", b"tIME", b"PK"] {
        assert!(!holds(&cleaned.bytes, told));
    }
    assert!(holds(&cleaned.bytes, b"pHYs") && cleaned.bytes.ends_with(b"IEND\x01\x02\x03\x04"));
    assert_eq!(clean(&cleaned.bytes).unwrap(), cleaned);
    assert_eq!(clean(&png(12_001, 1)), Err(Fault::Size));
    assert_eq!(clean(&png(12_000, 12_000)), Err(Fault::Size));
    assert_eq!(clean(&png(0, 9)), Err(Fault::Kind));
}

#[test]
fn a_webp_tells_nothing_but_its_picture() {
    let head = [0b0001_1100, 0, 0, 0, 0x1f, 0x03, 0, 0x57, 0x02, 0];
    let picture = [0, 0, 0, 0x9d, 0x01, 0x2a, 0x20, 0x03, 0x58, 0x02, 9];
    let whole = riff(&[(b"VP8X", &head), (b"VP8 ", &picture), (b"EXIF", b"22.5778N"), (b"XMP ", b"<xmp/>")]);
    let cleaned = clean(&whole).unwrap();
    assert_eq!((cleaned.kind, cleaned.width, cleaned.height), (Kind::Webp, 800, 600));
    assert!(!holds(&cleaned.bytes, b"22.5778") && !holds(&cleaned.bytes, b"xmp"));
    assert_eq!(cleaned.bytes[20], 0b0001_0000, "the head does not promise what is gone");
    assert_eq!(clean(&cleaned.bytes).unwrap(), cleaned);
    assert_eq!(clean(&riff(&[(b"VP8 ", &picture)])).unwrap().width, 800);
    let lossless = [&[0x2f][..], &(799_u32 | 599 << 14).to_le_bytes()].concat();
    let cleaned = clean(&riff(&[(b"VP8L", &lossless)])).unwrap();
    assert_eq!((cleaned.width, cleaned.height), (800, 600));
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let cut = jpeg(1);
    for bytes in [
        &b""[..],
        b"<svg onload=alert(1)>",
        b"GIF89a",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        &cut[..cut.len() / 2],
    ] {
        assert_eq!(clean(bytes), Err(Fault::Kind), "{}", String::from_utf8_lossy(bytes));
    }
}

proptest! {
    /// Whatever comes: no panic, and what is taken is taken again as it is.
    #[test]
    fn broken_files_do_no_harm(which in 0..3, place: proptest::sample::Index, byte: u8, cut: proptest::sample::Index) {
        let mut bytes = match which {
            0 => jpeg(6),
            1 => png(9, 9),
            _ => riff(&[(b"VP8X", &[4, 0, 0, 0, 9, 0, 0, 9, 0, 0]), (b"VP8L", &[0x2f, 9, 9, 9, 9]), (b"EXIF", b"a")]),
        };
        let at = place.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(picture) = clean(&bytes) {
            prop_assert_eq!(clean(&picture.bytes).unwrap(), picture);
        }
    }
}
