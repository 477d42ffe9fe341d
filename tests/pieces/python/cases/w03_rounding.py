"""%.3f of the duration: correctly rounded from the binary value, no unit change, never 'ms'."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True); loop.slow_callback_duration = 0
def w(x): loop.now += x
for x in (0.0, 0.0004999, 0.0005, 0.0015, 0.0025, 0.9995, 0.99949, 59.9999, 1e6):
    loop.now = 0.0; loop.call_soon(w, x); loop.stop(); loop.run_forever()
loop.close()
