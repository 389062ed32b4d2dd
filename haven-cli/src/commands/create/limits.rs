//! Options about what it may use: at its creation, and those that can be changed later.

use clap::Args;
use haven_core::model::{
    ContainerSpec, ContainerUpdate, RestartPolicy,
    spec::{ThrottleDevice, Ulimit, WeightDevice},
};

use super::words::{parse_cpus, parse_memory, parse_restart, parse_swap, parse_throttle, parse_ulimit, parse_weight};

/// The limits that can be changed in a container's life.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
struct Changeable {
    /// The most memory: `512m`, `2g`
    #[arg(short, long, value_name = "SIZE", value_parser = parse_memory)]
    memory: Option<u64>,
    /// The most memory and swap together; -1: no limit
    #[arg(long, value_name = "SIZE", value_parser = parse_swap, allow_hyphen_values = true)]
    memory_swap: Option<i64>,
    /// The memory that it is pressed down to when the host runs short
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    memory_reservation: Option<u64>,
    /// The most memory of the kernel
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    kernel_memory: Option<u64>,
    /// The most CPU, in cores: `1.5`
    #[arg(long, value_name = "CORES", value_parser = parse_cpus)]
    cpus: Option<u64>,
    /// Its weight against others when the CPU is short
    #[arg(short, long, value_name = "WEIGHT")]
    cpu_shares: Option<u64>,
    /// The most CPU time in a period, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    cpu_quota: Option<u64>,
    /// That period, in microseconds
    #[arg(long, value_name = "MICROSECONDS")]
    cpu_period: Option<u64>,
    /// The cores that it may use: `0-2,4`
    #[arg(long, value_name = "CORES")]
    cpuset_cpus: Option<String>,
    /// The memory nodes that it may use
    #[arg(long, value_name = "NODES")]
    cpuset_mems: Option<String>,
    /// Its weight against others when disks are busy, 10 to 1000
    #[arg(long, value_name = "WEIGHT")]
    blkio_weight: Option<u16>,
    /// The most processes; -1: no limit
    #[arg(long, value_name = "PROCESSES", allow_hyphen_values = true)]
    pids_limit: Option<i64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    #[command(flatten)]
    limits: Changeable,
    /// How readily its memory is swapped out, 0 to 100
    #[arg(long, value_name = "PERCENT")]
    memory_swappiness: Option<u8>,
    /// Let it wait rather than end it when its memory is used up
    #[arg(long)]
    oom_kill_disable: bool,
    /// How readily it is ended when the host's memory is used up, -1000 to 1000
    #[arg(long, value_name = "SCORE", allow_hyphen_values = true)]
    oom_score_adj: Option<i16>,
    /// A weight at a disk: `/dev/sda:500`
    #[arg(long, value_name = "DISK:WEIGHT", value_parser = parse_weight)]
    blkio_weight_device: Vec<WeightDevice>,
    /// The most bytes a second read from a disk: `/dev/sda:1mb`
    #[arg(long, value_name = "DISK:SIZE", value_parser = parse_throttle)]
    device_read_bps: Vec<ThrottleDevice>,
    /// The most bytes a second written to a disk
    #[arg(long, value_name = "DISK:SIZE", value_parser = parse_throttle)]
    device_write_bps: Vec<ThrottleDevice>,
    /// The most reads a second from a disk
    #[arg(long, value_name = "DISK:TIMES", value_parser = parse_throttle)]
    device_read_iops: Vec<ThrottleDevice>,
    /// The most writes a second to a disk
    #[arg(long, value_name = "DISK:TIMES", value_parser = parse_throttle)]
    device_write_iops: Vec<ThrottleDevice>,
    /// A limit of each of its processes: `nofile=1024:2048`
    #[arg(long, value_name = "LIMIT", value_parser = parse_ulimit)]
    ulimit: Vec<Ulimit>,
    /// The control group that its own is made in
    #[arg(long, value_name = "GROUP")]
    cgroup_parent: Option<String>,
}

impl Changeable {
    fn update(self) -> ContainerUpdate {
        ContainerUpdate {
            restart: None,
            memory: self.memory,
            memory_swap: self.memory_swap,
            memory_reservation: self.memory_reservation,
            kernel_memory: self.kernel_memory,
            nano_cpus: self.cpus,
            cpu_shares: self.cpu_shares,
            cpu_quota: self.cpu_quota,
            cpu_period: self.cpu_period,
            cpuset_cpus: self.cpuset_cpus,
            cpuset_mems: self.cpuset_mems,
            blkio_weight: self.blkio_weight,
            pids_limit: self.pids_limit,
        }
    }
}

impl Limits {
    pub(super) fn apply(self, spec: &mut ContainerSpec) {
        let limits = self.limits.update();
        let swap = limits.memory_swap;
        limits.apply(spec);
        // Nothing was there before that it would keep.
        spec.memory_swap = swap;
        spec.memory_swappiness = self.memory_swappiness;
        spec.oom_kill_disable = self.oom_kill_disable;
        spec.oom_score_adj = self.oom_score_adj;
        spec.blkio_weight_devices = self.blkio_weight_device;
        spec.device_read_bps = self.device_read_bps;
        spec.device_write_bps = self.device_write_bps;
        spec.device_read_iops = self.device_read_iops;
        spec.device_write_iops = self.device_write_iops;
        spec.ulimits = self.ulimit;
        spec.cgroup_parent = self.cgroup_parent;
    }
}

/// What of a living container can be changed.
#[derive(Debug, Args)]
pub(crate) struct Change {
    #[command(flatten)]
    limits: Changeable,
    /// What the engine does when the program ends: `no`, `always`, `unless-stopped`, `on-failure[:TIMES]`
    #[arg(long, value_name = "POLICY", value_parser = parse_restart)]
    restart: Option<RestartPolicy>,
}

impl Change {
    pub(crate) fn update(self) -> ContainerUpdate {
        ContainerUpdate { restart: self.restart, ..self.limits.update() }
    }
}
