//! Messages of Amazon SQS and Amazon SNS, as the CLI prints them and as Lambda gets them.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>

use super::{Contents, Holds, Wrapper};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    for key in ["Records", "Messages"] {
        if let Some(messages) = wrapper.list_of(key, |element| message(element).is_some()) {
            return Some(Contents::of_all(messages, Holds::Anything));
        }
    }
    message(wrapper)
}

fn message(wrapper: &Wrapper<'_>) -> Option<Contents> {
    if wrapper.text("body").is_some()
        && wrapper.has_any(&["messageId", "receiptHandle", "eventSource", "mD5OfBody", "md5OfBody"])
    {
        return Some(Contents::of(wrapper.pointer("body")?, Holds::Anything));
    }
    if let Some((key, notification)) = wrapper.get("Sns") {
        let message = Wrapper::new(notification)?.pointer("Message")?;
        return Some(Contents::of(format!("/{key}{message}"), Holds::Anything));
    }
    let is_notification =
        wrapper.text("Type") == Some("Notification") || wrapper.has_any(&["TopicArn", "SigningCertURL"]);
    (is_notification && wrapper.text("Message").is_some())
        .then(|| wrapper.pointer("Message").map(|message| Contents::of(message, Holds::Anything)))
        .flatten()
}
