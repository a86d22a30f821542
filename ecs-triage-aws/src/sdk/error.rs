//! Why a call of the SDK failed, in the words of [`CallError`].

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use crate::transport::CallError;

/// The error of a call as it is recorded.
pub(crate) fn failed<E>(error: SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match &error {
        // A success that cannot be read counts as an error of the service for the SDK.
        SdkError::ServiceError(answer) if answer.raw().status().as_u16() < 300 => {
            CallError::Garbled(format!("the answer could not be read: {}", chain(answer.err())))
        }
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = answer.err().code().map_or_else(|| code_of(status), str::to_owned);
            let message =
                answer.err().message().map_or_else(|| format!("HTTP status {status}"), str::to_owned);
            CallError::Answered { code, message }
        }
        SdkError::ResponseError(answer) => match answer.raw().status().as_u16() {
            status @ 500.. => CallError::refused(code_of(status), format!("HTTP status {status}")),
            _ => CallError::Garbled(format!("the answer could not be read: {}", chain(&error))),
        },
        SdkError::TimeoutError(_) => CallError::NoAnswer("no answer in time".to_owned()),
        _ if is_about_credentials(&error) => CallError::NoCredentials(credentials(&error)),
        _ => CallError::NoAnswer(chain(&error)),
    }
}

/// The name of a status, for answers without a body: those to `HeadObject`.
fn code_of(status: u16) -> String {
    match status {
        403 => "Forbidden".to_owned(),
        429 => "TooManyRequestsException".to_owned(),
        500 => "InternalFailure".to_owned(),
        501.. => "ServiceUnavailable".to_owned(),
        // As botocore has it.
        other => other.to_string(),
    }
}

fn is_about_credentials(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<CredentialsError>())
}

/// What became of the credentials, without the layers of the SDK around it.
fn credentials(error: &(dyn Error + 'static)) -> String {
    let own = causes(error).filter_map(|cause| cause.downcast_ref::<CredentialsError>()).last();
    match own {
        Some(CredentialsError::CredentialsNotLoaded(_)) => {
            "none are in the environment, in the profile, or offered by the host".to_owned()
        }
        // What a service said of a role or a sign-in is wrapped in the SDK's own words.
        Some(error) => match causes(error).find_map(answered) {
            Some(said) => said,
            None => error.source().map_or_else(|| error.to_string(), chain),
        },
        None => chain(error),
    }
}

/// What AWS answered to a call that would have given credentials.
fn answered(error: &(dyn Error + 'static)) -> Option<String> {
    let error = error.downcast_ref::<ErrorMetadata>()?;
    Some(format!("{}: {}", error.code().unwrap_or("error"), error.message().unwrap_or("no reason was given")))
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// An error and its causes in a line; each says what the one before did not.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !words.iter().any(|known| known.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}
