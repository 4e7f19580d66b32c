//! Which addresses may be called (SSRF).
//!
//! An address that somebody typed in must not reach what trusts the server for where it stands: its
//! own loopback, the metadata service of a cloud, other link-local hosts. Private networks are where
//! receivers of webhooks usually are, so they are called unless a setting says otherwise.

use std::net::IpAddr;

use ipnet::IpNet;

/// Decides by address, after names were resolved, so that no name can hide one.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Called whatever else is said.
    pub allow: Vec<IpNet>,
    /// Not called, beside those that never are.
    pub deny: Vec<IpNet>,
}

impl Guard {
    /// Whether the address may be called.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_in = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        is_in(&self.allow) || !(is_never_called(address) || is_in(&self.deny))
    }
}

fn is_never_called(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_unspecified()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || first == 0
                // Shared address space, where some clouds have their metadata services.
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xffc0) == 0xfe80
                // Addresses of version 4 in the clothes of version 6: translated, or by way of a relay.
                || (first == 0x64 && second == 0xff9b)
                || first == 0x2002
                // The metadata service of a cloud.
                || (first == 0xfd00 && second == 0x0ec2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_called() {
        let plain = Guard::default();
        for (address, expected) in [
            ("93.184.216.34", true),
            ("10.1.2.3", true),
            ("192.168.0.1", true),
            ("2606:2800:220:1::1", true),
            ("fd12:3456::1", true),
            ("127.0.0.1", false),
            ("127.8.8.8", false),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("169.254.169.254", false),
            ("100.100.100.200", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("fd00:ec2::254", false),
        ] {
            assert_eq!(plain.permits(address.parse().unwrap()), expected, "{address}");
        }
        let told = Guard {
            allow: vec!["127.0.0.1/32".parse().unwrap(), "10.1.0.0/16".parse().unwrap()],
            deny: vec!["10.0.0.0/8".parse().unwrap()],
        };
        for (address, expected) in
            [("127.0.0.1", true), ("127.0.0.2", false), ("10.1.2.3", true), ("10.2.2.3", false)]
        {
            assert_eq!(told.permits(address.parse().unwrap()), expected, "{address}");
        }
    }
}
