//! The numbers of a window, for sums, means and percentiles.

use crate::sigma::correlation::Metric;

/// Numbers that come and go.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// In order of size.
    sorted: Vec<f64>,
}

impl Numbers {
    pub(super) fn add(&mut self, number: f64) {
        let at = self.place(number);
        self.sorted.insert(at, number);
    }

    /// Takes one out that was added.
    pub(super) fn remove(&mut self, number: f64) {
        let at = self.place(number);
        if self.sorted.get(at).is_some_and(|found| found.total_cmp(&number).is_eq()) {
            self.sorted.remove(at);
        }
    }

    fn place(&self, number: f64) -> usize {
        self.sorted.partition_point(|other| other.total_cmp(&number).is_lt())
    }

    /// `None` without numbers.
    pub(super) fn metric(&self, metric: Metric) -> Option<f64> {
        let count = self.sorted.len();
        let sum = || self.sorted.iter().sum::<f64>();
        match metric {
            _ if count == 0 => None,
            Metric::Sum => Some(sum()),
            Metric::Average => Some(sum() / count as f64),
            Metric::Percentile(share) => self.percentile(share),
        }
    }

    /// Between the two neighbours of the place, in proportion.
    fn percentile(&self, share: f64) -> Option<f64> {
        let place = share / 100.0 * (self.sorted.len() - 1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0")]
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        let (below, above) = (*self.sorted.get(below)?, *self.sorted.get(above)?);
        Some(below + (above - below) * place.fract())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.metric(Metric::Sum), None);
        for number in [30.0, 10.0, 20.0, 40.0, 7.0] {
            numbers.add(number);
        }
        numbers.remove(7.0);
        numbers.remove(8.0);
        for (metric, expected) in [
            (Metric::Sum, 100.0),
            (Metric::Average, 25.0),
            (Metric::Percentile(50.0), 25.0),
            (Metric::Percentile(0.0), 10.0),
            (Metric::Percentile(100.0), 40.0),
        ] {
            assert_eq!(numbers.metric(metric), Some(expected), "{metric:?}");
        }
    }
}
