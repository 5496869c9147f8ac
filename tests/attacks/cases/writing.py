"""Changes what is not its own."""

import shutil


def write_canary():
    open(CANARY, "w").write("pwned")


def append_to_canary():
    open(CANARY, "a").write("pwned")


def truncate_canary():
    each(
        lambda: os.truncate(CANARY, 0),
        lambda: os.open(CANARY, os.O_RDONLY | os.O_TRUNC),
        lambda: os.open(CANARY, os.O_ACCMODE | os.O_TRUNC),
        lambda: os.open(CANARY, os.O_WRONLY | os.O_TRUNC),
        lambda: raw(76, __import__("ctypes").c_char_p(CANARY.encode()), 0),
    )


def delete_canary():
    each(lambda: os.unlink(CANARY), lambda: shutil.rmtree(FOLDER), lambda: os.rmdir(FOLDER))


def rename_canary():
    each(
        lambda: os.rename(CANARY, CANARY + ".gone"),
        lambda: os.rename(FOLDER, FOLDER + ".gone"),
        lambda: os.replace("mine", CANARY),
    )


def replace_canary():
    open("mine", "w").write("pwned")
    each(lambda: os.replace("mine", CANARY), lambda: os.link("mine", CANARY + ".new"))


def chmod_canary():
    for path in (CANARY, FOLDER):
        os.chmod(path, 0o777)
        os.utime(path, (0, 0))
        try:
            os.chown(path, 12345, 12345)
        except OSError:
            pass
    handle = os.open(CANARY, os.O_PATH)
    os.chmod(f"/proc/self/fd/{handle}", 0o777)


def chmod_libraries():
    handle = os.open(np.__file__, os.O_RDONLY)
    before = os.fstat(handle).st_mode
    os.fchmod(handle, 0o600)
    os.chmod(np.__file__, 0o600)
    if os.fstat(handle).st_mode != before:
        leak("CANARY-CHANGED")


def change_attributes():
    each(
        lambda: os.setxattr(CANARY, "user.x", b"pwned"),
        lambda: raw(469, -100, __import__("ctypes").c_char_p(CANARY.encode()), 0, 0, 0),
    )


def make_files_outside():
    def make(folder):
        with open(os.path.join(folder, "canary-made"), "w") as f:
            f.write("pwned")

    home = os.path.expanduser("~root")
    folders = (FOLDER, "/tmp", "/var/tmp", "/dev/shm", "/", home, "..", "../..", "/etc", "/run")
    each(*(lambda f=f: make(f) for f in folders))


def make_folders_outside():
    each(*(lambda f=f: os.mkdir(os.path.join(f, "canary-made")) for f in (FOLDER, "/tmp", "..", "/")))


def make_links_outside():
    each(*(lambda f=f: os.symlink("/", os.path.join(f, "canary-made")) for f in (FOLDER, "/tmp", "..")))


def make_devices():
    each(
        lambda: os.mknod("disk", 0o60600, os.makedev(8, 0)),
        lambda: os.mknod("memory", 0o20600, os.makedev(1, 1)),
        lambda: os.mkfifo(os.path.join(FOLDER, "canary-made")),
    )


def poison_libraries():
    folder = os.path.dirname(os.path.dirname(np.__file__))
    each(
        lambda: open(os.path.join(folder, "canary-made.pth"), "w"),
        lambda: open(os.path.join(folder, "sitecustomize.py"), "w"),
        lambda: open(np.__file__, "a"),
        lambda: open(os.path.join(folder, "numpy", "__pycache__", "canary-made"), "w"),
        lambda: os.open(np.__file__, os.O_RDONLY | os.O_TRUNC),
    )


def poison_the_next():
    import IPython.paths
    import matplotlib

    each(
        lambda: open(os.path.join(matplotlib.get_cachedir(), "fontlist.json"), "w"),
        lambda: open(os.path.join(IPython.paths.get_ipython_dir(), "canary"), "w"),
        lambda: open("../sitecustomize.py", "w"),
        lambda: os.makedirs("../ipython/profile_default/startup/x"),
    )


def change_the_course():
    course = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(RUBRIC))))
    each(
        lambda: open(os.path.join(course, "canary-made"), "w"),
        lambda: open(os.path.join(course, "release", "canary-made"), "w"),
        lambda: open(RUBRIC, "a").write("\n"),
    )


def change_shipped_files():
    import tinytorch.core.tensor as shipped

    open(shipped.__file__, "w").write("class Tensor:\n    def __eq__(self, other): return True\n")


def write_to_own_proc():
    each(
        lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
        lambda: open("/proc/self/mem", "wb"),
        lambda: open("/proc/sys/kernel/core_pattern", "w").write("|/bin/sh"),
        lambda: open("/proc/sysrq-trigger", "w").write("b"),
        lambda: open("/sys/power/state", "w").write("mem"),
    )


def mount_things():
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    for call in (
        lambda: libc.unshare(0x10000000),
        lambda: libc.unshare(0x00020000),
        lambda: libc.mount(b"none", b".", b"tmpfs", 0, None),
        lambda: libc.umount2(b"/", 2),
        lambda: libc.chroot(b"."),
        lambda: libc.pivot_root(b".", b"."),
        lambda: libc.swapon(b"x", 0),
        lambda: libc.sethostname(b"pwned", 5),
        lambda: libc.setns(0, 0),
    ):
        if call() == 0:
            leak("CANARY-MOUNTED")
