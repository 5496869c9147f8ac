"""Uses more than it may."""

import threading
import time


def heap():
    hog = []
    while True:
        hog.append(bytearray(64 << 20))


def touched_heap():
    return [np.ones(1 << 24) for _ in range(1000)]


def swallowed_memory_errors():
    hog = []
    for _ in range(3000):
        try:
            hog.append(np.ones(1 << 20))
        except MemoryError:
            pass


def shared_mmap():
    import mmap

    hog = [mmap.mmap(-1, 256 << 20) for _ in range(100)]
    for m in hog:
        m.write(bytes(256 << 20))


def memfd():
    import ctypes

    handle = raw(319, ctypes.c_char_p(b"x"), 0)
    while True:
        os.write(handle, bytes(1 << 20))


def one_large_file():
    with open("large", "wb") as f:
        while True:
            f.write(bytes(1 << 20))


def many_large_files():
    for n in range(10_000):
        try:
            with open(f"large{n}", "wb") as f:
                f.write(bytes(8 << 20))
        except OSError:
            pass


def many_small_files():
    for n in range(30_000):
        open(f"small{n}", "w").close()


def deep_folders():
    for n in range(3000):
        os.mkdir("d")
        os.chdir("d")
    open("at-the-end", "w").write("x")


def locked_folders():
    os.mkdir("locked", 0o300)
    os.mkdir("locked/in")
    open("locked/in/file", "w").write("x")
    os.mkdir("closed", 0)


def odd_names():
    for name in (b"\xff\xfe", b"a\nb", b"-rf", b"\x1b[31m", b"x" * 255, b" ", b"'\"<script>"):
        os.mkdir(name)
        open(os.path.join(name, name), "wb").write(b"x")


def sparse_file():
    with open("sparse", "wb") as f:
        f.truncate(30 << 20)


def huge_sparse_file():
    with open("sparse", "wb") as f:
        f.truncate(1 << 50)


def reserved_space():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    with open("reserved", "wb") as f:
        os.unlink("reserved")
        for mode in (1, 0, 3):
            if libc.fallocate(f.fileno(), mode, ctypes.c_long(0), ctypes.c_long(1 << 30)) == 0:
                LOOT.append("CANARY-RESERVED")


def unlinked_files():
    kept = []
    for n in range(60):
        f = open(f"u{n}", "wb")
        os.unlink(f"u{n}")
        f.write(bytes(1 << 20))
        kept.append(f)


def links_in_scratch():
    os.symlink(FOLDER, "folder")
    os.symlink("/", "root")
    os.symlink("loop", "loop")
    os.symlink("/proc/self/fd/0", "fd")
    os.mkfifo("fifo")


def descriptors():
    kept = []
    while True:
        kept.append(os.open("/dev/null", os.O_RDONLY))


def descriptors_kept():
    try:
        descriptors.kept = []
        while True:
            descriptors.kept.append(os.dup(0))
    except OSError:
        pass


def pipes():
    kept = []
    while True:
        reader, writer = os.pipe()
        kept += [reader, writer]
        os.set_blocking(writer, False)
        try:
            os.write(writer, bytes(1 << 20))
        except OSError:
            pass


def output_flood():
    for _ in range(20_000):
        print("x" * 1000)
        sys_out = __import__("sys").stderr
        sys_out.write("y" * 1000)


def output_of_many_parts():
    import sys

    for _ in range(100_000):
        sys.stdout.write("a")
        sys.stderr.write("b")


def control_characters():
    print("\0" * 3_000_000)


def display_flood():
    from IPython.display import display

    for _ in range(3000):
        display({"text/html": "x" * 100_000}, raw=True)


def nested_display():
    from IPython.display import display

    nest = []
    for _ in range(100_000):
        nest = [nest]
    display({"application/json": nest, "text/plain": nest}, raw=True)


def python_loop():
    while True:
        pass


def c_loop():
    sum(range(1 << 62))


def loop_that_swallows():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass


def regular_expression():
    import re

    re.match(r"(a+)+$", "a" * 60 + "b")


def busy_threads():
    def work():
        while True:
            pass

    for _ in range(50):
        threading.Thread(target=work, daemon=True).start()


def recursion():
    return recursion()


def deep_recursion():
    import sys

    sys.setrecursionlimit(10**9)
    return recursion()


def deep_repr():
    x = []
    for _ in range(100_000):
        x = [x]
    return repr(x)


def system_exit():
    raise SystemExit(0)


def hard_exit():
    os._exit(0)


def abort():
    os.abort()


def segfault():
    import ctypes

    ctypes.string_at(0)


def stack_overflow_in_c():
    exec("(" * 90 + "1" + ")" * 90)
    import ctypes

    ctypes.memset(ctypes.c_char_p(b"x"), 0, 1 << 30)


def keyboard_interrupt():
    raise KeyboardInterrupt


def alarm():
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, 0.02)


def close_everything():
    os.closerange(0, 4096)


def garbage_on_exit():
    class Late:
        def __del__(self):
            open(CANARY).read()

    globals()["late"] = Late()
