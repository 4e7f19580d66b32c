//! The permission matrix, tried cell by cell through real requests: `permission.txt` has a line for
//! each operation. From the same lines follows the sweep: what belongs to another project answers
//! exactly as what is not there.
//!
//! A new operation needs its line there, and what its path names a way to be made in
//! [`World::value`].

use std::collections::BTreeMap;
use std::time::Duration;

use minato_testkit::content::{IMAGE_TYPE, digest, push_blob};
use minato_testkit::{Answer, Image, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const MATRIX: &str = include_str!("permission.txt");

/// Who asks, and in which project: the columns of the matrix.
const COLUMNS: [(Who, &str); 12] = [
    (Who::Anonymous, "public"),
    (Who::Anonymous, "private"),
    (Who::SignedIn, "public"),
    (Who::SignedIn, "private"),
    (Who::Member(Role::LimitedGuest), "private"),
    (Who::Member(Role::Guest), "private"),
    (Who::Member(Role::Developer), "private"),
    (Who::Member(Role::Maintainer), "private"),
    (Who::Member(Role::ProjectAdmin), "private"),
    (Who::Sysadmin, "private"),
    (Who::RobotWith, "private"),
    (Who::RobotWithout, "private"),
];

#[derive(Clone, Copy, Debug)]
enum Who {
    Anonymous,
    SignedIn,
    Member(Role),
    Sysadmin,
    /// A robot that holds the pair.
    RobotWith,
    /// A robot that holds everything that robots may be given but the pair.
    RobotWithout,
}

/// A line of the matrix.
struct Line {
    method: Method,
    path: &'static str,
    pair: &'static str,
    /// A status for each column, or `-`.
    cells: Vec<&'static str>,
    body: Option<&'static str>,
}

impl Line {
    fn parse(text: &'static str) -> Self {
        let parts: Vec<&str> = text.splitn(8, '|').map(str::trim).collect();
        let [operation, pair, cells @ ..] = parts.as_slice() else { panic!("{text}") };
        let (method, path) = operation.split_once(' ').unwrap();
        let body = cells.get(5).copied();
        let cells: Vec<_> = cells.iter().take(5).flat_map(|group| group.split_whitespace()).collect();
        assert_eq!(cells.len(), COLUMNS.len(), "{text}");
        Self { method: method.parse().unwrap(), path, pair, cells, body }
    }

    fn all() -> Vec<Self> {
        let lines = MATRIX.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(Self::parse).collect()
    }

    /// Names in braces in the path.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
    }
}

/// Three projects with an image `app:1` in each, and everybody.
struct World {
    t: TestApp,
    people: BTreeMap<String, Persona>,
    made: u64,
    /// The latest `repository_name`: a `reference` is made in it.
    repository: String,
    /// The latest `reference`: what a `tag_name` names, and what has a `label_id`.
    image: Image,
}

impl World {
    async fn new() -> Self {
        let t = TestApp::start_undoing(Duration::from_hours(1)).await;
        let mut people = BTreeMap::new();
        for (name, public) in [("public", true), ("private", false), ("foreign", false)] {
            t.project(name, public).await;
            Image::new(0, 1).push(&t.admin(), &format!("{name}/app"), "1").await;
        }
        people.insert("stranger".to_owned(), t.user("stranger").await);
        for role in Role::ALL {
            let name = format!("{role:?}");
            people.insert(name.clone(), t.member(&name, role, "private").await);
        }
        Self { t, people, made: 0, repository: "app".to_owned(), image: Image::new(0, 1) }
    }

    async fn persona(&mut self, who: Who, pair: &str) -> Persona {
        match who {
            Who::Anonymous => self.t.anonymous(),
            Who::Sysadmin => self.t.admin(),
            Who::SignedIn => self.people["stranger"].clone(),
            Who::Member(role) => self.people[&format!("{role:?}")].clone(),
            Who::RobotWith => self.robot(&format!("with {pair}"), &[pair]).await,
            Who::RobotWithout => {
                let all = self.t.admin().get("/api/v2.0/permissions").await.json();
                let all = all["project"].as_array().unwrap().iter().map(|one| {
                    format!("{}:{}", one["resource"].as_str().unwrap(), one["action"].as_str().unwrap())
                });
                let others: Vec<String> = all.filter(|one| one != pair).collect();
                let others: Vec<&str> = others.iter().map(String::as_str).collect();
                self.robot(&format!("without {pair}"), &others).await
            }
        }
    }

    async fn robot(&mut self, what: &str, pairs: &[&str]) -> Persona {
        if !self.people.contains_key(what) {
            let name = self.unique();
            let robot = self.t.robot(&name, "private", pairs).await;
            self.people.insert(what.to_owned(), robot);
        }
        self.people[what].clone()
    }

    fn unique(&mut self) -> String {
        self.made += 1;
        format!("x{}", self.made)
    }

