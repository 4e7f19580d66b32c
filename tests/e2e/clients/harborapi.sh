# shellcheck shell=bash
# harborapi, Python's SDK of the management API. It checks every answer against its models.

needs='harborapi crane'

setup() {
  export URL ADMIN PASSWORD
  crane auth login --insecure "$REGISTRY" -u "$ADMIN" -p "$PASSWORD"
}

# Runs Python with a client `c` and the models `m`; `refused(STATUS, CALL)` expects an error.
sdk() {
  cat >script.py <<'PYTHON'
import asyncio, os
from harborapi import HarborAsyncClient, exceptions, models as m

def client(name, secret):
    return HarborAsyncClient(url=os.environ["URL"] + "/api/v2.0", username=name, secret=secret)

c = client(os.environ["ADMIN"], os.environ["PASSWORD"])

async def refused(status, call):
    try:
        await call
    except exceptions.StatusError as error:
        assert error.status_code == status, error
        assert error.errors and list(error.errors)[0].message, error
    else:
        raise AssertionError(f"expected {status}")

async def main():
PYTHON
  sed 's/^/    /' >>script.py
  echo 'asyncio.run(main())' >>script.py
  harborapi script.py
}

test_projects() {
  sdk <<'PYTHON'
await c.create_project(m.ProjectReq(project_name="sdk-projects", storage_limit=10_000_000,
                                    metadata=m.ProjectMetadata(public="false")))
await refused(409, c.create_project(m.ProjectReq(project_name="sdk-projects")))
assert await c.project_exists("sdk-projects") and not await c.project_exists("sdk-none")
project = await c.get_project("sdk-projects")
assert project.name == "sdk-projects" and project.metadata.public == "false", project
assert [p.name for p in await c.get_projects(query="name=sdk-projects")] == ["sdk-projects"]
await c.update_project("sdk-projects", m.ProjectReq(metadata=m.ProjectMetadata(public="true", auto_scan="true")))
project = await c.get_project(project.project_id)
assert project.metadata.public == "true" and project.metadata.auto_scan == "true", project
assert (await c.get_project_metadata_entry("sdk-projects", "public")) == {"public": "true"}
summary = await c.get_project_summary("sdk-projects")
assert summary.quota.hard.root["storage"] == 10_000_000, summary
quota = (await c.get_quotas(reference="project", reference_id=str(project.project_id)))[0]
await c.update_quota(quota.id, m.QuotaUpdateReq(hard={"storage": 20_000_000}))
assert (await c.get_quota(quota.id)).hard.root["storage"] == 20_000_000
assert (await c.get_project_deletable("sdk-projects")).deletable
await c.set_project_metadata("sdk-projects", m.ProjectMetadata(enable_content_trust_cosign="false"))
await c.update_project_metadata_entry("sdk-projects", "enable_content_trust_cosign", m.ProjectMetadata(enable_content_trust_cosign="true"))
assert (await c.get_project_metadata("sdk-projects")).enable_content_trust_cosign == "true"
await c.delete_project_metadata_entry("sdk-projects", "enable_content_trust_cosign")
assert await c.get_project_logs("sdk-projects", query="operation=create")
await c.delete_project("sdk-projects")
await refused(404, c.get_project("sdk-projects"))
PYTHON
}

