"""Answers the tests of package pickle as CPython does. Runs on Python 2.7 and 3.x.

Requests and replies on stdin and stdout are one letter, a length in four bytes (big-endian), and that many bytes.
"""
import io
import pickle
import signal
import struct
import sys
import timeit

from compare import Comparer, Different
from generate import Generator
from kinds import fast_pickle


class Refused(Exception):
    pass


refusing = False  # whether pickles may load no class


def refuse(event, args):
    if refusing and event == "pickle.find_class":
        raise Refused()


def dumps(value, protocol):
    try:
        return fast_pickle.dumps(value, protocol)
    except TypeError:  # slots and the like need protocol 2
        return fast_pickle.dumps(value, max(2, protocol))


class Server(object):
    def __init__(self):
        self.value = self.pickled = None

    def generate(self, data):
        """A random value's pickle: seed, protocol, whether plain."""
        seed, protocol, plain = struct.unpack(">QBB", data)
        self.value = Generator(seed, plain).value()
        self.pickled = dumps(self.value, protocol)
        return self.pickled

    def compare(self, data):
        """Whether a pickle is equal to the value generated last, or to what Python itself makes of that one's pickle."""
        value = pickle.loads(data)
        try:
            comparer = Comparer()
            comparer.same(self.value, value)
        except Different:
            comparer = Comparer()
            comparer.same(pickle.loads(self.pickled), value)
        return ("%d" % (len(comparer.alive) // 2)).encode()

    def rewrite(self, data):
        """Loads a pickle and dumps it at the protocol in the first byte."""
        return dumps(pickle.loads(data[1:]), bytearray(data)[0])

    def accepts(self, data):
        """Loads what runs no code, and shows it."""
        global refusing
        refusing = True
        signal.alarm(1)  # which ends us: C code does not look at signals
        try:
            value = pickle.loads(data)
            return repr(value).encode("utf-8", "backslashreplace")
        finally:
            refusing = False
            signal.alarm(0)

    def repr(self, data):
        return repr(self.value).encode("utf-8", "backslashreplace")

    def dis(self, data):
        import pickletools
        out = io.StringIO()
        error = ""
        try:
            pickletools.dis(data, out)
        except Exception as e:
            error = "\0" + type(e).__name__
        return (out.getvalue() + error).encode("utf-8", "surrogatepass")

    def time(self, data):
        """Nanoseconds that loads and dumps of a pickle take."""
        protocol = 2 if bytearray(data)[1] < 3 else bytearray(data)[1]
        value = fast_pickle.loads(data)
        best = []
        for call in (lambda: fast_pickle.loads(data), lambda: fast_pickle.dumps(value, protocol)):
            n = 1 + int(0.02 / max(min(timeit.repeat(call, number=10, repeat=3)) / 10, 1e-7))
            best.append(min(timeit.repeat(call, number=n, repeat=5)) / n * 1e9)
        return ("%f %f" % tuple(best)).encode()

    def serve(self):
        source, sink = getattr(sys.stdin, "buffer", sys.stdin), getattr(sys.stdout, "buffer", sys.stdout)
        commands = {b"G": self.generate, b"C": self.compare, b"R": self.rewrite, b"A": self.accepts, b"P": self.repr,
                    b"D": self.dis, b"T": self.time}
        while True:
            header = source.read(5)
            if len(header) < 5:
                return
            data = source.read(struct.unpack(">I", header[1:])[0])
            try:
                reply, letter = commands[header[:1]](data), b"+"
            except Exception as e:
                reply, letter = ("%s: %s" % (type(e).__name__, e)).encode("utf-8", "replace"), b"-"
            sink.write(letter + struct.pack(">I", len(reply)) + reply)
            sink.flush()


if __name__ == "__main__":
    sys.setrecursionlimit(3000)
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(refuse)
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
    except (ImportError, ValueError):
        pass
    Server().serve()
