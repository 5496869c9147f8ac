"""seccomp: which system calls this process may still make, as a BPF program for the kernel.

Landlock decides about files; this decides about everything else: other processes, programs, the
network, and parts of the kernel that no notebook needs. It is a list of what is denied, each for a
reason, since numpy, matplotlib, threads and IPython make hundreds of different calls; calls of the
future and of other architectures are denied altogether. See seccomp(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Final

from .kernel import LINUX, prctl
from .syscalls import NEWEST, NUMBERS

# Calls that fail. The first group is of other processes; then programs, the network, memory that
# no limit counts or that outlives its process, administration, and the kernel's rarer corners.
DENIED: Final = """
    execve execveat fork vfork
    kcmp get_robust_list migrate_pages move_pages mbind perf_event_open pidfd_getfd pidfd_open
    pidfd_send_signal process_madvise process_mrelease process_vm_readv process_vm_writev ptrace
    rt_sigqueueinfo rt_tgsigqueueinfo tkill ioprio_set sched_setattr sched_setparam
    sched_setscheduler
    socket connect bind listen accept accept4
    memfd_create memfd_secret remap_file_pages mq_getsetattr mq_notify mq_open mq_timedreceive
    mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop shmat shmctl
    shmdt shmget
    acct adjtimex chroot clock_adjtime clock_settime create_module delete_module finit_module
    fsconfig fsmount fsopen fspick init_module ioperm iopl kexec_file_load kexec_load listmount
    listns lookup_dcookie mount mount_setattr move_mount nfsservctl open_tree open_tree_attr
    personality pivot_root quotactl quotactl_fd reboot sethostname setdomainname setns settimeofday
    statmount swapoff swapon syslog umount2 unshare uselib vhangup
    add_key bpf fanotify_init fanotify_mark file_setattr inotify_add_watch inotify_init
    inotify_init1 keyctl modify_ldt name_to_handle_at open_by_handle_at request_key truncate
    userfaultfd
""".split()  # noqa: SIM905
# Calls that do not exist here, so that libraries go another way: glibc makes threads by `clone`,
# whose flags a filter can see.
ABSENT: Final = """
    clone3 openat2 io_uring_enter io_uring_register io_uring_setup io_cancel io_destroy
    io_getevents io_setup io_submit
""".split()  # noqa: SIM905
# Calls that seem to work and do nothing. Copying a file ends with some of them: Landlock leaves
# permissions, owners and times of files alone, also of those that belong to others. And a worker
# stays on its own core, so that others have theirs.
PRETENDED: Final = """
    chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown futimesat utime utimensat utimes
    sync syncfs sched_setaffinity
""".split()  # noqa: SIM905
UNSUPPORTED: Final = """
    setxattr fsetxattr lsetxattr setxattrat removexattr fremovexattr lremovexattr removexattrat
""".split()  # noqa: SIM905

_GROUPS: Final = (
    (DENIED, errno.EPERM), (ABSENT, errno.ENOSYS), (PRETENDED, 0), (UNSUPPORTED, errno.ENOTSUP),
)  # fmt: skip

_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38

# BPF instructions: load a word, return, jump on a comparison with a constant; AND with one.
_LOAD, _RETURN, _AND = 0x20, 0x06, 0x54
_EQUAL, _ABOVE, _ANY_BIT = 0x15, 0x25, 0x45
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

_CLONE_THREAD: Final = 0x10000
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
_PRCTL_DENIED: Final = (1, 4, 62)  # PDEATHSIG, DUMPABLE, SCHED_CORE
_FCNTL_DENIED: Final = (8, 10, 15, 1024, 1026)  # SETOWN, SETSIG, SETOWN_EX, SETLEASE, NOTIFY
# TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX, FIONBIO
_IOCTL_ALLOWED: Final = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451, 0x5421)

_Instruction = bytes


def available() -> bool:
    """Whether filters can be used on this machine at all."""
    return LINUX and os.uname().machine in _MACHINES


def restrict() -> None:
    """Put the filter over this process and all its threads to come; `OSError` where it cannot."""
    program = build(os.uname().machine, os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(head, len(head)))


def build(machine: str, pid: int) -> bytes:
    """The filter's program for an architecture and for the process `pid`."""
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no system call filter is known for {machine}")
    column, architecture = _MACHINES[machine]
    program = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, architecture, 1, 0),
        _fail(errno.ENOSYS),
        _op(_LOAD, _NUMBER),
        _op(_ABOVE, NEWEST, 0, 1),
        _fail(errno.ENOSYS),
    ]
    blocks = _by_argument(pid)
    for names, error in _GROUPS:
        blocks |= {name: [_fail(error)] for name in names}
    for name, block in blocks.items():
        number = NUMBERS[name][column]
        if number is not None:
            program += [_op(_EQUAL, number, 0, len(block)), *block]
    program.append(_op(_RETURN, _ALLOW))
    return b"".join(program)


