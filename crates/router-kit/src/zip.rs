//! A ZIP archive of a few small texts, stored as they are. Same input, same bytes.

/// 1 January 1980, which is as early as the format knows.
const DATE: u16 = 0x0021;

/// Packs files under their names.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let offset = small(bytes.len());
        let header = header(name, content);
        bytes.extend(0x0403_4B50_u32.to_le_bytes());
        bytes.extend(&header);
        bytes.extend(name.as_bytes());
        bytes.extend(*content);
        directory.extend(0x0201_4B50_u32.to_le_bytes());
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&header);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap_or(u16::MAX);
    let (start, size) = (small(bytes.len()), small(directory.len()));
    bytes.extend(directory);
    bytes.extend(0x0605_4B50_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// What a file's own header and its entry in the directory share.
fn header(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(20_u16.to_le_bytes());
    // Names are UTF-8; stored, not compressed; midnight.
    bytes.extend(0x0800_u16.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(DATE.to_le_bytes());
    bytes.extend(crc32(content).to_le_bytes());
    bytes.extend(small(content.len()).to_le_bytes());
    bytes.extend(small(content.len()).to_le_bytes());
    bytes.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// The pages are some kilobytes.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc >>= 1;
            if low == 1 {
                crc ^= 0xEDB8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_format() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn an_archive_names_its_files_and_where_they_are() {
        let bytes = archive(&[("a.html", b"A"), ("b/c.js", b"BC")]);
        assert_eq!(bytes.get(..4), Some(&b"PK\x03\x04"[..]));
        let end = bytes.len() - 22;
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(number(end), 0x0605_4B50);
        let start = usize::try_from(number(end + 16)).unwrap();
        assert_eq!(number(start), 0x0201_4B50);
        assert_eq!(&bytes[start + 46..start + 52], b"a.html");
        assert_eq!(number(start + 42), 0);
    }
}
