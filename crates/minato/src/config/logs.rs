//! Settings of the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use rustls::{ClientConfig, RootCertStore};

use super::sources::Values;
use crate::logs::{Endpoint, Format, Levels, Options, Rotation, Transport};
use crate::tls;

/// Reads them.
pub(super) fn options(values: &Values) -> Result<Options> {
    Ok(Options {
        levels: values.parse_with("log", Levels::parse)?.ok_or_else(|| anyhow!("`log` has no value"))?,
        format: values.parse_with("log_format", format)?.unwrap_or(Format::Auto),
        files: files(values)?,
        endpoint: endpoint(values)?,
    })
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "auto" => Ok(Format::Auto),
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        _ => Err("expected `auto`, `text` or `json`".to_owned()),
    }
}

fn files(values: &Values) -> Result<Option<(PathBuf, Rotation)>> {
    let rotation = Rotation {
        size: values.parse_with("log_rotate_size", size)?.ok_or_else(|| anyhow!("no `log_rotate_size`"))?,
        age: values.parse_with("log_rotate_age", age)?,
        count: values.parse("log_rotate_count", "a number")?,
    };
    Ok(values.get("log_location").map(|folder| (folder.text().into(), rotation)))
}

/// A size as logrotate has it: bytes, or with `k`, `M` or `G` behind.
fn size(text: &str) -> Result<u64, String> {
    let allowed = || "expected a size such as `200M`, `500k` or `1G`".to_owned();
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (text.get(..at), 1 << 10),
        Some((at, 'm' | 'M')) => (text.get(..at), 1 << 20),
        Some((at, 'g' | 'G')) => (text.get(..at), 1 << 30),
        _ => (Some(text), 1),
    };
    let number: u64 = number.and_then(|number| number.parse().ok()).ok_or_else(allowed)?;
    number.checked_mul(unit).filter(|size| *size > 0).ok_or_else(allowed)
}

fn age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text).ok().filter(|age| !age.is_zero());
    age.ok_or_else(|| "expected a time such as `24h` or `7d`".to_owned())
}

fn endpoint(values: &Values) -> Result<Option<Endpoint>> {
    let authority = values.get("log_endpoint_authority");
    let named = values.parse_with("log_endpoint", address)?;
    if let Some(given) = authority
        && named.as_ref().is_none_or(|(scheme, ..)| *scheme != "tls")
    {
        bail!("{} needs a `log_endpoint` that begins with `tls://`", given.origin());
    }
    let Some((scheme, host, port)) = named else { return Ok(None) };
    let transport = match scheme {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        _ => Transport::Tls(encryption(authority.map(|value| Path::new(value.text())))?),
    };
    Ok(Some(Endpoint { transport, host, port }))
}

/// Scheme, host and port.
fn address(text: &str) -> Result<(&'static str, String, u16), String> {
    let allowed = "expected `tcp://host:port`, `udp://host:port` or `tls://host:port`";
    let schemes = ["tcp", "udp", "tls"];
    let (scheme, rest) = text.split_once("://").ok_or(allowed)?;
    let scheme = schemes.into_iter().find(|known| *known == scheme).ok_or(allowed)?;
    let (host, port) = rest.trim_end_matches('/').rsplit_once(':').ok_or(allowed)?;
    let port = port.parse().ok().filter(|port| *port != 0).ok_or(allowed)?;
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_name = |host: &str| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    match inner {
        Some(host) if host.parse::<std::net::Ipv6Addr>().is_ok() => Ok((scheme, host.to_owned(), port)),
        None if is_name(host) => Ok((scheme, host.to_owned(), port)),
        _ => Err(allowed.to_owned()),
    }
}

/// Whom to trust: the authority that is named, else those of the machine.
fn encryption(authority: Option<&Path>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(file) => {
            for certificate in tls::certificates(file)? {
                roots.add(certificate).with_context(|| format!("`{}` can't be used", file.display()))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        bail!("this machine trusts no certificate; name one in `log_endpoint_authority`");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_logrotate() {
        for (text, expected) in [("100", 100), ("100k", 102_400), ("200M", 209_715_200), ("1G", 1 << 30)] {
            assert_eq!(size(text), Ok(expected));
        }
        for text in ["", "k", "0", "-1", "1T", "1.5M", "99999999999999G", "1 M"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_of_servers() {
        for (text, expected) in [
            ("tcp://logs.example.com:514", ("tcp", "logs.example.com", 514)),
            ("udp://10.0.0.1:514/", ("udp", "10.0.0.1", 514)),
            ("tls://[::1]:6514", ("tls", "::1", 6514)),
        ] {
            let (scheme, host, port) = address(text).unwrap();
            assert_eq!((scheme, host.as_str(), port), expected);
        }
        for text in [
            "logs:514",
            "http://logs:514",
            "tcp://logs",
            "tcp://:514",
            "tcp://a b:1",
            "tcp://x:0",
            "tcp://::1:514",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
