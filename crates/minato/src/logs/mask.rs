//! What no line may tell. Every text goes through here when a line is made, the one place where
//! that is decided.
//!
//! A secret is known by what stands before it (a name such as `password`, in a query, a header, JSON
//! or Rust's debug form; `Bearer`; the password in an address) or by its look (a signed token). Rather
//! too much is masked than too little.

use std::borrow::Cow;

/// What stands where a secret was.
pub(super) const MASK: &str = "***";

/// How names of secrets end, in small letters and with `_` for `-`.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "signature",
    "credential",
    "credentials",
    "api_key",
    "apikey",
    "private_key",
];
/// How names end whose value has blanks in it: without quotes it is the rest of the line.
const LINE_NAMES: [&str; 3] = ["authorization", "cookie", "auth_header"];
/// Names that are secret only as a whole: as an ending they would hide what is none.
const WHOLE_NAMES: [&str; 4] = ["auth", "sig", "access_key", "secret_access_key"];
/// Names that are secret in a query: the code of a sign-in elsewhere.
const QUERY_NAMES: [&str; 2] = ["code", "state"];

/// Whether what has this name is secret.
pub(super) fn is_secret(name: &str) -> bool {
    let is_whole = |whole: &&str| whole.len() == name.len() && ends_with(name, whole);
    NAMES.iter().chain(&LINE_NAMES).any(|ending| ends_with(name, ending)) || WHOLE_NAMES.iter().any(is_whole)
}

/// Whether the name ends so, in whatever letters, and with `-` or `_`.
fn ends_with(name: &str, ending: &str) -> bool {
    let plain = |b: u8| if b == b'-' { b'_' } else { b.to_ascii_lowercase() };
    // From the end, where most names differ at once.
    name.len() >= ending.len() && name.bytes().rev().zip(ending.bytes().rev()).all(|(a, b)| plain(a) == b)
}

/// The text without its secrets.
pub(super) fn mask(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut masked = String::new();
    let (mut copied, mut at) = (0, 0);
    while at < bytes.len() {
        match secret_at(text, at) {
            Some((from, to)) if from >= copied && to > from => {
                masked.push_str(text.get(copied..from).unwrap_or_default());
                masked.push_str(MASK);
                (copied, at) = (to, to);
            }
            _ => at += 1,
        }
    }
    if copied == 0 && masked.is_empty() {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(masked)
}

/// The secret that what stands at `at` announces: where it begins and ends.
fn secret_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    match bytes.get(at)? {
        b':' if bytes.get(at + 1..at + 3) == Some(b"//") => in_address(bytes, at + 3),
        b'=' | b':' => named(text, at, at + 1),
        b'%' if is_equals(bytes, at) => named(text, at, at + 3),
        b'e' => signed_token(bytes, at),
        b'b' | b'B' => after_scheme(bytes, at),
        _ => None,
    }
}

/// Whether an encoded `=` stands there.
fn is_equals(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1..at + 3).is_some_and(|code| code.eq_ignore_ascii_case(b"3d"))
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// A value whose name ends before `sign`, if it is secret; `from` is what comes after the sign.
fn named(text: &str, sign: usize, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let before = bytes.get(..sign)?;
    let end = before.iter().rposition(|b| !matches!(b, b' ' | b'"' | b'\'' | b'\\'))? + 1;
    let start = before.get(..end)?.iter().rposition(|b| !is_name(*b)).map_or(0, |last| last + 1);
    // What is encoded in an address has the end of a code before it: `%26token`.
    let sign_before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let encoded = sign_before == Some(&b'%');
    let name = text.get(if encoded { (start + 2).min(end) } else { start }..end)?;
    let in_query = sign_before.is_some_and(|b| b"?&".contains(b));
    // `library/auth:1` is an image.
    let is_image = sign_before == Some(&b'/')
        && matches!(name, "auth" | "cookie")
        && bytes.get(end) == Some(&b':')
        && bytes.get(from).is_some_and(u8::is_ascii_alphanumeric);
    if is_image || !(is_secret(name) || in_query && QUERY_NAMES.contains(&name)) {
        return None;
    }
    let from = from + bytes.get(from..)?.iter().take_while(|b| **b == b' ').count();
    let is_line = LINE_NAMES.iter().any(|ending| ends_with(name, ending));
    Some(value(bytes, from, is_line))
}

/// Where a value begins and ends: between its quotes, with its brackets, or else to the end of the
/// line or to the next blank or `&`.
fn value(bytes: &[u8], from: usize, is_line: bool) -> (usize, usize) {
    // `b"…"`
    let bare = from + usize::from(bytes.get(from) == Some(&b'b'));
    if let Some(between) = quoted(bytes, bare) {
        return between;
    }
    let to = end_of_word(bytes, from);
    if let Some(end) = bracketed(bytes, from) {
        return (from, end.max(to));
    }
    if is_line {
        return (from, end_of_line(bytes, from));
    }
    // `token: Bearer abc`: the scheme is no secret, what follows it is.
    let word = bytes.get(from..to).unwrap_or_default();
    let is_scheme =
        [&b"basic"[..], b"bearer", b"digest", b"token"].iter().any(|s| word.eq_ignore_ascii_case(s));
    if is_scheme && bytes.get(to) == Some(&b' ') {
        return (to + 1, end_of_word(bytes, to + 1));
    }
    (from, to)
}

