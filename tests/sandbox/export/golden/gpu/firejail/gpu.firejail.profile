# renderserver's policy gpu; made by `renderserver policy export firejail`.
# Not expressed: arguments of system calls: a call is allowed with all of them, or not at all
# Not expressed: calls that are answered with an errno: they are killed here (see the list)
# Not expressed: the time namespace
# Not expressed: no user namespace inside its own: the filter alone keeps it from that
# Not expressed: the cgroup (memory, processes, processor time): whoever starts it has to make one
# Not expressed: securebits noroot, noroot-locked, no-setuid-fixup, no-setuid-fixup-locked, keep-caps-locked, no-cap-ambient-raise, no-cap-ambient-raise-locked
# Not expressed: Landlock: the worker restricts itself
# Not expressed: the mount tree
# Not expressed: /tmp holds at most 64 inodes
# Not expressed: every descriptor but the job's is closed: the worker does it itself
# Not expressed: rlimits CORE, MEMLOCK, MSGQUEUE: whoever starts it has to set them
# Not expressed: the second, tighter filter: the worker stacks it itself, once it is warm
# Not expressed: a cgroup namespace
# Not expressed: a user id map of one id: `noroot` keeps the user's own ids and maps no other
# Not expressed: a limit of firejail that is 0 is not set at all
# Not expressed: what else lies in /srv: firejail hides a folder as a whole, or shows it, read-only
# Answered natively, killed here: clone3, get_mempolicy, ioctl, mbind, memfd_create, mkdir, mkdirat, rename, sched_setaffinity, sched_setscheduler, set_mempolicy, setpriority, socket, socketpair, unlink, unlinkat
quiet
caps.drop all
nonewprivs
seccomp.block-secondary
seccomp-error-action kill
seccomp.keep access,brk,clock_gettime,clock_nanosleep,clone,close,exit,exit_group,faccessat,fcntl,fstat,futex,getdents64,getegid,geteuid,getgid,getpid,getrandom,getsockname,getsockopt,gettid,getuid,lseek,madvise,mmap,mprotect,mremap,munmap,newfstatat,openat,prctl,pread64,prlimit64,read,readlink,readlinkat,recvmsg,rseq,rt_sigaction,rt_sigprocmask,rt_sigreturn,sched_getaffinity,sched_yield,seccomp,sendto,set_robust_list,statx,sysinfo,tgkill,uname,write
noroot
net none
ipc-namespace
hostname render
rlimit-nofile 128
rlimit-nproc 64
rlimit-fsize 1073741824
env LANG=C.UTF-8
nodvd
nogroups
noinput
noprinters
nosound
notv
nou2f
novideo
dbus-user none
dbus-system none
x11 none
private-dev
private-tmp
noexec /tmp
no3d
private-etc glvnd,OpenCL,ld.so.cache,drirc
disable-mnt
blacklist /boot
blacklist /home
blacklist /opt
blacklist /root
blacklist /sys
blacklist /var
blacklist /media
blacklist /mnt
blacklist /run/media
blacklist /run/mount
read-only /
read-only /srv
read-write /tmp