test_people() {
  sdk <<'PYTHON'
await c.create_user(m.UserCreationReq(username="sdk-dev", email="sdk-dev@example.com", realname="Dev",
                                      password="Str0ngSecret", comment="made by the SDK"))
user = await c.get_user_by_username("sdk-dev")
assert user.email == "sdk-dev@example.com" and not user.sysadmin_flag, user
assert [u.username for u in await c.search_users_by_username("sdk-dev")] == ["sdk-dev"]
await c.create_project(m.ProjectReq(project_name="sdk-people"))
await c.add_project_member_user("sdk-people", "sdk-dev", 2)
await refused(409, c.add_project_member_user("sdk-people", "sdk-dev", 2))
member = next(x for x in await c.get_project_members("sdk-people") if x.entity_name == "sdk-dev")
assert member.role_name == "developer", member
await c.update_project_member_role("sdk-people", member.id, 4)
assert (await c.get_project_member("sdk-people", member.id)).role_name == "maintainer"
dev = client("sdk-dev", "Str0ngSecret")
assert (await dev.get_current_user()).username == "sdk-dev"
assert "sdk-people" in [p.name for p in await dev.get_projects()]
permissions = await dev.get_current_user_permissions(f"/project/{(await c.get_project('sdk-people')).project_id}", relative=True)
assert any(p.resource == "repository" and p.action == "push" for p in permissions), permissions
await refused(403, dev.get_users())
await dev.update_user(user.user_id, m.UserProfile(email="sdk-dev@example.org", realname="Developer"))
assert (await c.get_user(user.user_id)).email == "sdk-dev@example.org"
await dev.set_user_password(user.user_id, "An0therSecret", "Str0ngSecret")
await refused(401, dev.get_current_user())
await c.remove_project_member("sdk-people", member.id)
await c.set_user_admin(user.user_id, True)
assert (await c.get_user(user.user_id)).sysadmin_flag
await c.delete_user(user.user_id)
await refused(404, c.get_user(user.user_id))
PYTHON
}

test_robots() {
  sdk <<'PYTHON'
await c.create_project(m.ProjectReq(project_name="sdk-robots"))
may = [m.Access(resource="repository", action=action) for action in ("pull", "push")]
robot = await c.create_robot(m.RobotCreate(name="ci", level="project", duration=30,
    permissions=[m.RobotPermission(kind="project", namespace="sdk-robots", access=may)]))
assert robot.name == "robot$sdk-robots+ci" and robot.secret, robot
found = await c.get_robot(robot.id)
assert found.level == "project" and found.secret in (None, ""), found
assert "robot$sdk-robots+ci" in [r.name for r in await c.get_robots(query=f"Level=project,ProjectID={found.permissions[0].namespace and (await c.get_project('sdk-robots')).project_id}")]
new = await c.refresh_robot_secret(robot.id, "Refreshed1secret")
found.disable = True
await c.update_robot(robot.id, found)
assert (await c.get_robot(robot.id)).disable
found.disable = False
await c.update_robot(robot.id, found)
other = await c.create_robot(m.RobotCreate(name="other", level="system", duration=-1,
    permissions=[m.RobotPermission(kind="project", namespace="*", access=may)]))
await c.delete_robot(other.id)
await refused(404, c.get_robot(other.id))
open("robot", "w").write(robot.name)
PYTHON
  make_image layout x
  cp -r "$HOME" robot-home
  HOME=$PWD/robot-home DOCKER_CONFIG=$PWD/robot-home/.docker
  crane auth login --insecure "$REGISTRY" -u "$(<robot)" -p Refreshed1secret
  crane push --insecure layout "$REGISTRY/sdk-robots/app:1"
  expect_refusal crane push --insecure layout "$REGISTRY/library/harborapi/robot:1"
}

test_artifacts() {
  local digest
  digest=$(make_image layout x)
  crane push --insecure layout "$REGISTRY/private/sdk/deep/app:1"
  DIGEST=$digest sdk <<'PYTHON'
name, digest = "sdk/deep/app", os.environ["DIGEST"]
assert "private/sdk/deep/app" in [r.name for r in await c.get_repositories("private", query="name=~sdk/deep")]
await c.update_repository("private", name, m.Repository(description="by the SDK"))
repository = await c.get_repository("private", name)
assert (repository.description, repository.artifact_count) == ("by the SDK", 1), repository
artifact = (await c.get_artifacts("private", name, with_label=True, with_accessory=True))[0]
assert artifact.digest == digest and artifact.type == "IMAGE" and [t.name for t in artifact.tags] == ["1"], artifact
await c.create_label(m.Label(name="sdk-tested", scope="g", color="#00FF00", description=""))
label = (await c.get_labels(name="sdk-tested", scope="g"))[0]
label.description = "tried"
await c.update_label(label.id, label)
assert (await c.get_label(label.id)).description == "tried"
await c.add_artifact_label("private", name, "1", label)
artifact = await c.get_artifact("private", name, "1", with_label=True)
assert [x.name for x in artifact.labels] == ["sdk-tested"], artifact
await c.create_artifact_tag("private", name, digest, m.Tag(name="stable"))
await refused(409, c.create_artifact_tag("private", name, digest, m.Tag(name="stable")))
assert sorted(t.name for t in await c.get_artifact_tags("private", name, digest)) == ["1", "stable"]
await c.get_artifact_build_history("private", name, digest)
assert await c.get_artifact_accessories("private", name, digest) == []
assert (await c.get_icon(artifact.icon)).content_type.startswith("image/")
await c.copy_artifact("library", "harborapi/copy", f"private/{name}@{digest}")
assert (await c.get_artifact("library", "harborapi/copy", digest)).digest == digest
await c.delete_artifact_label("private", name, digest, label.id)
await c.delete_label(label.id)
await c.delete_artifact_tag("private", name, digest, "1")
await refused(404, c.get_artifact("private", name, "1"))
await c.delete_artifact("private", name, digest)
await refused(404, c.get_artifact("private", name, digest))
await c.delete_repository("private", name)
assert any(x.name == "library" for x in (await c.search("library")).project)
PYTHON
}

