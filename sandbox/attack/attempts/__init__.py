"""What is tried, by probe number and variant. ``ATTEMPTS``: by ``number/variant``, as a job's header names them."""

from __future__ import annotations

import socket
from typing import Final

from sandbox.attack.attempts import files, greed, machine, power, processes, sockets
from sandbox.attack.probe import Attempt

_NEWNS, _NEWUTS, _NEWIPC, _NEWPID, _NEWNET = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000

VARIANTS: Final[dict[int, dict[str, Attempt]]] = {
    1: {"canary": files.read_canary, "shadow": files.read_shadow},
    2: {"symlink": files.through_a_link},
    3: {"dots": files.climb},
    4: {
        "fonts": files.make_in("/fonts"),
        "images": files.make_in("/images"),
        "usr": files.make_in("/usr"),
        "root": files.make_in(""),
        "existing-font": files.overwrite,
    },
    5: {"remount": files.remount},
    6: {"umount": files.unmount},
    7: {
        "mount": files.mount,
        "fsopen": files.fsopen,
        "open_tree": files.open_tree,
        "move_mount": files.move_mount,
        "mount_setattr": files.mount_setattr,
    },
    8: {"pivot_root": files.pivot_root, "chroot": files.chroot},
    9: {"handle": files.open_by_handle},
    10: {"mknod": files.make_device},
    11: {"list": files.list_devices},
    13: {
        "kill": processes.terminate,
        "tgkill": processes.signal_by_thread,
        "ptrace": processes.trace,
        "process_vm_readv": processes.peek,
        "process_vm_writev": processes.poke,
        "pidfd_getfd": processes.steal_descriptor,
    },
    15: {
        "core_pattern": files.open_for_writing("/proc/sys/kernel/core_pattern"),
        "sysrq": files.open_for_writing("/proc/sysrq-trigger"),
        "release_agent": files.open_for_writing("/sys/fs/cgroup/memory/release_agent"),
    },
    16: {"environ": files.read_environment, "root": files.read_root},
    18: {"setresuid": power.become_root, "setresgid": power.become_root_group},
    19: {"capset": power.raise_capabilities},
    21: {
        "unshare-user": processes.unshare(processes.CLONE_NEWUSER),
        "unshare-mount": processes.unshare(_NEWNS),
        "unshare-net": processes.unshare(_NEWNET),
        "unshare-pid": processes.unshare(_NEWPID),
        "unshare-ipc-uts": processes.unshare(_NEWIPC | _NEWUTS),
        "clone": processes.clone,
        "clone3": processes.clone3,
    },
    22: {"setns": processes.set_namespace},
    23: {"listener": power.listen_to_filter},
    24: {"personality": power.personality},
    25: {
        "execve": processes.execute,
        "execveat": processes.execute_descriptor,
        "memfd": processes.execute_memory,
    },
    26: {
        "map-write-execute": machine.write_and_execute,
        "protect-write-execute": machine.turn_writable_executable,
        "pkey-write-execute": machine.turn_executable_with_key,
        "protect-execute": machine.turn_executable,
    },
    27: {"int-0x80": machine.int_0x80, "x32": machine.x32},
    28: {"tcp": sockets.tcp, "udp": sockets.udp},
    29: {"connect": sockets.abstract},
    31: {
        "netlink": sockets.make(socket.AF_NETLINK, socket.SOCK_RAW),
        "packet": sockets.make(socket.AF_PACKET, socket.SOCK_RAW),
        "vsock": sockets.make(socket.AF_VSOCK, socket.SOCK_STREAM),
        "alg": sockets.make(socket.AF_ALG, socket.SOCK_SEQPACKET),
        "socketpair": sockets.pair,
    },
    32: {
        "raw": sockets.make(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        "listen": sockets.listen,
        "listen-abstract": sockets.listen_abstract,
    },
    33: {"io_uring_setup": machine.io_uring},
    34: {"map": machine.bpf_map, "object": machine.bpf_object},
    35: {"perf_event_open": machine.perf},
    36: {"userfaultfd": machine.userfaultfd},
    37: {"keyctl": machine.keyctl, "add_key": machine.add_key},
    38: {
        "init_module": machine.load_module,
        "finit_module": machine.load_module_file,
        "kexec_load": machine.load_kernel,
        "reboot": machine.reboot,
        "swapon": machine.swap_on,
    },
    39: {
        "syslog": machine.read_kernel_log,
        "settimeofday": machine.set_clock,
        "sethostname": machine.set_hostname,
        "setdomainname": machine.set_domain,
        "acct": machine.account,
    },
    40: {"modify_ldt": machine.segment, "iopl": machine.ports, "iopl-0": machine.ports_none},
    41: {"tiocsti": machine.type_for_others, "tioclinux": machine.paste_for_others},
    42: {"shm": machine.shared_memory, "mqueue": machine.message_queue},
    43: {"fork-bomb": processes.bomb},
    47: {"fill-tmp": files.fill_tmp, "ftruncate": files.cut_huge},
    48: {"fcntl": files.flood_descriptors, "dup": files.duplicate},
}
"""The probes that are one attempt in one worker. The others are in :mod:`sandbox.attack.scenarios`."""

_PARTS: Final[dict[str, Attempt]] = {
    "12/loot": files.loot,
    "44/hoard": greed.hoard,
    "45/spin": greed.spin,
    "46/read": greed.wait_for_input,
    "47/huge-file": files.write_on,
    "49/flood": files.write_on,
    "50/crash": greed.crash,
}

ATTEMPTS: Final[dict[str, Attempt]] = {
    f"{number}/{name}": attempt for number, variants in VARIANTS.items() for name, attempt in variants.items()
} | _PARTS
