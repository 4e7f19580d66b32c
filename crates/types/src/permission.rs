//! Resources and actions: the words in which permissions are spoken.
//!
//! Which role holds which pair is decided in `core::authz`, not here.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Harbor's word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What Harbor calls so.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }
    };
}

words! {
    /// What a permission is about, inside a project.
    Resource {
        /// The project itself.
        Project = "project",
        /// Its members.
        Member = "member",
        /// Its settings as key and value.
        Metadata = "metadata",
        /// Its audit log.
        Log = "log",
        /// Its labels.
        Label = "label",
        /// Its quota.
        Quota = "quota",
        /// Its repositories.
        Repository = "repository",
        /// Their artifacts.
        Artifact = "artifact",
        /// Build history, chart values and the like.
        ArtifactAddition = "artifact-addition",
        /// Labels on artifacts.
        ArtifactLabel = "artifact-label",
        /// Signatures and the like.
        Accessory = "accessory",
        /// Tags.
        Tag = "tag",
        /// Vulnerability scans.
        Scan = "scan",
        /// Software bills of materials.
        Sbom = "sbom",
        /// The project's scanner.
        Scanner = "scanner",
        /// Retention policy.
        TagRetention = "tag-retention",
        /// Immutability rules.
        ImmutableTag = "immutable-tag",
        /// The configuration tab.
        Configuration = "configuration",
        /// Robot accounts.
        Robot = "robot",
        /// Webhooks.
        NotificationPolicy = "notification-policy",
        /// Preheat policies.
        PreheatPolicy = "preheat-policy",
        /// CVE export.
        ExportCve = "export-cve",
    }
}

words! {
    /// What a permission is about, in the system as a whole.
    SystemResource {
        /// The record of what was done.
        AuditLog = "audit-log",
        /// The list of all repositories.
        Catalog = "catalog",
        /// Settings.
        Configuration = "configuration",
        /// Instances that images are handed out through.
        Distribution = "distribution",
        /// Garbage collection.
        GarbageCollection = "garbage-collection",
        /// Queues, workers and schedules.
        JobServiceMonitor = "jobservice-monitor",
        /// Labels for everybody.
        Label = "label",
        /// Users of a directory.
        LdapUser = "ldap-user",
        /// Preheat instances.
        PreheatInstance = "preheat-instance",
        /// Projects.
        Project = "project",
        /// Purging the record of what was done.
        PurgeAudit = "purge-audit",
        /// Quotas.
        Quota = "quota",
        /// Other registries.
        Registry = "registry",
        /// Runs of replications.
        Replication = "replication",
        /// Kinds of registries.
        ReplicationAdapter = "replication-adapter",
        /// Replications.
        ReplicationPolicy = "replication-policy",
        /// Robot accounts of the system.
        Robot = "robot",
        /// Scans of everything.
        ScanAll = "scan-all",
        /// Scanners.
        Scanner = "scanner",
        /// Vulnerabilities of everything.
        SecurityHub = "security-hub",
        /// Room for content.
        SystemVolumes = "system-volumes",
        /// Accounts.
        User = "user",
        /// Groups of users.
        UserGroup = "user-group",
    }
}

words! {
    /// What is done to a resource.
    Action {
        /// Make one.
        Create = "create",
        /// See one.
        Read = "read",
        /// Change one.
        Update = "update",
        /// Remove one.
        Delete = "delete",
        /// See all.
        List = "list",
        /// Run it.
        Operate = "operate",
        /// Upload content.
        Push = "push",
        /// Download content.
        Pull = "pull",
        /// Stop a run.
        Stop = "stop",
    }
}
