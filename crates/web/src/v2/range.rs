//! Byte ranges: `Range` of a download (RFC 9110) and `Content-Range` of an upload
//! (distribution-spec, "Pushing a blob in chunks").

use std::ops::Range;

use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, IF_RANGE, RANGE};

use crate::codes::Code;
use crate::error::Failure;

/// What of a blob is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// A part.
    Part(Range<u64>),
    /// A part that is not there.
    Unsatisfiable,
}

/// Reads `Range` for content of `size` bytes. What is no single range of bytes is ignored, as the
/// RFC allows: the client then gets everything.
pub(super) fn wanted(headers: &HeaderMap, size: u64, etag: &str) -> Wanted {
    let outdated = headers.get(IF_RANGE).is_some_and(|value| value.as_bytes() != etag.as_bytes());
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok()).filter(|_| !outdated);
    let Some((first, last)) =
        range.and_then(|text| text.strip_prefix("bytes=")).and_then(|text| text.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last && first < size => {
            Wanted::Part(first..last.saturating_add(1).min(size))
        }
        (Some(_), Some(_)) => Wanted::Unsatisfiable,
        (Some(first), None) if last.is_empty() && first < size => Wanted::Part(first..size),
        (Some(_), None) if last.is_empty() => Wanted::Unsatisfiable,
        (None, Some(suffix)) if first.is_empty() && suffix > 0 && size > 0 => {
            Wanted::Part(size.saturating_sub(suffix)..size)
        }
        (None, Some(_)) if first.is_empty() => Wanted::Unsatisfiable,
        _ => Wanted::Whole,
    }
}

/// Where a chunk says that it begins; `None` when it does not say.
pub(super) fn chunk_start(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get(CONTENT_RANGE) else { return Ok(None) };
    let text = value.to_str().unwrap_or("");
    let bounds = text.split_once('-').and_then(|(first, last)| Some((number(first)?, number(last)?)));
    let Some((first, last)) = bounds.filter(|(first, last)| first <= last) else {
        return Err(Failure::new(
            Code::RangeInvalid,
            format!("`Content-Range` is `{text}`, expected `<first byte>-<last byte>`"),
        ));
    };
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(number);
    if length.is_some_and(|length| length != last - first + 1) {
        return Err(Failure::new(Code::RangeInvalid, "`Content-Range` and `Content-Length` disagree"));
    }
    Ok(Some(first))
}

/// Decimal digits and nothing else.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads() {
        for (range, wanted_part) in [
            ("bytes=500-1499", Wanted::Part(500..1500)),
            ("bytes=500-", Wanted::Part(500..2048)),
            ("bytes=-500", Wanted::Part(1548..2048)),
            ("bytes=-5000", Wanted::Part(0..2048)),
            ("bytes=2000-5000", Wanted::Part(2000..2048)),
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=500-0", Wanted::Unsatisfiable),
            ("bytes=5000-10000", Wanted::Unsatisfiable),
            ("bytes=2048-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=0-18446744073709551615", Wanted::Part(0..2048)),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RANGE, range.parse().unwrap());
            assert_eq!(wanted(&headers, 2048, "\"x\""), wanted_part, "{range}");
        }
    }

    #[test]
    fn a_range_of_something_else_gets_everything() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, "bytes=0-1".parse().unwrap());
        headers.insert(IF_RANGE, "\"y\"".parse().unwrap());
        assert_eq!(wanted(&headers, 10, "\"x\""), Wanted::Whole);
    }

    #[test]
    fn uploads() {
        let start = |range: &str, length: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, range.parse().unwrap());
            headers.insert(CONTENT_LENGTH, length.parse().unwrap());
            chunk_start(&headers)
        };
        assert_eq!(start("0-9", "10").unwrap(), Some(0));
        assert_eq!(start("10-10", "1").unwrap(), Some(10));
        assert_eq!(chunk_start(&HeaderMap::new()).unwrap(), None);
        for (range, length) in
            [("0-9", "9"), ("9-0", "10"), ("bytes 0-9/10", "10"), ("+0-9", "10"), ("-", "0")]
        {
            assert_eq!(start(range, length).unwrap_err().code, Code::RangeInvalid, "{range}");
        }
    }
}
