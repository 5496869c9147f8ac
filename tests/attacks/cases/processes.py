"""Starts, signals and reads other processes."""

import signal
import subprocess
import threading
import time


def _marked():
    """What a child does: it is seen by its name, and stays."""
    os.setsid()
    open("/proc/self/comm", "w").write("gr-attack")
    time.sleep(600)
    os._exit(0)


def fork_child():
    if os.fork() == 0:
        _marked()


def double_fork():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            _marked()
        os._exit(0)


def fork_bomb():
    for _ in range(2000):
        if os.fork() == 0:
            _marked()


def child_answers_for_parent():
    if os.fork() != 0:
        os._exit(0)


def raw_forks():
    each(
        lambda: raw(57) == 0 and _marked(),
        lambda: raw(58) == 0 and os._exit(0),
        lambda: raw(56, 17, 0, 0, 0, 0) == 0 and _marked(),
    )


def clone3():
    import ctypes

    arguments = (ctypes.c_uint64 * 11)()
    arguments[4] = 17
    if raw(435, arguments, 88) == 0:
        _marked()


def multiprocess():
    import multiprocessing

    for method in ("fork", "spawn", "forkserver"):
        try:
            multiprocessing.get_context(method).Process(target=_marked).start()
        except OSError:
            pass


def daemon_by_subprocess():
    each(
        lambda: subprocess.Popen(["/bin/sleep", "600"], start_new_session=True),
        lambda: os.posix_spawn("/bin/sleep", ["gr-attack", "600"], {}),
        lambda: os.popen("sleep 600 &"),
    )
    os.system("sleep 600 &")


def execute():
    each(
        lambda: os.execv("/bin/sleep", ["gr-attack", "600"]),
        lambda: os.execve(os.open("/bin/sleep", os.O_RDONLY), ["gr-attack", "600"], {}),
    )


def execute_own_program():
    with open("program", "w") as f:
        f.write("#!/bin/sh\nsleep 600\n")
    os.chmod("program", 0o700)
    os.execv("./program", ["gr-attack"])


def execute_from_memory():
    import ctypes

    handle = raw(319, ctypes.c_char_p(b"x"), 0)
    os.write(handle, open("/bin/sleep", "rb").read())
    os.execve(handle, ["gr-attack", "600"], {})


def execute_by_loader():
    os.execv("/lib64/ld-linux-x86-64.so.2", ["gr-attack", "/bin/sleep", "600"])


def kill_parent():
    each(
        lambda: os.kill(os.getppid(), signal.SIGKILL),
        lambda: os.kill(os.getppid(), signal.SIGSTOP),
        lambda: raw(200, os.getppid(), signal.SIGKILL),
        lambda: raw(234, os.getppid(), os.getppid(), signal.SIGKILL),
    )


def kill_grader():
    each(lambda: os.kill(GRADER, signal.SIGKILL), lambda: os.kill(GRADER, signal.SIGSTOP))


def kill_everyone():
    each(
        lambda: os.kill(-1, signal.SIGKILL),
        lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGKILL),
        lambda: os.killpg(os.getpgid(GRADER), signal.SIGKILL),
        lambda: os.kill(0, signal.SIGKILL),
        lambda: os.kill(1, signal.SIGKILL),
    )


def kill_by_queue():
    import ctypes

    info = (ctypes.c_int * 32)(9, 0, -1)
    each(
        lambda: raw(129, os.getppid(), 9, info),
        lambda: raw(297, os.getppid(), os.getppid(), 9, info),
        lambda: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9),
    )


def signal_by_descriptor():
    import fcntl

    reader, writer = os.pipe()
    each(
        lambda: fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid()),
        lambda: fcntl.fcntl(reader, 10, signal.SIGKILL),
    )
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writer, b"x")


def trace_parent():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (os.getppid(), GRADER):
        for request in (16, 0x4206):
            if libc.ptrace(request, pid, None, None) == 0:
                leak("CANARY-TRACED")


