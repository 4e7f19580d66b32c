//! A browser as far as sessions go: it keeps cookies, and the token that pages send back.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::Method;
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::Value;

use crate::persona::{Answer, Persona};

/// Somebody who comes by cookie.
#[derive(Clone)]
pub struct Browser {
    persona: Persona,
    /// What the server set, by name.
    pub cookies: BTreeMap<String, String>,
    /// The last token that the server gave; empty before the first, and then not sent.
    pub token: String,
}

impl Browser {
    /// One without cookies.
    pub fn new(persona: Persona) -> Self {
        Self { persona, cookies: BTreeMap::new(), token: String::new() }
    }

    /// The same browser asking another instance.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { persona: self.persona.at(address), ..self.clone() }
    }

    /// Signs in as a page does: fetch a token, then send the form.
    pub async fn sign_in(&mut self, principal: &str, password: &str) -> Answer {
        self.get("/c/login").await;
        self.post_form("/c/login", &[("principal", principal), ("password", password)]).await
    }

    /// `GET`.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// `GET` with a header.
    pub async fn get_with(&mut self, path: &str, name: &str, value: &str) -> Answer {
        self.send(Method::GET, path, None, &[(name, value)]).await
    }

    /// `POST` of a form.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send(Method::POST, path, Some(form.join("&")), &[kind]).await
    }

    /// `POST` of JSON.
    pub async fn post_json(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string()), &[("content-type", "application/json")]).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.persona.request(method, path);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        if !self.token.is_empty() {
            request = request.header("x-harbor-csrf-token", &self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.persona.send(request.body(body.unwrap_or_default())).await;
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if !answer.header("x-harbor-csrf-token").is_empty() {
            answer.header("x-harbor-csrf-token").clone_into(&mut self.token);
        }
    }
}
