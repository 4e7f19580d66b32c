//! Figures of requests, under the names of Harbor's core and of Distribution.

use std::collections::BTreeMap;
use std::time::Instant;

use super::family::{Family, number, signed};
use super::record::Recorder;

/// The names of Harbor's core. Two handlers of the registry may be one operation there.
pub(super) fn core(recorder: &Recorder) -> Vec<Family> {
    let mut total =
        Family::counter("harbor_core_http_request_total", "Requests that were answered since the start.");
    let mut took = Family::summary(
        "harbor_core_http_request_duration_seconds",
        "How long requests took, quantiles over the last ten minutes.",
    );
    let mut codes: BTreeMap<(&str, &str, usize), u64> = BTreeMap::new();
    let mut durations = BTreeMap::new();
    let now = Instant::now();
    for line in recorder.lines() {
        for (code, count) in line.counted.statuses() {
            *codes.entry((line.operation, line.method, code)).or_default() += count;
        }
        let reading = line.counted.took.read(now);
        durations
            .entry((line.operation, line.method))
            .and_modify(|all: &mut minato_core::metrics::Reading| all.add(&reading))
            .or_insert(reading);
    }
    for ((operation, method, code), count) in codes {
        let code = code.to_string();
        total.add(&[("method", method), ("code", &code), ("operation", operation)], number(count));
    }
    for ((operation, method), reading) in durations {
        took.add_durations(&[("method", method), ("operation", operation)], &reading);
    }
    let running = Family::gauge("harbor_core_http_inflight_requests", "Requests that are being answered.");
    vec![running.of(signed(recorder.running())), total, took]
}

/// The names of Distribution, for what the registry protocol asks.
pub(super) fn registry(recorder: &Recorder) -> Vec<Family> {
    let mut running =
        Family::gauge("registry_http_in_flight_requests", "Requests that are being answered, by handler.");
    let mut total = Family::counter(
        "registry_http_requests_total",
        "Requests of the registry protocol that were answered since the start.",
    );
    let mut took = Family::histogram(
        "registry_http_request_duration_seconds",
        "How long requests of the registry protocol took.",
    );
    for (handler, count) in recorder.running_of() {
        running.add(&[("handler", handler)], signed(count));
    }
    let now = Instant::now();
    for line in recorder.lines() {
        let Some(handler) = line.handler else { continue };
        let method = line.method.to_ascii_lowercase();
        for (code, count) in line.counted.statuses() {
            let code = code.to_string();
            total.add(&[("code", &code), ("handler", handler), ("method", &method)], number(count));
        }
        took.add_durations(&[("handler", handler), ("method", &method)], &line.counted.took.read(now));
    }
    vec![running, total, took]
}