/// What is between the quotes that open there, which may be escaped; to the end if they do not close.
fn quoted(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let slashes = backslashes_from(bytes, from);
    let quote = bytes.get(from + slashes).filter(|b| matches!(b, b'"' | b'\''))?;
    let start = from + slashes + 1;
    let mut at = start;
    while at < bytes.len() {
        let run = backslashes_from(bytes, at);
        match bytes.get(at + run) {
            // The quote that is escaped as often as the first one was.
            Some(b) if b == quote && run == slashes => return Some((start, at)),
            _ => at += run + 1,
        }
    }
    Some((start, bytes.len()))
}

/// Where the bracket closes that opens there, or after the name of a type (`Some(`, `Key {`); the end
/// if it does not.
fn bracketed(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let mut at = from + name + usize::from(rest.get(name..)?.starts_with(b" {"));
    bytes.get(at).filter(|b| matches!(b, b'[' | b'(' | b'{'))?;
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' if depth == 1 => return Some(at + 1),
            b']' | b')' | b'}' => depth -= 1,
            b'"' | b'\'' | b'\\' => {
                let slashes = backslashes_from(bytes, at);
                at = quoted(bytes, at).map_or(at + slashes, |(_, end)| end + slashes + 1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Some(bytes.len())
}

fn backslashes_from(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|b| **b == b'\\').count()
}

fn end_of_word(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let is_end = |(at, b): (usize, &u8)| {
        b.is_ascii_whitespace()
            || matches!(b, b'&' | b'"' | b'\'' | b'\\')
            || *b == b'%' && rest.get(at + 1..at + 3) == Some(b"26")
    };
    rest.iter().enumerate().position(|(at, b)| is_end((at, b))).map_or(bytes.len(), |length| from + length)
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(rest.len())
}

/// Name and password in `scheme://name:password@host`; only the password if there is a name.
fn in_address(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(from..)?;
    let is_end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'\\');
    let authority = rest.get(..rest.iter().position(is_end).unwrap_or(rest.len()))?;
    let end = authority.iter().rposition(|b| *b == b'@')?;
    let start = authority.get(..end)?.iter().position(|b| *b == b':').map_or(0, |colon| colon + 1);
    Some((from + start, from + end))
}

/// A token that says of itself that it is one: JSON in base64, a dot, and more.
fn signed_token(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let begins =
        at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|b| !is_name(*b) || *b == b'.');
    if !begins || !rest.starts_with(b"eyJ") {
        return None;
    }
    let length = rest.iter().take_while(|b| is_name(**b)).count();
    rest.get(..length)?.contains(&b'.').then_some((at, at + length))
}

