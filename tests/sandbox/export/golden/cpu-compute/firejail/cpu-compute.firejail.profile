# renderserver's policy cpu-compute; made by `renderserver policy export firejail`.
# Not expressed: arguments of system calls: a call is allowed with all of them, or not at all
# Not expressed: calls that are answered with an errno: they are killed here (see the list)
# Not expressed: securebits noroot, noroot-locked, no-setuid-fixup, no-setuid-fixup-locked, keep-caps-locked, no-cap-ambient-raise, no-cap-ambient-raise-locked
# Not expressed: every descriptor but the job's is closed: the worker does it itself
# Not expressed: rlimits CORE, MEMLOCK, MSGQUEUE: whoever starts it has to set them
# Not expressed: a cgroup namespace
# Not expressed: a user id map of one id: `noroot` keeps the user's own ids and maps no other
# Not expressed: a limit of firejail that is 0 is not set at all
# Answered natively, killed here: none
quiet
caps.drop all
nonewprivs
seccomp.block-secondary
seccomp-error-action kill
seccomp.keep brk,clock_gettime,exit,exit_group,futex,madvise,mmap,mprotect,mremap,munmap,read,rt_sigreturn,write
memory-deny-write-execute
rlimit-nofile 64
env LANG=C.UTF-8
