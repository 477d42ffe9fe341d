"""Durations are differences of doubles: 0.1 s is not always 0.1 s. Fake clock."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def work(): loop.now += 0.1
for start in (0.0, 1.0, 100.0, 1e6):
    loop.now = start
    print("at", start, "the callback takes", start + 0.1 - start)
    loop.call_soon(work); loop.stop(); loop.run_forever()
loop.close()
