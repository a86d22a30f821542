#!/usr/bin/env python3
"""Makes answers of AWS from botocore's service models, and compares the members that are read with the models.

    generate.py names NAMES             fails when a member is read that no model has
    generate.py answers NAMES COUNT     prints COUNT recorded calls, one a line, the same ones every time

NAMES is what `shapes names` prints. An answer has every member, only those that must be there, or any of them; every
word of an enumeration and words that are in none; members that no model has; lists that are empty or missing; null; and
times as the API, the two versions of the CLI, boto3 and other SDKs write them.
"""

import datetime
import json
import random
import sys

import botocore.session

SESSION = botocore.session.get_session()
MODELS = {}
MEMBERS = {}

REASONS = [
    "Essential container in task exited",
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/a/b:c: not found",
    "ResourceInitializationError: unable to pull secrets or registry auth: dial tcp 10.0.0.1:443: i/o timeout",
    "OutOfMemoryError: Container killed due to memory usage",
    "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)",
    "(service web) was unable to place a task because no container instance met all of its requirements.",
    "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0a1b2c3d4e5f6071)",
    "exit status 1: é \u2028 \U0001f600 \" ' \\ \n <b>",
]


def model(service):
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service]


def first_swapped(name):
    return name[:1].swapcase() + name[1:]


def member(shape, name):
    members = getattr(shape, "members", {})
    return members.get(name) or members.get(first_swapped(name))


def unwrapped(shape):
    while shape is not None and shape.type_name == "list":
        shape = shape.member
    return shape


def missing(service, shape, reads, place):
    """Members that are read and that the shape has not."""
    shape = unwrapped(shape)
    if not isinstance(reads, dict) or shape is None or shape.type_name != "structure":
        return
    for name, inner in reads.items():
        found = member(shape, name)
        if found is None:
            # One view reads several shapes, such as a task and the attempt of a job: then another shape has the member.
            if not any({name, first_swapped(name)} & members_of(other) for other in [service, *MODELS]):
                yield f"{place}/{name}"
        else:
            yield from missing(service, found, inner, f"{place}/{name}")


def members_of(service):
    """The members of every structure of a service."""
    if service not in MEMBERS:
        shapes = (model(service).shape_for(name) for name in model(service).shape_names)
        MEMBERS[service] = {name for shape in shapes for name in getattr(shape, "members", {})}
    return MEMBERS[service]


def check_names(calls):
    wrong = []
    checked = 0

    def count(reads):
        return sum(1 + count(inner) for inner in reads.values()) if isinstance(reads, dict) else 0

    for call in calls:
        output = model(call["service"]).operation_model(call["operation"]).output_shape
        for part in call["parts"]:
            shape = output
            for step in filter(None, part["path"].split("/")):
                shape = member(unwrapped(shape), step)
                if shape is None:
                    wrong.append(f"{call['service']} {call['operation']}: no member {part['path']}")
                    break
            else:
                place = f"{call['service']} {call['operation']} {part['path']}"
                wrong.extend(missing(call["service"], shape, part["reads"], place))
                checked += count(part["reads"])
    print(f"{checked} members of {len(calls)} calls are in botocore's models" if not wrong else "\n".join(wrong))
    return not wrong


