//! Amazon EFS: file systems, mount targets, access points and policies.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/efs/latest/ug/API_Types.html>.

use super::node::views;

views! {
    /// A file system, of `DescribeFileSystems`.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html>
    FileSystem {
        /// Id.
        file_system_id: text = "FileSystemId";
        /// ARN.
        file_system_arn: text = "FileSystemArn";
        /// `creating`, `available`, `updating`, `deleting`, `deleted` or `error`.
        life_cycle_state: text = "LifeCycleState";
        /// Number of mount targets.
        number_of_mount_targets: integer = "NumberOfMountTargets";
        /// Zone of a file system in one zone.
        availability_zone_name: text = "AvailabilityZoneName";
        /// Whether it is encrypted.
        encrypted: boolean = "Encrypted";
        /// KMS key.
        kms_key_id: text = "KmsKeyId";
    }

    /// A mount target, of `DescribeMountTargets`.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_MountTargetDescription.html>
    MountTarget {
        /// Id.
        mount_target_id: text = "MountTargetId";
        /// Id of the file system.
        file_system_id: text = "FileSystemId";
        /// Subnet.
        subnet_id: text = "SubnetId";
        /// Id of the VPC.
        vpc_id: text = "VpcId";
        /// `creating`, `available`, `updating`, `deleting`, `deleted` or `error`.
        life_cycle_state: text = "LifeCycleState";
        /// IPv4 address.
        ip_address: text = "IpAddress";
        /// Network interface.
        network_interface_id: text = "NetworkInterfaceId";
        /// Availability Zone.
        availability_zone_name: text = "AvailabilityZoneName";
        /// Id of the Availability Zone.
        availability_zone_id: text = "AvailabilityZoneId";
    }

    /// The policy of a file system, of `DescribeFileSystemPolicy`.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html>
    FileSystemPolicy {
        /// Id of the file system.
        file_system_id: text = "FileSystemId";
        /// The policy, as text of JSON.
        policy: document = "Policy";
    }

    /// An access point, of `DescribeAccessPoints`.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_AccessPointDescription.html>
    AccessPoint {
        /// Id.
        access_point_id: text = "AccessPointId";
        /// ARN.
        access_point_arn: text = "AccessPointArn";
        /// Id of the file system.
        file_system_id: text = "FileSystemId";
        /// `creating`, `available`, `updating`, `deleting`, `deleted` or `error`.
        life_cycle_state: text = "LifeCycleState";
        /// User as whom everything is done.
        posix_user: PosixUser = "PosixUser";
        /// Directory that is seen as the root.
        root_directory: RootDirectory = "RootDirectory";
    }

    /// User of an access point.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html>
    PosixUser {
        /// User id.
        uid: integer = "Uid";
        /// Group id.
        gid: integer = "Gid";
    }

    /// Root of an access point.
    /// <https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html>
    RootDirectory {
        /// Path; `/` when absent.
        path: text = "Path";
        /// How the directory is made when it is missing; without it, it must exist.
        creation_info: any = "CreationInfo";
    }
}
