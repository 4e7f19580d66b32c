//! What is recorded: Harbor's types of events, and one thing that was done or tried.

use minato_types::id::ProjectId;
use minato_types::permission::{Action, Resource, SystemResource};

macro_rules! events {
    ($($variant:ident = $name:literal, $operation:literal, $resource:literal;)*) => {
        /// A type of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum EventType { $(#[doc = concat!("`", $name, "`.")] $variant,)* }

        impl EventType {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Harbor's name for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What was done.
            pub const fn operation(self) -> &'static str {
                match self { $(Self::$variant => $operation,)* }
            }

            /// What it was done to.
            pub const fn resource_type(self) -> &'static str {
                match self { $(Self::$variant => $resource,)* }
            }
        }
    };
}

events! {
    CreateArtifact = "create_artifact", "create", "artifact";
    DeleteArtifact = "delete_artifact", "delete", "artifact";
    PullArtifact = "pull_artifact", "pull", "artifact";
    CreateProject = "create_project", "create", "project";
    DeleteProject = "delete_project", "delete", "project";
    UpdateProject = "update_project", "update", "project";
    DeleteRepository = "delete_repository", "delete", "repository";
    LoginUser = "login_user", "login", "user";
    LogoutUser = "logout_user", "logout", "user";
    CreateUser = "create_user", "create", "user";
    DeleteUser = "delete_user", "delete", "user";
    UpdateUser = "update_user", "update", "user";
    CreateRobot = "create_robot", "create", "robot";
    DeleteRobot = "delete_robot", "delete", "robot";
    UpdateConfiguration = "update_configuration", "update", "configuration";
    CreateMember = "create_member", "create", "member";
    DeleteMember = "delete_member", "delete", "member";
    UpdateMember = "update_member", "update", "member";
    CreateTag = "create_tag", "create", "tag";
    DeleteTag = "delete_tag", "delete", "tag";
}

impl EventType {
    /// Those that can be switched off. Harbor always records tags.
    pub fn listed() -> impl Iterator<Item = Self> {
        let always = |event: &Self| matches!(event, Self::CreateTag | Self::DeleteTag);
        Self::ALL.iter().copied().filter(move |event| !always(event))
    }

    /// The one of that name that can be switched off.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::listed().find(|event| event.as_str() == name)
    }

    /// What somebody tried who lacks this permission in a project; reading is not recorded.
    pub(crate) fn of_project(resource: Resource, action: Action) -> Option<Self> {
        Some(match (resource, action) {
            (Resource::Project, Action::Update)
            | (Resource::Metadata, Action::Create | Action::Update | Action::Delete) => Self::UpdateProject,
            (Resource::Project, Action::Delete) => Self::DeleteProject,
            (Resource::Repository, Action::Delete) => Self::DeleteRepository,
            (Resource::Repository, Action::Push) | (Resource::Artifact, Action::Create) => {
                Self::CreateArtifact
            }
            (Resource::Artifact, Action::Delete) => Self::DeleteArtifact,
            (Resource::Tag, Action::Create) => Self::CreateTag,
            (Resource::Tag, Action::Delete) => Self::DeleteTag,
            (Resource::Member, Action::Create) => Self::CreateMember,
            (Resource::Member, Action::Update) => Self::UpdateMember,
            (Resource::Member, Action::Delete) => Self::DeleteMember,
            (Resource::Robot, Action::Create) => Self::CreateRobot,
            (Resource::Robot, Action::Delete) => Self::DeleteRobot,
            _ => return None,
        })
    }

    /// As [`of_project`](Self::of_project), for a permission on the system.
    pub(crate) fn of_system(resource: SystemResource, action: Action) -> Option<Self> {
        Some(match (resource, action) {
            (SystemResource::User, Action::Create) => Self::CreateUser,
            (SystemResource::User, Action::Update) => Self::UpdateUser,
            (SystemResource::User, Action::Delete) => Self::DeleteUser,
            (SystemResource::Robot, Action::Create) => Self::CreateRobot,
            (SystemResource::Robot, Action::Delete) => Self::DeleteRobot,
            (SystemResource::Configuration, Action::Update) => Self::UpdateConfiguration,
            _ => return None,
        })
    }
}

/// Something that is done or tried.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) kind: EventType,
    pub(super) resource: String,
    pub(super) project: ProjectId,
    pub(super) description: String,
}

/// Most bytes of a name or a description that are kept: callers choose them.
const MAX_TEXT: usize = 1000;

impl Event {
    /// An event about the thing called `resource`, outside of any project.
    pub fn new(kind: EventType, resource: impl Into<String>) -> Self {
        let resource = cut(&resource.into());
        let mut description = format!("{} {}", kind.operation(), kind.resource_type());
        if !resource.is_empty() {
            description.push_str(": ");
            description.push_str(&resource);
        }
        Self { kind, resource, project: ProjectId(0), description }
    }

    /// The same in a project, whose administrators see it.
    #[must_use]
    pub fn within(self, project: ProjectId) -> Self {
        Self { project, ..self }
    }

    /// The same with more to tell. Never a secret: this is shown, kept and sent on.
    #[must_use]
    pub fn told(self, more: &str) -> Self {
        Self { description: cut(&format!("{}; {more}", self.description)), ..self }
    }
}

/// Text that can be kept.
pub(super) fn cut(text: &str) -> String {
    // PostgreSQL can't keep a NUL.
    let mut text = text.replace('\0', " ");
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_harbors_18() {
        assert_eq!(EventType::listed().count(), 18);
        assert_eq!(EventType::from_name("login_user"), Some(EventType::LoginUser));
        assert_eq!(EventType::from_name("delete_tag"), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let event = Event::new(EventType::LoginUser, "ä".repeat(2000));
        assert_eq!(event.resource.chars().count(), MAX_TEXT / 2 + 1);
    }
}
