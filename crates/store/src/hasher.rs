//! The running hash of content that arrives in pieces.
//!
//! Its state can be saved and restored, so that any process goes on where another
//! stopped, without reading the content again. What the state is stored in is the
//! backends' business.
//!
//! A saved state is stable within one minor version of `sha2` (its promise). One that
//! does not restore is no error anywhere: the backend reads the content once more.

use data_encoding::HEXLOWER;
use minato_types::digest::{Algorithm, Digest};
use sha2::digest::Digest as _;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Sha256, Sha512};

/// A hash of some content so far.
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    /// Starts the hash of empty content.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Sha512::new()),
        })
    }

    /// The hash function in use.
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            State::Sha256(_) => Algorithm::Sha256,
            State::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// Adds the next bytes of the content. Runs at about 1.4 GB/s: give large pieces to
    /// a blocking thread.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(hash) => hash.update(bytes),
            State::Sha512(hash) => hash.update(bytes),
        }
    }

    /// The state as lower-case hex, for [`restore`](Self::restore).
    pub fn save(&self) -> String {
        match &self.0 {
            State::Sha256(hash) => HEXLOWER.encode(&hash.serialize()),
            State::Sha512(hash) => HEXLOWER.encode(&hash.serialize()),
        }
    }

    /// Goes on from a saved state; `None` when `saved` is not one of `algorithm`.
    pub fn restore(algorithm: Algorithm, saved: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(saved.as_bytes()).ok()?;
        let state = match algorithm {
            Algorithm::Sha256 => State::Sha256(deserialize(&bytes)?),
            Algorithm::Sha512 => State::Sha512(deserialize(&bytes)?),
        };
        Some(Self(state))
    }

    /// The digest of everything given.
    pub fn finish(self) -> Digest {
        let algorithm = self.algorithm();
        let digest = match self.0 {
            State::Sha256(hash) => Digest::from_hash(algorithm, &hash.finalize()),
            State::Sha512(hash) => Digest::from_hash(algorithm, &hash.finalize()),
        };
        // `from_hash` refuses only a wrong length, and the length is the algorithm's own.
        digest.unwrap_or_else(|| unreachable!("a finished hash has its algorithm's length"))
    }
}

fn deserialize<H: SerializableState>(bytes: &[u8]) -> Option<H> {
    let state = SerializedState::<H>::try_from(bytes).ok()?;
    H::deserialize(&state).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let check = |algorithm, expected: &str| {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(b"ab");
            hasher.update(b"c");
            assert_eq!(hasher.finish().as_str(), expected);
        };
        check(Algorithm::Sha256, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        check(
            Algorithm::Sha512,
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        );
    }

    #[test]
    fn any_cut_restores_to_the_same_digest() {
        let content: Vec<u8> = (0..=255_u8).cycle().take(700).collect();
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let mut whole = Hasher::new(algorithm);
            whole.update(&content);
            let expected = whole.finish();
            for cut in [0, 1, 55, 63, 64, 65, 111, 127, 128, 129, 699, 700] {
                let (first, second) = content.split_at(cut);
                let mut hasher = Hasher::new(algorithm);
                hasher.update(first);
                let mut resumed = Hasher::restore(algorithm, &hasher.save()).unwrap();
                resumed.update(second);
                assert_eq!(resumed.finish(), expected, "{algorithm:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_is_no_state_does_not_restore() {
        let saved = Hasher::new(Algorithm::Sha256).save();
        for bad in ["", "00", "zz", saved.get(1..).unwrap(), &saved.to_uppercase().replace('0', "G")] {
            assert!(Hasher::restore(Algorithm::Sha256, bad).is_none(), "{bad:?}");
        }
        assert!(Hasher::restore(Algorithm::Sha512, &saved).is_none());
    }
}
