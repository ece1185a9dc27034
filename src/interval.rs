//! How sure a share is.

/// The standard normal's quantile for 95 %.
pub const Z: f64 = 1.959_963_984_540_054;

/// Wilson's score interval (95 %) of a share, 0-1, of `n`, which is above 0 and need not be whole.
///
/// Wilson, Journal of the American Statistical Association 22 (1927) 209-212. Unlike the plain
/// interval it never leaves 0-1 and holds for few and for shares near 0 and 1.
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let middle = share + z2 / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let low = (middle - half) / (1.0 + z2 / n);
    let high = (middle + half) / (1.0 + z2 / n);
    // At the ends the bound is exactly 0 or 1; rounding would leave dust.
    let low = if share == 0.0 { 0.0 } else { low.max(0.0) };
    let high = if share == 1.0 { 1.0 } else { high.min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(count: u32, of: u32, expect: (f64, f64)) {
        let (low, high) = wilson(f64::from(count) / f64::from(of), f64::from(of));
        assert!((low - expect.0).abs() < 5e-5 && (high - expect.1).abs() < 5e-5, "{low} {high}");
    }

    /// As R's `prop.test(x, n, correct = FALSE)` has them, and Newcombe (1998), table I.
    #[test]
    fn the_interval_is_that_of_the_textbook() {
        check(5, 10, (0.23659, 0.76341));
        check(0, 10, (0.0, 0.27753));
        check(10, 10, (0.72247, 1.0));
        check(0, 20, (0.0, 0.16113));
        check(81, 263, (0.25527, 0.36618));
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(wilson(0.0, 10.0).0, 0.0);
        assert_eq!(wilson(1.0, 10.0).1, 1.0);
    }
}
