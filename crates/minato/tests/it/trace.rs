//! Traces, as a collector gets them: OTLP over HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use minato_testkit::Persona;
use minato_testkit::content::Image;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::process::{Minato, Place};

/// Somebody who collects spans.
struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Received>>,
}

#[derive(Default)]
struct Received {
    heads: Vec<String>,
    requests: Vec<ExportTraceServiceRequest>,
}

impl Received {
    fn add(&mut self, head: String, request: ExportTraceServiceRequest) {
        self.heads.push(head);
        self.requests.push(request);
    }
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received: Arc<Mutex<Received>> = Arc::default();
        let all = Arc::clone(&received);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(collect(BufReader::new(stream), Arc::clone(&all)));
            }
        });
        Self { address, received }
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let resources = received.requests.iter().flat_map(|request| &request.resource_spans);
        resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| scope.spans.clone()).collect()
    }
}

/// Answers requests of one connection.
async fn collect(mut stream: BufReader<TcpStream>, all: Arc<Mutex<Received>>) {
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        all.lock().unwrap().add(head, request);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }
}

async fn start(place: &Place, collector: &Collector, more: &[(&str, &str)]) -> Minato {
    let endpoint = format!("http://{}", collector.address);
    let mut settings = vec![("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    settings.extend(more);
    place.start(&settings).await
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<&str, String> {
    let text = |pair: &KeyValue| match pair.value.clone().and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{other:?}"),
    };
    attributes.iter().map(|pair| (pair.key.as_str(), text(pair))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test]
async fn spans_of_requests_and_jobs_reach_a_collector() {
    // Given a Minato that sends traces,
    let (place, collector) = (Place::new().await, Collector::start().await);
    let settings = [("OTEL_EXPORTER_OTLP_HEADERS", "x-key=Hunter2%20key"), ("MINATO_LOG", "debug")];
    let minato = start(&place, &collector, &settings).await;
    let admin = minato.admin();
    // when a client asks for something within a trace of its own, and others without one,
    Image::new(1, 1).push(&admin, "library/app", "1").await;
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let request = admin.request(Method::GET, "/v2/library/app/manifests/1").header("traceparent", parent);
    admin.send(request.header("x-request-id", "mine")).await.expect_status(200);
    admin.get("/api/v2.0/projects/library?token=Hunter2").await.expect_status(200);
    Persona::anonymous(minato.address()).get("/v1/nothing").await.expect_status(404);
    let manual = json!({ "schedule": { "type": "Manual" } });
    admin.post_json("/api/v2.0/system/gc/schedule", &manual).await.expect_status(201);
    while admin.get("/api/v2.0/system/gc").await.json()[0]["job_status"] != "Success" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    minato.expect_no_defect();
    minato.stop().await;
    // then the collector has the span with its parent, route and status,
    let spans = collector.spans();
    let traced: Vec<_> = spans.iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    assert_eq!(traced.len(), 1, "{traced:?}");
    let (span, attributes) = (traced[0], texts(&traced[0].attributes));
    assert_eq!(hex(&span.parent_span_id), "00f067aa0ba902b7");
    assert_eq!((span.name.as_str(), span.kind()), ("GET /v2/{name}/manifests/{reference}", SpanKind::Server));
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/v2/{name}/manifests/{reference}"),
        ("http.response.status_code", "200"),
        ("request_id", "mine"),
        ("component", "registry"),
    ] {
        assert_eq!(attributes.get(name).map(String::as_str), Some(value), "{name} of {attributes:?}");
    }
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    // the others are traces of their own,
    let named =
        |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no {name}"));
    for (name, status) in [
        ("GET /api/v2.0/projects/{project_name_or_id}", "200"),
        ("PUT /v2/{name}/manifests/{reference}", "201"),
        ("GET", "404"),
    ] {
        let span = named(name);
        assert!(span.parent_span_id.is_empty(), "{name}");
        assert_eq!(texts(&span.attributes)["http.response.status_code"], status, "{name}");
    }
    let job = named("GARBAGE_COLLECTION");
    assert!(texts(&job.attributes).contains_key("execution") && job.parent_span_id.is_empty());
    // and it is told who speaks, with what it wants to hear, and no secret.
    let received = collector.received.lock().unwrap();
    let resource = received.requests[0].resource_spans[0].resource.as_ref().unwrap();
    assert_eq!(texts(&resource.attributes)["service.name"], "minato");
    assert!(
        received.heads[0].starts_with("post /v1/traces ") && received.heads[0].contains("x-key: hunter2 key")
    );
    let told = format!("{:?}", received.requests);
    assert!(!told.contains("Hunter2") && !told.contains("Correct1horse"));
}

#[tokio::test]
async fn only_a_part_is_traced_but_for_what_belongs_to_a_trace() {
    let (place, collector) = (Place::new().await, Collector::start().await);
    let minato = start(&place, &collector, &[("MINATO_TRACE_SAMPLE_RATE", "0")]).await;
    for flags in ["01", "00"] {
        let parent = format!("00-{TRACE}-00f067aa0ba902b7-{flags}");
        let request = minato.admin().request(Method::GET, "/api/v2.0/ping").header("traceparent", parent);
        minato.admin().send(request).await.expect_status(200);
        minato.admin().get("/api/v2.0/ping").await.expect_status(200);
    }
    minato.stop().await;
    let spans = collector.spans();
    let traces: Vec<_> = spans.iter().map(|span| hex(&span.trace_id)).collect();
    assert_eq!(traces, [TRACE]);
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let (place, collector) = (Place::new().await, Collector::start().await);
    // Nobody listens there.
    let endpoint = "http://127.0.0.1:1";
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let minato = start(&place, &collector, &settings).await;
    for _ in 0..50 {
        minato.admin().get("/api/v2.0/ping").await.expect_status(200);
    }
    while !minato.log().contains("traces can't be sent") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    minato.stop().await;
    assert!(collector.spans().is_empty());
}
