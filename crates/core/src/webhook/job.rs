//! Telling: sends what was queued, and logs what was sent and what came back. Begun again it sends
//! once more: at least once is what receivers are promised.

use std::time::Duration;

use minato_clients::{Call, CallError};
use minato_db::execution;
use minato_db::task::Claimed;
use minato_queue::{Cx, JobError};
use minato_types::id::{ProjectId, WebhookId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Delivery, KINDS, Policy, Target, event};
use crate::{App, Error, Result};

/// How long a receiver has, as in Harbor.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Slack takes a message a second.
const SLACKS_PAUSE: Duration = Duration::from_secs(1);

/// What stands for a secret.
const HIDDEN: &str = "******";

/// What a task is to do. The address is the one that was meant: a policy that was changed since then
/// gets nothing that was meant for another.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parameters {
    pub(super) policy: i64,
    pub(super) target: usize,
    pub(super) address: String,
}

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    cx: &Cx,
) -> std::result::Result<Map<String, Value>, JobError> {
    let Some((target, delivery)) = find(app, task, parameters).await? else {
        return Err(JobError::Failed("the webhook was changed or deleted meanwhile".to_owned()));
    };
    let content_type = event::content_type(&target.kind, &target.payload_format);
    let mut headers = vec![("content-type", content_type.to_owned())];
    cx.info(format!("POST {} ({})", target.address, delivery.event_type));
    cx.info(format!("content-type: {content_type}"));
    if !target.auth_header.is_empty() {
        headers.push(("authorization", target.auth_header.clone()));
        cx.info(format!("authorization: {HIDDEN}"));
    }
    cx.info(hide(&delivery.payload, &target.auth_header));
    let call = Call {
        url: target.address.clone(),
        headers,
        body: delivery.payload,
        check_certificate: !target.skip_cert_verify,
        timeout: TIMEOUT,
    };
    let outcome = app.outbound.post(call).await;
    if target.kind == "slack" {
        tokio::time::sleep(SLACKS_PAUSE).await;
    }
    match outcome {
        Ok(answer) => {
            let body = hide(answer.body.trim(), &target.auth_header);
            cx.info(format!("answered {}: {body}", answer.status));
            if (200..300).contains(&answer.status) {
                Ok(Map::from_iter([("status_code".to_owned(), answer.status.into())]))
            } else {
                Err(JobError::Retry(format!("the receiver answered {}", answer.status)))
            }
        }
        Err(error @ (CallError::Address(_) | CallError::NotPermitted)) => {
            Err(JobError::Failed(error.to_string()))
        }
        Err(error) => Err(JobError::Retry(error.to_string())),
    }
}

/// The text without the value of `Authorization`, or what stands there behind the scheme, as it is or as JSON
/// writes it: receivers may show what they got.
fn hide(text: &str, header: &str) -> String {
    let header = header.trim();
    let credentials = header.split_once(' ').map_or("", |(_, credentials)| credentials.trim());
    let mut text = text.to_owned();
    for secret in [header, credentials].into_iter().filter(|secret| !secret.is_empty()) {
        let quoted = Value::from(secret).to_string();
        let within = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted);
        text = text.replace(within, HIDDEN).replace(secret, HIDDEN);
    }
    text
}

async fn find(app: &App, task: &Claimed, parameters: &Parameters) -> Result<Option<(Target, Delivery)>> {
    let mut conn = app.db.read().await?;
    let id = WebhookId(parameters.policy);
    let Some(row) = minato_db::webhook::get(&mut conn, ProjectId(task.share), id).await? else {
        return Ok(None);
    };
    let execution = execution::get(&mut conn, &KINDS, task.execution).await?;
    let target = Policy::of(row)?.targets.into_iter().nth(parameters.target);
    let target = target.filter(|target| target.address == parameters.address);
    Ok(target.zip(execution.map(Delivery::of)))
}

/// Never an error of a caller: what a receiver does wrong is its own.
impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::hide;

    fn check(text: &str, header: &str, expected: &str) {
        assert_eq!(hide(text, header), expected, "{text} with {header}");
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        check("you sent Bearer s3cret twice: s3cret.", "Bearer s3cret", "you sent ****** twice: ******.");
        check(r#"{"got":"Token a\"b\\c"}"#, r#"Token a"b\c"#, r#"{"got":"******"}"#);
        check(r#"a"b\c as it is"#, r#"Token a"b\c"#, "****** as it is");
        check("s3cret", " s3cret ", "******");
        check("a bearer of Bearer things", "Bearer s3cret", "a bearer of Bearer things");
        check("nothing to hide", "", "nothing to hide");
        check("nothing behind the scheme: Basic", "Basic ", "nothing behind the scheme: ******");
    }
}
