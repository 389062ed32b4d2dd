//! What the machine uses, from the kernel's own files.

use std::{
    collections::BTreeMap, ffi::OsString, fs::File, io::Read as _, os::unix::ffi::OsStringExt as _, path::PathBuf,
    time::Duration,
};

use haven_core::model::metrics::{DiskUse, MemoryUse, NetUse, SystemUse};
use procfs::{CpuTime, FromBufRead as _, FromRead as _, KernelStats, Meminfo, net::InterfaceDeviceStatus};
use tokio::task::JoinHandle;

/// File systems whose size says something about a disk.
const DISKS: [&str; 10] = ["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "vfat", "ntfs3", "bcachefs"];

/// How much of a list is read at a time, and the most of all, in bytes.
const PIECE: usize = 16 * 1024;
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Reads the kernel's figures below a root path. CPU use is counted between two readings.
#[derive(Debug)]
pub struct Collector {
    root: PathBuf,
    /// Busy and all CPU time at the reading before.
    before: Option<(u64, u64)>,
}

impl Collector {
    /// A collector for the machine whose `/` is at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), before: None }
    }

    /// What is used now. What cannot be read is left out; the first reading has no CPU use.
    pub fn read(&mut self) -> SystemUse {
        SystemUse {
            cpu_load: self.cpu(),
            memory: self.memory().unwrap_or_default(),
            disks: self.disks().unwrap_or_default(),
            net: self.net().unwrap_or_default(),
        }
    }

    fn proc(&self, name: &str) -> PathBuf {
        self.root.join("proc").join(name)
    }

    fn cpu(&mut self) -> Option<f64> {
        use procfs::FromReadSI as _;
        // Ticks are only compared with each other, so their length does not matter.
        let system = procfs::ExplicitSystemInfo {
            boot_time_secs: 0,
            ticks_per_second: 100,
            page_size: 4096,
            is_little_endian: true,
        };
        let stats = KernelStats::from_file(self.proc("stat"), &system).ok()?;
        let (busy, all) = busy_and_all(&stats.total);
        let before = self.before.replace((busy, all))?;
        let passed = all.checked_sub(before.1).filter(|passed| *passed > 0)?;
        // The kernel's idle and iowait may go back a little, so that more was busy than passed.
        Some((busy.saturating_sub(before.0) as f64 / passed as f64 * 100.0).min(100.0))
    }

    fn memory(&self) -> Option<MemoryUse> {
        let memory = Meminfo::from_file(self.proc("meminfo")).ok()?;
        let available = memory.mem_available.unwrap_or(memory.mem_free + memory.buffers + memory.cached);
        Some(MemoryUse { total: memory.mem_total, used: memory.mem_total.saturating_sub(available), available })
    }

    fn disks(&self) -> Option<BTreeMap<String, DiskUse>> {
        let mounts = first(&[self.proc("1/mounts"), self.proc("mounts")])?;
        let mut disks = BTreeMap::new();
        let mut seen = std::collections::HashSet::new();
        for (device, place) in mounts.split(|byte| *byte == b'\n').filter_map(disk) {
            let path = self.root.join(place.strip_prefix("/").unwrap_or(&place));
            let found = match rustix::fs::statvfs(&path) {
                Ok(found) => found,
                Err(error) => {
                    tracing::debug!(%error, path = %path.display(), "a disk is left out");
                    continue;
                }
            };
            // A device that is mounted in several places is one disk.
            if found.f_blocks == 0 || !seen.insert(device) {
                continue;
            }
            let used = found.f_blocks.saturating_sub(found.f_bfree) * found.f_frsize;
            let name = place.to_string_lossy().into_owned();
            disks.insert(name, DiskUse { total: found.f_blocks * found.f_frsize, used });
        }
        Some(disks)
    }

    fn net(&self) -> Option<BTreeMap<String, NetUse>> {
        // `/proc/net` is a link to the reader's own; the host's is that of its first process.
        let devices = first(&[self.proc("1/net/dev"), self.proc("net/dev")])?;
        let devices = InterfaceDeviceStatus::from_buf_read(devices.as_slice()).ok()?;
        let carries = |name: &str| name != "lo" && !name.starts_with("veth");
        let net = devices.0.into_iter().filter(|(name, _)| carries(name));
        Some(
            net.map(|(name, device)| (name, NetUse { bytes_in: device.recv_bytes, bytes_out: device.sent_bytes }))
                .collect(),
        )
    }
}

