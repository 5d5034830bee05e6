//! Cryptography of the platform: the Chinese commercial algorithms SM2, SM3 and SM4 (国密), and passwords.
//!
//! * [`digest`]: SM3, HMAC-SM3 and the hash chain of events;
//! * [`keys`]: where keys come from: the port for a hardware module and the local key file;
//! * [`envelope`]: a personal value (ID number, phone, bank account) sealed for one place in the database;
//! * [`index`]: the blind index by which a sealed value is found again;
//! * [`segment`]: a long content (a file) sealed piece by piece;
//! * [`tree`]: one root for many hashes, and the way from each to it;
//! * [`passing`]: keys that are forgotten after a short while;
//! * [`password`]: password hashes, one-time passwords and codes.
//!
//! Invariants: keys are wiped from memory when dropped and never printed; a sealed value opens only in the row and
//! column it was sealed for; nothing here is a certified product, which is why every key passes the [`KeyProvider`]
//! port.
//!
//! ```
//! use kernel::crypto::{LocalKeys, blind_index, open, seal};
//!
//! let keys = LocalKeys::for_tests()?;
//! let sealed = seal(&keys, "person.phone:0192f0c1", b"13800000000")?;
//! assert_eq!(open(&keys, "person.phone:0192f0c1", &sealed)?.as_slice(), b"13800000000");
//! assert!(open(&keys, "person.phone:another-row", &sealed).is_err());
//! let found_by = blind_index(&keys, "person.phone", "13800000000");
//! assert_eq!(found_by.len(), 32);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod digest;
pub mod envelope;
pub mod index;
pub mod keys;
pub mod passing;
pub mod password;
pub mod segment;
pub mod tree;

pub use envelope::{EnvelopeError, key_id_of, open, seal};
pub use index::blind_index;
pub use keys::{DataKey, IndexKey, KeyError, KeyProvider, LocalKeys, verify_signature};
