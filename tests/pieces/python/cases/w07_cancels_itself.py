"""A slow handle that cancels itself is shown as it was. Fake clock."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def work(text): loop.now += 0.5; handle.cancel()
handle = loop.call_soon(work, "argument"); loop.stop(); loop.run_forever()
handle = loop.call_at(1.0, work, "argument"); loop.now = 2.0; loop.stop(); loop.run_forever()
loop.close()
