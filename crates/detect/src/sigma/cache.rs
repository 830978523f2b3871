//! Rules as they were read last time.
//!
//! Reading YAML is most of what starting costs. A cache file holds a
//! [`RuleSet`] and the hash of everything that it was made of: the rule files
//! (paths and bytes), the placeholders and the version of this crate's rule
//! model. A file that does not fit is not an error; it is not used.
//!
//! The cache is trusted as far as its folder is: whoever can write it can
//! write the rules as well.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    correlation::Correlation,
    folder::{RuleFile, RuleSet},
    modifiers::Placeholders,
    rule::{Filter, Rule},
};

/// Changes whenever the rule model does.
const MODEL: &[u8] = b"detect rules 3";

/// The hash of what rules are made of.
pub fn fingerprint(files: &[RuleFile], placeholders: &Placeholders) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(MODEL);
    for file in files {
        hash_piece(&mut hash, file.path.as_bytes());
        hash_piece(&mut hash, file.text.as_bytes());
        hash_piece(&mut hash, file.license.as_bytes());
    }
    for (name, values) in placeholders {
        hash_piece(&mut hash, name.as_bytes());
        for value in values {
            hash_piece(&mut hash, value.as_bytes());
        }
    }
    hash.finalize().into()
}

/// With its length, so that pieces cannot flow into each other.
fn hash_piece(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

#[derive(Serialize, Deserialize)]
struct Kept {
    rules: Vec<Rule>,
    correlations: Vec<Correlation>,
    filters: Vec<Filter>,
    /// As JSON: diagnostics leave out what they do not have, which the compact
    /// form cannot express.
    found: String,
}

/// The content of a cache file.
pub fn to_bytes(set: &RuleSet, fingerprint: &[u8; 32]) -> Vec<u8> {
    let kept = Kept {
        rules: set.rules.clone(),
        correlations: set.correlations.clone(),
        filters: set.filters.clone(),
        found: serde_json::to_string(&set.found).unwrap_or_default(),
    };
    let mut bytes = fingerprint.to_vec();
    // Nothing in the model can fail to serialise; if it did, the file would
    // not be used.
    bytes.extend(postcard::to_stdvec(&kept).unwrap_or_default());
    bytes
}

/// The rules in a cache file; `None` if it was made of something else.
pub fn from_bytes(bytes: &[u8], fingerprint: &[u8; 32]) -> Option<RuleSet> {
    let kept: Kept = postcard::from_bytes(bytes.strip_prefix(fingerprint)?).ok()?;
    let found = serde_json::from_str(&kept.found).ok()?;
    let Kept { rules, correlations, filters, .. } = kept;
    Some(RuleSet { rules, correlations, filters, found })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "title: t\nlevel: odd\nlogsource: {product: windows}\ndetection:\n  \
        a: {Image|endswith: x, Port|cidr: 192.0.2.0/24, F|re: 'a.b', G|gt: 5}\n  condition: a\n";

    fn files() -> Vec<RuleFile> {
        vec![RuleFile {
            path: "a.yml".to_owned(),
            text: RULE.to_owned(),
            license: "DRL-1.1".to_owned(),
        }]
    }

    #[test]
    fn what_was_kept_comes_back() {
        let placeholders = Placeholders::new();
        let set = RuleSet::load(&files(), &placeholders);
        let fingerprint = fingerprint(&files(), &placeholders);
        let bytes = to_bytes(&set, &fingerprint);
        assert_eq!(from_bytes(&bytes, &fingerprint), Some(set));
    }

    #[test]
    fn what_does_not_fit_is_not_used() {
        let placeholders = Placeholders::new();
        let set = RuleSet::load(&files(), &placeholders);
        let print = fingerprint(&files(), &placeholders);
        let bytes = to_bytes(&set, &print);
        let mut changed = files();
        changed[0].text.push('\n');
        assert_eq!(from_bytes(&bytes, &fingerprint(&changed, &placeholders)), None);
        for cut in 0..bytes.len() {
            assert_eq!(from_bytes(&bytes[..cut], &print), None, "{cut}");
        }
    }
}
