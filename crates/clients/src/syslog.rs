//! Messages to syslog servers, as RFC 5424 has them. How they travel is for whoever sends them;
//! over a stream each has its length before it (RFC 6587, 3.4.1).

use std::fmt::Write as _;

/// What a message is about (RFC 5424, 6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facility {
    /// A user program.
    User = 1,
    /// A program that serves.
    Daemon = 3,
}

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something failed.
    Error = 3,
    /// Something may fail.
    Warning = 4,
    /// What goes on.
    Informational = 6,
    /// For those who look for a cause.
    Debug = 7,
}

/// One message. What its fields may not hold is taken out when it is written.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What it is about.
    pub facility: Facility,
    /// How grave it is.
    pub severity: Severity,
    /// When it happened, in microseconds since the epoch.
    pub at_micros: i64,
    /// The machine; empty where it is not known.
    pub host: &'a str,
    /// The program.
    pub program: &'a str,
    /// The process, if that says something.
    pub process: Option<u32>,
    /// The kind of message; empty where there are no kinds.
    pub kind: &'a str,
    /// The name of its data, such as `audit@0`.
    pub data_id: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Message<'_> {
    /// Writes it with its data, which may be none.
    pub fn write<'d>(&self, data: impl IntoIterator<Item = (&'d str, &'d str)>) -> String {
        let priority = (self.facility as u8) * 8 + self.severity as u8;
        let time = jiff::Timestamp::from_microsecond(self.at_micros).unwrap_or_default();
        let process = self.process.map_or_else(|| "-".to_owned(), |id| id.to_string());
        let (host, program) = (word(self.host, 255), word(self.program, 48));
        let kind = word(self.kind, 32);
        let mut line = format!("<{priority}>1 {time:.3} {host} {program} {process} {kind} ");
        let head = line.len();
        for (name, value) in data {
            if line.len() == head {
                let _ = write!(line, "[{}", self.data_id);
            }
            let _ = write!(line, " {}=\"", word(name, 32));
            escape(&mut line, value);
            line.push('"');
        }
        line.push_str(if line.len() == head { "- " } else { "] " });
        line.extend(self.text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        line
    }
}

/// The message as a stream has it: its length in bytes, a blank, itself.
pub fn framed(message: &str) -> String {
    format!("{} {message}", message.len())
}

/// A word of the header, or a name of data: printable ASCII; `-` for nothing.
fn word(text: &str, most: usize) -> String {
    let is_fit = |c: &char| c.is_ascii_graphic() && !matches!(c, '=' | ']' | '"');
    let word: String = text.chars().filter(is_fit).take(most).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

/// A value of data (6.3.3); control characters become blanks.
fn escape(line: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '"' | '\\' | ']' => line.extend(['\\', c]),
            c if c.is_control() => line.push(' '),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_is_in_it() {
        let message = Message {
            facility: Facility::Daemon,
            severity: Severity::Warning,
            at_micros: 1_769_860_800_123_456,
            host: "",
            program: "co re",
            process: Some(7),
            kind: "",
            data_id: "minato@0",
            text: "one\ntwo",
        };
        assert_eq!(message.write([]), "<28>1 2026-01-31T12:00:00.123Z - core 7 - - one two");
        let data = [("a\"=]b", "x\"]\\\ny"), ("", "ä")];
        let text = message.write(data);
        let expected =
            "<28>1 2026-01-31T12:00:00.123Z - core 7 - [minato@0 ab=\"x\\\"\\]\\\\ y\" -=\"ä\"] one two";
        assert_eq!(text, expected);
        assert_eq!(framed("ä-"), "3 ä-");
    }
}
