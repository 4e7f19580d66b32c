//! Settings of traces.

use anyhow::{Result, anyhow, bail};
use minato_types::secret::Secret;
use percent_encoding::percent_decode_str;

use super::sources::Values;
use crate::traces::Options;

/// Reads them.
pub(super) fn options(values: &Values) -> Result<Option<Options>> {
    let sample_rate = values.parse_with("trace_sample_rate", rate)?;
    let Some(endpoint) = values.parse_with("trace_endpoint", endpoint)? else { return Ok(None) };
    let mut headers = Vec::new();
    if let Some(value) = values.get("trace_headers") {
        for pair in value.text().split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            // Not repeated: it may be a secret.
            let Some(header) = header(pair) else {
                bail!("{}: expected `name=value`, and others after commas", value.origin());
            };
            headers.push(header);
        }
    }
    Ok(Some(Options {
        endpoint,
        headers,
        service_name: values.required("trace_service_name")?.text().to_owned(),
        sample_rate: sample_rate.ok_or_else(|| anyhow!("`trace_sample_rate` has no value"))?,
    }))
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
    rate.ok_or_else(|| "expected a number from 0 to 1, such as `0.1`".to_owned())
}

/// Where spans go: below the address, as the standard has it for all signals together.
fn endpoint(text: &str) -> Result<String, String> {
    let allowed = "expected `http://host:4318` or `https://host:4318`; gRPC is not spoken";
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).ok_or(allowed)?;
    if rest.is_empty() || rest.starts_with('/') || rest.contains(['?', '#', '@', ' ']) {
        return Err(allowed.to_owned());
    }
    Ok(format!("{}/v1/traces", text.trim_end_matches('/')))
}

/// A header whose value may be percent-encoded, as in the standard.
fn header(pair: &str) -> Option<(String, Secret)> {
    let (name, value) = pair.split_once('=')?;
    let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
    let is_name = !name.trim().is_empty() && name.trim().bytes().all(|b| b.is_ascii_graphic());
    is_name.then(|| (name.trim().to_ascii_lowercase(), Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_collectors() {
        assert_eq!(endpoint("http://c:4318/").unwrap(), "http://c:4318/v1/traces");
        assert_eq!(endpoint("https://c/otlp").unwrap(), "https://c/otlp/v1/traces");
        for text in ["c:4318", "grpc://c:4317", "http://", "http:///x", "http://c?x", "http://u:p@c"] {
            assert!(endpoint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_and_headers() {
        assert_eq!(rate("0.25").unwrap().to_bits(), 0.25_f64.to_bits());
        for text in ["", "-1", "1.1", "NaN", "half"] {
            assert!(rate(text).is_err(), "{text}");
        }
        let (name, value) = header("Authorization=Bearer%20x=").unwrap();
        assert_eq!((name.as_str(), value.expose()), ("authorization", "Bearer x="));
        assert!(header("x").is_none() && header("=x").is_none());
    }
}
