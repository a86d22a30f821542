//! Parameters of a call, for the operations that are built member by member.

use serde_json::Value;

use crate::transport::Call;

/// Parameters with botocore's names.
pub(crate) struct Params<'c>(&'c Value);

#[cfg_attr(
    not(feature = "network"),
    allow(dead_code, reason = "each service has its own types of parameters")
)]
impl<'c> Params<'c> {
    pub(crate) fn of(call: &'c Call) -> Self {
        Self(&call.request.params)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        Some(self.0.get(name)?.as_str()?.to_owned())
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let values = self.0.get(name)?.as_array()?;
        Some(values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect())
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i32> {
        i32::try_from(self.0.get(name)?.as_i64()?).ok()
    }

    /// A list of `{"Name": …, …}`, each with its name and itself.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (&'c str, &'c Value)> + use<'c> {
        let values = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(|value| Some((value.get("Name")?.as_str()?, value)))
    }
}
