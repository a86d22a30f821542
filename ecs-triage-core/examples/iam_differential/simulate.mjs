// Answers each case of a file with iam-simulate, one JSON object a line.
//
// usage: node simulate.mjs FOLDER-WITH-NODE-MODULES CASES

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, cases] = process.argv.slice(2);
const { runSimulation } = createRequire(join(folder, "package.json"))("@cloud-copilot/iam-simulate");

const named = (label) => (policy, index) => ({ name: `${label}-${index}`, policy });
const levels = (label, list) =>
  list.map((policies, index) => ({ orgIdentifier: `${label}-${index}`, policies: policies.map(named(label)) }));

for (const line of readFileSync(cases, "utf8").trimEnd().split("\n")) {
  const { id, request, policies } = JSON.parse(line);
  const result = await runSimulation(
    {
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables: request.context,
      },
      identityPolicies: policies.identity.map(named("identity")),
      permissionBoundaryPolicies: policies.boundary && [policies.boundary].map(named("boundary")),
      sessionPolicy: policies.session,
      resourcePolicy: policies.resource,
      serviceControlPolicies: levels("scp", policies.scp),
      resourceControlPolicies: levels("rcp", policies.rcp),
      vpcEndpointPolicies: policies.vpce.map(named("vpce")),
    },
    {},
  );
  const answer = result.resultType === "error" ? `Error: ${JSON.stringify(result.errors)}` : result.overallResult;
  const ignored = result.result?.ignoredContextKeys ?? [];
  console.log(JSON.stringify({ id, answer, ignored }));
}