def read_parent_by_syscall():
    import ctypes

    mine = ctypes.create_string_buffer(64)
    text = ctypes.c_char_p(b"something that the parent has too")
    address = ctypes.cast(text, ctypes.c_void_p).value
    here = (ctypes.c_size_t * 2)(ctypes.addressof(mine), 8)
    there = (ctypes.c_size_t * 2)(address, 8)
    raw(310, os.getppid(), here, 1, there, 1, 0)
    leak("CANARY-READ")


def take_descriptors():
    for pid in (os.getppid(), GRADER):
        handle = os.pidfd_open(pid)
        for number in range(20):
            raw(438, handle, number, 0)
            leak("CANARY-TAKEN")


def slow_down_others():
    each(
        lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
        lambda: os.setpriority(os.PRIO_USER, 0, 19),
        lambda: os.sched_setaffinity(os.getppid(), {0}),
        lambda: __import__("resource").prlimit(os.getppid(), 7, (3, 3)),
    )


def raise_own_limits():
    import resource

    for limit in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (OSError, ValueError):
            continue
        leak("CANARY-RAISED")


def outlive_the_parent():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(1, 0, 0, 0, 0) == 0 or libc.prctl(4, 1, 0, 0, 0) == 0:
        leak("CANARY-OUTLIVED")


def become_root():
    for call in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.seteuid(65533)):
        try:
            call()
        except OSError:
            pass
    try:
        open("/etc/canary-made", "w")
    finally:
        steal(CANARY)


def odd_corners():
    each(*(
        lambda number=number: raw(number, 0, 0, 0, 0, 0) >= 0 and leak("CANARY-CORNER", number)
        for number in (425, 321, 323, 250, 248, 298, 272, 155, 165, 246, 320, 175, 313, 169, 300, 101)
    ))


def other_architectures():
    """x32 numbers, and the 32-bit gate."""
    import ctypes
    import mmap

    for number in (0x40000000 + 57, 0x40000000 + 39):
        try:
            if raw(number) == 0:
                _marked()
        except OSError:
            pass
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")  # mov eax, 2 (fork); int 0x80; ret
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    if function() == 0:
        _marked()


def thread_bomb():
    threading.stack_size(64 << 10)
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def thread_that_goes_on():
    def work():
        while True:
            try:
                open(CANARY).read()
            except OSError:
                time.sleep(0.01)

    threading.Thread(target=work, daemon=True).start()


def swallow_signals():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass


def at_exit():
    import atexit

    atexit.register(lambda: steal(CANARY))
    os.register_at_fork(before=lambda: None)


def shared_memory():
    each(
        lambda: raw(29, 0x6772, 1 << 20, 0o1777),
        lambda: raw(68, 0x6772, 0o1777),
        lambda: raw(64, 0x6772, 1, 0o1777),
        lambda: raw(240, __import__("ctypes").c_char_p(b"gr-attack"), 0o102, 0o777, 0),
    )


def posix_semaphore():
    import multiprocessing

    multiprocessing.Lock()


def io_uring():
    import ctypes

    raw(425, 8, (ctypes.c_uint32 * 30)())
    leak("CANARY-URING")


def key_rings():
    raw(248, __import__("ctypes").c_char_p(b"user"), __import__("ctypes").c_char_p(b"gr"), 0, 0, -3)


def sockets_of_all_kinds():
    for family in range(45):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind)
            except OSError:
                continue
            leak("CANARY-SOCKET", family, kind)


def send_without_connecting():
    a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    a.sendto(b"CANARY-SENT", UNIX)


def serve():
    s = socket.socketpair()[0]
    each(lambda: s.bind("canary-made"), lambda: s.listen(1), lambda: socket.create_server(("", 0)))


def fetch():
    import urllib.request

    urllib.request.urlopen(f"http://127.0.0.1:{TCP}/", timeout=0.5)


def reach_everybody():
    leak("hello")
