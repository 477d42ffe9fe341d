"""A timer 1.9 s late because of 200 callbacks of 10 ms each: no warning, each one is below the threshold."""
import asyncio, logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def small(): loop.now += 0.01
due = loop.now + 0.1
loop.call_at(due, lambda: (print("timer late by %.2f s" % (loop.now - due)), loop.stop()))
for _ in range(200): loop.call_soon(small)
loop.run_forever(); loop.close()