/// The device and the place of a line of mounts, where that is a disk: three words and more, in which a space and other
/// characters that would part them are a backslash and three octal digits.
fn disk(line: &[u8]) -> Option<(&[u8], PathBuf)> {
    let mut words = line.split(|byte| *byte == b' ');
    let (device, place, kind) = (words.next()?, words.next()?, words.next()?);
    let kind = std::str::from_utf8(kind).ok().filter(|kind| DISKS.contains(kind));
    kind.map(|_| (device, OsString::from_vec(unescaped(place)).into()))
}

fn unescaped(mut text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        let digits = rest.get(..3).filter(|_| first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        plain.push(byte.unwrap_or(first));
        text = if byte.is_some() { &rest[3..] } else { rest };
    }
    plain
}

/// Figures that are collected beside whatever else goes on: a file system that hangs holds only itself.
#[derive(Debug)]
pub(crate) struct Figures {
    /// None while it reads.
    collector: Option<Collector>,
    reading: Option<JoinHandle<(Collector, SystemUse)>>,
    root: PathBuf,
    patience: Duration,
}

impl Figures {
    pub(crate) fn new(root: PathBuf, patience: Duration) -> Self {
        Self { collector: Some(Collector::new(&root)), reading: None, root, patience }
    }

    /// What is used now; nothing while a disk hangs.
    pub(crate) async fn take(&mut self) -> SystemUse {
        let mut reading = self.reading.take().unwrap_or_else(|| {
            let mut collector = self.collector.take().unwrap_or_else(|| Collector::new(&self.root));
            tokio::task::spawn_blocking(move || {
                let seen = collector.read();
                (collector, seen)
            })
        });
        match tokio::time::timeout(self.patience, &mut reading).await {
            Ok(Ok((collector, seen))) => {
                self.collector = Some(collector);
                seen
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "what the machine uses cannot be read");
                SystemUse::default()
            }
            Err(_) => {
                tracing::warn!(after = ?self.patience, "what the machine uses is not told: a disk may hang");
                self.reading = Some(reading);
                SystemUse::default()
            }
        }
    }
}

/// The first of some files that can be read. The kernel makes them as they are read, and gives as much as is asked for.
fn first(paths: &[PathBuf]) -> Option<Vec<u8>> {
    paths.iter().find_map(|path| {
        let mut text = Vec::with_capacity(PIECE);
        File::open(path).ok()?.take(MAX_FILE).read_to_end(&mut text).ok()?;
        Some(text)
    })
}

