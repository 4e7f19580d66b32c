//! What the operating system says of this process, where it is Linux.

use std::fs::{read_dir, read_to_string};

/// What this process uses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Process {
    /// Seconds of processor time.
    pub cpu_seconds: f64,
    /// Bytes of memory.
    pub resident_bytes: f64,
    /// Files and sockets that are open.
    pub open_fds: usize,
    /// How many may be.
    pub max_fds: Option<f64>,
    /// When it started, in seconds since the epoch.
    pub started_at: Option<f64>,
}

/// Looks at this process.
pub(super) fn read() -> Option<Process> {
    #[expect(clippy::cast_precision_loss, reason = "a hundred or a thousand")]
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let stat = read_to_string("/proc/self/stat").ok()?;
    let system = read_to_string("/proc/stat").ok();
    let status = read_to_string("/proc/self/status").ok()?;
    let limits = read_to_string("/proc/self/limits").ok();
    let boot = system.as_deref().and_then(|text| number_of(text, "btime "));
    Some(Process {
        cpu_seconds: (field(&stat, 14)? + field(&stat, 15)?) / ticks,
        resident_bytes: number_of(&status, "VmRSS:")? * 1024.0,
        open_fds: read_dir("/proc/self/fd").ok()?.count(),
        max_fds: limits.as_deref().and_then(|text| number_of(text, "Max open files")),
        started_at: boot.zip(field(&stat, 22)).map(|(boot, start)| boot + start / ticks),
    })
}

/// A field of `/proc/self/stat`, counted from 1 as its manual does. The second is the program's
/// name in parentheses and may be anything.
fn field(stat: &str, number: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(number.checked_sub(3)?)?.parse().ok()
}

/// The first number behind the name that a line begins with.
fn number_of(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_kernel_are_read() {
        let stat = "12 (a) b) S 1 12 12 0 -1 4194560 1 2 3 4 250 50 0 0 20 0 8 0 900 1 2";
        assert_eq!(
            (field(stat, 14), field(stat, 15), field(stat, 22)),
            (Some(250.0), Some(50.0), Some(900.0))
        );
        assert_eq!(number_of("Name:\tx\nVmRSS:\t  1234 kB\n", "VmRSS:"), Some(1234.0));
        assert_eq!(
            number_of("Max open files            1024     4096     files\n", "Max open files"),
            Some(1024.0)
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_seen() {
        let process = read().unwrap();
        assert!(process.resident_bytes > 1e6 && process.open_fds > 2 && process.started_at > Some(1e9));
    }
}
