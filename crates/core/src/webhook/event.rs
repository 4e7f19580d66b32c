//! What is told, in Harbor's words and forms.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, WebhookId};
use minato_types::name::RepositoryName;
use minato_types::webhook::EventType;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) kind: EventType,
    pub(crate) at: Timestamp,
    /// Who did it.
    pub(crate) operator: String,
    /// `event_data`.
    pub(crate) data: Value,
    /// Events of the same are told in order.
    pub(crate) about: String,
}

/// A repository, as events name it.
pub(crate) struct Repository<'a> {
    pub(crate) name: &'a RepositoryName,
    pub(crate) public: bool,
    pub(crate) created_at: Option<Timestamp>,
}

impl Repository<'_> {
    fn json(&self) -> Value {
        let mut fields = Map::new();
        if let Some(at) = self.created_at {
            fields.insert("date_created".to_owned(), json!(at.as_secs()));
        }
        fields.insert("name".to_owned(), json!(self.name.within_project()));
        fields.insert("namespace".to_owned(), json!(self.name.project()));
        fields.insert("repo_full_name".to_owned(), json!(self.name.as_str()));
        fields.insert("repo_type".to_owned(), json!(if self.public { "public" } else { "private" }));
        Value::Object(fields)
    }
}

/// An artifact was pushed, pulled or deleted; `tag` is the one that it was called by.
pub(crate) fn artifact(
    kind: EventType,
    (operator, at): (&str, Timestamp),
    repository: &Repository<'_>,
    (digest, tag): (&str, Option<&str>),
    host: &str,
) -> Event {
    let name = repository.name.as_str();
    let url = match tag {
        Some(tag) => format!("{host}/{name}:{tag}"),
        None => format!("{host}/{name}@{digest}"),
    };
    let resource = json!({ "digest": digest, "tag": tag.unwrap_or(digest), "resource_url": url });
    Event {
        kind,
        at,
        operator: operator.to_owned(),
        data: json!({ "resources": [resource], "repository": repository.json() }),
        about: format!("{name}@{digest}"),
    }
}

/// A scan has ended; `overview` is what there is to say of its outcome.
pub(crate) fn scan(
    kind: EventType,
    (operator, at): (&str, Timestamp),
    repository: &Repository<'_>,
    artifact: (&str, Option<&str>),
    (host, overview): (&str, Value),
) -> Event {
    let mut event = self::artifact(kind, (operator, at), repository, artifact, host);
    if let Some(resource) = event.data.pointer_mut("/resources/0").and_then(Value::as_object_mut) {
        resource.insert("scan_overview".to_owned(), overview);
    }
    if let Some(data) = event.data.as_object_mut() {
        data.insert("scan".to_owned(), json!({ "scan_type": "vulnerability" }));
    }
    event
}

/// A project may not use more, or has used most of what it may, as this was pushed.
pub(crate) fn quota(
    kind: EventType,
    (operator, at): (&str, Timestamp),
    repository: &Repository<'_>,
    (digest, tag): (&str, Option<&str>),
    details: &str,
) -> Event {
    let mut resource = Map::from_iter([("digest".to_owned(), json!(digest))]);
    if let Some(tag) = tag {
        resource.insert("tag".to_owned(), json!(tag));
    }
    Event {
        kind,
        at,
        operator: operator.to_owned(),
        data: json!({
            "resources": [resource],
            "repository": repository.json(),
            "custom_attributes": { "Details": details },
        }),
        about: format!("quota of {}", repository.name.project()),
    }
}

impl Event {
    /// The body for a target, and its media type. `id` is one of a kind.
    pub(crate) fn body(
        &self,
        (project, policy): (ProjectId, WebhookId),
        (kind, format): (&str, &str),
        id: &str,
    ) -> String {
        match (kind, format) {
            ("slack", _) => self.slack(),
            (_, "CloudEvents") => self.cloud_event(project, policy, id),
            _ => self.default_body(),
        }
    }

    fn default_body(&self) -> String {
        json!({
            "type": self.kind.as_str(),
            "occur_at": self.at.as_secs(),
            "operator": self.operator,
            "event_data": self.data,
        })
        .to_string()
    }

    /// `CloudEvents` 1.0, structured mode, JSON format.
    fn cloud_event(&self, project: ProjectId, policy: WebhookId, id: &str) -> String {
        let at = jiff::Timestamp::from_second(self.at.as_secs()).unwrap_or_default();
        json!({
            "specversion": "1.0",
            "id": id,
            "source": format!("/projects/{project}/webhook/policies/{policy}"),
            "type": self.kind.cloud_type(),
            "datacontenttype": "application/json",
            "time": at.to_string(),
            "data": self.data,
            "operator": self.operator,
            "requestid": id,
        })
        .to_string()
    }

    /// Slack's blocks. In code only its three own characters have a meaning to Slack.
    fn slack(&self) -> String {
        let section = |text: String| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
        let data = pretty(&self.data);
        let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let at = self.at.as_secs();
        json!({ "blocks": [
            section("*Harbor webhook events*".to_owned()),
            section(format!("*event_type:* {}", self.kind.as_str())),
            section(format!("*occur_at:* <!date^{at}^{{date}} at {{time}}|{at}>")),
            section(format!("*operator:* {}", plain(&self.operator))),
            section("*event_data:*".to_owned()),
            section(format!("```{}```", plain(&cut(&data)))),
        ] })
        .to_string()
    }
}

/// The fields of Harbor's structures in their order, where that is not the alphabet's.
const ORDER: &str = "resources repository retention scan custom_attributes digest tag resource_url scan_overview \
    report_id scan_status severity duration total fixable summary start_time end_time scanner complete_percent \
    retained harbor_hostname project_name retention_policy_id retention_rule result deleted_artifact \
    template params tag_selectors scope_selectors kind decoration pattern extras type status";

/// A value that is written with its fields in that order, others after them by the alphabet.
struct InOrder<'a>(&'a Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                let place = |name: &str| ORDER.split(' ').position(|known| known == name);
                fields.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
                serializer.collect_map(fields.into_iter().map(|(name, value)| (name, InOrder(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(InOrder)),
            plain => plain.serialize(serializer),
        }
    }
}

/// As Harbor writes it for people: a field a line, with tabs.
fn pretty(data: &Value) -> String {
    let mut text = Vec::new();
    let tabs = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, tabs);
    // A value can always be written to memory.
    InOrder(data).serialize(&mut serializer).unwrap_or_default();
    String::from_utf8(text).unwrap_or_default()
}

/// Slack takes three thousand characters in a text.
fn cut(text: &str) -> String {
    const MOST: usize = 2800;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("…".chars()).collect()
}

/// The media type of a body.
pub(crate) fn content_type(kind: &str, format: &str) -> &'static str {
    if kind == "http" && format == "CloudEvents" {
        "application/cloudevents+json"
    } else {
        "application/json"
    }
}
