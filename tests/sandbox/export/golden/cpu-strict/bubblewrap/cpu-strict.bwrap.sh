#!/bin/sh
# renderserver's policy cpu-strict; made by `renderserver policy export bubblewrap`.
# Not expressed: securebits noroot, noroot-locked, no-setuid-fixup, no-setuid-fixup-locked, keep-caps-locked, no-cap-ambient-raise, no-cap-ambient-raise-locked
# Not expressed: every descriptor but the job's is closed: the worker does it itself
# Not expressed: rlimits CORE, NPROC, MEMLOCK, MSGQUEUE, NOFILE: whoever starts it has to set them
# Not expressed: mounts are nosuid; a tmpfs is not noexec, and bound folders are not nodev unless bound with --ro-bind
# Not expressed: device nodes are bound as they are: what it binds read-only it also binds nodev
# Not expressed: the BPF is of the architecture it was exported on
# Not expressed: --disable-userns is bubblewrap 0.8's, and needs a /proc/sys that can be written: not in most containers
exec bwrap \
    --die-with-parent \
    --new-session \
    --clearenv \
    --as-pid-1 \
    --cap-drop ALL \
    --setenv LANG C.UTF-8 \
    --ro-bind / / \
    --seccomp 9 \
    --chdir / \
    -- /usr/bin/worker --name 'with "quotes" and spaces' \
    9<"$(dirname -- "$0")/cpu-strict.bpf"
