//! The task definition and other settings.

mod logging;
mod secrets;
mod volumes;

pub(super) use logging::LOG_CONFIG_INVALID;
pub(super) use secrets::{
    ASM_INVALID_ARN, ASM_INVALID_NAME, ENVFILE_MISSING_OR_INVALID, SSM_INVALID_NAME, envfile_location,
};
pub(super) use volumes::{CREDENTIALSPEC_FAILED, VOLUME_CONFIG_MISMATCH};
