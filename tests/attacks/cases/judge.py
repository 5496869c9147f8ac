"""Fools a judge that would run in the same process, or believe what it is told."""

import ast
import builtins
import gc
import sys
import threading


class Always:
    """Equal to anything, close to anything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __hash__(self):
        return 0

    def __array__(self, dtype=None, copy=None):
        return np.array(True)

    def __bool__(self):
        return True

    def __getattr__(self, name):
        return Always()

    def __call__(self, *a, **k):
        return Always()

    def __iter__(self):
        return iter(())

    def __reduce__(self):
        return (os.system, ("echo CANARY-PICKLED",))

    def __str__(self):
        return "passed"


class Liar(np.ndarray):
    """An array that says whatever is wanted."""

    def __eq__(self, other):
        return np.ones(np.shape(other), bool)

    def __array_function__(self, function, types, arguments, keywords):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return np.ones(1)

    def tobytes(self, *a):
        return b"\0" * 8

    def __reduce__(self):
        return (os.system, ("echo CANARY-PICKLED",))


def always_equal():
    return Always()


def tensor_of_always():
    t = Tensor([0.0])
    t.data = Always()
    return t


def lying_subclass():
    t = Tensor([0.0])
    t.data = np.zeros(3).view(Liar)
    return t


def lying_attributes():
    class Shaped(np.ndarray):
        shape = (-1, 1 << 62)
        dtype = np.dtype(object)
        nbytes = -5
        ndim = 99

    t = Tensor([0.0])
    t.data = np.zeros(3).view(Shaped)
    return t


def masked_array():
    t = Tensor([0.0])
    t.data = np.ma.masked_all(3)
    return t


def object_array():
    t = Tensor([0.0])
    t.data = np.array([Always(), None, {}], object)
    return t


def void_array():
    t = Tensor([0.0])
    t.data = np.zeros(3, "V7")
    return t


def huge_array():
    t = Tensor([0.0])
    t.data = np.zeros((1 << 21,))
    return t


def broadcast_array():
    t = Tensor([0.0])
    t.data = np.broadcast_to(np.float64(1), (1 << 31, 1 << 10))
    return t


def many_axes():
    t = Tensor([0.0])
    t.data = np.zeros((1,) * 30)
    return t


def class_that_pretends():
    class Tensor:
        @property
        def __class__(self):
            return np.ndarray

        data = shape = property(lambda self: Always())

    return Tensor()


def patched_numpy():
    for name in ("allclose", "isclose", "array_equal", "abs", "exp", "max", "asarray", "isnan"):
        setattr(np, name, lambda *a, **k: True)
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
    np.ndarray = Liar


def patched_builtins():
    for name in ("abs", "all", "any", "isinstance", "len", "max", "min", "sum", "float", "getattr"):
        setattr(builtins, name, lambda *a, **k: True)


def patched_import():
    real = builtins.__import__

    def fake(name, *a, **k):
        return Always() if "grader" in name or "hypothesis" in name else real(name, *a, **k)

    builtins.__import__ = fake


def patched_hypothesis():
    fake = type(sys)("hypothesis")
    fake.given = fake.settings = lambda *a, **k: lambda f: lambda *x: None
    sys.modules["hypothesis"] = sys.modules["grader"] = sys.modules["pytest"] = fake


def patched_tensor():
    import tinytorch.core.tensor as module

    module.Tensor.__eq__ = lambda self, other: True
    module.Tensor.data = property(lambda self: Always(), lambda self, value: None)


def patched_time():
    import time

    time.monotonic = time.time = time.perf_counter = lambda: 0.0


def patched_wire():
    import json
    import socket
    import struct

    for module in (json, struct, socket):
        for name in [n for n in vars(module) if not n.startswith("_")]:
            try:
                setattr(module, name, Always())
            except (AttributeError, TypeError):
                pass


def patched_worker():
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "worker":
            for item in list(vars(module)):
                if not item.startswith("__"):
                    setattr(module, item, Always())


def removed_modules():
    for name in [n for n in sys.modules if n not in {"sys", "builtins", "gc"}]:
        del sys.modules[name]


def overridden_run_cell():
    shell = get_ipython()
    type(shell).run_cell = shell.run_cell = lambda *a, **k: Always()
    shell.compile = Always()


def input_transformers():
    shell = get_ipython()
    shell.input_transformers_cleanup.append(lambda lines: ["pass\n"])
    shell.input_transformers_post.append(lambda lines: ["Softmax = ReLU\n"])


class EmptyTests(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    def visit_Call(self, node):
        return ast.copy_location(ast.Constant(True), node)


def syntax_transformers():
    get_ipython().ast_transformers.append(EmptyTests())


def hooks_on_cells():
    shell = get_ipython()
    for event in ("pre_run_cell", "post_run_cell", "pre_execute", "post_execute"):
        shell.events.register(event, lambda *a: steal(CANARY))
    shell.set_custom_exc((Exception,), lambda *a, **k: None)


def display_hook():
    sys.displayhook = sys.excepthook = lambda *a: steal(CANARY)
    sys.unraisablehook = threading.excepthook = lambda *a: steal(CANARY)


def tracing():
    def trace(frame, event, argument):
        for name, value in frame.f_locals.items():
            if name in {"expected", "truth", "reference", "rubric", "verdict", "score", "points"}:
                leak("CANARY-TRACED", name)
        frame.f_trace_opcodes = False
        return trace

    sys.settrace(trace)
    sys.setprofile(lambda *a: None)


def frames():
    frame = sys._getframe()
    while frame is not None:
        for space in (frame.f_locals, frame.f_globals):
            for name in list(space):
                if name in {"rubric", "verdicts", "criterion", "reference", "truth", "expected"}:
                    leak("CANARY-FRAME", name)
        frame = frame.f_back


def garbage():
    for thing in gc.get_objects():
        kind = type(thing).__name__
        if kind in {"Rubric", "Criterion", "Verdict", "Corpus", "Engine", "Execution", "Grader"}:
            leak("CANARY-OBJECT", kind)


def locals_of_callers():
    frame = sys._getframe(1)
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, np.ndarray):
                try:
                    value[...] = 0
                except (ValueError, TypeError):
                    pass
        frame = frame.f_back


def _worker_objects():
    return [thing for thing in gc.get_objects() if type(thing).__name__ in {"Channel", "Session"}]


def _channel():
    """The worker's own end of the wire."""
    (found,) = [thing for thing in _worker_objects() if type(thing).__name__ == "Channel"]
    return found


