// Writes policy and request pairs, one JSON object a line. The same seed gives the same lines.
//
// usage: node generate.mjs SEED COUNT

const [seed, count] = process.argv.slice(2).map(Number);

// mulberry32, a small generator of pseudo-random numbers
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const chance = (p) => random() < p;
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const times = (n, make) => Array.from({ length: n }, make);
const oneOrList = (list) => (list.length === 1 && chance(0.5) ? list[0] : list);

const OWN = "111122223333";
const OTHER = "444455556666";
const ROLE = `arn:aws:iam::${OWN}:role/web`;
const SESSION = `arn:aws:sts::${OWN}:assumed-role/web/task1`;
const USER = `arn:aws:iam::${OWN}:user/ann`;
const SERVICE = "ecs-tasks.amazonaws.com";

const TARGETS = [
  { action: "ecr:BatchGetImage", resource: "arn:aws:ecr:eu-west-1:ACCOUNT:repository/team/app" },
  { action: "ecr:GetDownloadUrlForLayer", resource: "arn:aws:ecr:eu-west-1:ACCOUNT:repository/team/app" },
  { action: "ecr:GetAuthorizationToken", resource: "*" },
  { action: "secretsmanager:GetSecretValue", resource: "arn:aws:secretsmanager:eu-west-1:ACCOUNT:secret:db-a1b2c3" },
  { action: "ssm:GetParameters", resource: "arn:aws:ssm:eu-west-1:ACCOUNT:parameter/app/db" },
  { action: "kms:Decrypt", resource: "arn:aws:kms:eu-west-1:ACCOUNT:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
  { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/env/app.env" },
  { action: "s3:ListBucket", resource: "arn:aws:s3:::bucket" },
  { action: "logs:PutLogEvents", resource: "arn:aws:logs:eu-west-1:ACCOUNT:log-group:/ecs/web:log-stream:web/app/1" },
  { action: "sts:AssumeRole", resource: "arn:aws:iam::ACCOUNT:role/other" },
  { action: "ssmmessages:OpenDataChannel", resource: "*" },
];

// Keys of every request, with their type, a value that they may have, and values that policies name.
const KEYS = [
  { key: "aws:SourceAccount", type: "String", value: OWN, named: [OWN, OTHER, "1111*", "????22223333"] },
  { key: "aws:RequestedRegion", type: "String", value: "eu-west-1", named: ["eu-west-1", "us-east-1", "eu-*", "EU-WEST-1"] },
  { key: "aws:PrincipalOrgID", type: "String", value: "o-abcdef1234", named: ["o-abcdef1234", "o-*", "o-zzzzzz9999"] },
  { key: "aws:SourceVpce", type: "String", value: "vpce-0a1b2c3d", named: ["vpce-0a1b2c3d", "vpce-*", "vpce-ffffffff"] },
  { key: "aws:PrincipalTag/team", type: "String", value: "web", named: ["web", "WEB", "ops", "w?b", "${aws:PrincipalTag/team}"] },
  { key: "aws:SourceIp", type: "IpAddress", value: "10.1.2.3", named: ["10.0.0.0/8", "10.1.2.3/32", "10.1.2.0/25", "192.0.2.0/24", "2001:db8::/32"] },
  { key: "aws:SecureTransport", type: "Bool", value: "true", named: ["true", "false"] },
  { key: "aws:MultiFactorAuthPresent", type: "Bool", value: "false", named: ["true", "false"] },
  { key: "aws:MultiFactorAuthAge", type: "Numeric", value: "300", named: ["300", "299.5", "3600", "0"] },
  { key: "aws:CurrentTime", type: "Date", value: "2026-11-22T08:00:00Z", named: ["2026-11-22T08:00:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-11-22T09:00:00+01:00"] },
  { key: "aws:SourceArn", type: "Arn", value: `arn:aws:ecs:eu-west-1:${OWN}:task/prod/0a1b`, named: [`arn:aws:ecs:eu-west-1:${OWN}:*`, `arn:aws:ecs:*:*:task/*`, `arn:aws:ecs:eu-west-1:${OWN}:cluster/prod`, `arn:aws:ecs:us-east-1:${OWN}:*`] },
  { key: "aws:PrincipalArn", type: "Arn", named: [ROLE, USER, `arn:aws:iam::${OWN}:role/*`, `arn:aws:iam::*:user/*`, `arn:aws:iam::${OTHER}:*`] },
];
const SET_KEYS = [
  { key: "aws:CalledVia", type: "String", value: ["cloudformation.amazonaws.com", "ecs.amazonaws.com"], named: ["ecs.amazonaws.com", "cloudformation.amazonaws.com", "ec2*", "*.amazonaws.com"] },
  { key: "aws:PrincipalOrgPaths", type: "String", value: ["o-abcdef1234/r-ab12/ou-ab12-11111111/"], named: ["o-abcdef1234/*", "o-abcdef1234/r-ab12/ou-ab12-11111111/", "o-x/*"] },
];
const OPERATORS = {
  String: ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  Arn: ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringEquals"],
  Numeric: ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"],
  Date: ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"],
  Bool: ["Bool"],
  IpAddress: ["IpAddress", "NotIpAddress"],
};

// A case may hold one construct of which the two evaluators, or AWS's own pages, say different things. Each is
// named, so that what they disagree on can be told from an error.
const CONTESTED = {
  "wildcard-past-colon": (c) => {
    const [, , service] = c.request.resource.split(":");
    if (!service) return false;
    const tail = c.request.resource.split(":").slice(5).join(":");
    allows(c.policies.identity, { Action: "*", Resource: `arn:aws:${service}:*:${tail}` });
    return true;
  },
  "arn-condition-past-colon": (c) => {
    c.request.context["aws:SourceArn"] = `arn:aws:ecs:eu-west-1:${OWN}:task/prod/0a1b`;
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { ArnLike: { "aws:SourceArn": "arn:aws:ecs:*:task/prod/0a1b" } } });
    return true;
  },
  "wildcard-in-resource-type": (c) => {
    const parts = c.request.resource.split(":");
    if (parts.length < 6 || parts[2] === "s3") return false;
    const tail = parts.slice(5).join(":");
    const resource = [...parts.slice(0, 5), pick([tail.slice(0, 2) + "*", "*" + tail.slice(2), tail[0] + "?" + tail.slice(2)])].join(":");
    c.policies.identity.push({ Version: "2012-10-17", Statement: [{ Effect: pick(["Allow", "Deny"]), Action: "*", Resource: resource }] });
    return true;
  },
  "variable-before-last-arn-part": (c) => {
    if (!c.request.resource.includes(`:${c.request.account}:`)) return false;
    c.request.context["aws:SourceAccount"] = c.request.account;
    allows(c.policies.identity, { Action: "*", Resource: c.request.resource.replace(`:${c.request.account}:`, ":${aws:SourceAccount}:") });
    return true;
  },
  "variable-in-arn-condition": (c) => {
    Object.assign(c.request.context, { "aws:SourceAccount": OWN, "aws:SourceArn": `arn:aws:ecs:eu-west-1:${OWN}:task/prod/0a1b` });
    const operator = pick(["ArnLike", "ArnNotLike"]);
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { [operator]: { "aws:SourceArn": "arn:aws:ecs:eu-west-1:${aws:SourceAccount}:task/*" } } });
    return true;
  },
  "any-value-if-exists": (c) => {
    delete c.request.context["aws:CalledVia"];
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { "ForAnyValue:StringLikeIfExists": { "aws:CalledVia": "ecs*" } } });
    return true;
  },
  "variable-without-value-in-not-resource": (c) => {
    if (c.request.resource === "*") return false;
    delete c.request.context["aws:PrincipalTag/team"];
    c.policies.identity.push({ Version: "2012-10-17", Statement: [{ Effect: pick(["Allow", "Deny"]), Action: "*", NotResource: "arn:aws:s3:::${aws:PrincipalTag/team}" }] });
    return true;
  },
  "short-arn-in-resource-control-policy": (c) => {
    const service = c.request.resource.split(":")[2];
    if (!service) return false;
    const deny = { Effect: "Deny", Principal: "*", Action: `${c.request.action.split(":")[0]}:*`, Resource: `arn:aws:${service}:*` };
    c.policies.rcp.push([{ Version: "2012-10-17", Statement: [deny] }]);
    return true;
  },
  "several-values-without-set-operator": (c) => {
    c.request.context["aws:CalledVia"] = ["cloudformation.amazonaws.com", "ecs.amazonaws.com"];
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { StringEquals: { "aws:CalledVia": "ecs.amazonaws.com" } } });
    return true;
  },
  "variable-without-value-negated": (c) => {
    delete c.request.context["aws:PrincipalTag/team"];
    c.request.context["aws:RequestedRegion"] = "eu-west-1";
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { StringNotEquals: { "aws:RequestedRegion": "${aws:PrincipalTag/team}" } } });
    return true;
  },
  "variable-before-2012": (c) => {
    c.request.context["aws:SourceAccount"] = OWN;
    const statement = { Effect: "Allow", Action: "*", Resource: "*", Condition: { StringEquals: { "aws:SourceAccount": "${aws:SourceAccount}" } } };
    c.policies.identity.push({ Version: "2008-10-17", Statement: [statement] });
    return true;
  },
  "date-as-epoch": (c) => {
    c.request.context["aws:CurrentTime"] = "2026-11-22T08:00:00Z";
    allows(c.policies.identity, { Action: "*", Resource: "*", Condition: { DateLessThan: { "aws:CurrentTime": "1893456000" } } });
    return true;
  },
  "not-principal": (c) => {
    if (!c.policies.resource) return false;
    c.policies.resource.Statement.push({ Effect: "Deny", NotPrincipal: { AWS: pick([[ROLE], [OWN], [SESSION, ROLE, `arn:aws:iam::${OWN}:root`], [`arn:aws:iam::${OTHER}:root`]]) }, Action: "*", Resource: "*" });
    return true;
  },
  "grant-to-anyone-past-boundary": (c) => {
    if (!c.policies.resource) return false;
    c.policies.boundary = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ecs:*", Resource: "*" }] };
    c.policies.resource.Statement.push({ Effect: "Allow", Principal: "*", Action: c.request.action, Resource: "*" });
    return true;
  },
  "grant-to-session-past-session-policy": (c) => {
    if (c.request.principal !== SESSION || !c.policies.resource || !c.policies.session) return false;
    c.policies.resource.Statement.push({ Effect: "Allow", Principal: { AWS: SESSION }, Action: c.request.action, Resource: "*" });
    return true;
  },
  "service-name-with-region": (c) => {
    c.policies.resource.Statement.push({ Effect: "Allow", Principal: { Service: "ecs-tasks.eu-west-1.amazonaws.com" }, Action: "*", Resource: "*" });
    return true;
  },
};

