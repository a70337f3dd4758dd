#!/bin/sh
# renderserver's policy gpu; made by `renderserver policy export bubblewrap`.
# Not expressed: the time namespace
# Not expressed: the cgroup (memory, processes, processor time): whoever starts it has to make one
# Not expressed: securebits noroot, noroot-locked, no-setuid-fixup, no-setuid-fixup-locked, keep-caps-locked, no-cap-ambient-raise, no-cap-ambient-raise-locked
# Not expressed: Landlock: the worker restricts itself
# Not expressed: /tmp holds at most 64 inodes
# Not expressed: every descriptor but the job's is closed: the worker does it itself
# Not expressed: rlimits CORE, MEMLOCK, MSGQUEUE, NOFILE, NPROC, FSIZE: whoever starts it has to set them
# Not expressed: the second, tighter filter: the worker stacks it itself, once it is warm
# Not expressed: mounts are nosuid; a tmpfs is not noexec, and bound folders are not nodev unless bound with --ro-bind
# Not expressed: device nodes are bound as they are: what it binds read-only it also binds nodev
# Not expressed: the BPF is of the architecture it was exported on
# Not expressed: --disable-userns is bubblewrap 0.8's, and needs a /proc/sys that can be written: not in most containers
exec bwrap \
    --unshare-user \
    --unshare-pid \
    --unshare-net \
    --unshare-ipc \
    --unshare-uts \
    --unshare-cgroup \
    --die-with-parent \
    --new-session \
    --clearenv \
    --as-pid-1 \
    --uid 65532 \
    --gid 65532 \
    --disable-userns \
    --cap-drop ALL \
    --setenv LANG C.UTF-8 \
    --hostname render \
    --ro-bind /usr /usr \
    --ro-bind /lib64 /lib64 \
    --ro-bind /srv/fonts /fonts \
    --size 4194304 \
    --tmpfs /tmp \
    --dev-bind /dev/null /dev/null \
    --dev-bind /dev/zero /dev/zero \
    --dev-bind /dev/urandom /dev/urandom \
    --ro-bind-try /etc/glvnd /etc/glvnd \
    --ro-bind-try /etc/OpenCL /etc/OpenCL \
    --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache \
    --ro-bind-try /etc/drirc /etc/drirc \
    --ro-bind-try /usr/share/drirc.d /usr/share/drirc.d \
    --ro-bind-try /usr/share/egl /usr/share/egl \
    --ro-bind-try /usr/share/glvnd /usr/share/glvnd \
    --ro-bind-try /usr/share/libdrm /usr/share/libdrm \
    --remount-ro / \
    --seccomp 9 \
    --chdir / \
    -- /usr/bin/worker --name 'with "quotes" and spaces' \
    9<"$(dirname -- "$0")/gpu.bpf"
