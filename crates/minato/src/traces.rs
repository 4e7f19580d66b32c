//! Traces: spans of requests and jobs, sent to a collector by OTLP over HTTP.
//!
//! Only spans that Minato makes itself, and of what is told in them nothing: lines are for the log,
//! where secrets are masked. Spans wait in a bounded queue of the library, which drops what finds no
//! room; nothing waits for the collector.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use minato_clients::{Guard, Outbound};
use minato_types::secret::Secret;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// How long the collector may take for some spans.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long there is for the last ones when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Where traces go, and which.
#[derive(Clone, Debug)]
pub struct Options {
    /// The whole address.
    pub endpoint: String,
    /// Headers for it.
    pub headers: Vec<(String, Secret)>,
    /// What traces call this registry.
    pub service_name: String,
    /// Which part of those that begin here is traced, from 0 to 1.
    pub sample_rate: f64,
}

/// Traces while they are sent. What waits is sent when this is dropped.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts sending, by tasks of this runtime.
    pub fn start(options: &Options, runtime: &Handle) -> Result<Self> {
        // The address stands in the configuration: nobody who only uses the registry can change it.
        let allow = ["0.0.0.0/0", "::/0"].map(str::parse).into_iter().collect::<Result<_, _>>()?;
        let outbound = Outbound::new(Guard { allow, deny: Vec::new() })?;
        let sender =
            Sender { outbound: Arc::new(outbound), runtime: runtime.clone(), fails: AtomicBool::new(false) };
        let headers: HashMap<_, _> =
            options.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .with_endpoint(&options.endpoint)
            .with_headers(headers)
            .with_timeout(PATIENCE)
            .build()
            .context("traces can't be sent")?;
        let resource = Resource::builder()
            .with_service_name(options.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(options.sample_rate))))
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// What takes spans from the code.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("minato"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("minato")))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_WORDS) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the last traces were not sent");
        }
    }
}

/// What `web` does with spans of requests.
pub const HOOKS: minato_web::Traces = minato_web::Traces {
    adopt: |span, headers| {
        let headers = HeaderExtractor(headers);
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &headers);
        // Fails only where the span is not traced at all.
        let _ = span.set_parent(context);
    },
    name: |span, name| span.context().span().update_name(name),
};

/// Sends for the library's thread, which has no runtime.
struct Sender {
    outbound: Arc<Outbound>,
    runtime: Handle,
    /// Whether the last attempt failed, as that is told once.
    fails: AtomicBool,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}

#[async_trait::async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let outbound = Arc::clone(&self.outbound);
        let sent = self.runtime.spawn(async move { outbound.send(request, PATIENCE).await });
        let outcome: Result<Response<Bytes>, HttpError> = match sent.await {
            Ok(answer) => answer.map_err(Into::into),
            Err(error) => Err(error.into()),
        };
        let problem = match &outcome {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("the collector answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        let failed = self.fails.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(why) if !failed => tracing::warn!(why, "traces can't be sent"),
            None if failed => tracing::info!("traces are sent again"),
            _ => {}
        }
        outcome
    }
}
