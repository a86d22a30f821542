//! `ecs-triage mcp`: the functions of the command as tools of the Model Context Protocol, over standard input and
//! output. <https://modelcontextprotocol.io/specification/2026-07-28>
//!
//! Every tool reads and none writes: nothing here changes a file or calls a mutating operation of AWS.

mod input;
#[cfg(feature = "sdk")]
mod live;
mod schemas;
mod tools;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    JsonObject, ListToolsResult, PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig,
    Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::Value;

use input::Roots;
use tools::{TOOLS, ToolSpec};

const INSTRUCTIONS: &str = "\
Answers why an Amazon ECS task stopped, never started or never became healthy, and what exactly to change. Start with \
`diagnose` on what `aws ecs describe-tasks` printed, an EventBridge event, or a pasted error message. `wants` of the \
report are read-only AWS calls that would settle what is still open: let the user run them and give all documents to \
`diagnose` again. `possible` is one of several readings, never a fact. After a change, `verify` compares the earlier \
report with newer answers. `check` looks at a task definition before it is deployed. No tool changes anything; commands \
in `remedies` marked `mutating` are for the user to run.";

/// Serves until the client closes standard input.
///
/// Files are read from below `roots` only.
///
/// # Errors
/// When a root does not exist, or the client does not speak the protocol.
pub(crate) fn serve(roots: &[PathBuf]) -> io::Result<()> {
    let server = Server { roots: Arc::new(Roots::new(roots)?) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let service = server.serve(rmcp::transport::stdio()).await.map_err(io::Error::other)?;
        service.waiting().await.map_err(io::Error::other)?;
        Ok(())
    });
    // A read of standard input that nobody answers must not keep the process alive.
    runtime.shutdown_background();
    served
}

/// What a tool answers: the same as text and as data.
struct Answer {
    text: String,
    data: Value,
}

/// Why a tool could not answer, and what to do about it.
struct ToolError(String);

struct Server {
    roots: Arc<Roots>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("ecs-triage", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        find(name).map(ToolSpec::tool)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = ListToolsResult::with_all_items(TOOLS.iter().map(ToolSpec::tool).collect());
        if context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
            // The list is a constant of the program; an hour spares most of the repeats.
            list.ttl_ms = Some(3_600_000);
            list.cache_scope = Some(CacheScope::Public);
        }
        Ok(list)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(spec) = find(&request.name) else {
            let names: Vec<_> = TOOLS.iter().map(|spec| spec.name).collect();
            let message = format!("no such tool; the tools are `{}`", names.join("`, `"));
            return Err(ErrorData::invalid_params(message, None));
        };
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let roots = Arc::clone(&self.roots);
        // Reading and diagnosing take their time; the connection stays responsive meanwhile.
        let outcome = tokio::task::spawn_blocking(move || (spec.run)(arguments, &roots)).await;
        Ok(match outcome {
            Ok(Ok(answer)) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(answer.text)]);
                result.structured_content = Some(answer.data);
                result
            }
            Ok(Err(ToolError(message))) => CallToolResult::error(vec![ContentBlock::text(message)]),
            Err(_) => {
                let message =
                    format!("`{}` failed on this input, which is a defect of ecs-triage", spec.name);
                return Err(ErrorData::internal_error(message, None));
            }
        }
        .into())
    }
}

fn find(name: &str) -> Option<&'static ToolSpec> {
    TOOLS.iter().find(|spec| spec.name == name)
}

/// The members of a JSON object; none for anything else.
fn object(value: Value) -> Arc<JsonObject> {
    Arc::new(match value {
        Value::Object(members) => members,
        _ => JsonObject::new(),
    })
}
