"""Which source line 'created at' names: the caller's, with asyncio's own frames removed."""
import asyncio, os
loop = asyncio.new_event_loop()
def f(*a): pass
async def coro(): pass
def show(label, o):
    tb = o._source_traceback
    print(label, [f"{os.path.basename(s[0])}:{s[1]} {s[2]}" for s in tb][-2:], "frames", len(tb))
show("call_soon            line", loop.call_soon(f))
show("call_later           line", loop.call_later(1, f))
show("call_at              line", loop.call_at(1, f))
show("call_soon_threadsafe line", loop.call_soon_threadsafe(f))
show("create_future        line", loop.create_future())
show("loop.create_task     line", loop.create_task(coro()))
show("ensure_future        line", asyncio.ensure_future(coro(), loop=loop))
show("asyncio.Future       line", asyncio.Future(loop=loop))
async def main():
    show("asyncio.create_task  line", asyncio.create_task(coro()))
    show("gather               line", asyncio.gather(coro()))
    show("main task itself         ", asyncio.current_task())
    print(asyncio.all_tasks() and repr(asyncio.current_task()).split(" created at ")[-1])
asyncio.set_event_loop(loop); loop.run_until_complete(main())
def recurse(n): return loop.create_future() if n == 0 else recurse(n - 1)
tb = recurse(30)._source_traceback
print("deep stack kept:", len(tb), "outermost kept:", tb[0][2], "innermost:", tb[-1][2])
loop.close()
