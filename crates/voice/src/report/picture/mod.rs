//! Pictures as they are taken in: known by their content, and stripped of what says where and with what they were taken.
//! Pure.
//!
//! What is kept of a file is what shows the picture: places, times, names of devices, thumbnails, comments and whatever
//! stands behind the end are left out. Of a JPEG's Exif the orientation alone stays, as a block written anew.

mod jpeg;
mod png;
mod webp;

/// Pixels of a side at the most.
const SIDE: u32 = 12_000;
/// Pixels at the most: what a member's phone can still show.
const PIXELS: u64 = 64_000_000;

/// What kind of picture it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl Kind {
    /// Its media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// How the name of a file of it ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// A picture that can be shown and tells nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub kind: Kind,
    /// Pixels from left to right, as stored.
    pub width: u32,
    /// Pixels from top to bottom, as stored.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Why a file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is none of the three kinds, or broken.
    Kind,
    /// It has more pixels than phones can show.
    Size,
}

/// Takes a picture in.
///
/// # Errors
/// What is wrong with it.
pub fn clean(bytes: &[u8]) -> Result<Picture, Fault> {
    let (kind, read) = match bytes {
        [0xff, 0xd8, 0xff, ..] => (Kind::Jpeg, jpeg::clean(bytes)),
        [0x89, b'P', b'N', b'G', ..] => (Kind::Png, png::clean(bytes)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => (Kind::Webp, webp::clean(bytes)),
        _ => return Err(Fault::Kind),
    };
    let Cleaned { width, height, bytes } = read.ok_or(Fault::Kind)?;
    if width == 0 || height == 0 {
        return Err(Fault::Kind);
    }
    if width > SIDE || height > SIDE || u64::from(width) * u64::from(height) > PIXELS {
        return Err(Fault::Size);
    }
    Ok(Picture { kind, width, height, bytes })
}

/// What a format hands back; `None` when it is not well formed.
struct Cleaned {
    width: u32,
    height: u32,
    bytes: Vec<u8>,
}

/// Reads from the front of a file.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
}

#[cfg(test)]
mod tests;
