//! The task definition and other settings.
