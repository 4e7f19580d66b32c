//! Families of figures, as the library that writes them wants them. Escaping and the text format
//! are its work.

use minato_core::metrics::Reading;
use prometheus::TextEncoder;
use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType, Quantile, Summary,
};
use std::time::Duration;

/// The quantiles that Harbor tells.
const QUANTILES: [f64; 3] = [0.5, 0.9, 0.99];

/// The bounds of histograms, as Distribution has them.
const BOUNDS: [Duration; 11] = [
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2500),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// What one name stands for.
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    metrics: Vec<Metric>,
}

/// Names and values that tell one figure of a family from another.
pub(super) type Labels<'a> = &'a [(&'static str, &'a str)];

impl Family {
    fn new(name: &'static str, help: &'static str, kind: MetricType) -> Self {
        Self { name, help, kind, metrics: Vec::new() }
    }

    /// What only grows.
    pub(super) fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::COUNTER)
    }

    /// What goes up and down.
    pub(super) fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::GAUGE)
    }

    /// Durations, by quantiles.
    pub(super) fn summary(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::SUMMARY)
    }

    /// Durations, by bounds.
    pub(super) fn histogram(name: &'static str, help: &'static str) -> Self {
        Self::new(name, help, MetricType::HISTOGRAM)
    }

    /// Adds a number.
    pub(super) fn add(&mut self, labels: Labels<'_>, value: f64) {
        let mut metric = Metric::from_label(pairs(labels));
        if self.kind == MetricType::COUNTER {
            let mut counter = Counter::default();
            counter.set_value(value);
            metric.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            metric.set_gauge(gauge);
        }
        self.metrics.push(metric);
    }

    /// The same with one number and no labels.
    pub(super) fn of(mut self, value: f64) -> Self {
        self.add(&[], value);
        self
    }

    /// Adds durations.
    pub(super) fn add_durations(&mut self, labels: Labels<'_>, took: &Reading) {
        let mut metric = Metric::from_label(pairs(labels));
        if self.kind == MetricType::SUMMARY {
            metric.set_summary(summary(took));
        } else {
            metric.set_histogram(histogram(took));
        }
        self.metrics.push(metric);
    }
}

fn pairs(labels: Labels<'_>) -> Vec<LabelPair> {
    let pair = |(name, value): &(&str, &str)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    };
    labels.iter().map(pair).collect()
}

fn summary(took: &Reading) -> Summary {
    let quantile = |q: f64| {
        let mut quantile = Quantile::default();
        quantile.set_quantile(q);
        quantile.set_value(took.quantile(q).unwrap_or(f64::NAN));
        quantile
    };
    let mut summary = Summary::default();
    summary.set_quantile(QUANTILES.map(quantile).to_vec());
    summary.set_sample_sum(took.sum());
    summary.set_sample_count(took.count());
    summary
}

fn histogram(took: &Reading) -> Histogram {
    let bucket = |bound: Duration| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(bound.as_secs_f64());
        bucket.set_cumulative_count(took.at_most(bound));
        bucket
    };
    let mut histogram = Histogram::default();
    histogram.set_bucket(BOUNDS.map(bucket).to_vec());
    histogram.set_sample_sum(took.sum());
    histogram.set_sample_count(took.count());
    histogram
}

/// Writes the page. Families without figures are left out, as the format has no place for them.
pub(super) fn encode(families: Vec<Family>) -> prometheus::Result<String> {
    let filled = families.into_iter().filter(|family| !family.metrics.is_empty());
    let families: Vec<MetricFamily> = filled
        .map(|family| {
            let mut made = MetricFamily::default();
            made.set_name(family.name.to_owned());
            made.set_help(family.help.to_owned());
            made.set_field_type(family.kind);
            made.set_metric(family.metrics);
            made
        })
        .collect();
    TextEncoder::new().encode_to_string(&families)
}

/// A count as the format has numbers.
#[expect(clippy::cast_precision_loss, reason = "the format has no other numbers")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

/// As [`number`], for what may be below zero.
#[expect(clippy::cast_precision_loss, reason = "the format has no other numbers")]
pub(super) fn signed(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use minato_core::metrics::Distribution;
    use std::time::Instant;

    #[test]
    fn the_text_format() {
        let took = Distribution::default();
        took.record(Duration::from_millis(20));
        took.record(Duration::from_secs(20));
        let mut summary = Family::summary("a_seconds", "Time.");
        summary.add_durations(&[("kind", "a \"b\"\\\n")], &took.read(Instant::now()));
        let mut histogram = Family::histogram("b_seconds", "Time\nagain.");
        histogram.add_durations(&[], &took.read(Instant::now()));
        let families = vec![
            summary,
            Family::gauge("c", "None."),
            histogram,
            Family::counter("d_total", "Some.").of(3.0),
        ];
        let text = encode(families).unwrap();
        for line in [
            "# TYPE a_seconds summary",
            r#"a_seconds_count{kind="a \"b\"\\\n"} 2"#,
            r#"a_seconds_sum{kind="a \"b\"\\\n"} 20.02"#,
            r"# HELP b_seconds Time\nagain.",
            r#"b_seconds_bucket{le="0.01"} 0"#,
            r#"b_seconds_bucket{le="0.025"} 1"#,
            r#"b_seconds_bucket{le="10"} 1"#,
            r#"b_seconds_bucket{le="+Inf"} 2"#,
            "b_seconds_count 2",
            "# TYPE d_total counter",
            "d_total 3",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("# TYPE c"), "{text}");
    }
}
