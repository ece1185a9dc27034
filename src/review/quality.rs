//! How good the facts are, by what reviewers said: estimates with intervals.

use crate::interval::{Z, wilson};

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The share, 0-1.
    pub share: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How many were looked at.
    pub count: usize,
    /// In how many documents they stand.
    pub clusters: usize,
    /// How many looked at one by one would tell as much.
    pub effective: f64,
}

/// The share of what is right among facts that stand together in documents, each with how many
/// are right and how many there are.
///
/// Wilson's interval, for as many as independent facts would tell: errors of one document come
/// together, so the count is divided by the design effect, which follows from how far the
/// documents differ. Where all are right, or none, documents cannot differ and the effect is
/// not known: then each document counts once.
pub fn share(clusters: &[(usize, usize)]) -> Option<Estimate> {
    let count: usize = clusters.iter().map(|(_, all)| all).sum();
    let right: usize = clusters.iter().map(|(right, _)| right).sum();
    if count == 0 {
        return None;
    }
    let (n, documents) = (count as f64, clusters.len() as f64);
    let p = right as f64 / n;
    let effective = match p * (1.0 - p) {
        0.0 => documents,
        plain if clusters.len() > 1 => {
            let spread = clusters.iter().map(|(r, all)| (*r as f64 - p * *all as f64).powi(2));
            let between = documents / (documents - 1.0) * spread.sum::<f64>() / (n * n);
            n / (between / (plain / n)).max(1.0)
        }
        _ => 1.0,
    };
    let (low, high) = wilson(p, effective);
    Some(Estimate { share: p, low, high, count, clusters: clusters.len(), effective })
}

/// Events a unit with their 95 % interval, by Byar's approximation to Poisson's limits.
///
/// Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69.
pub fn rate(events: usize, units: usize) -> Option<(f64, f64, f64)> {
    let (d, n) = (events as f64, units as f64);
    let limit = |d: f64, z: f64| d * (1.0 - 1.0 / (9.0 * d) + z / (3.0 * d.sqrt())).powi(3);
    let low = if events == 0 { 0.0 } else { limit(d, -Z) };
    (units > 0).then(|| (d / n, low.max(0.0) / n, limit(d + 1.0, Z) / n))
}

/// How two reviewers agree: the share of the same words, and Cohen's kappa, which takes off what
/// chance alone would give; no kappa where chance would give all.
///
/// Cohen, J. (1960), <https://doi.org/10.1177/001316446002000104>.
pub fn agreement(pairs: &[(&str, &str)]) -> Option<(f64, Option<f64>)> {
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len() as f64;
    let same = pairs.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let mut said: Vec<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    said.sort_unstable();
    said.dedup();
    let firsts = |word: &str| pairs.iter().filter(|(a, _)| *a == word).count() as f64 / n;
    let seconds = |word: &str| pairs.iter().filter(|(_, b)| *b == word).count() as f64 / n;
    let chance: f64 = said.iter().map(|word| firsts(word) * seconds(word)).sum();
    Some((same, (chance < 1.0 - 1e-12).then(|| (same - chance) / (1.0 - chance))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 5e-4, "{a} is not {b}");
    }

    #[test]
    fn errors_that_come_together_count_for_less() {
        let apart: Vec<_> = (0..50).map(|n| (usize::from(n % 5 > 0), 1)).collect();
        let together: Vec<_> = (0..10).map(|n| (if n % 5 > 0 { 5 } else { 0 }, 5)).collect();
        let (apart, together) = (share(&apart).unwrap(), share(&together).unwrap());
        assert_eq!((apart.count, together.count), (50, 50));
        assert_eq!(apart.share, together.share);
        assert!(apart.effective > 45.0 && together.effective < 12.0);
        assert!(together.high - together.low > apart.high - apart.low);
    }

    #[test]
    fn where_all_are_right_documents_count() {
        let estimate = share(&[(10, 10), (10, 10), (10, 10)]).unwrap();
        assert_eq!((estimate.share, estimate.high, estimate.effective), (1.0, 1.0, 3.0));
        assert!(estimate.low < 0.5);
        assert_eq!(share(&[]), None);
    }

    #[test]
    fn kappa_is_the_published_one() {
        // 20 both yes, 5 and 10 apart, 15 both no: .70 agree, .50 by chance.
        let cells = [("y", "y", 20), ("y", "n", 5), ("n", "y", 10), ("n", "n", 15)];
        let pairs: Vec<_> =
            cells.iter().flat_map(|(a, b, n)| std::iter::repeat_n((*a, *b), *n)).collect();
        let (same, kappa) = agreement(&pairs).unwrap();
        near(same, 0.7);
        near(kappa.unwrap(), 0.4);
        assert_eq!(agreement(&[("y", "y")]), Some((1.0, None)));
        assert_eq!(agreement(&[]), None);
    }

    #[test]
    fn rates_have_poissons_limits() {
        // Exact: 0 gives 0 to 3.69, 10 gives 4.80 to 18.39.
        let (rate_of, low, high) = rate(10, 1).unwrap();
        assert!(
            (rate_of, (low - 4.80).abs() < 0.05, (high - 18.39).abs() < 0.05) == (10.0, true, true)
        );
        let (_, low, high) = rate(0, 1).unwrap();
        assert!(low == 0.0 && (high - 3.69).abs() < 0.1);
        assert_eq!(rate(3, 0), None);
    }
}
