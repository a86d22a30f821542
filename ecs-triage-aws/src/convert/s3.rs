//! Amazon S3: what an object is, never what is in it.

use aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};
use serde_json::Value;

use super::{members, words};

words!(ServerSideEncryption, StorageClass);

pub(crate) fn head_object(answer: &HeadObjectOutput) -> Value {
    members!(answer, {
        "ContentLength": scalar content_length,
        "LastModified": time last_modified,
        "ETag": text e_tag,
        "VersionId": text version_id,
        "ServerSideEncryption": word server_side_encryption,
        "SSEKMSKeyId": text ssekms_key_id,
        "StorageClass": word storage_class,
    })
}

pub(crate) fn get_bucket_policy(answer: &GetBucketPolicyOutput) -> Value {
    members!(answer, { "Policy": text policy })
}
