//! Commands that somebody typed: they name fields, but say nothing about them.

/// Lines of the command that begins in the first of these lines; none if it is no command.
pub(super) fn length(lines: &[&str]) -> usize {
    if !lines.first().is_some_and(|line| is_command(line)) {
        return 0;
    }
    let mut open = false;
    for (at, line) in lines.iter().enumerate() {
        open ^= line.bytes().filter(|b| *b == b'\'').count() % 2 == 1;
        let next = lines.get(at + 1);
        let quoted = open && next.is_some_and(|next| next.contains('\''));
        let more = next.is_some() && (line.trim_end().ends_with(['\\', '^']) || quoted);
        if !more {
            return at + 1;
        }
    }
    lines.len()
}

fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    let starts = [
        "$ ",
        "% ",
        "❯ ",
        "➜ ",
        "PS>",
        "PS C:\\",
        "aws ecs ",
        "aws iam ",
        "aws ecr ",
        "aws ec2 ",
        "aws logs ",
    ];
    if starts.iter().any(|start| line.starts_with(start)) {
        return true;
    }
    line.find("aws ecs ").is_some_and(|at| {
        let lead = line[..at].trim_end();
        lead.ends_with(['$', '#', '%', '>', '`', '❯', '=']) || lead.ends_with("sudo")
    })
}
