"""A slow timer callback: TimerHandle with when=."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 16.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def work(s, **k): loop.now += s
loop.call_at(15.5, work, 0.5); loop.call_later(0, work, 1); loop.call_later(-0.25, work, 2)
loop.stop(); loop.run_forever(); loop.close()
