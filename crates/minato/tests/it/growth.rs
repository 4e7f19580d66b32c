//! What was stored when, and how many jobs came to an end: what charts are drawn from.

use std::time::Duration;

use minato_core::{growth, job::throughput};
use minato_testkit::content::Image;
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use serde_json::{Value, json};

const DAY: Duration = Duration::from_hours(24);
const PROJECT: &str = "/api/v2.0/projects/team/growth";
const ALL: &str = "/api/v2.0/statistics/growth";
const JOBS: &str = "/api/v2.0/jobservice/throughput";

/// What is told to have been used, day by day.
async fn used(who: &Persona, path: &str) -> Vec<i64> {
    let days = who.get(path).await.with_status(200).json();
    days.as_array().unwrap().iter().map(|day| day["used"].as_i64().unwrap()).collect()
}

fn size(image: &Image) -> i64 {
    image.blobs.iter().map(|blob| i64::try_from(blob.len()).unwrap()).sum()
}

async fn sample(t: &TestApp) {
    growth::sample(t.app()).await.unwrap();
}

#[tokio::test]
async fn each_day_is_told_what_was_used_at_its_end() {
    // Given a project that grew on the first and the fourth day, and that was looked at twice on both,
    let t = TestApp::start().await;
    t.advance_to_noon();
    let (admin, one, two) = (t.admin(), Image::new(1, 1), Image::new(2, 2));
    t.project("team", false).await;
    sample(&t).await;
    one.push(&admin, "team/app", "1").await;
    sample(&t).await;
    t.clock().advance(DAY * 2);
    sample(&t).await;
    t.clock().advance(DAY);
    sample(&t).await;
    two.push(&admin, "team/app", "2").await;
    one.push(&admin, "library/app", "1").await;
    sample(&t).await;
    // when it is asked for a day later,
    t.clock().advance(DAY);
    let (first, both) = (size(&one), size(&one) + size(&two));
    // then days on which nothing changed are as the one before,
    assert_eq!(used(&admin, PROJECT).await, [first, first, first, both, both]);
    // and what all projects used together is told of all of them.
    let all = both + first;
    assert_eq!(used(&admin, ALL).await, [first, first, first, all, all]);
    // A time is that of the day's beginning; as many days are told as are asked for.
    let days = admin.get(&format!("{PROJECT}?days=2")).await.with_status(200).json();
    let days: Vec<_> = days.as_array().unwrap().iter().map(|day| day["time"].as_str().unwrap()).collect();
    assert_eq!(days.len(), 2);
    assert!(days.iter().all(|day| day.ends_with("T00:00:00.000Z")), "{days:?}");
}

#[tokio::test]
async fn pushes_and_pulls_are_counted_by_the_day() {
    // Given two pushes and a pull on one day, and a pull two days later,
    let t = TestApp::start().await;
    t.advance_to_noon();
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("team", true).await;
    let pull = async || admin.get("/v2/team/app/manifests/1").await.expect_status(200);
    let flush = async || minato_core::pull::flush(t.app()).await.unwrap();
    image.push(&admin, "team/app", "1").await;
    image.push(&admin, "team/app", "2").await;
    flush().await;
    pull().await;
    flush().await;
    t.clock().advance(DAY * 2);
    pull().await;
    flush().await;
    // when a member asks for four days,
    let member = t.member("member", Role::Guest, "team").await;
    let path = "/api/v2.0/projects/team/activity?days=4";
    let days = member.get(path).await.with_status(200).json();
    // then each is told, also those on which nothing happened.
    let counts = |day: &Value| (day["pushes"].as_i64().unwrap(), day["pulls"].as_i64().unwrap());
    let told: Vec<_> = days.as_array().unwrap().iter().map(counts).collect();
    assert_eq!(told, [(0, 0), (2, 1), (0, 0), (0, 1)]);
    // And lists tell it in sum to members and administrators, not to others or to robots.
    let robot = t.robot("puller", "team", &["repository:pull"]).await;
    let lately = async |who: &Persona| {
        let listed = who.get("/api/v2.0/projects?name=team").await.with_status(200).json();
        listed[0]["activity"].clone()
    };
    let sum = json!({ "used": size(&image), "pushes": 2, "pulls": 2 });
    assert_eq!((lately(&member).await, lately(&admin).await), (sum.clone(), sum));
    assert_eq!((lately(&t.anonymous()).await, lately(&robot).await), (Value::Null, Value::Null));
}

