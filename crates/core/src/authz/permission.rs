//! Permissions as types: one empty type for each pair of resource and action.

use minato_types::permission::{Action, Resource};

/// A pair inside a project.
pub trait ProjectPermission: Send + Sync + 'static {
    /// What it is about.
    const RESOURCE: Resource;
    /// What is done to it.
    const ACTION: Action;
    /// As logs show it.
    const NAME: &'static str;
}

/// A pair on the system.
pub trait SystemPermission: Send + Sync + 'static {
    /// As logs show it.
    const NAME: &'static str;
}

macro_rules! project_permissions {
    ($($name:ident = $resource:ident, $action:ident;)*) => {$(
        #[doc = concat!("`", stringify!($resource), "` × `", stringify!($action), "`.")]
        pub struct $name;

        impl ProjectPermission for $name {
            const RESOURCE: Resource = Resource::$resource;
            const ACTION: Action = Action::$action;
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

macro_rules! system_permissions {
    ($($name:ident;)*) => {$(
        #[doc = concat!("System permission `", stringify!($name), "`.")]
        pub struct $name;

        impl SystemPermission for $name {
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

project_permissions! {
    ProjectRead = Project, Read;
    ProjectDelete = Project, Delete;
    Pull = Repository, Pull;
    Push = Repository, Push;
    RepositoryDelete = Repository, Delete;
}

system_permissions! {
    CatalogRead;
    UserCreate;
    UserList;
    UserRead;
}