class Maker:
    """Random values of a shape."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        # Every answer is whole, bare, or something between.
        self.presence = self.random.choice([1.0, 0.0, 0.9, 0.6, 0.3])
        self.times = self.random.choice([self.number, self.cli_one, self.cli_two, self.boto, self.utc, self.millis])
        self.now = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.timezone.utc)

    def number(self, time):
        return round(time.timestamp(), 3)

    def cli_one(self, time):
        return int(time.timestamp())

    def cli_two(self, time):
        return time.astimezone(datetime.timezone(datetime.timedelta(hours=-5))).isoformat()

    def boto(self, time):
        return str(time)

    def utc(self, time):
        return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"

    def millis(self, time):
        return int(time.timestamp() * 1000)

    def value(self, shape, name="", depth=0):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            length = self.random.choice([0, 1, 1, 2, 3]) if depth < 6 else 0
            return [self.value(shape.member, name, depth + 1) for _ in range(length)]
        if kind == "map":
            length = self.random.choice([0, 1, 2]) if depth < 6 else 0
            return {self.text(shape.key, "key"): self.value(shape.value, name, depth + 1) for _ in range(length)}
        if kind == "timestamp":
            return self.times(self.now + datetime.timedelta(seconds=self.random.randint(-90000, 0), milliseconds=self.random.randint(0, 999)))
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind in ("integer", "long"):
            if "imestamp" in name or name.endswith(("Time", "At")):
                return int(self.now.timestamp() * 1000) - self.random.randint(0, 10**8)
            return self.random.choice([0, 1, -1, 137, 256, 512, 65535, 2**31 - 1, self.random.randint(0, 4096)])
        if kind in ("double", "float"):
            return self.random.choice([0.0, 1.5, -1.0, 99.9, 1e12, self.random.random() * 1000])
        return self.text(shape, name)

    def structure(self, shape, depth):
        made = {}
        for name, inner in shape.members.items():
            must = name in shape.required_members
            if depth > 12 or not (must or self.random.random() < self.presence):
                # Absent, or null as other tools write it.
                if self.random.random() < 0.1:
                    made[name] = None
                continue
            made[name] = self.value(inner, name, depth + 1)
        if self.random.random() < 0.2:
            made[self.random.choice(["newMember", "NewMember", "x-unknown"])] = self.random.choice([None, 1, "text", [1], {"a": {"b": []}}])
        return made

    def text(self, shape, name):
        if shape.enum and self.random.random() < 0.95:
            return self.random.choice(shape.enum)
        if shape.enum:
            return "A_WORD_OF_TOMORROW"
        lower = name.lower()
        if lower.endswith("arn") or lower.endswith("arns"):
            return f"arn:aws:ecs:eu-west-1:111122223333:{self.random.choice(['task/prod', 'cluster', 'role', 'service/prod'])}/{self.random.getrandbits(128):032x}"
        if lower == "document" or "policy" in lower and "name" not in lower and "arn" not in lower and "id" not in lower and "type" not in lower:
            return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]})
        if any(word in lower for word in ("reason", "message", "description")):
            return self.random.choice(REASONS)
        if lower in ("cpu", "memory", "memoryreservation"):
            return str(self.random.choice([256, 512, 1024]))
        if "cidr" in lower:
            return self.random.choice(["10.0.0.0/16", "0.0.0.0/0", "::/0", "10.0.1.0/24"])
        if lower.endswith("id"):
            return f"subnet-{self.random.getrandbits(64):016x}"
        if "manifest" in lower and "type" not in lower:
            return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []})
        return self.random.choice(["", "web", "prod", "a/b", "x" * 300, "é✓", "1", "null"])


def make_answers(calls, count):
    for number in range(count):
        call = calls[number % len(calls)]
        maker = Maker(number)
        operation = model(call["service"]).operation_model(call["operation"])
        response = maker.value(operation.output_shape) if operation.output_shape else {}
        if maker.random.random() < 0.5:
            response["ResponseMetadata"] = {"RequestId": "0f1e2d3c", "HTTPStatusCode": 200, "RetryAttempts": 0}
        params = maker.value(operation.input_shape) if operation.input_shape else {}
        print(json.dumps({"service": call["service"], "operation": call["operation"], "params": params, "response": response}))


def main():
    mode, names = sys.argv[1:3]
    with open(names, encoding="utf-8") as lines:
        calls = [json.loads(line) for line in lines]
    if mode == "names":
        sys.exit(0 if check_names(calls) else 1)
    make_answers(calls, int(sys.argv[3]))


main()
