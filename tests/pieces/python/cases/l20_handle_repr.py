"""repr of Handle and TimerHandle: functions, methods, lambdas, partials, builtins, arguments."""
import asyncio, functools, sys
loop = asyncio.new_event_loop()
loop.set_debug("debug" in sys.argv)
def func(*a, **k): pass
class C:
    def method(self): pass
    def __call__(self): pass
    def __repr__(self): return "<C instance>"
@functools.wraps(func)
def wrapped(): pass
items = [(func,), (func, 1, "two", list(range(50))), (C().method,), (lambda: 0,), (print, "x" * 60),
         (functools.partial(func, 1, key=2), 3), (functools.partial(functools.partial(func, 1), 2),), (C(),), (wrapped,)]
for cb in items:
    print(loop.call_soon(*cb))
t = loop.call_at(123.5, func, 1)
print(t)
t.cancel(); print(t)
h = loop.call_soon(func, 9); h.cancel(); print(h)
loop.close()