function allows(policies, statement) {
  policies.push({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

function actionPattern(action) {
  const [service, name] = action.split(":");
  return pick([
    action, action, action.toUpperCase(), `${service}:*`, "*", `${service}:${name.slice(0, 4)}*`,
    `${service}:*${name.slice(-4)}`, `${service}:${name.slice(0, -1)}?`, `${service}:Describe*`, "ecs:*", `${service}:${name}X`,
  ]);
}

function resourcePattern(resource) {
  if (resource === "*") return pick(["*", "*", "arn:aws:ecr:eu-west-1:111122223333:repository/team/app"]);
  const parts = resource.split(":");
  const head = parts.slice(0, 5);
  const tail = parts.slice(5).join(":");
  const with_ = (index, text) => [...head.slice(0, index), text, ...head.slice(index + 1), tail].join(":");
  // Wildcards in the type of the resource are contested; S3 has no types.
  const afterType = parts[2] === "s3" ? 1 : tail.search(/[/:]/) + 1;
  const at = afterType + below(tail.length - afterType);
  return pick([
    resource, resource, "*", [...head, "*"].join(":"), [...head, tail.slice(0, at) + "*"].join(":"),
    [...head, tail.slice(0, afterType) + "*" + tail.slice(at)].join(":"), [...head, tail.slice(0, at) + "?" + tail.slice(at + 1)].join(":"),
    with_(3, "*"), with_(4, "*"), with_(1, "*"), with_(3, "us-east-1"), with_(4, OTHER),
    with_(1, "aws-cn"), [...head, tail.toUpperCase()].join(":"), [...head, tail + "x"].join(":"), `arn:aws:${parts[2]}:*`,
    "arn:aws:dynamodb:*:*:table/x", [...head, tail.replace(/[a-z]+$/, "${aws:PrincipalTag/team}")].join(":"),
    [...head, tail.replace(/[a-z]+$/, "${aws:PrincipalTag/team, 'app'}")].join(":"),
  ]);
}

function condition() {
  const block = {};
  for (const _ of times(1 + below(2), () => 0)) {
    const isSet = chance(0.2);
    const { key, type, named } = pick(isSet ? SET_KEYS : KEYS);
    if (chance(0.1)) {
      (block.Null ??= {})[key] = pick(["true", "false"]);
      continue;
    }
    let operator = pick(OPERATORS[type]);
    if (isSet) operator = pick(["ForAllValues:", "ForAnyValue:"]) + operator;
    if (!operator.startsWith("ForAnyValue") && chance(0.25)) operator += "IfExists";
    const values = times(1 + below(2), () => pick(named));
    (block[operator] ??= {})[chance(0.2) ? key.toLowerCase() : key] = oneOrList(values);
  }
  return block;
}

function statement(request, { principal = false, effects = 0.75 } = {}) {
  const made = { Effect: chance(effects) ? "Allow" : "Deny" };
  if (principal) made.Principal = principal();
  const negatedAction = chance(0.12);
  made[negatedAction ? "NotAction" : "Action"] = oneOrList(times(1 + below(2), () => actionPattern(request.action)));
  const resources = times(1 + below(2), () => resourcePattern(request.resource));
  if (chance(0.12)) made.NotResource = oneOrList(resources.map((r) => r.replace("/team}", "/team, 'app'}")));
  else made.Resource = oneOrList(resources);
  if (chance(0.4)) made.Condition = condition();
  return made;
}

function policy(request, options) {
  const list = times(1 + below(3), () => statement(request, options));
  return { Version: "2012-10-17", Statement: oneOrList(list) };
}

function mostlyOpen(request, options) {
  const made = policy(request, options);
  made.Statement = [made.Statement].flat();
  if (chance(0.7)) {
    const open = { Effect: "Allow", Action: "*", Resource: "*" };
    if (options?.principal) open.Principal = "*";
    made.Statement.push(open);
  }
  return made;
}

// Only `Deny` and actions of named services are valid there.
function resourceControlPolicy(request) {
  const deny = statement(request, { principal: () => "*", effects: 0 });
  delete deny.NotAction;
  const isShort = (resource) => resource !== "*" && resource.split(":").length < 6;
  for (const key of ["Resource", "NotResource"]) {
    if (deny[key]) deny[key] = [deny[key]].flat().map((resource) => (isShort(resource) ? "*" : resource));
  }
  deny.Action = pick([request.action, `${request.action.split(":")[0]}:*`, "s3:Get*", "secretsmanager:*"]);
  return { Version: "2012-10-17", Statement: [deny] };
}

function principals() {
  return pick([
    { AWS: OWN }, { AWS: `arn:aws:iam::${OWN}:root` }, { AWS: ROLE }, { AWS: SESSION }, { AWS: USER },
    { AWS: [`arn:aws:iam::${OTHER}:root`, ROLE] }, { AWS: OTHER }, { Service: SERVICE },
    { Service: ["ec2.amazonaws.com", SERVICE] }, { Service: "ec2.amazonaws.com" }, { AWS: [USER, SESSION] },
  ]);
}

function principalsButSession() {
  const made = principals();
  return JSON.stringify(made).includes(SESSION) ? { AWS: ROLE } : made;
}

function requestContext(principal) {
  const context = {};
  for (const { key, value } of [...KEYS, ...SET_KEYS]) {
    if (value !== undefined && chance(0.6)) context[key] = value;
  }
  if (principal !== SERVICE) context["aws:PrincipalArn"] = principal === USER ? USER : ROLE;
  return context;
}

function makeCase(id) {
  const principal = pick([SESSION, SESSION, SESSION, SESSION, USER, SERVICE]);
  const target = principal === SERVICE ? pick(TARGETS.filter((t) => t.resource !== "*")) : pick(TARGETS);
  const account = principal !== SERVICE && chance(0.25) && target.resource !== "*" ? OTHER : OWN;
  const request = {
    principal, account, action: target.action,
    resource: target.resource.replace("ACCOUNT", account), context: requestContext(principal),
  };
  const isOwner = /^(kms|sts):/.test(request.action) || principal === SERVICE || account === OTHER;
  const policies = { identity: [], scp: [], rcp: [], vpce: [] };
  if (principal !== SERVICE) {
    policies.identity = times(below(4), () => policy(request));
    if (chance(0.25)) policies.boundary = mostlyOpen(request);
    if (principal === SESSION && chance(0.15)) policies.session = mostlyOpen(request);
    if (chance(0.25)) policies.scp = times(1 + below(2), () => times(1 + below(2), () => mostlyOpen(request)));
  }
  if (request.resource !== "*" && (isOwner || chance(0.35))) {
    policies.resource = policy(request, { principal: policies.session ? principalsButSession : principals });
    policies.resource.Statement = [policies.resource.Statement].flat();
  }
  if (chance(0.1)) policies.rcp = [[resourceControlPolicy(request)]];
  if (chance(0.15)) policies.vpce = [mostlyOpen(request, { principal: () => "*" })];
  const made = { id, contested: null, request, policies };
  if (chance(0.12)) {
    const name = pick(Object.keys(CONTESTED));
    // A service has no identity policies.
    const concerns = name.startsWith("service") === (principal === SERVICE);
    if (concerns && CONTESTED[name](made)) made.contested = name;
  }
  return made;
}

for (let id = 0; id < count; id++) console.log(JSON.stringify(makeCase(id)));
