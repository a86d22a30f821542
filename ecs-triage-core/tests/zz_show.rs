mod common;
use std::fs;
#[test]
fn show() {
    let Ok(list) = std::env::var("SHOW") else { return };
    for dir in list.split(',') {
        let mut evidence = ecs_triage_core::Evidence::new();
        for d in [dir.to_owned(), format!("{dir}/account")] {
            for file in common::sorted(std::path::Path::new(&d)) {
                let name = common::name_of(&file);
                if !name.ends_with(".json") || name == "outcome.json" {
                    continue;
                }
                let _ = evidence.add_named(name.trim_end_matches(".json"), &fs::read(&file).unwrap());
            }
        }
        let report = ecs_triage_core::diagnose(&evidence);
        println!("=== {dir}");
        for s in report.subjects() {
            println!("{:?} {} {:?}", s.kind, s.id, s.verdict);
            for d in &s.diagnoses {
                println!("  {} {:?} {:?}: {}", d.code, d.confidence, d.container, d.summary);
                println!("    cause {}", serde_json::to_string(&d.cause).unwrap());
                for c in &d.evidence {
                    println!(
                        "    cite {} {} {}",
                        c.document,
                        c.pointer,
                        c.value.to_string().chars().take(160).collect::<String>()
                    );
                }
                for r in &d.remedies {
                    println!(
                        "    {:?} proven={} {} | {} {}",
                        r.kind,
                        r.proven,
                        r.title,
                        r.command.as_deref().unwrap_or(""),
                        r.body
                            .as_ref()
                            .map(|b| b.to_string().chars().take(300).collect::<String>())
                            .unwrap_or_default()
                    );
                }
            }
            for c in &s.consequences {
                println!("  - {:?} {}", c.code, c.summary);
            }
        }
        for w in report.wants() {
            println!("  want {}:{} {} -- {}", w.service, w.operation, w.params, w.why);
        }
        for p in report.problems() {
            println!("  problem {:?}", p);
        }
    }
}
