//! Listening, TLS, and ending without cutting anybody off.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// How a client may take to send the head of a request, or idle between two.
const HEAD_TIMEOUT: Duration = Duration::from_mins(2);
/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Flow-control windows of HTTP/2, wide enough for one fast upload.
const STREAM_WINDOW: u32 = 4 << 20;

/// TLS as rustls wants it.
pub type TlsConfig = Arc<ServerConfig>;

/// What can answer on a listener.
pub trait Answers: Send + Sync + 'static {
    /// Answers one request that came from `peer`.
    fn serve(&self, request: Request<Body>, peer: IpAddr) -> impl Future<Output = Response<Body>> + Send;
}

/// A bound listener and what answers on it.
pub struct Server<A> {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answers: Arc<A>,
}

/// How a connection hears that the server stops.
struct Ending {
    /// Between requests, and after the one under way.
    watcher: Watcher,
    /// Before the first byte came.
    stopped: watch::Receiver<()>,
}

impl<A: Answers> Server<A> {
    /// Binds the address.
    pub async fn bind(address: SocketAddr, tls: Option<TlsConfig>, answers: A) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, tls: tls.map(TlsAcceptor::from), answers: Arc::new(answers) })
    }

    /// The address that it is bound to.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is done, then lets running requests end, for at most `grace`. Whether
    /// all of them did.
    pub async fn run(self, stop: impl Future<Output = ()>, grace: Duration) -> bool {
        let graceful = GracefulShutdown::new();
        let builder = Arc::new(connection_builder());
        let (stopping, stopped) = watch::channel(());
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    self.spawn(
                        stream,
                        peer,
                        &builder,
                        Ending { watcher: graceful.watcher(), stopped: stopped.clone() },
                    );
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    // Out of file handles, most likely: give running requests time to return some.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(self.listener);
        // Ends connections that have not said anything yet.
        drop(stopping);
        tokio::time::timeout(grace, graceful.shutdown()).await.is_ok()
    }

    fn spawn(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        builder: &Arc<auto::Builder<TokioExecutor>>,
        ending: Ending,
    ) {
        let answers = Arc::clone(&self.answers);
        let tls = self.tls.clone();
        let builder = Arc::clone(builder);
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let answers = Arc::clone(&answers);
                async move {
                    Ok::<_, std::convert::Infallible>(answers.serve(request.map(Body::new), peer.ip()).await)
                }
            });
            let Ending { watcher, mut stopped } = ending;
            let speaks = tokio::select! {
                speaks = speaks(&stream, tls.is_some()) => speaks,
                _ = stopped.changed() => return,
            };
            if !speaks {
                refuse(stream, tls.is_some()).await;
                return;
            }
            let outcome = match tls {
                None => {
                    watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                }
                Some(tls) => match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
                    Ok(Ok(stream)) => {
                        watcher
                            .watch(builder.serve_connection(TokioIo::new(stream), service).into_owned())
                            .await
                    }
                    Ok(Err(_)) | Err(_) => return,
                },
            };
            if let Err(error) = outcome {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

/// Whether the first byte is of the protocol that is spoken here: a TLS handshake begins with 22,
/// an HTTP request with a letter. A connection that ends before is left to those who know how.
async fn speaks(stream: &TcpStream, tls: bool) -> bool {
    const HANDSHAKE: u8 = 22;
    let mut first = [0];
    match tokio::time::timeout(HEAD_TIMEOUT, stream.peek(&mut first)).await {
        Ok(Ok(1)) => (first == [HANDSHAKE]) == tls,
        _ => true,
    }
}

/// Answers in plain HTTP to who came with the wrong protocol. Clients that try TLS first know by
/// this answer that they may go on without.
async fn refuse(mut stream: TcpStream, tls: bool) {
    let text = if tls { "This port speaks HTTPS only.\n" } else { "This port speaks HTTP, not HTTPS.\n" };
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    // Closing with unread bytes would reset the connection and lose the answer.
    let mut unread = [0; 4096];
    let _ = stream.try_read(&mut unread);
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn connection_builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Never `pipeline_flush`: with it hyper's write buffer has no bound, and a client that does not
    // read what it asked for makes us hold the whole blob.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(STREAM_WINDOW * 4)
        .max_concurrent_streams(250);
    builder
}
