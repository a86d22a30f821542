//! Amazon S3: the objects that hold environment files, and their buckets.

use super::node::views;

views! {
    /// An object without its content, of `HeadObject`; it does not name the object.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>
    HeadObject {
        /// Size in bytes.
        content_length: integer = "ContentLength";
        /// When it was written.
        last_modified: time = "LastModified";
        /// Entity tag.
        e_tag: text = "ETag" | "eTag";
        /// Version.
        version_id: text = "VersionId";
        /// `AES256`, `aws:kms` or `aws:kms:dsse`.
        server_side_encryption: text = "ServerSideEncryption";
        /// KMS key.
        sse_kms_key_id: text = "SSEKMSKeyId";
        /// Storage class; archived classes cannot be read.
        storage_class: text = "StorageClass";
    }

    /// The policy of a bucket, of `GetBucketPolicy`; it does not name the bucket.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
    BucketPolicy {
        /// The policy, as text of JSON.
        policy: document = "Policy";
    }

    /// The Region of a bucket, of `GetBucketLocation`; it does not name the bucket.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
    BucketLocation {
        /// Region; absent for us-east-1.
        location_constraint: text = "LocationConstraint";
    }
}
