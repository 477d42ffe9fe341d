"""A limit of 0 reports every handle, the loop's own too. Fake clock."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True); loop.slow_callback_duration = 0
async def main(): await asyncio.sleep(0)
loop.call_soon(loop.call_soon_threadsafe, print, "posted")
loop.run_until_complete(main()); loop.close()
