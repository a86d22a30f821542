// Task state change events, made up: NDJSON in which every task is another one and a third of them fail.

const CAUSES = [
  ["EssentialContainerExited", "Essential container in task exited", { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
  ["TaskFailedToStart", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7: not found", {}],
  ["EssentialContainerExited", "Essential container in task exited", { exitCode: 1 }],
  ["ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/0123456789)", { exitCode: 0 }],
];
// What makes an event of production as long as it is.
const ATTACHMENTS = [{ id: "0e1f2a3b-4c5d-6e7f-8a9b-0c1d2e3f4a5b", type: "eni", status: "DELETED", details: Array.from({ length: 24 }, (_, index) => ({ name: `detail-${index}`, value: `subnet-0a1b2c3d4e5f6a7b8-${index}` })) }];

/** Events up to a size in bytes, or up to a number. */
export function* events(bytes, most = Infinity) {
  for (let number = 0, written = 0; written < bytes && number < most; number++) {
    const [stopCode, stoppedReason, container] = CAUSES[number % 12 < 3 ? number % 12 : 3];
    const at = new Date(Date.UTC(2026, 10, 22) + number * 900).toISOString();
    const stopped = new Date(Date.parse(at) + 95_000 + (number % 7) * 1000).toISOString();
    const id = number.toString(16).padStart(32, "0");
    const line = `${JSON.stringify({
      version: "0", id: `event-${number}`, "detail-type": "ECS Task State Change", source: "aws.ecs", account: "111122223333", time: stopped, region: "eu-west-1",
      resources: [`arn:aws:ecs:eu-west-1:111122223333:task/prod/${id}`],
      detail: {
        attachments: ATTACHMENTS, availabilityZone: "eu-west-1a", clusterArn: "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        containers: [{ containerArn: `arn:aws:ecs:eu-west-1:111122223333:container/prod/${id}/app`, lastStatus: "STOPPED", name: "app", image: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:7", taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/prod/${id}`, ...container }],
        createdAt: at, desiredStatus: "STOPPED", group: `service:web-${number % 5}`, lastStatus: "STOPPED", launchType: "FARGATE", stopCode, stoppedReason, stoppedAt: stopped,
        taskArn: `arn:aws:ecs:eu-west-1:111122223333:task/prod/${id}`, taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:42", version: 5,
      },
    })}\n`;
    written += line.length;
    yield line;
  }
}
