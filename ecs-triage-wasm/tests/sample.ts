/** A program as a user writes it, which only the compiler runs: the types fit, and a cause is told by its code. */
import { diagnose, Evidence, explain, Fleet, rules, type EvidenceError, type Report } from "ecs-triage";

const report: Report = diagnose({ tasks: [] }, { observedAt: "2026-11-22T08:00:00Z", redact: true });
const bytes: Report = diagnose(new Uint8Array([123, 125]));
const several: Report = diagnose(new Map([["describe-tasks", "{}"], ["get-role", "{}"]]));

for (const subject of [...report.subjects, ...bytes.subjects, ...several.subjects]) {
  for (const diagnosis of subject.diagnoses) {
    if (diagnosis.code === "app-oom-killed") {
      const limit: number | undefined = diagnosis.cause.limitMib;
      console.log(limit, diagnosis.confidence === "confirmed");
    }
    // @ts-expect-error: no cause has this code
    if (diagnosis.code === "app-oom-kiled") throw new Error();
  }
}

const evidence = new Evidence({ observedAt: "2026-11-22T08:00:00Z" });
try {
  evidence.add("{}", "describe-tasks");
} catch (thrown) {
  const error = thrown as EvidenceError;
  console.log(error.document, error.pointer, error.expected, error.found);
}
const markdown: string = evidence.render("markdown");
// @ts-expect-error: there is no such format
evidence.render("html");
// @ts-expect-error: an option that does not exist is a slip
diagnose("{}", { observed: "2026-11-22T08:00:00Z" });
// @ts-expect-error: a number is no document
diagnose(42);

const recovery: "recovered" | "rolling-out" | "still-failing" | "failing-differently" | "undetermined" =
  evidence.verify(report).recovery;
const entry = explain("app-oom-killed");
const fleet = new Fleet({ groupBy: "cluster", top: 5 });
fleet.push("{}\n");
fleet.finish();
const most = fleet.report().incidents[0]?.tasks;
console.log(markdown, recovery, entry.title, rules().length, most);