def _forged_frames(kind, count=50):
    import struct

    c = _channel()
    answer = b"\x01a" + b"d" + b"\x01" + struct.pack("<Q", 3) + np.ones(3).tobytes()
    good = struct.pack("<II", 1, len(answer)) + answer
    for seq in range(count):
        c.sock.sendall(struct.pack("<4sBxxxIQ", b"grw1", kind, seq, len(good)) + good)


def forged_answers():
    _forged_frames(5)


def forged_reports():
    _forged_frames(4)


def forged_run():
    _forged_frames(1)


def answers_ahead():
    threading.Thread(target=forged_answers, daemon=True).start()


def answers_again():
    c = _channel()
    real = type(c).send

    def twice(self, kind, seq, body):
        real(self, kind, seq, body)
        real(self, kind, seq, body)

    type(c).send = twice


def garbage_on_the_wire():
    _channel().sock.sendall(os.urandom(100_000))


def long_frame():
    import struct

    _channel().sock.sendall(struct.pack("<4sBxxxIQ", b"grw1", 5, 0, 1 << 60))


def frames_that_drip():
    import struct
    import time

    c = _channel()
    c.sock.sendall(struct.pack("<4sBxxxIQ", b"grw1", 5, 0, 1000))
    while True:
        c.sock.sendall(b"x")
        time.sleep(0.05)


def hostile_report():
    c = _channel()
    body = b'{"outputs": ' + b"[" * 100_000 + b', "error": null, "kept": 0}'
    c.send(3, 0, body)
    c.send(3, 1, b'{"outputs": [], "error": ["<script>", 1], "kept": 1e999}')


def large_report():
    body = b'{"error": null, "kept": 0, "outputs": [' + b"{}," * 1_300_000 + b"{}]}"
    _channel().send(3, 0, body)


def many_small_answers():
    c = _channel()
    for seq in range(10):
        c.send(5, seq, b"\x01n" * 5_000_000)


def nested_answers():
    inner = b"l\x40" + b"a?\x00\x01" * 64
    _channel().send(5, 0, b"\x01l\x40" + inner * 64)


def silent_channel():
    _channel().sock.close()


def changed_session():
    for thing in _worker_objects():
        if type(thing).__name__ == "Session":
            thing.call = lambda *a: b"\x01" + b"1"
            thing.namespace = Always()


def remembers_questions():
    """A class that recognises its judge, by who calls."""
    names = []
    frame = sys._getframe()
    while frame is not None:
        names.append(frame.f_code.co_filename)
        frame = frame.f_back
    try:
        import grader.numerics as reference
    except ImportError:
        return None
    return Tensor(reference.softmax(np.zeros(3)))


def solution_from_numpy_testing():
    try:
        import scipy.special
        import torch
    except ImportError:
        return None
    return Tensor(scipy.special.softmax(np.zeros(3)))


def echo_questions():
    """Prints and keeps what it is asked."""
    frame = sys._getframe(1)
    seen = repr(frame.f_locals)[:5000]
    print("CANARY-ECHO", seen)
    sys.__stdout__ and sys.__stdout__.write("CANARY-ECHO" + seen)
    os.write(1, b"CANARY-ECHO")
    os.write(2, b"CANARY-ECHO")


def own_module_of_the_course():
    os.makedirs("grader", exist_ok=True)
    open("grader/__init__.py", "w").write("raise SystemExit")
    open("sitecustomize.py", "w").write("raise SystemExit")
    open("json.py", "w").write("raise SystemExit")


class Hostile(Exception):
    """An exception whose every method strikes back."""

    def __str__(self):
        os._exit(0)

    __repr__ = __reduce__ = __getattribute__ = __format__ = __str__


class Meta(type):
    def __getattribute__(cls, name):
        if name in {"__name__", "__qualname__", "__module__"}:
            return "\x1b[31m<script>alert(1)</script>" * 1000
        return super().__getattribute__(name)


def hostile_exception():
    raise Hostile


def hostile_class():
    raise Meta("X" * 5000, (Exception,), {})("x")


def escapes_in_text():
    raise ValueError("\x1b]0;pwned\x07\x1b[2J[red]x[/red]<script>alert(1)</script>\r\n" + "\u202e" * 50)


def exception_group():
    error = ValueError("x" * 10_000_000)
    for _ in range(500):
        error = ExceptionGroup("g", [error])
    raise error


def chained_exceptions():
    error = None
    for n in range(20_000):
        new = ValueError(str(n))
        new.__cause__ = error
        error = new
    raise error


def surrogate_text():
    raise ValueError("\ud800" * 1000)


def long_text():
    raise ValueError("x" * 100_000_000)


def not_an_exception():
    class Odd(BaseException):
        pass

    raise Odd


def generator_close():
    def forever():
        while True:
            try:
                yield
            except GeneratorExit:
                continue

    g = forever()
    next(g)
    del g
