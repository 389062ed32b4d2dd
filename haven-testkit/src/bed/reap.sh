# Removes one bed: processes, namespaces, links, firewall rules, control groups, folder.
#
# $1  the bed's state folder
# $2  "wait": first wait until standard input ends, which it does when the owner ends, however it ends
#
# Safe to run twice and by two at a time. Ends only processes inside the network namespaces that the folder names.

dir=$1
# It has to outlive whatever ends the owner.
trap '' INT TERM HUP
if [ "$2" = wait ]; then
    while read -r _; do :; done
fi

[ -f "$dir/owner" ] || exit 0
exec 9>>"$dir/reap.lock" || exit 0
flock -x 9
# Another one may have finished while this one waited for the lock.
[ -f "$dir/owner" ] || exit 0

bridge=$(cat "$dir/bridge" 2>/dev/null)
cgroup=$(cat "$dir/cgroup" 2>/dev/null)
PATH=$PATH:/usr/sbin:/sbin

inside() {
    while read -r ns; do
        [ -n "$ns" ] && [ -e "/run/netns/$ns" ] && ip netns pids "$ns" 2>/dev/null
    done
}

# Each host's first process is also the first of a process namespace: the kernel ends all its
# daemons and containers with it.
if [ -f "$dir/netns" ]; then
    tries=0
    while pids=$(inside <"$dir/netns") && [ -n "$pids" ] && [ $tries -lt 100 ]; do
        kill -9 $pids 2>/dev/null
        tries=$((tries + 1))
        sleep 0.05
    done
    while read -r ns; do
        [ -n "$ns" ] && ip netns del "$ns" 2>/dev/null
    done <"$dir/netns"
fi

if [ -n "$bridge" ] && [ -e "/sys/class/net/$bridge" ]; then
    for port in "/sys/class/net/$bridge/brif/"*; do
        [ -e "$port" ] && ip link del "${port##*/}" 2>/dev/null
    done
    ip link del "$bridge" 2>/dev/null
fi

if [ -f "$dir/rules" ]; then
    while read -r rule; do
        # The words of a rule are arguments of their own.
        # shellcheck disable=SC2086
        iptables -w 5 $rule 2>/dev/null
    done <"$dir/rules"
fi

# The last containers may still be on their way out: control groups and mounts stay busy until they are gone.
if [ -n "$cgroup" ]; then
    tries=0
    while [ $tries -lt 100 ]; do
        left=
        for group in "/sys/fs/cgroup/$cgroup" "/sys/fs/cgroup/"*"/$cgroup"; do
            [ -d "$group" ] || continue
            find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
            [ -d "$group" ] && left=$group
        done
        [ -z "$left" ] && break
        tries=$((tries + 1))
        sleep 0.05
    done
fi

# `owner` goes last, so that an interrupted removal is taken up again by the next sweep.
tries=0
while [ $tries -lt 20 ]; do
    find "$dir" -mindepth 1 -maxdepth 1 ! -name owner ! -name reap.lock -exec rm -rf {} + 2>/dev/null
    [ -z "$(find "$dir" -mindepth 1 -maxdepth 1 ! -name owner ! -name reap.lock 2>/dev/null)" ] && break
    tries=$((tries + 1))
    sleep 0.1
done
rm -rf "$dir"