    /// What stands for a name in braces: something in `project` that was made for the purpose, and
    /// that no other project has.
    async fn value(&mut self, name: &str, project: &str) -> String {
        let (admin, unique) = (self.t.admin(), self.unique());
        match name {
            "project" | "project_name" | "project_name_or_id" => project.to_owned(),
            "project_id" => {
                let shown = admin.get(&format!("/api/v2.0/projects/{project}")).await.json();
                shown["project_id"].to_string()
            }
            "unique" => unique,
            "manifest" => String::from_utf8(Image::new(0, 1).manifest).unwrap(),
            "digest" => {
                let image = Image::new(self.made, 1);
                image.push(&admin, &format!("{project}/app"), &unique).await;
                image.digest().to_string()
            }
            "blob" => push_blob(&admin, &format!("{project}/app"), unique.as_bytes()).await.to_string(),
            "robot_id" => {
                let body = json!({
                    "name": unique, "level": "project", "duration": -1,
                    "permissions": [{
                        "kind": "project", "namespace": project,
                        "access": [{ "resource": "repository", "action": "pull" }],
                    }],
                });
                admin.post_json("/api/v2.0/robots", &body).await.with_status(201).json()["id"].to_string()
            }
            "repository_name" => {
                Image::new(self.made, 1).push(&admin, &format!("{project}/{unique}"), "1").await;
                self.repository = unique;
                self.repository.clone()
            }
            "reference" => {
                self.image = Image::new(self.made, 1);
                self.push_image(project, &unique).await;
                self.image.digest().to_string()
            }
            "tag_name" => {
                self.push_image(project, &unique).await;
                unique
            }
            "addition" => "build_history".to_owned(),
            "label" => self.label(project, &unique).await,
            "label_id" => {
                let label = self.label(project, &unique).await;
                self.push_image(project, &unique).await;
                let labels = format!("repositories/{}/artifacts/{unique}/labels", self.repository);
                let body = json!({ "id": label.parse::<i64>().unwrap() });
                self.make(project, &labels, &body).await.expect_status(200);
                label
            }
            _ => self.setting(name, project, unique).await,
        }
    }

    /// As [`value`](Self::value), for what has to do with how a project is set up.
    async fn setting(&self, name: &str, project: &str, unique: String) -> String {
        match name {
            "user" => {
                self.t.user(&unique).await;
                unique
            }
            "mid" => {
                self.t.user(&unique).await;
                let body = json!({ "role_id": 3, "member_user": { "username": unique } });
                id(&self.make(project, "members", &body).await)
            }
            "rule" => rule(&unique).to_string(),
            "immutable_rule_id" => id(&self.make(project, "immutabletagrules", &rule(&unique)).await),
            "webhook" => webhook(&unique).to_string(),
            "webhook_policy_id" => id(&self.make(project, "webhook/policies", &webhook(&unique)).await),
            "deletion_id" => {
                Image::new(self.made, 1).push(&self.t.admin(), &format!("{project}/gone"), &unique).await;
                let path = format!("/api/v2.0/projects/{project}");
                self.t.admin().delete(&format!("{path}/repositories/gone/artifacts/{unique}")).await;
                let all = self.t.admin().get(&format!("{path}/deletions")).await.with_status(200).json();
                all[0]["id"].to_string()
            }
            // None was ever told, so there is none of these.
            "execution_id" | "task_id" => "1".to_owned(),
            // Nothing was ever scanned.
            "report_id" => "none".to_owned(),
            // There are only a few settings, so the same is set each time,
            "meta_name" => {
                self.make(project, "metadatas/", &json!({ "auto_scan": "false" })).await;
                "auto_scan".to_owned()
            }
            // and another one taken back.
            "unset" => {
                self.t.admin().delete(&format!("/api/v2.0/projects/{project}/metadatas/severity")).await;
                "severity".to_owned()
            }
            other => panic!("say here how to make a `{other}` in a project"),
        }
    }

    /// Posts to something of the project.
    async fn make(&self, project: &str, what: &str, body: &Value) -> Answer {
        self.t.admin().post_json(&format!("/api/v2.0/projects/{project}/{what}"), body).await
    }

    async fn push_image(&self, project: &str, tag: &str) {
        self.image.push(&self.t.admin(), &format!("{project}/{}", self.repository), tag).await;
    }

    /// A new label of the project.
    async fn label(&self, project: &str, name: &str) -> String {
        let admin = self.t.admin();
        let shown = admin.get(&format!("/api/v2.0/projects/{project}")).await.json();
        let body = json!({ "name": name, "scope": "p", "project_id": shown["project_id"] });
        id(&admin.post_json("/api/v2.0/labels", &body).await)
    }

    /// Replaces the names in braces that [`value`](Self::value) is asked for.
    async fn fill(&mut self, text: &str, names: &[&str], project: &str) -> String {
        let mut filled = text.to_owned();
        for name in names {
            let place = format!("{{{name}}}");
            if filled.contains(&place) {
                filled = filled.replace(&place, &self.value(name, project).await);
            }
        }
        filled
    }