test_rules() {
  local digest
  digest=$(make_image layout x)
  sdk <<'PYTHON'
await c.create_project(m.ProjectReq(project_name="sdk-rules"))
selectors = dict(tag_selectors=[m.ImmutableSelector(kind="doublestar", decoration="matches", pattern="v*")],
                 scope_selectors={"repository": [m.ImmutableSelector(kind="doublestar", decoration="repoMatches", pattern="**")]})
await c.create_project_immutable_tag_rule("sdk-rules", m.ImmutableRule(disabled=False, action="immutable",
                                          template="immutable_template", **selectors))
assert len(await c.get_project_immutable_tag_rules("sdk-rules")) == 1
PYTHON
  crane push --insecure layout "$REGISTRY/sdk-rules/app:v1"
  DIGEST=$digest sdk <<'PYTHON'
await refused(412, c.delete_artifact_tag("sdk-rules", "app", os.environ["DIGEST"], "v1"))
assert (await c.get_artifact_tags("sdk-rules", "app", "v1", with_immutable_status=True))[0].immutable
rule = (await c.get_project_immutable_tag_rules("sdk-rules"))[0]
rule.priority = 3
await c.update_project_immutable_tag_rule("sdk-rules", rule.id, rule)
await c.enable_project_immutable_tagrule("sdk-rules", rule.id, False)
await c.delete_artifact_tag("sdk-rules", "app", os.environ["DIGEST"], "v1")
await c.delete_project_immutable_tag_rule("sdk-rules", rule.id)
PYTHON
}

test_system() {
  sdk <<'PYTHON'
assert (await c.ping()) == "Pong"
assert (await c.health_check()).status == "healthy"
assert (await c.get_system_info()).auth_mode == "db_auth"
await c.get_system_volume_info()
config = await c.get_config()
assert config.auth_mode.value == "db_auth", config
await c.update_config(m.Configurations(token_expiration=config.token_expiration.value))
allowlist = await c.get_cve_allowlist()
await c.update_cve_allowlist(m.CVEAllowlist(items=[m.CVEAllowlistItem(cve_id="CVE-2026-0001")]))
assert [x.cve_id for x in (await c.get_cve_allowlist()).items] == ["CVE-2026-0001"]
await c.update_cve_allowlist(allowlist)
assert (await c.get_statistics()).total_project_count >= 2
assert (await c.get_permissions()).system
assert await c.get_audit_logs(query="operation=create", page_size=5) is not None
await c.create_usergroup(m.UserGroup(group_name="sdk-group", group_type=2))
group = next(x for x in await c.get_usergroups() if x.group_name == "sdk-group")
await c.update_usergroup(group.id, m.UserGroup(group_name="sdk-team", group_type=2))
assert [x.group_name for x in await c.search_usergroups("sdk-t")] == ["sdk-team"]
await c.delete_usergroup(group.id)
await refused(404, c.get_usergroup(group.id))
PYTHON
}

