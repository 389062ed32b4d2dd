//! The addresses of a simulated network: given out in order, or to those who choose one.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
};

use haven_model::network::AddressPool;

/// The addresses of a network, and who has which.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) base: u32,
    bits: u8,
    pub(super) gateway: u32,
    /// The last address that is given out.
    end: u32,
    /// The first address that is given out.
    start: u32,
    /// Everything from here on, and before the start, was given out only to those who chose it.
    next: u32,
    given_back: BTreeSet<u32>,
    chosen: BTreeSet<u32>,
}

/// The first and the last address of a range, and its size.
pub(super) fn range(text: &str) -> Option<(u32, u32, u8)> {
    let (address, bits) = text.split_once('/')?;
    let bits: u8 = bits.parse().ok().filter(|bits| (8..=32).contains(bits))?;
    let mask = u32::MAX << (32 - u32::from(bits));
    let base = u32::from(address.parse::<Ipv4Addr>().ok()?) & mask;
    Some((base, base | !mask, bits))
}

impl Pool {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (base, last, bits) = range(text).filter(|(.., bits)| *bits <= 30)?;
        // The first address is the gateway's.
        let (given_back, chosen) = (BTreeSet::new(), BTreeSet::new());
        Some(Self { base, bits, gateway: base + 1, end: last - 1, start: base + 1, next: base + 1, given_back, chosen })
    }

    /// A pool as a specification has it.
    pub(super) fn of(asked: &AddressPool) -> Option<Self> {
        let mut pool = Self::parse(&asked.subnet)?;
        let inside = |address: &u32| (pool.base + 1..pool.last()).contains(address);
        let address = |address: &IpAddr| match address {
            IpAddr::V4(address) => Some(u32::from(*address)).filter(inside),
            IpAddr::V6(_) => None,
        };
        let others: Option<Vec<u32>> = asked.aux_addresses.values().map(address).collect();
        let gateway = match &asked.gateway {
            Some(gateway) => address(gateway)?,
            None => pool.gateway,
        };
        if let Some(part) = &asked.ip_range {
            let (first, last, _) = range(part)?;
            if first < pool.base || last > pool.last() {
                return None;
            }
            (pool.start, pool.end) = (first.max(pool.base + 1), last.min(pool.last() - 1));
            pool.next = pool.start;
        }
        pool.gateway = gateway;
        pool.chosen.extend(others?);
        Some(pool)
    }

    pub(super) fn shown(&self) -> AddressPool {
        let gateway = Some(Ipv4Addr::from(self.gateway).into());
        AddressPool { subnet: self.to_string(), gateway, ..AddressPool::default() }
    }

    fn last(&self) -> u32 {
        self.base | !(u32::MAX << (32 - self.bits))
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.base <= other.last() && other.base <= self.last()
    }

    pub(super) fn take(&mut self) -> Option<Ipv4Addr> {
        if let Some(lowest) = self.given_back.pop_first() {
            return Some(lowest.into());
        }
        while self.next == self.gateway || self.chosen.contains(&self.next) {
            self.next += 1;
        }
        let address = self.next;
        (address <= self.end).then(|| {
            self.next += 1;
            address.into()
        })
    }

    /// Whether an address is one of the range's.
    pub(super) fn has(&self, address: Ipv4Addr) -> bool {
        (self.base + 1..self.last()).contains(&u32::from(address))
    }

    /// Takes an address that somebody chose; false when another has it.
    pub(super) fn take_chosen(&mut self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        if address == self.gateway {
            return false;
        }
        self.given_back.remove(&address) || (!self.was_given(address) && self.chosen.insert(address))
    }

    pub(super) fn give_back(&mut self, address: Ipv4Addr) {
        let address = u32::from(address);
        if !self.chosen.remove(&address) || self.was_given(address) {
            self.given_back.insert(address);
        }
    }

    /// Whether it is one of those that were given out in order.
    fn was_given(&self, address: u32) -> bool {
        (self.start..self.next).contains(&address)
    }
}

impl std::fmt::Display for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}