/// What follows `Bearer` or `Basic`, if it looks like credentials and not like the next word.
fn after_scheme(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let begins = at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|b| !is_name(*b));
    let scheme = [&b"bearer "[..], b"basic "]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let from = at + scheme.len();
    let word = bytes.get(from..end_of_word(bytes, from))?;
    let is_plain =
        word.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_punctuation()) && !word.ends_with(b"=");
    // `realm="…"` is what a challenge says.
    let is_challenge = word.starts_with(b"realm=");
    (begins && !word.is_empty() && (!is_plain || word.len() > 24) && !is_challenge)
        .then_some((from, from + word.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        for (text, expected) in [
            ("password=hunter2", "password=***"),
            ("a=1&password=hunter2&b=2", "a=1&password=***&b=2"),
            ("/x?token=a.b,c&n=1", "/x?token=***&n=1"),
            ("/x?n=1&access_token=abc", "/x?n=1&access_token=***"),
            (
                "X-Amz-Algorithm=A&X-Amz-Signature=0a1b&X-Amz-Credential=AK/1",
                "X-Amz-Algorithm=A&X-Amz-Signature=***&X-Amz-Credential=***",
            ),
            (
                "to=https%3A%2F%2Fs3%2Fx%3FX-Amz-Signature%3Dabc%26a%3D1",
                "to=https%3A%2F%2Fs3%2Fx%3FX-Amz-Signature%3D***%26a%3D1",
            ),
            ("/c/oidc/callback?code=abc&state=def", "/c/oidc/callback?code=***&state=***"),
            (r#"{"secret":"a\"b","name":"x"}"#, r#"{"secret":"***","name":"x"}"#),
            (r#""{\"new_password\": \"a b\", \"c\": 1}""#, r#""{\"new_password\": \"***\", \"c\": 1}""#),
            (
                r#"User { name: "a", password: "x y", id: 1 }"#,
                r#"User { name: "a", password: "***", id: 1 }"#,
            ),
            (r#"password: b"x y", id: 1"#, r#"password: b"***", id: 1"#),
            ("token: Bearer abc done", "token: Bearer *** done"),
            ("sent Bearer abcDEF123", "sent Bearer ***"),
            ("sent basic YTpi", "sent basic ***"),
            ("postgres://u:p@ss@db/x", "postgres://u:***@db/x"),
            ("https://u:p:q@h:1/x and http://t0ken@h", "https://u:***@h:1/x and http://***@h"),
            ("got eyJhbGciOi.eyJzdWIi.c2ln-_x end", "got *** end"),
            ("client-secret : abc", "client-secret : ***"),
            ("MINATO_ADMIN_PASSWORD=x", "MINATO_ADMIN_PASSWORD=***"),
            ("ä password=ü\nnext", "ä password=***\nnext"),
            ("password='a b' token=\"c", "password='***' token=\"***"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn headers_are_masked_to_the_end_of_the_line() {
        for (text, expected) in [
            ("Cookie: sid=abc", "Cookie: ***"),
            ("Cookie: a=1; sid=SECRET\r\nHost: h", "Cookie: ***\r\nHost: h"),
            ("set-cookie: sid=S; Path=/\nb", "set-cookie: ***\nb"),
            ("Authorization: Basic YWRtaW46cHc=\ndone", "Authorization: ***\ndone"),
            ("Authorization: Negotiate YII/a+b==", "Authorization: ***"),
            ("authorization=ApiKey x", "authorization=***"),
            (r#"Proxy-Authorization: Digest username="u", response="r""#, "Proxy-Authorization: ***"),
            ("auth_header: ApiKey x", "auth_header: ***"),
            (r#"{"cookie": "a=1; b=\"2\"", "host": "h"}"#, r#"{"cookie": "***", "host": "h"}"#),
            (r#"{\"Authorization\":\"ApiKey x\",\"n\":1}"#, r#"{\"Authorization\":\"***\",\"n\":1}"#),
            (r#"{"auth_header":"ApiKey x","n":1}"#, r#"{"auth_header":"***","n":1}"#),
            (r#"{"auths":{"h":{"auth":"dXNl cg=="}}}"#, r#"{"auths":{"h":{"auth":"***"}}}"#),
            (r#"{"Set-Cookie":["a=1; b","c"],"Host":["h"]}"#, r#"{"Set-Cookie":***,"Host":["h"]}"#),
            (r#"authorization: Some("ApiKey x"), id: 1"#, "authorization: ***, id: 1"),
            ("Cookie:\nHost: h", "Cookie:\nHost: h"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn brackets_are_masked_whole() {
        for (text, expected) in [
            (r#"token: ["a","b"], id: 1"#, "token: ***, id: 1"),
            (r#"{"token":["a]", ["b\"]"], 'c]'],"id":1}"#, r#"{"token":***,"id":1}"#),
            (r#"{\"token\":[\"a]\", \"b\"],\"id\":1}"#, r#"{\"token\":***,\"id\":1}"#),
            ("secret: [104, 105] end", "secret: *** end"),
            (r#"password: Some("x y"), id: 1"#, "password: ***, id: 1"),
            (r#"secret: Key { a: Some("x)"), b: [1, 2] }, id: 1"#, "secret: ***, id: 1"),
            (r#"{"credential":{"key":"k","n":{}},"id":1}"#, r#"{"credential":***,"id":1}"#),
            (r#"token: ["a", "b"#, "token: ***"),
            ("token: [\n  \\ \"a\",\n] end", "token: *** end"),
            ("password=ab(c),d!&b=2", "password=***&b=2"),
        ] {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn other_things_are_told() {
        for text in [
            "/v2/library/app/manifests/sha256:0123456789abcdef",
            "/service/token?service=harbor-registry&scope=repository:library/app:pull",
            "Bearer realm=\"http://h/service/token\",service=\"harbor-registry\"",
            "basic auth and bearer tokens",
            "http://example.com:8080/a@b",
            "token_expiration=30, code=404, state: running, config=x",
            "status code: 200",
            "pushed library/auth:1.2 and library/cookie:1 by bob",
            "auth_mode=db_auth, oauth: on, author: me, cookies: [1, 2]",
            "names: [\"a\"], { code: 404 }",
            "the password is wrong",
            "eyJust a word. And more",
            "",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn names() {
        for name in [
            "password",
            "old_password",
            "X-Harbor-CSRF-Token",
            "cli_secret",
            "Set-Cookie",
            "robot.secret",
            "AUTH",
            "auth_header",
            "Secret-Access-Key",
            "Proxy-Authorization",
            "X-API-Key",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "token_expiration",
            "config",
            "username",
            "secretary",
            "path",
            "oauth",
            "auth_mode",
            "token\u{e4}",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    /// However strange, it neither panics nor cuts a letter in two.
    #[test]
    fn any_text() {
        let pieces = [
            "password", "=", ":", "//", "\\", "\"", "ä", "@", "eyJ.", "Bearer ", "%3D", "%26", "&", " ", "%",
            "cookie", "[", "]", "Some(", ")", " {", "}", "'", "\n", "b\"",
        ];
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()]);
            }
            let _ = mask(&text);
        }
    }
}
