//! Who is at the other end of the connection, and by which address it called us.
//!
//! Behind a proxy that is named as trusted, the `X-Forwarded-*` headers say so; from
//! anybody else they are ignored, or everybody could forge an address.

use std::net::IpAddr;

use http::{HeaderMap, Uri, header::HOST};
use ipnet::IpNet;

/// How requests reach us.
#[derive(Clone, Debug, Default)]
pub struct Ingress {
    /// The public address without a slash at the end, if it is fixed: `https://registry.example.com`.
    pub external_url: Option<String>,
    /// Networks of proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether we end TLS ourselves.
    pub tls: bool,
    /// Networks of clients that are sent to the object store for blobs; `None` is everybody. Only
    /// counts where the store can send clients anywhere.
    pub redirect_clients: Option<Vec<IpNet>>,
    /// What spans need beside their fields, where there are traces.
    pub traces: Option<Traces>,
}

/// What spans of requests need that `tracing` has no words for.
#[derive(Clone, Copy, Debug)]
pub struct Traces {
    /// Makes a span, which has not begun yet, part of the trace that headers tell of.
    pub adopt: fn(&tracing::Span, &HeaderMap),
    /// Gives a span its name, once it is known.
    pub name: fn(&tracing::Span, String),
}

/// The caller of one request.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
    /// The scheme and authority by which it called us, without a slash at the end.
    pub(crate) base_url: String,
    /// Whether it came by TLS, here or at a trusted proxy.
    pub(crate) secure: bool,
    /// Whether it may be sent to the object store.
    pub(crate) redirectable: bool,
}

impl Ingress {
    /// Reads what the connection and the headers tell of the caller.
    pub(crate) fn client(&self, peer: IpAddr, uri: &Uri, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        let trusted = self.is_trusted(peer);
        let forwarded = |name: &str| if trusted { first_value(headers, name) } else { None };
        let secure = forwarded("x-forwarded-proto").map_or(self.tls, |proto| proto == "https");
        let base_url = self.external_url.clone().unwrap_or_else(|| {
            let host = forwarded("x-forwarded-host")
                .or_else(|| headers.get(HOST).and_then(|value| value.to_str().ok()))
                .or_else(|| uri.authority().map(http::uri::Authority::as_str))
                .filter(|host| is_authority(host))
                .unwrap_or("localhost");
            format!("{}://{host}", if secure { "https" } else { "http" })
        });
        let address = if trusted { self.forwarded_address(headers).unwrap_or(peer) } else { peer };
        let is_in = |networks: &Vec<IpNet>| networks.iter().any(|network| network.contains(&address));
        let redirectable = self.redirect_clients.as_ref().is_none_or(is_in);
        Client { address, base_url, secure, redirectable }
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(&address))
    }

    /// The last address in the chain that is not one of our proxies: what stands before it was
    /// written by somebody we know nothing of.
    fn forwarded_address(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let mut found = None;
        let lines = headers.get_all("x-forwarded-for");
        let chain: Vec<&str> =
            lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
        for hop in chain.into_iter().rev() {
            let address: IpAddr = hop.trim().parse().ok()?;
            found = Some(address.to_canonical());
            if !self.is_trusted(address.to_canonical()) {
                break;
            }
        }
        found
    }
}

fn first_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim)
}

/// Host names, addresses and ports; nothing that could leave a quoted header value or a URL.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn ingress() -> Ingress {
        Ingress { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..Ingress::default() }
    }

    const FORWARDED: [(&str, &str); 4] = [
        ("host", "inner:8080"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "registry.example.com"),
        ("x-forwarded-for", "198.51.100.7, 192.0.2.1, 10.0.0.2"),
    ];

    #[test]
    fn a_trusted_proxy_is_believed() {
        let client = ingress().client(PROXY, &Uri::default(), &headers(&FORWARDED));
        assert_eq!(client.base_url, "https://registry.example.com");
        assert_eq!(client.address.to_string(), "192.0.2.1", "the last hop that is not ours");
        assert!(client.secure);
    }

    #[test]
    fn anybody_else_is_not() {
        let client = ingress().client(STRANGER, &Uri::default(), &headers(&FORWARDED));
        assert_eq!(client.base_url, "http://inner:8080");
        assert_eq!(client.address, STRANGER);
        assert!(!client.secure);
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let client = ingress().client(STRANGER, &Uri::default(), &headers(&[("host", "a\",evil=\"b")]));
        assert_eq!(client.base_url, "http://localhost");
    }

    #[test]
    fn only_clients_of_the_named_networks_are_redirected() {
        let ingress = Ingress { redirect_clients: Some(vec!["192.0.2.0/24".parse().unwrap()]), ..ingress() };
        let redirectable = |peer, pairs| ingress.client(peer, &Uri::default(), &headers(pairs)).redirectable;
        assert!(redirectable(PROXY, &FORWARDED));
        assert!(!redirectable(STRANGER, &FORWARDED));
        assert!(Ingress::default().client(STRANGER, &Uri::default(), &headers(&[])).redirectable);
    }

    #[test]
    fn a_fixed_external_url_wins() {
        let ingress = Ingress { external_url: Some("https://r.example.com".to_owned()), ..ingress() };
        let client = ingress.client(STRANGER, &Uri::default(), &headers(&[("host", "inner")]));
        assert_eq!(client.base_url, "https://r.example.com");
    }
}
