#!/usr/bin/env python3
"""Runs programs on CPython's asyncio, on a virtual clock.

    peer.py < PROGRAMS > LOGS

Reads programs, each ended by a line "end", and prints what each does, in the
words of the model, up to the line "teardown"; then, sorted, the reports of lost
tasks and futures, and "end". Four things are done as in the workbook; README.md
says why.
"""

import asyncio
import gc
import heapq
import os
import selectors
import sys
import warnings

FUEL = 300
SLOTS = 4
PIPES = [os.pipe() for _ in range(3)]
PIPES.sort()
for read_end, write_end in PIPES:
    os.set_blocking(read_end, False)


class ProgramError(Exception):
    pass


class OrderedTimer(asyncio.TimerHandle):
    """Deviation 1: equal deadlines in the order of creation."""

    made = 0

    def __init__(self, *args):
        super().__init__(*args)
        OrderedTimer.made += 1
        self.number = OrderedTimer.made

    def __lt__(self, other):
        return (self._when, self.number) < (other._when, other.number)


class OrderedSelector(selectors.EpollSelector):
    """Answers in the order of the descriptors; never waits."""

    loop = None

    def select(self, timeout=None):
        found = super().select(0)
        found.sort(key=lambda ready: ready[0].fd)
        if not found and timeout is None:
            self.loop.world.note("idle")
            self.loop.stop()
        elif not found and timeout > 0:
            self.loop.now += timeout
        return found


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, world):
        self.world = world
        self.now = 0
        super().__init__(OrderedSelector())
        self._selector.loop = self
        self._clock_resolution = 1e-9

    def time(self):
        return self.now

    def call_at(self, when, callback, *args, context=None):
        self._check_closed()
        timer = OrderedTimer(when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def run_forever(self):
        # Deviation 2: a nested run leaves the outer one alone (3.13.0's bug).
        self._check_closed()
        self._check_running()
        super().run_forever()


async def wait_for(awaitable, timeout):
    """asyncio.wait_for of 3.12 and later."""
    if sys.version_info >= (3, 12):
        return await asyncio.wait_for(awaitable, timeout)
    if timeout > 0:
        async with asyncio.timeout(timeout):
            return await awaitable
    future = asyncio.ensure_future(awaitable)
    if future.done():
        return future.result()
    await asyncio.tasks._cancel_and_wait(
        future, loop=asyncio.get_running_loop())
    try:
        return future.result()
    except asyncio.CancelledError as error:
        raise TimeoutError from error


def error_name(error):
    text = str(error)
    if isinstance(error, asyncio.CancelledError):
        return "Cancelled"
    if isinstance(error, TimeoutError):
        return "Timeout"
    if isinstance(error, asyncio.InvalidStateError):
        return "Invalid"
    if isinstance(error, ProgramError):
        return text
    if text == "Event loop is closed":
        return "closed"
    if text in ("This event loop is already running",
                "Cannot close a running event loop"):
        return "running"
    if text == "Event loop stopped before Future completed.":
        return "stopped"
    if text.startswith("Task cannot await on itself: "):
        return "Itself"
    return f"{type(error).__name__}: {text}"


def state(future):
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    error = future.exception()
    return error_name(error) if error else shown(future.result())


def shown(result):
    if isinstance(result, list):
        return "[" + ",".join(map(shown, result)) + "]"
    if isinstance(result, BaseException):
        return error_name(result)
    return str(result)


# Their arguments are anything to wait for: they stay words.
OF_ANYTHING = ("make_gather", "make_outcomes", "make_shield", "gather_any",
               "gather_any_outcomes", "gather_coros")
NO_LEVEL = 10
DEEPEST = 4  # gatherings in gatherings


def number(word):
    return int(word) if word.lstrip("-").isdigit() else int(word[1:])


class Operation:
    def __init__(self, line):
        self.text = line.strip()
        self.name, *words = self.text.split()
        self.catch = "none"
        if words and words[-1] in ("errors", "all"):
            self.catch = words.pop()
        self.arguments = words
        if self.name not in OF_ANYTHING:
            self.arguments = [number(word) for word in words]
        self.plain = hasattr(World, "do_" + self.name)


class World:
    """One program, its slots and its loop."""

    def __init__(self, lines):
        self.slots_last = "slots_last" in lines[0]
        self.scripts = [[] for _ in range(10)]
        script = None
        for line in lines[1:]:
            if line.startswith("script "):
                script = self.scripts[int(line[7:])]
            else:
                script.append(Operation(line))
        self.log = []
        self.lost = []
        self.fuel = FUEL
        self.instances = 0
        self.kept = []
        self.loop = Loop(self)
        self.loop.set_exception_handler(self.report)
        self.handles = [None] * SLOTS
        self.futures = [None] * SLOTS
        self.tasks = [None] * SLOTS
        self.groups = [None] * SLOTS
        self.done = [None] * SLOTS

    def note(self, line):
        self.log.append(f"{int(self.loop.now)} {line}")

    def report(self, loop, context):
        message = context["message"]
        if message.startswith("Exception in callback"):
            self.note("report " + error_name(context["exception"]))
        elif message == "Task was destroyed but it is pending!":
            self.lost.append("lost Task pending")
        elif message.endswith(" exception was never retrieved"):
            self.lost.append(f"lost {message.split()[0]} "
                             + error_name(context["exception"]))
        else:
            self.note("report " + message)

    def warned(self, message, *_):
        if str(message).endswith(" was never awaited"):
            self.lost.append("lost coroutine")

    def refuel(self):
        if self.fuel == 0:
            return False
        self.fuel -= 1
        return True

    def instance(self, script, why=""):
        self.instances += 1
        self.note(f"#{self.instances} start s{script}{why}")
        return self.instances

    def run(self):
        for op in self.scripts[0]:
            if not op.plain:
                continue
            if not self.refuel():
                break
            self.note(f"#0 {op.text}: {self.do(op)}")
            if op.name == "raise":
                break
        self.note("teardown")
        for read_end, _ in PIPES:
            if not self.loop.is_closed():
                self.loop.remove_reader(read_end)
            try:
                os.read(read_end, 1000)
            except BlockingIOError:
                pass
        self.loop.stop()
        self.loop.close()
        self.lose()

    def lose(self):
        """Lets go of everything: errors that are still unseen are reported."""
        if self.slots_last:
            self.look_at_half()
        for slots in (self.kept, self.handles, self.futures, self.tasks,
                      self.groups, self.done):
            slots.clear()
        gc.collect()
        self.log += sorted(self.lost)

    def look_at_half(self):
        for i in range(SLOTS // 2):
            for slot in self.futures[i], self.tasks[i], self.groups[i]:
                if slot:
                    state(slot[0] if isinstance(slot, tuple) else slot)

    def call(self, script, why=""):
        me = self.instance(script, why)
        for op in self.scripts[script]:
            if not op.plain:
                continue
            if not self.refuel():
                return
            self.note(f"#{me} {op.text}: {self.do(op)}")
            if op.name == "raise":
                raise ProgramError(f"E{op.arguments[0]}")

    def do(self, op):
        try:
            result = getattr(self, "do_" + op.name)(*op.arguments)
        except BaseException as error:
            return error_name(error)
        if isinstance(result, bool):
            return str(result).lower()
        return "ok" if result is None else shown(result)

    # In callbacks, coroutines, and outside of the loop.

    def do_call_soon(self, h, s):
        self.handles[h] = self.loop.call_soon(self.call, s)

    def do_call_later(self, h, s, n):
        self.handles[h] = self.loop.call_later(n, self.call, s)

    def do_call_at(self, h, s, n):
        self.handles[h] = self.loop.call_at(n, self.call, s)

    def do_cancel_handle(self, h):
        if not self.handles[h]:
            return "none"
        self.handles[h].cancel()

    def do_post(self, s):
        self.loop.call_soon_threadsafe(self.call, s)

    def do_add_reader(self, p, s):
        def readable():
            os.read(PIPES[p][0], 1)
            self.call(s)
        self.loop.add_reader(PIPES[p][0], readable)

    def do_remove_reader(self, p):
        return self.loop.remove_reader(PIPES[p][0])

    def do_write(self, p, n):
        os.write(PIPES[p][1], b"x" * n)

    def do_stop(self):
        self.loop.stop()

    def do_block(self, n):
        self.loop.now += n

    def do_raise(self, n):
        pass

    def do_run(self):
        self.loop.run_forever()

    def do_close(self):
        self.loop.close()

    # Futures and tasks.

    def do_create_future(self, f):
        self.futures[f] = self.loop.create_future()
        self.kept.append(self.futures[f])

    def do_set_result(self, f, n):
        if not self.futures[f]:
            return "none"
        self.futures[f].set_result(n)

    def do_set_exception(self, f, n):
        if not self.futures[f]:
            return "none"
        self.futures[f].set_exception(ProgramError(f"E{n}"))

    def do_cancel_future(self, f):
        return self.futures[f].cancel() if self.futures[f] else "none"

    def do_show_future(self, f):
        return state(self.futures[f]) if self.futures[f] else "none"

    def watch(self, d, future, s):
        if not future:
            return "none"

        def call(done):
            self.call(s, " " + state(done))
        future.add_done_callback(call)
        self.done[d] = (future, call)

    def do_add_done(self, d, f, s):
        return self.watch(d, self.futures[f], s)

    def do_add_done_task(self, d, t, s):
        return self.watch(d, self.tasks[t] and self.tasks[t][0], s)

    def do_remove_done(self, d):
        if not self.done[d]:
            return "none"
        future, call = self.done[d]
        return str(future.remove_done_callback(call))

    def create(self, script):
        coroutine = self.coroutine(script)
        try:
            task = self.loop.create_task(coroutine)
        except RuntimeError:
            coroutine.close()
            raise
        self.kept.append(task)
        return task

    def do_create_task(self, t, s):
        self.tasks[t] = (self.create(s), s)

    def do_cancel_task(self, t):
        return self.tasks[t][0].cancel() if self.tasks[t] else "none"

    def do_uncancel(self, t):
        return str(self.tasks[t][0].uncancel()) if self.tasks[t] else "none"

    def do_show_task(self, t):
        if not self.tasks[t]:
            return "none"
        task = self.tasks[t][0]
        return f"{state(task)} {task.cancelling()}"

    def do_drop_future(self, f):
        self.futures[f] = None

    def any(self, word):
        """Something to wait for, the lowest script in it, and its depth."""
        kind, i = word[0], int(word[1:] or 0)
        if kind == "f":
            return self.futures[i], NO_LEVEL, 0
        if kind == "t" and self.tasks[i]:
            return *self.tasks[i], 0
        if kind == "g" and self.groups[i]:
            return self.groups[i]
        if kind == "s" and self.loop.is_running():
            return self.coroutine(i), i, 0
        return None, NO_LEVEL, 0

    def gather(self, words, return_exceptions, above=-1):
        children, lowest, deepest = [], NO_LEVEL, 0
        for word in words:
            child, level, depth = self.any(word)
            if child and level > above and depth < DEEPEST:
                children.append(child)
                lowest = min(lowest, level)
                deepest = max(deepest, depth + 1)
        if not children:
            return None
        gathered = asyncio.gather(
            *children, return_exceptions=return_exceptions)
        self.kept += [child for child in gathered._children
                      if isinstance(child, asyncio.Task)]
        return gathered, lowest, deepest

    def make(self, word, made):
        if not made:
            return "none"
        self.groups[number(word)] = made
        self.kept.append(made[0])

    def do_make_gather(self, g, *children):
        return self.make(g, self.gather(children, False))

    def do_make_outcomes(self, g, *children):
        return self.make(g, self.gather(children, True))

    def do_make_shield(self, g, inner):
        child, level, depth = self.any(inner)
        if not child:
            return "none"
        if asyncio.iscoroutine(child):
            child = self.loop.create_task(child)
            self.kept.append(child)
        return self.make(g, (asyncio.shield(child), level, depth))

    def do_cancel_group(self, g):
        return self.groups[g][0].cancel() if self.groups[g] else "none"

    def do_show_group(self, g):
        return state(self.groups[g][0]) if self.groups[g] else "none"

    def do_drop_group(self, g):
        self.groups[g] = None

    def do_add_done_group(self, d, g, s):
        return self.watch(d, self.groups[g] and self.groups[g][0], s)

    def do_run_group(self, g):
        if not self.groups[g]:
            return "none"
        return shown(self.loop.run_until_complete(self.groups[g][0]))

    def do_drop_task(self, t):
        self.tasks[t] = None

    def do_run_future(self, f):
        if not self.futures[f]:
            return "none"
        return shown(self.loop.run_until_complete(self.futures[f]))

    def do_run_task(self, t):
        if not self.tasks[t]:
            return "none"
        return shown(self.loop.run_until_complete(self.tasks[t][0]))

    # In coroutines.

    async def coroutine(self, script):
        me = self.instance(script)
        try:
            result = await self.carry_out(me, script)
        except GeneratorExit:
            raise
        except BaseException as error:
            self.note(f"#{me} raises {error_name(error)}")
            raise
        self.note(f"#{me} returns {result}")
        return result

    async def carry_out(self, me, script):
        for op in self.scripts[script]:
            if not self.refuel():
                break
            if op.name == "return":
                return op.arguments[0]
            if op.plain:
                self.note(f"#{me} {op.text}: {self.do(op)}")
                if op.name == "raise":
                    raise ProgramError(f"E{op.arguments[0]}")
                continue
            self.note(f"#{me} {op.text}")
            try:
                result = await self.wait(op, script)
            except GeneratorExit:
                raise
            except BaseException as error:
                self.note(f"#{me} {op.text}: {error_name(error)}")
                if op.catch == "none" or (
                        op.catch == "errors"
                        and isinstance(error, asyncio.CancelledError)):
                    raise
            else:
                self.note(f"#{me} {op.text}: {shown(result)}")
        return 0

    def task_after(self, t, script):
        slot = self.tasks[t]
        return slot[0] if slot and slot[1] > script else None

    async def wait(self, op, script):
        name, *kind = op.name.rsplit("_", 1)
        a = op.arguments[0]
        b = op.arguments[1] if len(op.arguments) > 1 else 0
        if op.name == "sleep":
            await asyncio.sleep(a)
            return 0
        if op.name == "await_coro":
            return await self.coroutine(a)
        if op.name.startswith("gather_any") or op.name == "gather_coros":
            made = self.gather(
                op.arguments, op.name == "gather_any_outcomes", script)
            return await made[0] if made else "none"
        if op.name == "wait_for_coro":
            return await wait_for(self.coroutine(a), b)
        if name == "gather":
            if kind == ["futures"]:
                both = self.futures[a], self.futures[b]
            else:
                both = self.task_after(a, script), self.task_after(b, script)
            if not all(both):
                return "none"
            return await asyncio.gather(
                *both, return_exceptions=kind == ["outcomes"])
        if kind == ["future"]:
            one = self.futures[a]
        elif kind == ["group"]:
            one, level, _ = self.groups[a] or (None, NO_LEVEL, 0)
            if level <= script:
                return "none"
        elif (name == "await" and self.tasks[a]
              and self.tasks[a][0] is asyncio.current_task()):
            one = self.tasks[a][0]
        else:
            one = self.task_after(a, script)
        if not one:
            return "none"
        # Deviation 3: a task that tried to await itself keeps a mark in
        # CPython, and the task that awaits it next is told that it was not
        # awaited.
        one._asyncio_future_blocking = False
        if name == "await":
            return await one
        if name == "shield":
            return await asyncio.shield(one)
        return await wait_for(one, b)


def main():
    # All but the coroutines that were never awaited.
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", RuntimeWarning)
    gc.freeze()
    lines = []
    for line in sys.stdin:
        if line.strip() != "end":
            if line.strip():
                lines.append(line.rstrip())
            continue
        world = World(lines)
        warnings.showwarning = world.warned
        world.run()
        print("\n".join(world.log) + "\nend")
        lines = []


if __name__ == "__main__":
    main()
