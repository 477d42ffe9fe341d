"""A blocking call three awaits deep: the warning names the task's outermost coroutine and the line where it is NOW."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def culprit(): loop.now += 0.5                  # line 9: the blocking call
async def third(): culprit(); await asyncio.sleep(0)
async def second(): await third()
async def first():
    await second()                              # line 13
    await asyncio.sleep(0)                      # line 14
    culprit()                                   # line 15
    await asyncio.sleep(0)                      # line 16
loop.run_until_complete(first()); loop.close()
