//! Sends lines on to a syslog server: RFC 5424 over TCP or TLS (RFC 5425), each with its length before
//! it, or over UDP (RFC 5426), one in each datagram.
//!
//! A server that is away is tried again, later and later; what does not fit the queue meanwhile is
//! lost for it and counted. Nothing but this thread waits for it.

use std::io::{self, Read as _, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use minato_clients::syslog::{Facility, Message, Severity, framed};
use minato_types::clock::Clock;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use serde_json::Value;
use tracing::Level;

use super::line::Line;
use super::queue::Queue;

/// How long the server may take to accept a connection or some lines.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before a server that failed is tried again, at first and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(30)];
/// How many lines are sent at once. Those are sent again when the connection breaks.
const TOGETHER: usize = 64;
/// Most bytes of a datagram: what servers read without being told to read more.
const MOST_DATAGRAM: usize = 8 << 10;

/// A syslog server, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// How.
    pub transport: Transport,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// How lines travel.
#[derive(Clone, Debug)]
pub enum Transport {
    /// One in each datagram.
    Udp,
    /// In a stream.
    Tcp,
    /// In an encrypted stream.
    Tls(Arc<ClientConfig>),
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
            Transport::Tls(_) => "tls",
        };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

/// Sends what comes until no more can come. A server that is away then is given up.
pub(super) fn run(endpoint: &Endpoint, queue: &Queue, clock: &dyn Clock) {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let shown = endpoint.to_string();
    let mut link = None;
    while let Some(mut lines) = queue.take() {
        let untold = queue.take_untold();
        if untold > 0 {
            lines.push(Arc::new(super::lost_line(clock, untold)));
        }
        let messages: Vec<String> = lines.iter().map(|line| message(line, &host)).collect();
        let (mut rest, mut pause, mut away) = (messages.as_slice(), PAUSES[0], false);
        while !rest.is_empty() {
            let error = match send(&mut link, endpoint, rest) {
                Ok(sent) => {
                    rest = rest.get(sent..).unwrap_or_default();
                    pause = PAUSES[0];
                    continue;
                }
                Err(error) => error,
            };
            link = None;
            if !std::mem::replace(&mut away, true) {
                tracing::warn!(
                    endpoint = shown,
                    error = &error as &dyn std::error::Error,
                    "log lines can't be sent on"
                );
            }
            if queue.wait_closed(pause) {
                return queue.lose(rest.len());
            }
            pause = (pause * 2).min(PAUSES[1]);
        }
        if away {
            tracing::info!(endpoint = shown, "log lines are sent on again");
        }
    }
}

/// A connection.
enum Link {
    Udp(UdpSocket),
    Tcp(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// Sends the first of some lines; how many.
fn send(link: &mut Option<Link>, endpoint: &Endpoint, messages: &[String]) -> io::Result<usize> {
    if link.as_mut().is_some_and(Link::has_ended) {
        *link = None;
    }
    let link = match link {
        Some(link) => link,
        None => link.insert(Link::to(endpoint)?),
    };
    let together = messages.get(..messages.len().min(TOGETHER)).unwrap_or_default();
    let bytes = || together.iter().map(|message| framed(message)).collect::<String>();
    match link {
        Link::Udp(socket) => {
            let message = together.first().map_or("", String::as_str);
            let most = message.floor_char_boundary(MOST_DATAGRAM);
            socket.send(message.get(..most).unwrap_or_default().as_bytes())?;
            return Ok(1);
        }
        Link::Tcp(stream) => stream.write_all(bytes().as_bytes())?,
        Link::Tls(stream) => {
            stream.write_all(bytes().as_bytes())?;
            stream.flush()?;
        }
    }
    Ok(together.len())
}

impl Link {
    fn to(endpoint: &Endpoint) -> io::Result<Self> {
        let addresses = (endpoint.host.as_str(), endpoint.port).to_socket_addrs()?;
        let mut outcome = Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
        for address in addresses {
            outcome = Self::to_address(endpoint, address);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn to_address(endpoint: &Endpoint, address: SocketAddr) -> io::Result<Self> {
        if let Transport::Udp = endpoint.transport {
            let any: SocketAddr =
                if address.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
            let socket = UdpSocket::bind(any)?;
            socket.connect(address)?;
            return Ok(Self::Udp(socket));
        }
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let Transport::Tls(config) = &endpoint.transport else { return Ok(Self::Tcp(stream)) };
        let name = ServerName::try_from(endpoint.host.clone()).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        // The certificate is looked at now, not with the first line.
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(Self::Tls(Box::new(stream)))
    }

    /// Whether the other side has closed. Syslog servers never speak: what can be read is the end.
    fn has_ended(&mut self) -> bool {
        let socket = match self {
            Self::Udp(_) => return false,
            Self::Tcp(stream) => &*stream,
            Self::Tls(stream) => &stream.sock,
        };
        if socket.set_nonblocking(true).is_err() {
            return true;
        }
        let read = match self {
            Self::Udp(_) => return false,
            Self::Tcp(stream) => stream.read(&mut [0; 64]),
            Self::Tls(stream) => stream.read(&mut [0; 64]),
        };
        let socket = match self {
            Self::Udp(_) => return false,
            Self::Tcp(stream) => &*stream,
            Self::Tls(stream) => &stream.sock,
        };
        let waits = match read {
            Ok(length) => length > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        socket.set_nonblocking(false).is_err() || !waits
    }
}

/// The line as a message: ids and fields are its data.
fn message(line: &Line, host: &str) -> String {
    let severity = match line.level {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warning,
        Level::INFO => Severity::Informational,
        _ => Severity::Debug,
    };
    let texts: Vec<(&str, String)> = line.fields.iter().map(|(name, value)| (*name, text(value))).collect();
    let fields = texts.iter().map(|(name, text)| (*name, text.as_str()));
    let message = Message {
        facility: Facility::Daemon,
        severity,
        at_micros: line.at_micros,
        host,
        program: line.component.name(),
        process: Some(std::process::id()),
        kind: "",
        data_id: "minato@0",
        text: &line.message,
    };
    message.write([("target", line.target)].into_iter().chain(fields))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
