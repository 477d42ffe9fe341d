"""Slow callback that raises: error report first, then the slow warning; KeyboardInterrupt: no slow warning."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)7s: %(message)s", stream=sys.stdout)
class Loop(asyncio.SelectorEventLoop):
    now = 0.0
    def time(self): return self.now
loop = Loop(); loop.set_debug(True)
def bad(e): loop.now += 0.5; raise e
loop.call_soon(bad, ValueError("v")); loop.stop(); loop.run_forever()
loop.call_soon(bad, KeyboardInterrupt())
try: loop.run_forever()
except KeyboardInterrupt: print("KeyboardInterrupt; current handle cleared:", loop._current_handle)
loop.close()