def _by_argument(pid: int) -> dict[str, list[_Instruction]]:
    """What to do about calls that only some arguments make harmful; each ends in a verdict."""
    denied, ok = _fail(errno.EPERM), _op(_RETURN, _ALLOW)
    own = [_argument(0), _op(_EQUAL, pid, 0, 1), ok]
    own_or_0 = [_argument(0), _op(_EQUAL, 0, 1, 0), _op(_EQUAL, pid, 0, 1), ok]
    # A file that is only read must not be cut to nothing by the way it is opened: Landlock knows
    # about that from ABI 3 on only.
    without_writing = (os.O_TRUNC | os.O_RDONLY, os.O_TRUNC | os.O_ACCMODE)
    cuts = [_op(_AND, os.O_TRUNC | os.O_ACCMODE), *_if_any(without_writing, denied), ok]
    return {
        "clone": [_argument(0), _op(_ANY_BIT, _CLONE_THREAD, 0, 1), ok, denied],
        "kill": [*own, denied],
        "tgkill": [*own, denied],
        "prlimit64": [*own_or_0, denied],
        "setpriority": [
            _argument(0), _op(_EQUAL, 0, 0, 3), _argument(1), _op(_EQUAL, 0, 0, 1), ok, denied,
        ],
        "socketpair": [  # asyncio wakes itself up by one
            _argument(0), _op(_EQUAL, _AF_UNIX, 0, 4), _argument(1), _op(_AND, _SOCK_TYPE_MASK),
            _op(_EQUAL, _SOCK_STREAM, 0, 1), ok, denied,
        ],
        "open": [_argument(1), *cuts],
        "openat": [_argument(2), *cuts],
        # Space can be reserved beyond a file's end, where the limit on its size does not count it.
        "fallocate": [_argument(1), _op(_EQUAL, 0, 0, 1), ok, _fail(errno.ENOTSUP)],
        "prctl": [_argument(0), *_if_any(_PRCTL_DENIED, denied), ok],
        "fcntl": [_argument(1), *_if_any(_FCNTL_DENIED, denied), ok],
        "ioctl": [_argument(1), *_if_any(_IOCTL_ALLOWED, ok), _fail(errno.ENOTTY)],
    }  # fmt: skip


def _if_any(values: tuple[int, ...], verdict: _Instruction) -> list[_Instruction]:
    return [part for value in values for part in (_op(_EQUAL, value, 0, 1), verdict)]


def _op(code: int, constant: int, if_true: int = 0, if_false: int = 0) -> _Instruction:
    return struct.pack("<HBBI", code, if_true, if_false, constant)


def _argument(position: int) -> _Instruction:
    # The lower half: all that is looked at is 32 bits wide for the kernel too.
    return _op(_LOAD, _ARGUMENTS + 8 * position)


def _fail(error: int) -> _Instruction:
    return _op(_RETURN, _ERRNO | error)
