//! Records of Amazon Kinesis and Amazon Data Firehose, whose data is base64.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>
//! <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>

use super::{Contents, Holds, Wrapper};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    if let Some(records) = wrapper.list_of("Records", |element| record(element).is_some()) {
        return Some(Contents::of_all(records, Holds::Anything));
    }
    record(wrapper)
}

fn record(wrapper: &Wrapper<'_>) -> Option<Contents> {
    // `awslogs` is what Lambda gets from a subscription of CloudWatch Logs.
    for key in ["kinesis", "awslogs"] {
        if let Some((key, record)) = wrapper.get(key) {
            let data = Wrapper::new(record)?;
            data.text("data")?;
            return Some(Contents::of(format!("/{key}{}", data.pointer("data")?), Holds::Data));
        }
    }
    let is_record =
        wrapper.has_any(&["recordId", "partitionKey", "sequenceNumber", "approximateArrivalTimestamp"]);
    (is_record && wrapper.text("data").is_some())
        .then(|| wrapper.pointer("data").map(|data| Contents::of(data, Holds::Data)))
        .flatten()
}
