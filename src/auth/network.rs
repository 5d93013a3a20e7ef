//! Which networks addresses are counted by, and the error after too many attempts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::TimeDelta;

use crate::error::{Error, ErrorCode};

/// The network that an address stands for: one subscriber has 2^64 addresses of IPv6.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The area of the network that an address lies in, as much of it as says where somebody usually is and no more:
/// 256 addresses of IPv4, what one site has of IPv6.
pub(crate) fn area(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() >> 8 << 8)),
        IpAddr::V6(v6) => format!("{}/48", Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)),
    }
}

/// `RATE_LIMITED` for `wait`, in whole seconds.
pub(super) fn rate_limited(wait: TimeDelta) -> Error {
    let seconds = Ord::max(1, i32::try_from((wait.num_milliseconds() + 999) / 1000).unwrap_or(i32::MAX));
    Error::new(ErrorCode::RateLimited, format!("Too many attempts. Try again in {seconds} s."))
        .with("retryAfter", seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_one_network_however_many_addresses_they_have() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }

    #[test]
    fn an_area_is_no_address() {
        let area = |text: &str| area(text.parse().unwrap());
        assert_eq!(area("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
        assert_eq!(area("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(area("::ffff:192.0.2.7"), "192.0.2.0/24");
    }
}
