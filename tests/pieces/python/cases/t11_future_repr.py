"""repr of a Future in every state; callbacks 1, 2, 3 and more; long results cut by reprlib."""
import asyncio, sys, functools
loop = asyncio.new_event_loop(); loop.set_debug("debug" in sys.argv)
def cb1(f): pass
def cb2(f): pass
f = loop.create_future(); print(f)
f.add_done_callback(cb1); print(f)
f.add_done_callback(functools.partial(cb2, 1, k="v")); print(f)
f.add_done_callback(lambda f: 0); print(f)
f.add_done_callback(print); print(f)
f.set_result(None); print(f)
def done(v): g = loop.create_future(); g.set_result(v); return g
for v in (42, "x" * 100, list(range(20)), {i: i for i in range(9)}, 10 ** 60, [[[[[[[1]]]]]]], b"y" * 80, (1,)): print(done(v))
g = loop.create_future(); g.set_exception(ValueError("bad " * 30)); print(g); g.exception()
g = loop.create_future(); g.cancel(); print(g)
class MyFuture(asyncio.Future): pass
print(MyFuture(loop=loop))
a, b = loop.create_future(), loop.create_future()
a.set_result(b); b.set_result(a); print(a)
loop.close()
