//! The closed table of error codes: what stands in `errors[].code`, and its status.

use http::StatusCode;

macro_rules! codes {
    ($($name:ident = $text:literal, $status:ident, $description:literal;)*) => {
        /// An error code of the OCI distribution-spec or of Harbor's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $(#[doc = $description] $name,)* }

        impl Code {
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    BlobUnknown = "BLOB_UNKNOWN", NOT_FOUND, "The repository does not hold the blob.";
    BlobUploadInvalid = "BLOB_UPLOAD_INVALID", BAD_REQUEST, "The upload can't go on like this.";
    BlobUploadUnknown = "BLOB_UPLOAD_UNKNOWN", NOT_FOUND, "There is no such upload session.";
    DigestInvalid = "DIGEST_INVALID", BAD_REQUEST, "The digest is malformed, or is not the content's.";
    ManifestBlobUnknown = "MANIFEST_BLOB_UNKNOWN", BAD_REQUEST, "The manifest names what its repository does not hold.";
    ManifestInvalid = "MANIFEST_INVALID", BAD_REQUEST, "The document is no manifest that can be stored.";
    ManifestUnknown = "MANIFEST_UNKNOWN", NOT_FOUND, "The repository has no such manifest.";
    NameInvalid = "NAME_INVALID", BAD_REQUEST, "The text is no repository name.";
    NameUnknown = "NAME_UNKNOWN", NOT_FOUND, "There is no such repository.";
    PaginationNumberInvalid = "PAGINATION_NUMBER_INVALID", BAD_REQUEST, "`n` is no number of results.";
    RangeInvalid = "BLOB_UPLOAD_INVALID", RANGE_NOT_SATISFIABLE, "The chunk does not continue the upload.";
    TooLarge = "REQUEST_ENTITY_TOO_LARGE", PAYLOAD_TOO_LARGE, "There is more of it than is handled at once.";
    SizeInvalid = "SIZE_INVALID", PAYLOAD_TOO_LARGE, "The document is too large.";
    TagInvalid = "TAG_INVALID", BAD_REQUEST, "The text is no tag.";
    Unsupported = "UNSUPPORTED", METHOD_NOT_ALLOWED, "The operation is not possible here.";
    TooManyRequests = "TOOMANYREQUESTS", TOO_MANY_REQUESTS, "Slow down and try again later.";
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE, "A part that is needed is down; try again later.";
    StorageFull = "UNAVAILABLE", INSUFFICIENT_STORAGE, "There is no room for more bytes.";
    Unauthorized = "UNAUTHORIZED", UNAUTHORIZED, "Sign in, or sign in with more rights.";
    BadRequest = "BAD_REQUEST", BAD_REQUEST, "A value breaks a rule.";
    Denied = "DENIED", FORBIDDEN, "A rule of the project forbids it.";
    Forbidden = "FORBIDDEN", FORBIDDEN, "The signed-in caller may not do this.";
    NotFound = "NOT_FOUND", NOT_FOUND, "It is not there.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "The path does not know the method.";
    Conflict = "CONFLICT", CONFLICT, "Something of that name exists.";
    Policy = "PROJECTPOLICYVIOLATION", PRECONDITION_FAILED, "A policy of the project forbids it.";
    Precondition = "PRECONDITION", PRECONDITION_FAILED, "The state does not allow it now.";
    UnprocessableEntity = "UNPROCESSABLE_ENTITY", UNPROCESSABLE_ENTITY, "The request is not of the contract's form.";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "The body is not JSON.";
    Unknown = "UNKNOWN", INTERNAL_SERVER_ERROR, "A defect; the log has the request id and the cause.";
}
