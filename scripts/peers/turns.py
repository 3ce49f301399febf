"""Commands that take turns, and the table of what each took."""
import os
import statistics
import subprocess
import sys
import time
from collections import namedtuple

# seconds or milliseconds, those of the processors, peak MB
Took = namedtuple("Took", "wall busy peak")


class Run:
    """A command that was run: output, seconds, processor seconds, peak MB;
    `fine` says whether it succeeded, which it must unless it `may_fail`."""

    def __init__(self, command, env, may_fail=False):
        began = time.monotonic()
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        self.output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.took = Took(time.monotonic() - began,
                         usage.ru_utime + usage.ru_stime,
                         usage.ru_maxrss / 1024)
        self.fine = process.returncode in (0, 3)
        if not self.fine and not may_fail:
            sys.exit(f"bench: {' '.join(command)} failed")


class Resident:
    """A command that loads once, and runs for a while whenever it is told to:
    by a line, which it answers with milliseconds an image, those of the
    processors, and how many images it takes at a time. Turns of different
    commands can so be short, and a machine that is fast and slow by minutes is
    the same for all of them."""

    def __init__(self, command, env):
        self.command = " ".join(command)
        self.process = subprocess.Popen(command, env=env, text=True,
                                        stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def turn(self):
        """Wall and processor time an image, and the batch."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            sys.exit(f"bench: {self.command} failed")
        return float(answer[0]), float(answer[1]), answer[2]

    def close(self):
        """Peak MB."""
        self.process.stdin.close()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        return usage.ru_maxrss / 1024


def spread(values, digits):
    """The median, and lowest to highest."""
    low, middle, high = (f"{v:.{digits}f}" for v in (
        min(values), statistics.median(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({low} to {high})"


def ratio(runs, peers, at):
    """How many times as long the best peer takes."""
    def middle(turns):
        return statistics.median(t[at] for t in turns)
    return f"{min(middle(p) for p in peers) / middle(runs):.2f}"


def take(rounds, whos, measure):
    """who -> its turns, in rounds over all."""
    rows = {who: [] for who in whos}
    for _ in range(rounds):
        for who in whos:
            rows[who].append(measure(who))
    return rows


def table(title, head, rows, peers, batches, unit="ms"):
    """rows: who -> its turns; head: a line that says what they ran on."""
    print(f"\n{title}\n\n{head}\n")
    print(f"| | batch | {unit} | {unit} of processors | peak MB | faster than "
          "the best peer | by processors |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    others = [rows[p] for p in peers]
    for who, turns in rows.items():
        wall, busy, peak = zip(*turns)
        own = who not in peers
        print(f"| {who} | {batches[who]} | {spread(wall, 2)} | "
              f"{spread(busy, 2)} | {statistics.median(peak):.0f} | "
              f"{ratio(turns, others, 0) if own else ''} | "
              f"{ratio(turns, others, 1) if own else ''} |", flush=True)