fn busy_and_all(cpu: &CpuTime) -> (u64, u64) {
    let sum = |ticks: &[u64]| ticks.iter().fold(0_u64, |sum, ticks| sum.saturating_add(*ticks));
    let [irq, softirq, steal, iowait] = [cpu.irq, cpu.softirq, cpu.steal, cpu.iowait].map(Option::unwrap_or_default);
    let busy = sum(&[cpu.user, cpu.nice, cpu.system, irq, softirq, steal]);
    (busy, sum(&[busy, cpu.idle, iowait]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_machine() {
        let mut collector = Collector::new("/");
        assert_eq!(collector.read().cpu_load, None, "one reading is no difference");
        let mut work = 0_u64;
        for number in 0..20_000_000_u64 {
            work = work.wrapping_add(std::hint::black_box(number));
        }
        std::hint::black_box(work);
        let seen = collector.read();
        assert!(seen.memory.total > 0 && seen.memory.used <= seen.memory.total);
        assert!(seen.cpu_load.is_none_or(|load| (0.0..=100.0).contains(&load)), "{seen:?}");
    }

    #[test]
    fn mounts_are_read_one_by_one_whatever_their_names_hold() {
        let read = |line: &[u8]| disk(line).map(|(_, place)| place.into_os_string().into_vec());
        assert_eq!(read(b"/dev/sdb1 /mnt/my\\040disk\\134 ext4 rw 0 0").unwrap(), b"/mnt/my disk\\");
        assert_eq!(read(b"/dev/sdb1 /mnt/\xff ext4 rw 0 0").unwrap(), b"/mnt/\xff");
        assert_eq!(read(b"/dev/sdb1 /mnt/a\\09 xfs rw").unwrap(), b"/mnt/a\\09", "no octal number");
        for other in [&b"proc /proc proc rw 0 0"[..], b"/dev/sdb1 /mnt", b"", b"a b \xff"] {
            assert_eq!(read(other), None);
        }
    }

    #[tokio::test]
    async fn figures_are_taken_beside_and_counted_from_one_reading_to_the_next() {
        let mut figures = Figures::new("/".into(), Duration::from_secs(10));
        assert!(figures.take().await.memory.total > 0);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(figures.take().await.cpu_load.is_some());
        // A reading that hangs: the report goes out without it, and none other is begun.
        figures.patience = Duration::from_millis(10);
        let (answer, hangs) = std::sync::mpsc::channel();
        figures.reading = Some(tokio::task::spawn_blocking(move || {
            hangs.recv().unwrap();
            (Collector::new("/"), SystemUse { cpu_load: Some(1.0), ..SystemUse::default() })
        }));
        for _ in 0..2 {
            assert_eq!(figures.take().await, SystemUse::default());
        }
        answer.send(()).unwrap();
        figures.patience = Duration::from_secs(10);
        assert_eq!(figures.take().await.cpu_load, Some(1.0));
    }

    #[test]
    fn reads_below_another_root() {
        let root = tempfile::tempdir().unwrap();
        let proc = root.path().join("proc");
        std::fs::create_dir_all(proc.join("1/net")).unwrap();
        std::fs::write(proc.join("meminfo"), "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\nBuffers: 0 kB\nCached: 0 kB\nSwapCached: 0 kB\nActive: 0 kB\nInactive: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\nDirty: 0 kB\nWriteback: 0 kB\nMapped: 0 kB\nSlab: 0 kB\nCommitted_AS: 0 kB\nVmallocTotal: 0 kB\nVmallocUsed: 0 kB\nVmallocChunk: 0 kB\n").unwrap();
        std::fs::write(
            proc.join("1/net/dev"),
            "Inter-|\n face |\n  eth0: 10 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n",
        )
        .unwrap();
        let stat = |user: u64, idle: u64| {
            format!(
                "cpu  {user} 0 0 {idle} 0 0 0 0 0 0\ncpu0 {user} 0 0 {idle} 0 0 0 0 0 0\nctxt 1\nbtime 1\nprocesses 1\n"
            )
        };
        std::fs::write(proc.join("stat"), stat(100, 100)).unwrap();
        let mut collector = Collector::new(root.path());
        let seen = collector.read();
        assert_eq!((seen.memory.total, seen.memory.used), (1_024_000, 614_400));
        assert_eq!(seen.net.keys().collect::<Vec<_>>(), ["eth0"]);
        assert_eq!(seen.net["eth0"].bytes_out, 20);
        std::fs::write(proc.join("stat"), stat(130, 170)).unwrap();
        assert_eq!(collector.read().cpu_load, Some(30.0));
        for (user, idle, load) in [(150, 160, Some(100.0)), (140, 180, Some(0.0)), (10, 10, None), (10, 10, None)] {
            std::fs::write(proc.join("stat"), stat(user, idle)).unwrap();
            assert_eq!(collector.read().cpu_load, load, "after counters that went back: {user} {idle}");
        }
    }
}
