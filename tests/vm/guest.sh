# The guest's init, in its own root: what a system has mounted, the cgroups as the kernel has them, and then the plan.
# Standard output is the serial console, which the host keeps. There is no network and no service manager.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8
busybox=/vm/busybox
# shellcheck disable=SC1091
. /vm/plan.env # project and python: where they are on the host, and here
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sys /sys
mount --bind "$project" /vm/project # it may lie where something is about to be mounted
mount -t tmpfs -o mode=1777,nosuid,nodev tmp /tmp
mount -t tmpfs -o mode=1777,nosuid,nodev tmp /var/tmp
mount -t tmpfs -o mode=0755,nosuid,nodev run /run
if [ ! -d "$project" ]; then
    mkdir -p "$project"
    mount --bind /vm/project "$project"
fi
mkdir /dev/pts /dev/shm
mount -t devpts -o mode=0620,ptmxmode=0666 devpts /dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev shm /dev/shm
$busybox ip link set lo up

if grep -q cgroup_no_v1=all /proc/cmdline; then
    # As a service manager does: our own processes in a leaf, and the controllers handed on to a cgroup that is delegated.
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup
    echo "+memory +pids +cpu" >/sys/fs/cgroup/cgroup.subtree_control
    mkdir /sys/fs/cgroup/init
    echo $$ >/sys/fs/cgroup/init/cgroup.procs
else
    mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
    for controller in memory pids cpu; do
        mkdir /sys/fs/cgroup/$controller
        mount -t cgroup -o nosuid,nodev,noexec,$controller cgroup /sys/fs/cgroup/$controller
    done
fi

if grep -q apparmor_load /proc/cmdline; then
    mount -t securityfs securityfs /sys/kernel/security
    # As its own configuration has it, whose paths are those of an installed package.
    /vm/apparmor/sbin/apparmor_parser --config-file /dev/null --base /vm/apparmor/etc/apparmor.d --skip-cache \
        --policy-features /vm/apparmor/usr/share/apparmor-features/features --replace "$project/deploy/apparmor"
fi

mount -t 9p -o trans=virtio,version=9p2000.L,cache=none,msize=512000 out /vm/out
cd "$project" || $busybox poweroff -f
"$python" -m tests.vm.guest /vm/plan.json /vm/out
sync
$busybox poweroff -f
