"""The flag is read before each handle runs: what switches it on is not measured, what follows is. Fake clock."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop()
def work(text): loop.now += 0.5
def switch(on): loop.now += 0.5; loop.set_debug(on)
for callback, argument in ((work, "off"), (switch, True), (work, "on"), (switch, False), (work, "off again")):
    loop.call_soon(callback, argument)
loop.stop(); loop.run_forever(); loop.close()