#[tokio::test]
async fn today_is_told_as_it_is_now() {
    let t = TestApp::start().await;
    t.advance_to_noon();
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("team", false).await;
    assert_eq!(used(&admin, PROJECT).await, [0]);
    sample(&t).await;
    image.push(&admin, "team/app", "1").await;
    assert_eq!(used(&admin, PROJECT).await, [size(&image)]);
    assert_eq!(used(&admin, ALL).await, [size(&image)]);
    admin.delete("/api/v2.0/projects/team/repositories/app").await.expect_status(200);
    assert_eq!(used(&admin, PROJECT).await, [0]);
}

#[tokio::test]
async fn what_is_too_old_is_forgotten_but_what_is_used_since() {
    // Given a project that has not changed for longer than days are kept,
    let t = TestApp::start().await;
    t.advance_to_noon();
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("team", false).await;
    sample(&t).await;
    t.clock().advance(DAY);
    image.push(&admin, "team/app", "1").await;
    sample(&t).await;
    t.clock().advance(DAY * 400);
    sample(&t).await;
    // then all days that are kept tell what it uses.
    let most = usize::try_from(growth::MOST_DAYS).unwrap();
    assert_eq!(used(&admin, &format!("{PROJECT}?days={most}")).await, vec![size(&image); most]);
    for days in ["0", "367", "x", "-1"] {
        let refused = admin.get(&format!("{PROJECT}?days={days}")).await.with_status(422);
        assert!(refused.text().contains("a number from 1 to 366"), "{}", refused.text());
    }
}

#[tokio::test]
async fn only_administrators_are_told_of_all_projects_and_of_jobs() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let member = t.member("member", Role::ProjectAdmin, "team").await;
    for path in [ALL, JOBS] {
        member.get(path).await.expect_status(403);
        t.anonymous().get(path).await.expect_status(401);
    }
}

#[tokio::test]
async fn jobs_that_end_are_counted_by_the_hour() {
    // Given two jobs that ended in one hour, and one an hour later,
    let t = TestApp::start().await;
    t.advance_to_noon();
    let work = t.work();
    let flush = async || throughput::flush(t.app()).await.unwrap();
    super::gc::collect(&t, json!({})).await;
    flush().await;
    super::gc::collect(&t, json!({})).await;
    flush().await;
    t.clock().advance(Duration::from_hours(1));
    super::gc::collect(&t, json!({})).await;
    work.stop().await;
    flush().await;
    // then both hours are told,
    let hours = async |path: &str| t.admin().get(path).await.with_status(200).json();
    let counts = |hours: &Value| -> Vec<_> {
        let collected =
            hours.as_array().unwrap().iter().filter(|hour| hour["job_type"] == "GARBAGE_COLLECTION");
        collected.map(|hour| (hour["outcome"].clone(), hour["count"].clone())).collect()
    };
    let all = hours(JOBS).await;
    assert_eq!(counts(&all), [(json!("success"), json!(2)), (json!("success"), json!(1))]);
    assert!(all[0]["time"].as_str().unwrap().ends_with(":00:00.000Z"), "{all}");
    // or the last one, which is the present one,
    assert_eq!(counts(&hours(&format!("{JOBS}?hours=1")).await), [(json!("success"), json!(1))]);
    // until they are older than a month.
    t.clock().advance(DAY * 40);
    assert_eq!(hours(&format!("{JOBS}?hours=744")).await, json!([]));
    t.admin().get(&format!("{JOBS}?hours=745")).await.expect_status(422);
}
