//! What may not be seen looks exactly like what is not there.

use minato_testkit::content::Image;
use minato_testkit::{Answer, Persona, TestApp};
use reqwest::Method;

/// All of an answer that could tell something, with the asked name taken out.
fn seen(answer: &Answer, name: &str) -> (u16, String, String) {
    let challenge = answer.header("www-authenticate").replace(name, "NAME");
    (answer.status, challenge, answer.text().replace(name, "NAME"))
}

async fn same(who: &Persona, method: &Method, path: &str) {
    let mut answers = Vec::new();
    for name in ["secret", "absent"] {
        let answer = who.send_bytes(method.clone(), &path.replace("PROJECT", name), "").await;
        answers.push(seen(&answer, name));
    }
    assert_eq!(answers[0], answers[1], "{method} {path}");
}

#[tokio::test]
async fn private_and_absent_projects_look_alike() {
    // Given a private project with an image,
    let t = TestApp::start().await;
    t.project("secret", false).await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "secret/app", "1").await;
    let digest = image.digest();
    let upload = "6f1b1c1e-6f0a-4a6e-9a55-0b7b7d2f3c11";
    let stranger = t.user("stranger").await;
    let token =
        stranger.with_token(&["repository:secret/app:pull,push", "repository:absent/app:pull,push"]).await;
    let mut paths: Vec<(Method, String)> = vec![
        (Method::GET, "/v2/PROJECT/app/tags/list".to_owned()),
        (Method::GET, "/v2/PROJECT/app/manifests/1".to_owned()),
        (Method::HEAD, "/v2/PROJECT/app/manifests/1".to_owned()),
        (Method::PUT, "/v2/PROJECT/app/manifests/1".to_owned()),
        (Method::DELETE, "/v2/PROJECT/app/manifests/1".to_owned()),
        (Method::POST, "/v2/PROJECT/app/blobs/uploads/".to_owned()),
        (Method::GET, "/api/v2.0/projects/PROJECT".to_owned()),
        (Method::DELETE, "/api/v2.0/projects/PROJECT".to_owned()),
        (Method::HEAD, "/api/v2.0/projects?project_name=PROJECT".to_owned()),
    ];
    for path in ["referrers/", "blobs/", "manifests/"] {
        paths.push((Method::GET, format!("/v2/PROJECT/app/{path}{digest}")));
    }
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        paths.push((method, format!("/v2/PROJECT/app/blobs/uploads/{upload}")));
    }
    // when somebody without rights asks, by any means, then a project that does not exist answers the same.
    for who in [t.anonymous(), stranger, token] {
        for (method, path) in &paths {
            same(&who, method, path).await;
        }
    }
}
