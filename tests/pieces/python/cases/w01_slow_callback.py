"""A slow plain callback: the handle's repr, three decimals. Fake clock, so the numbers are exact."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug("debug" in sys.argv)
def work(seconds, note=None): loop.now += seconds
for s in (0.25, 1.0, 1234.5, 0.1, 0.0999999):
    loop.call_soon(work, s)
    loop.stop(); loop.run_forever(); loop.now = 0.0
print(loop.slow_callback_duration); loop.close()
