//! Permissions as types: one empty type for each pair of resource and action.

use minato_types::permission::{Action, Resource, SystemResource};

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
    /// What it is about.
    const RESOURCE: SystemResource;
    /// What is done to it.
    const ACTION: Action;
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
    ($($name:ident = $resource:ident, $action:ident;)*) => {$(
        #[doc = concat!("`", stringify!($resource), "` × `", stringify!($action), "`, in the system.")]
        pub struct $name;

        impl SystemPermission for $name {
            const RESOURCE: SystemResource = SystemResource::$resource;
            const ACTION: Action = Action::$action;
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

project_permissions! {
    ProjectRead = Project, Read;
    ProjectUpdate = Project, Update;
    ProjectDelete = Project, Delete;
    MemberList = Member, List;
    MemberRead = Member, Read;
    MemberCreate = Member, Create;
    MemberUpdate = Member, Update;
    MemberDelete = Member, Delete;
    MetadataRead = Metadata, Read;
    MetadataList = Metadata, List;
    MetadataCreate = Metadata, Create;
    MetadataUpdate = Metadata, Update;
    MetadataDelete = Metadata, Delete;
    LogList = Log, List;
    LabelRead = Label, Read;
    LabelList = Label, List;
    LabelCreate = Label, Create;
    LabelUpdate = Label, Update;
    LabelDelete = Label, Delete;
    QuotaRead = Quota, Read;
    RepositoryRead = Repository, Read;
    RepositoryList = Repository, List;
    RepositoryUpdate = Repository, Update;
    RepositoryDelete = Repository, Delete;
    Pull = Repository, Pull;
    Push = Repository, Push;
    ArtifactRead = Artifact, Read;
    ArtifactList = Artifact, List;
    ArtifactCreate = Artifact, Create;
    ArtifactDelete = Artifact, Delete;
    ArtifactAdditionRead = ArtifactAddition, Read;
    ArtifactLabelCreate = ArtifactLabel, Create;
    ArtifactLabelDelete = ArtifactLabel, Delete;
    AccessoryList = Accessory, List;
    TagList = Tag, List;
    TagCreate = Tag, Create;
    TagDelete = Tag, Delete;
    ScanRead = Scan, Read;
    ScanCreate = Scan, Create;
    ScanStop = Scan, Stop;
    SbomCreate = Sbom, Create;
    SbomStop = Sbom, Stop;
    ScannerRead = Scanner, Read;
    ScannerCreate = Scanner, Create;
    TagRetentionRead = TagRetention, Read;
    TagRetentionList = TagRetention, List;
    TagRetentionCreate = TagRetention, Create;
    TagRetentionUpdate = TagRetention, Update;
    TagRetentionDelete = TagRetention, Delete;
    NotificationPolicyRead = NotificationPolicy, Read;
    NotificationPolicyList = NotificationPolicy, List;
    NotificationPolicyCreate = NotificationPolicy, Create;
    NotificationPolicyUpdate = NotificationPolicy, Update;
    NotificationPolicyDelete = NotificationPolicy, Delete;
    ImmutableTagList = ImmutableTag, List;
    ImmutableTagCreate = ImmutableTag, Create;
    ImmutableTagUpdate = ImmutableTag, Update;
    ImmutableTagDelete = ImmutableTag, Delete;
    RobotRead = Robot, Read;
    RobotList = Robot, List;
    RobotCreate = Robot, Create;
    RobotUpdate = Robot, Update;
    RobotDelete = Robot, Delete;
}

system_permissions! {
    CatalogRead = Catalog, Read;
    AuditLogList = AuditLog, List;
    ConfigurationRead = Configuration, Read;
    ConfigurationUpdate = Configuration, Update;
    SystemProjectCreate = Project, Create;
    SystemLabelCreate = Label, Create;
    SystemLabelUpdate = Label, Update;
    SystemLabelDelete = Label, Delete;
    SystemQuotaRead = Quota, Read;
    SystemQuotaList = Quota, List;
    SystemQuotaUpdate = Quota, Update;
    SystemRobotCreate = Robot, Create;
    SystemRobotRead = Robot, Read;
    SystemRobotUpdate = Robot, Update;
    SystemRobotList = Robot, List;
    SystemRobotDelete = Robot, Delete;
    SystemVolumesRead = SystemVolumes, Read;
    SystemGcCreate = GarbageCollection, Create;
    SystemGcRead = GarbageCollection, Read;
    SystemGcUpdate = GarbageCollection, Update;
    SystemGcList = GarbageCollection, List;
    SystemGcStop = GarbageCollection, Stop;
    SystemFsckCreate = GarbageCollection, Create;
    SystemFsckRead = GarbageCollection, Read;
    SystemFsckUpdate = GarbageCollection, Update;
    SystemFsckList = GarbageCollection, List;
    SystemFsckStop = GarbageCollection, Stop;
    SystemScrubCreate = GarbageCollection, Create;
    SystemScrubRead = GarbageCollection, Read;
    SystemScrubUpdate = GarbageCollection, Update;
    SystemScrubList = GarbageCollection, List;
    SystemScrubStop = GarbageCollection, Stop;
    SystemPurgeCreate = PurgeAudit, Create;
    SystemPurgeRead = PurgeAudit, Read;
    SystemPurgeUpdate = PurgeAudit, Update;
    SystemPurgeList = PurgeAudit, List;
    SystemPurgeStop = PurgeAudit, Stop;
    SystemJobList = JobServiceMonitor, List;
    SystemJobStop = JobServiceMonitor, Stop;
    SystemScanAllCreate = ScanAll, Create;
    SystemScanAllRead = ScanAll, Read;
    SystemScanAllUpdate = ScanAll, Update;
    SystemScanAllStop = ScanAll, Stop;
    SystemScannerCreate = Scanner, Create;
    SystemScannerRead = Scanner, Read;
    SystemScannerUpdate = Scanner, Update;
    SystemScannerList = Scanner, List;
    SystemScannerDelete = Scanner, Delete;
    UserCreate = User, Create;
    UserList = User, List;
    UserRead = User, Read;
    UserUpdate = User, Update;
    UserDelete = User, Delete;
    UserGroupCreate = UserGroup, Create;
    UserGroupList = UserGroup, List;
    UserGroupRead = UserGroup, Read;
    UserGroupUpdate = UserGroup, Update;
    UserGroupDelete = UserGroup, Delete;
}
