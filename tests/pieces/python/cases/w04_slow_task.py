"""A slow task step: the TASK's repr is printed, in its state AFTER the step."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
async def finishes(): loop.now += 0.5; return "value"
async def suspends(f): loop.now += 0.25; await f; loop.now += 0.75
async def yields0(): loop.now += 0.125; await asyncio.sleep(0)
async def fails(): loop.now += 2; raise ValueError("late")
async def main():
    f = loop.create_future()
    ts = [loop.create_task(finishes()), loop.create_task(suspends(f)), loop.create_task(yields0()), loop.create_task(fails())]
    loop.call_later(0.01, f.set_result, None)
    await asyncio.wait(ts); ts[3].exception()
    t = loop.create_task(suspends(loop.create_future())); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: pass
loop._selector.select_ = loop._selector.select
loop._selector.select = lambda timeout=None: (setattr(loop, "now", loop.now + timeout) if timeout else None, loop._selector.select_(0))[1]
loop.run_until_complete(main()); loop.close()