    async fn ask(&mut self, line: &Line, who: Who, path: &str, project: &str) -> Answer {
        let mut persona = self.persona(who, line.pair).await;
        let is_registry = path.starts_with("/v2/");
        if is_registry {
            let (_, action) = line.pair.split_once(':').unwrap();
            persona = persona.with_token(&[&format!("repository:{project}/app:{action}")]).await;
        }
        let mut request = persona.request(line.method.clone(), path);
        if let Some(body) = line.body {
            let media_type = if is_registry { IMAGE_TYPE } else { "application/json" };
            let names =
                ["unique", "project", "project_id", "manifest", "user", "unset", "rule", "label", "webhook"];
            let body = self.fill(body, &names, project).await;
            let body = body.replace("{last}", path.rsplit('/').next().unwrap_or_default());
            request = request.header("content-type", media_type).body(body);
        }
        persona.send(request).await
    }
}

/// The id at the end of where something new is.
fn id(made: &Answer) -> String {
    made.expect_status(201);
    made.header("location").rsplit('/').next().unwrap().to_owned()
}

fn webhook(unique: &str) -> Value {
    json!({
        "name": unique, "enabled": false, "event_types": ["PUSH_ARTIFACT"],
        "targets": [{ "type": "http", "address": "http://receiver.example.com/" }],
    })
}

/// An immutability rule that holds nothing else here.
fn rule(pattern: &str) -> Value {
    let choice = |decoration| json!([{ "kind": "doublestar", "decoration": decoration, "pattern": pattern }]);
    json!({
        "action": "immutable", "template": "immutable_template",
        "tag_selectors": choice("matches"),
        "scope_selectors": { "repository": choice("repoMatches") },
    })
}

#[tokio::test]
async fn everybody_gets_what_the_matrix_says() {
    let mut world = World::new().await;
    let mut wrong = Vec::new();
    for line in Line::all() {
        let names: Vec<_> = line.names().collect();
        let mut found = Vec::new();
        for ((who, project), expected) in COLUMNS.into_iter().zip(&line.cells) {
            if *expected == "-" {
                found.push("-".to_owned());
                continue;
            }
            let path = world.fill(line.path, &names, project).await;
            found.push(world.ask(&line, who, &path, project).await.status.to_string());
        }
        if found != line.cells {
            let (said, found) = (line.cells.join(" "), found.join(" "));
            wrong.push(format!("{} {}\n  said  {said}\n  found {found}", line.method, line.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_belongs_to_another_project_looks_like_what_is_not_there() {
    const NO_CHILDREN: [&str; 6] =
        ["project", "project_id", "project_name", "project_name_or_id", "unique", "addition"];
    let absent = |name: &str| match name {
        "digest" | "blob" | "reference" => digest(b"absent").to_string(),
        "meta_name" => "auto_sbom_generation".to_owned(),
        _ => "999999".to_owned(),
    };
    let mut world = World::new().await;
    let mut swept = 0;
    // A copy makes the repository that it names.
    for line in Line::all().into_iter().filter(|line| !line.path.contains("?from=")) {
        let names: Vec<_> = line.names().collect();
        let Some(child) = names.iter().rfind(|name| !NO_CHILDREN.contains(name)) else { continue };
        let parents: Vec<_> = names.iter().copied().filter(|name| name != child).collect();
        let base = world.fill(line.path, &parents, "private").await;
        let mut askers = vec![Who::Member(Role::ProjectAdmin)];
        if !parents.is_empty() {
            askers.push(Who::Sysadmin);
        }
        for who in askers {
            // Given something of the other project, when who administers this one names it here,
            let other = world.value(child, "foreign").await;
            let mut answers = Vec::new();
            for value in [other, absent(child)] {
                let path = base.replace(&format!("{{{child}}}"), &value);
                let answer = world.ask(&line, who, &path, "private").await;
                answers.push((answer.status, answer.text().replace(&value, "CHILD")));
            }
            // then the answer is that for what is nowhere.
            assert_eq!(answers[0], answers[1], "{} {} as {who:?}", line.method, line.path);
            let is_list = line.path.contains("/referrers/");
            assert_eq!(answers[0].0, if is_list { 200 } else { 404 }, "{} {}", line.method, line.path);
        }
        swept += 1;
    }
    assert!(swept >= 29, "only {swept} lines name a child");
}

#[tokio::test]
async fn each_served_operation_on_a_project_has_its_line() {
    let t = TestApp::start().await;
    let description = t.anonymous().get("/api/openapi.json").await.with_status(200).json();
    let lines = Line::all();
    let has_line = |method: &str, path: &str| {
        lines.iter().any(|line| {
            let own = line.path.strip_prefix("/api/v2.0").unwrap_or(line.path);
            let own = own.split('?').next().unwrap_or(own);
            line.method.as_str().eq_ignore_ascii_case(method) && own == path
        })
    };
    let mut missing = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let is_of_project = path.contains("{project_name") || path.starts_with("/robots");
        for method in item.as_object().unwrap().keys().filter(|_| is_of_project) {
            if !has_line(method, path) {
                missing.push(format!("{} /api/v2.0{path}", method.to_uppercase()));
            }
        }
    }
    assert!(missing.is_empty(), "permission.txt has no line for\n{}", missing.join("\n"));
}
