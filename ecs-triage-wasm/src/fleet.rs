//! Streams of events, folded into incidents.

use ecs_triage_core::Timestamp;
use ecs_triage_core::fleet::{FleetOptions as Core, GroupBy, Splitter};
use ecs_triage_core::report::TextStyle;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::options::FleetOptions;
use crate::{error, input, options};

/// Any number of tasks and task state change events, folded into incidents as they come.
///
/// Memory grows with the number of services, revisions and causes, not with that of tasks.
#[wasm_bindgen]
pub struct Fleet {
    fleet: ecs_triage_core::fleet::Fleet,
    splitter: Splitter,
}

#[wasm_bindgen]
impl Fleet {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "FleetOptions")] options: JsValue,
    ) -> Result<Self, JsValue> {
        let options = core_options(options::read(&options)?)?;
        Ok(Self { fleet: ecs_triage_core::fleet::Fleet::with(options), splitter: Splitter::new() })
    }

    /// Adds whole records: NDJSON, a JSON array, an event, or a response of `DescribeTasks`.
    ///
    /// What cannot be read is counted, and the first ones are told in the report's `problems`.
    pub fn add(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Input")] input: JsValue,
    ) -> Result<(), JsValue> {
        self.fleet.add(&input::bytes(&input)?);
        Ok(())
    }

    /// Adds the next bytes of a stream, cut anywhere; `finish` ends the stream.
    pub fn push(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string | Uint8Array | ArrayBuffer")] chunk: JsValue,
    ) -> Result<(), JsValue> {
        let fleet = &mut self.fleet;
        self.splitter.push(&input::bytes(&chunk)?, |piece| fleet.add_at("", piece.line, piece.bytes));
        Ok(())
    }

    /// Ends a stream. Another one may follow.
    pub fn finish(&mut self) {
        let fleet = &mut self.fleet;
        std::mem::take(&mut self.splitter).finish(|piece| fleet.add_at("", piece.line, piece.bytes));
    }

    /// Takes over what another fleet has folded, as if it had been added here.
    pub fn merge(&mut self, other: &Fleet) {
        self.fleet.merge(other.fleet.clone());
    }

    /// What was folded, as bytes that another process can take over with `mergeBytes`.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.fleet.to_bytes()
    }

    /// Takes over what `toBytes` gave, here or in another language.
    ///
    /// Throws an `InputError` when the bytes are not that.
    #[wasm_bindgen(js_name = mergeBytes)]
    pub fn merge_bytes(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        let other = ecs_triage_core::fleet::Fleet::from_bytes(bytes)
            .map_err(|found| error::input("bytes", "what `toBytes` gave", &found.to_string()))?;
        self.fleet.merge(other);
        Ok(())
    }

    /// The incidents. More can be added afterwards.
    #[wasm_bindgen(unchecked_return_type = "FleetReport")]
    pub fn report(&self) -> Result<JsValue, JsValue> {
        input::object(&self.fleet.report().to_json())
    }

    /// The incidents as text: `json` is the bytes that `ecs-triage fleet --format json` prints.
    pub fn render(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Format")] format: &str,
    ) -> Result<String, JsValue> {
        let report = self.fleet.report();
        match format {
            "json" => Ok(report.to_json()),
            "markdown" => Ok(report.to_markdown()),
            "text" => Ok(report.to_text(TextStyle::default())),
            _ => Err(error::format(format)),
        }
    }
}

fn core_options(options: FleetOptions) -> Result<Core, JsValue> {
    let mut core = Core::new();
    if let Some(since) = options.since.as_deref() {
        core = core.since(time("since", since)?);
    }
    if let Some(until) = options.until.as_deref() {
        core = core.until(time("until", until)?);
    }
    if let Some(way) = options.group_by.as_deref() {
        let way = GroupBy::parse(way).ok_or_else(|| {
            error::input("groupBy", "`service`, `family`, `cluster` or `cause`", &format!("`{way}`"))
        })?;
        core = core.group_by(way);
    }
    if let Some(top) = options.top {
        core = core.top(top as usize);
    }
    Ok(core)
}

/// A moment in an option called `option`.
pub(crate) fn time(option: &str, text: &str) -> Result<Timestamp, JsValue> {
    Timestamp::parse(text)
        .ok_or_else(|| error::input(option, "a time such as `2026-11-22T08:00:00Z`", "another text"))
}
