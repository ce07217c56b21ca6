//! A program of the benchmark, pinned to a core: its address, and what the kernel says of its costs.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use crate::Result;

/// The core that the gateway has to itself.
pub(crate) const GATEWAY_CORE: usize = 0;
/// The core of the backends, of the load and of the driver.
pub(crate) const OTHER_CORE: usize = 1;

/// It ends when this is dropped.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    /// Where it listens.
    pub(crate) addresses: Vec<SocketAddr>,
    /// What it logs goes to a file here, as it may where a gateway runs.
    folder: TempDir,
}

impl Process {
    /// Starts a program that stands beside this one, and waits until it says where it listens, `count` times.
    pub(crate) fn start(
        program: &str,
        arguments: &[String],
        prefix: &[String],
        core: usize,
        count: usize,
    ) -> Result<Process> {
        let path = std::env::current_exe()?.with_file_name(program);
        let folder = TempDir::new()?;
        let log = File::create(folder.path().join("log"))?;
        let mut child = Command::new("taskset")
            .args(["-c", &core.to_string()])
            .args(prefix)
            .arg(&path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let mut errors = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let mut addresses = Vec::with_capacity(count);
        while addresses.len() < count {
            let mut line = String::new();
            if errors.read_line(&mut line)? == 0 {
                return Err(format!("{program} ended before it listened").into());
            }
            match line.trim().parse() {
                Ok(address) => addresses.push(address),
                // A tracer's own words.
                Err(_) => eprint!("{line}"),
            }
        }
        std::thread::spawn(move || io::copy(&mut errors, &mut io::stderr()));
        Ok(Process { child, input, addresses, folder })
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// User and system time of all its threads so far, in nanoseconds.
    pub(crate) fn cpu_ns(&self) -> Result<u64> {
        let mut sum = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            sum += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(sum)
    }

    /// Its user and its system time so far, in clock ticks: too coarse for a cost, good for the share of each.
    pub(crate) fn ticks(&self) -> Result<[f64; 2]> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.id()))?;
        // The name, in brackets, may have anything in it. `utime` and `stime` are the 14th and 15th field.
        let (_, fields) = text.rsplit_once(") ").ok_or("no name")?;
        let mut fields = fields.split(' ').skip(11).map(str::parse);
        Ok([fields.next().ok_or("no utime")??, fields.next().ok_or("no stime")??])
    }

    /// The most memory that it has had, in MiB.
    pub(crate) fn most_memory_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    /// Ends it, and waits until a tracer around it has written all it has to say.
    pub(crate) fn end(mut self) -> Result<()> {
        drop(self.input.take());
        self.child.wait()?;
        Ok(())
    }

    /// Empties its log.
    pub(crate) fn forget_log(&self) -> Result<()> {
        // Opened for appending or not, the next line of a sparse file costs the same.
        File::options().write(true).open(self.folder.path().join("log"))?.set_len(0)?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        // It has ended, or it ends now.
        let _ = self.child.wait();
    }
}
