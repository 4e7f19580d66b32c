//! Lines: made of what is told in the code, in one place, where secrets are masked; and how they
//! look.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::Id;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::component::Component;
use super::mask::{MASK, is_secret, mask};

/// Most bytes of one text in a line.
const MOST_TEXT: usize = 8 << 10;
/// What lines tell of the request or the job in which they were made.
pub(super) const IDS: [&str; 3] = ["request_id", "execution", "task"];

/// One line. No secret is in it any more.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) at_micros: i64,
    pub(super) level: Level,
    pub(super) component: Component,
    pub(super) target: &'static str,
    pub(super) message: String,
    /// Ids of the request or the job first.
    pub(super) fields: Vec<(&'static str, Value)>,
}

/// What a span tells all lines that are made in it.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    component: Option<Component>,
    ids: Vec<(&'static str, Value)>,
}

impl Visit for Surroundings {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // All other fields of spans are for traces.
        if IDS.contains(&field.name()) {
            self.ids.push((field.name(), mask(&format!("{value:?}")).into_owned().into()));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "component" {
            self.component = Component::named(value);
        } else if IDS.contains(&field.name()) {
            self.ids.push((field.name(), mask(value).into_owned().into()));
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if IDS.contains(&field.name()) {
            self.ids.push((field.name(), value.into()));
        }
    }
}

/// The component of what is told here, and the spans' ids.
pub(super) fn surroundings<S>(
    metadata: &Metadata<'_>,
    spans: impl Iterator<Item = Id>,
    cx: &Context<'_, S>,
) -> (Component, Vec<(&'static str, Value)>)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let mut component = Component::of(metadata.target());
    let mut ids: Vec<(&'static str, Value)> = Vec::new();
    for id in spans {
        let Some(span) = cx.span(&id) else { continue };
        let extensions = span.extensions();
        let Some(around) = extensions.get::<Surroundings>() else { continue };
        component = component.or(around.component);
        for (name, value) in &around.ids {
            if !ids.iter().any(|(known, _)| known == name) {
                ids.push((name, value.clone()));
            }
        }
    }
    (component.unwrap_or(Component::Core), ids)
}

impl Line {
    /// Makes the line of what is told.
    pub(super) fn of(
        event: &Event<'_>,
        at_micros: i64,
        component: Component,
        ids: Vec<(&'static str, Value)>,
    ) -> Self {
        let mut told = Told::default();
        event.record(&mut told);
        let mut fields = ids;
        fields.retain(|(name, _)| !told.fields.iter().any(|(own, _)| own == name));
        fields.append(&mut told.fields);
        let metadata = event.metadata();
        let (level, target) = (*metadata.level(), metadata.target());
        Self { at_micros, level, component, target, message: told.message, fields }
    }

    /// What the log tells of itself.
    pub(super) fn own(at_micros: i64, message: &str, fields: Vec<(&'static str, Value)>) -> Self {
        Self {
            at_micros,
            level: Level::WARN,
            component: Component::Core,
            target: "minato::logs",
            message: message.to_owned(),
            fields,
        }
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let field = |(name, value): &(&str, Value)| name.len() + value.as_str().map_or(8, str::len);
        size_of::<Self>() + self.message.len() + self.fields.iter().map(field).sum::<usize>()
    }

    fn time(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.at_micros).unwrap_or_default()
    }

    /// One JSON object.
    pub(super) fn json(&self, line: &mut String) {
        let _ = write!(line, "{{\"timestamp\":\"{:.6}\",\"level\":\"{}\"", self.time(), self.level);
        let mut pair = |name: &str, value: &Value| {
            let _ = write!(line, ",{}:{value}", Value::from(name));
        };
        pair("component", &self.component.name().into());
        pair("target", &self.target.into());
        pair("message", &self.message.as_str().into());
        for (name, value) in &self.fields {
            match *name {
                // Twice in an object would be no JSON for many.
                "timestamp" | "level" | "component" | "target" | "message" => {
                    pair(&format!("{name}_"), value);
                }
                _ => pair(name, value),
            }
        }
        line.push_str("}\n");
    }

    /// One line for people; in colours for a terminal.
    pub(super) fn text(&self, line: &mut String, colours: bool) {
        let (on, off) = if colours { (colour(self.level), "\x1b[0m") } else { ("", "") };
        let (level, component) = (self.level.as_str(), self.component.name());
        let _ = write!(line, "{:.6} {on}{level:>5}{off} {component} {}: ", self.time(), self.target);
        plain(line, &self.message);
        for (name, value) in &self.fields {
            let _ = write!(line, " {name}=");
            match value {
                Value::String(text) if needs_quotes(text) => {
                    let _ = write!(line, "{text:?}");
                }
                Value::String(text) => line.push_str(text),
                other => {
                    let _ = write!(line, "{other}");
                }
            }
        }
        line.push('\n');
    }
}

const fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        _ => "\x1b[2m",
    }
}

/// Whether a character may be taken for the end of a line, or does something to a terminal.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn needs_quotes(text: &str) -> bool {
    text.is_empty() || text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '=') || is_odd(c))
}

fn plain(line: &mut String, text: &str) {
    for c in text.chars() {
        if is_odd(c) { line.extend(c.escape_debug()) } else { line.push(c) }
    }
}

/// What the code tells, without secrets.
#[derive(Default)]
struct Told {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl Told {
    fn put(&mut self, field: &Field, value: Value) {
        self.fields.push((field.name(), if is_secret(field.name()) { MASK.into() } else { value }));
    }

    fn put_text(&mut self, field: &Field, text: &str) {
        let text = shortened(text);
        let text = mask(&text);
        if field.name() == "message" {
            self.message = text.into_owned();
        } else {
            self.put(field, text.into_owned().into());
        }
    }
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_TEXT {
        return text.into();
    }
    let kept = text.get(..text.floor_char_boundary(MOST_TEXT)).unwrap_or_default();
    format!("{kept}… ({} bytes)", text.len()).into()
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(next) = cause {
            let _ = write!(text, ": {next}");
            cause = next.source();
        }
        self.put_text(field, &text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put_text(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            at_micros: 1_769_860_800_123_456,
            level: Level::INFO,
            component: Component::Registry,
            target: "minato_web::v2",
            message: "one\ntwo".to_owned(),
            fields: vec![
                ("request_id", "abc".into()),
                ("level", 5.into()),
                ("path", "/a b\"\u{1b}[0m".into()),
                ("size", 7.into()),
            ],
        }
    }

    #[test]
    fn a_line_is_one_line() {
        let mut json = String::new();
        line().json(&mut json);
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json.lines().count(), 1);
        assert_eq!(read["timestamp"], "2026-01-31T12:00:00.123456Z");
        assert_eq!((&read["level"], &read["level_"]), (&"INFO".into(), &5.into()));
        assert_eq!((&read["component"], &read["message"]), (&"registry".into(), &"one\ntwo".into()));
        let mut text = String::new();
        line().text(&mut text, false);
        let expected = "2026-01-31T12:00:00.123456Z  INFO registry minato_web::v2: one\\ntwo request_id=abc level=5 \
             path=\"/a b\\\"\\u{1b}[0m\" size=7\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn long_texts_are_cut() {
        let text = shortened(&"ä".repeat(MOST_TEXT)).into_owned();
        assert!(text.ends_with("ä… (16384 bytes)") && text.len() < MOST_TEXT + 30, "{}", text.len());
    }
}
