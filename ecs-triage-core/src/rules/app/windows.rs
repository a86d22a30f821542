//! A Windows process ended with one of Windows' own codes.

use super::judge::exits_with;
use super::{ASK_DEFINITION, ASK_LOG, Blast, Bucket, Cause, Check, Finding, Fix, Kind, LOOK_LOG, Rule};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-windows-exit",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "Windows process crashed",
    summary: "{who~|A container} ended with the Windows code {code~|unknown}{lived~|}{noLog~|}.",
    explanation: "Windows gives a process that crashes the code of its exception, and ECS shows it as a signed or unsigned number \
                  of 32 bits.",
    signs: "An exit code of 32 bits such as 3221225477 or -1073741819 (0xC0000005), or 1067.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Read what Windows logged",
            Blast::Source,
            "Run the image on the same Windows release and read its Application event log; for 0xC0000135 look for the \
             missing DLL or .NET runtime.",
        ),
    ],
    docs: &[
        "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55",
    ],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let found = exits_with(subject, is_windows_code, Cause::AppWindowsExit);
        found.into_iter().map(with_name).collect()
    }),
};

/// Codes that only Windows has: exceptions, HRESULTs, and two of services.
pub(super) fn is_windows_code(code: i64) -> bool {
    matches!(code, 1_067 | 1_073_807_364 | -0x8000_0000..=-256 | 0x8000_0000..=0xFFFF_FFFF)
}

/// The code as Windows writes it, whether it came signed or not.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the low 32 bits are what counts"
)]
fn unsigned(code: i64) -> u32 {
    code as u32
}

/// Windows' names of the codes that processes in containers end with.
/// <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55>
fn name(code: u32) -> Option<&'static str> {
    Some(match code {
        1_067 => "the process of a service ended unexpectedly",
        0x4001_0004 => "terminated from outside",
        0x8000_4005 => "unspecified failure",
        0xC000_0005 => "access violation",
        0xC000_001D => "illegal instruction",
        0xC000_007B => "a DLL or program of the wrong bitness",
        0xC000_0094 => "integer division by zero",
        0xC000_00FD => "stack overflow",
        0xC000_0135 => "a DLL was not found",
        0xC000_013A => "Ctrl-C: it was told to stop",
        0xC000_0142 => "a DLL could not be initialised",
        0xC000_0374 => "heap corruption",
        0xC000_0409 => "fail fast, or an overrun of a stack buffer",
        0xE043_4352 => "unhandled .NET exception",
        0xFFFF_FFFF => "exit(-1)",
        _ => return None,
    })
}

fn with_name(mut finding: Finding) -> Finding {
    let Cause::AppWindowsExit(exit) = &mut finding.cause else { return finding };
    let Some(code) = exit.exit_code.map(unsigned) else { return finding };
    exit.meaning = name(code).map(str::to_owned);
    let words = match name(code) {
        Some(name) => format!("0x{code:08X} ({name})"),
        None => format!("0x{code:08X}"),
    };
    finding.fact("code", Some(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_and_unsigned_are_one_code() {
        for (signed, code) in [(-1_073_741_819, 3_221_225_477), (-532_462_766, 3_762_504_530)] {
            assert_eq!(unsigned(signed), unsigned(code));
            assert!(is_windows_code(signed) && is_windows_code(code));
            assert!(name(unsigned(code)).is_some());
        }
        assert!(![0, 1, 137, 255, -1, i64::MAX, i64::MIN].into_iter().any(is_windows_code));
    }
}