test_jobs() {
  make_image layout jobs
  crane push layout "$REGISTRY/library/sdk-jobs:1"
  crane push layout "$REGISTRY/library/sdk-jobs:2"
  sdk <<'PYTHON'
async def ended(look):
    for _ in range(300):
        run = await look()
        if run and run[0] not in ("Running", "Pending", "Scheduled"):
            return run
        await asyncio.sleep(0.1)
    raise AssertionError("it never ended")

manual = lambda **parameters: m.Schedule(schedule=m.ScheduleObj(type=m.Type.manual), parameters=parameters)
location = await c.create_gc_schedule(manual(dry_run=True, workers=2))
gc = int(location.rsplit("/", 1)[-1])
async def gc_status():
    job = await c.get_gc_job(gc)
    return job.job_status, job
status, job = await ended(gc_status)
assert status == "Success" and job.job_name == "GARBAGE_COLLECTION" and job.job_kind == "MANUAL", job
assert "freed_space" in job.job_parameters and any("would" in line for line in await c.get_gc_log(gc))
assert gc in [run.id for run in await c.get_gc_jobs()]
weekly = m.Schedule(schedule=m.ScheduleObj(type=m.Type.weekly, cron="0 0 0 * * 0"), parameters={"delete_untagged": True})
await c.update_gc_schedule(weekly)
assert (await c.get_gc_schedule()).schedule.cron == "0 0 0 * * 0"
await c.update_gc_schedule(m.Schedule(schedule=m.ScheduleObj(type=m.Type.none)))

location = await c.create_purge_job_schedule(manual(audit_retention_hour=24, include_event_types="create_artifact,other", dry_run=True))
purge = int(location.rsplit("/", 1)[-1])
async def purge_status():
    job = await c.get_purge_job(purge)
    return job.job_status, job
assert (await ended(purge_status))[0] == "Success"
assert "would go" in await c.get_purge_job_log(purge)
assert purge in [run.id for run in await c.get_purge_job_history()]

project = await c.get_project("library")
selector = lambda decoration, pattern: m.RetentionSelector(kind="doublestar", decoration=decoration, pattern=pattern)
rule = m.RetentionRule(action="retain", template="latestPushedK", params={"latestPushedK": 1},
                       tag_selectors=[selector("matches", "**")],
                       scope_selectors={"repository": [selector("repoMatches", "sdk-jobs")]})
assert (await c.get_retention_metadata()).templates[0].rule_template == "latestPushedK"
await c.create_retention_policy(m.RetentionPolicy(algorithm="or", rules=[rule],
    trigger=m.RetentionRuleTrigger(kind="Schedule", settings={"cron": ""}, references={}),
    scope=m.RetentionPolicyScope(level="project", ref=project.project_id)))
retention = await c.get_project_retention_id("library")
policy = await c.get_retention_policy(retention)
assert policy.rules[0].template == "latestPushedK" and policy.scope.ref == project.project_id, policy
await c.start_retention_execution(retention, dry_run=True)
async def retention_status():
    run = (await c.get_retention_executions(retention))[0]
    return run.status, run
status, run = await ended(retention_status)
task = (await c.get_retention_tasks(retention, run.id))[0]
assert status == "Success" and task.repository == "sdk-jobs" and task.total == 1 and task.retained == 1, task
assert "RETAIN" in await c.get_retention_execution_task_log(retention, run.id, task.id)
await c.delete_retention_policy(retention)

hook = m.WebhookPolicy(name="sdk", enabled=True, event_types=["PUSH_ARTIFACT"], description="made by the SDK",
                       targets=[m.WebhookTargetObject(type="http", address="http://receiver.example.com/hook")])
await c.create_webhook_policy("library", hook)
policy = next(p for p in await c.get_webhook_policies("library") if p.name == "sdk")
assert policy.targets[0].address == "http://receiver.example.com/hook" and policy.enabled, policy
await c.update_webhook_policy("library", policy.id, m.WebhookPolicy(**{**hook.model_dump(), "enabled": False}))
assert not (await c.get_webhook_policy("library", policy.id)).enabled
assert len((await c.get_webhook_supported_events("library")).event_type) == 10
assert (await c.get_webhook_policy_last_trigger("library"))[0].policy_name == "sdk"
assert await c.get_webhook_jobs("library", policy.id) == []
await c.delete_webhook_policy("library", policy.id)
PYTHON
}
