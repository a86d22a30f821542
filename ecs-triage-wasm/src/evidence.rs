//! Documents that add up.

use ecs_triage_core::Report;
use ecs_triage_core::redact::Redactor;
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::verify::Before;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::options::{EvidenceOptions, ReportOptions};
use crate::{error, fleet, input, options};

/// The documents of one incident, added one after the other.
#[wasm_bindgen]
pub struct Evidence {
    evidence: ecs_triage_core::Evidence,
}

#[wasm_bindgen]
impl Evidence {
    /// No evidence yet.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "EvidenceOptions")] options: JsValue,
    ) -> Result<Self, JsValue> {
        let options: EvidenceOptions = options::read(&options)?;
        Self::observed(options.observed_at.as_deref())
    }

    /// Adds a document and finds out which answer it is. A name that begins with the CLI command, such as
    /// `get-role-policy-task`, also tells what was asked.
    ///
    /// Throws an `EvidenceError` when nothing in it can be read. The report says so too, and every other document still
    /// counts.
    pub fn add(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Input")] input: JsValue,
        name: Option<String>,
    ) -> Result<(), JsValue> {
        self.add_input(name.as_deref(), &input)
    }

    /// The names by which citations refer to the documents.
    #[wasm_bindgen(getter)]
    pub fn documents(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for document in self.evidence.documents() {
            // What stood as text in a document goes by that document's name.
            if document.wrapped_at().is_none() {
                names.push(document.name().to_owned());
            }
        }
        names
    }

    /// What a document holds, as JSON: also when it came as YAML, as a table or as Python.
    pub fn document(&self, name: &str) -> Option<String> {
        let mut documents = self.evidence.documents().iter();
        let document = documents.find(|document| document.name() == name)?;
        serde_json::to_string_pretty(document.value()).ok()
    }

    /// What the evidence shows.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn diagnose(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "ReportOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let options: ReportOptions = options::read(&options)?;
        self.report(options.redact)
    }

    /// The report as text: `json` is the bytes that the command `ecs-triage --format json` prints.
    pub fn render(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Format")] format: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "ReportOptions")] options: JsValue,
    ) -> Result<String, JsValue> {
        let options: ReportOptions = options::read(&options)?;
        let report = self.judged(options.redact);
        match format {
            "json" => Ok(report.to_json()),
            "markdown" => Ok(report.to_markdown()),
            "text" => Ok(report.to_text(TextStyle::default())),
            _ => Err(error::format(format)),
        }
    }

    /// The risks in the task definitions, before a deployment.
    #[wasm_bindgen(unchecked_return_type = "Report")]
    pub fn check(&self) -> Result<JsValue, JsValue> {
        input::object(&ecs_triage_core::check(&self.evidence).to_json())
    }

    /// Whether a change helped: an earlier report against this evidence, which is later.
    #[wasm_bindgen(unchecked_return_type = "Verification")]
    pub fn verify(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Report | Input")] before: JsValue,
    ) -> Result<JsValue, JsValue> {
        let before = Before::parse(&input::bytes(&before)?)
            .map_err(|found| error::input("before", "a report of an earlier diagnosis", &found))?;
        let verification = ecs_triage_core::verify::verify(&before, &self.evidence);
        // Texts, numbers and lists: there is nothing in it that JSON cannot hold.
        input::object(&serde_json::to_string(&verification).unwrap_or_default())
    }
}

impl Evidence {
    /// No evidence yet, fetched at a time.
    pub(crate) fn observed(at: Option<&str>) -> Result<Self, JsValue> {
        let mut evidence = ecs_triage_core::Evidence::new();
        if let Some(text) = at {
            let at = fleet::time("observedAt", text)?;
            evidence.observed(at);
        }
        Ok(Self { evidence })
    }

    pub(crate) fn add_input(&mut self, name: Option<&str>, document: &JsValue) -> Result<(), JsValue> {
        let bytes = input::bytes(document)?;
        match name {
            Some(name) => self.evidence.add_named(name, &bytes),
            None => self.evidence.add_json(&bytes),
        }
        .map_err(|error| error::evidence(&error))
    }

    pub(crate) fn report(&self, redact: bool) -> Result<JsValue, JsValue> {
        input::object(&self.judged(redact).to_json())
    }

    fn judged(&self, redact: bool) -> Report {
        let report = ecs_triage_core::diagnose(&self.evidence);
        if !redact {
            return report;
        }
        let mut redactor = Redactor::new();
        redactor.learn(&self.evidence);
        redactor.report(&report)
    }
}
