//! Python objects as JSON values: what boto3 returns is more than JSON has.

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString,
    PyTuple,
};
use serde_json::{Map, Number, Value};

use crate::errors;

/// As deep as `serde_json` reads; an object that holds itself ends here.
const DEEPEST: usize = 128;

const AN_ANSWER: &str =
    "what boto3 returns: a dict, list, text, number, time, bytes or a body that can be read";

/// What cannot be converted, and the way to it from the inside out.
struct Refused {
    way: Vec<String>,
    cause: Cause,
}

enum Cause {
    /// No JSON can stand for it.
    Type(String),
    /// It holds itself, or nests too deeply.
    Depth,
    /// Python raised something while it was asked, such as a body that could not be read.
    Raised(PyErr),
}

impl From<PyErr> for Refused {
    fn from(error: PyErr) -> Self {
        Self { way: Vec::new(), cause: Cause::Raised(error) }
    }
}

impl Refused {
    fn inside(mut self, key: impl Into<String>) -> Self {
        self.way.push(key.into());
        self
    }

    fn raise(self, py: Python<'_>) -> PyErr {
        let pointer: String = self
            .way
            .iter()
            .rev()
            .flat_map(|key| ["/".to_owned(), key.replace('~', "~0").replace('/', "~1")])
            .collect();
        match self.cause {
            Cause::Type(name) => {
                errors::unsupported(py, &pointer, AN_ANSWER, &format!("an object of type `{name}`"))
            }
            Cause::Depth => errors::unsupported(
                py,
                &pointer[..0],
                "at most 128 levels",
                "an object that nests deeper or holds itself",
            ),
            Cause::Raised(error) => error,
        }
    }
}

/// The JSON value that an object of Python stands for.
///
/// Times become RFC 3339, decimals and other numbers become numbers, bytes and bodies become text, tuples and sets
/// become lists.
pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    convert(object, 0).map_err(|refused| refused.raise(object.py()))
}

/// The JSON text of what boto3 returned.
#[pyfunction]
pub(crate) fn to_json(object: &Bound<'_, PyAny>) -> PyResult<String> {
    let value = of(object)?;
    // A value that was just made of texts and finite numbers can be written.
    Ok(serde_json::to_string_pretty(&value).unwrap_or_default() + "\n")
}

fn convert(object: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Refused> {
    if depth > DEEPEST {
        return Err(Refused { way: Vec::new(), cause: Cause::Depth });
    }
    // The most frequent first.
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(Value::String(lossy(text)));
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        return members(dict.iter().map(Ok), depth);
    }
    if let Ok(list) = object.cast::<PyList>() {
        return elements(list.iter().map(Ok), depth);
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if object.is_instance_of::<PyInt>() {
        return integer(object);
    }
    if let Ok(float) = object.cast::<PyFloat>() {
        return Ok(number(float.value()));
    }
    if let Ok(tuple) = object.cast::<PyTuple>() {
        return elements(tuple.iter().map(Ok), depth);
    }
    other(object, depth)
}

/// What is rare: times, decimals, bytes, bodies, sets, and mappings that are no dict.
fn other(object: &Bound<'_, PyAny>, depth: usize) -> Result<Value, Refused> {
    let py = object.py();
    if object.is_instance_of::<PyBytes>() || object.is_instance_of::<PyByteArray>() {
        return Ok(Value::String(bytes(object)?));
    }
    // `datetime` and `date`.
    if let Some(isoformat) = object.getattr_opt(intern!(py, "isoformat"))? {
        return Ok(Value::String(isoformat.call0()?.extract()?));
    }
    if object.is_instance_of::<PySet>() || object.is_instance_of::<PyFrozenSet>() {
        let mut values = Vec::new();
        for element in object.try_iter()? {
            values.push(convert(&element?, depth + 1)?);
        }
        // A set has no order of its own; the same evidence shall give the same bytes.
        values.sort_by_cached_key(Value::to_string);
        return Ok(Value::Array(values));
    }
    if let Ok(mapping) = object.cast::<PyMapping>() {
        let items = mapping.items()?;
        return members(items.iter().map(|pair| pair.extract()), depth);
    }
    // Botocore's `StreamingBody`, and files.
    if let Some(read) = object.getattr_opt(intern!(py, "read"))? {
        return convert(&read.call0()?, depth + 1);
    }
    // The integers of numpy, then `Decimal`, of which botocore makes whole numbers too.
    if object.hasattr(intern!(py, "__index__"))? {
        return integer(&object.call_method0(intern!(py, "__index__"))?);
    }
    if object.hasattr(intern!(py, "__float__"))? {
        let float = match object.call_method0(intern!(py, "__float__")) {
            Ok(float) => float.extract()?,
            // A decimal that is no number.
            Err(error) if error.is_instance_of::<PyValueError>(py) => f64::NAN,
            Err(error) => return Err(error.into()),
        };
        let is_whole = float.fract() == 0.0 && float.abs() < 9e15;
        return Ok(if is_whole { Value::from(float as i64) } else { number(float) });
    }
    let name = object.get_type().name()?;
    Err(Refused { way: Vec::new(), cause: Cause::Type(lossy(&name)) })
}

fn members<'py>(
    items: impl Iterator<Item = PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
    depth: usize,
) -> Result<Value, Refused> {
    let mut map = Map::new();
    for item in items {
        let (key, value) = item?;
        let key = key_of(&key)?;
        match convert(&value, depth + 1) {
            Ok(value) => map.insert(key, value),
            Err(refused) => return Err(refused.inside(key)),
        };
    }
    Ok(Value::Object(map))
}

fn elements<'py>(
    items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    depth: usize,
) -> Result<Value, Refused> {
    let mut values = Vec::with_capacity(items.size_hint().0);
    for (index, item) in items.enumerate() {
        values.push(convert(&item?, depth + 1).map_err(|refused| refused.inside(index.to_string()))?);
    }
    Ok(Value::Array(values))
}

/// Keys of JSON are text; Python's `json` writes numbers as text too.
fn key_of(key: &Bound<'_, PyAny>) -> Result<String, Refused> {
    if let Ok(text) = key.cast::<PyString>() {
        return Ok(lossy(text));
    }
    if key.is_instance_of::<PyInt>() || key.is_instance_of::<PyFloat>() {
        return Ok(lossy(&key.str()?));
    }
    let name = key.get_type().name()?;
    Err(Refused { way: Vec::new(), cause: Cause::Type(format!("{} as a key", lossy(&name))) })
}

fn integer(object: &Bound<'_, PyAny>) -> Result<Value, Refused> {
    if let Ok(small) = object.extract::<i64>() {
        return Ok(Value::from(small));
    }
    if let Ok(large) = object.extract::<u64>() {
        return Ok(Value::from(large));
    }
    // As a JSON parser reads so large a number; one that no float holds is left as text.
    Ok(object
        .extract::<f64>()
        .map_or_else(|_| object.str().map(|text| Value::String(lossy(&text))).unwrap_or(Value::Null), number))
}

/// JSON has no NaN and no infinity: they say nothing.
fn number(value: f64) -> Value {
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

fn bytes(object: &Bound<'_, PyAny>) -> PyResult<String> {
    let bytes: Vec<u8> = object.extract()?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text of Python can hold lone surrogates, which no JSON document holds.
fn lossy(text: &Bound<'_, PyString>) -> String {
    text.to_string_lossy().into_owned()
}
