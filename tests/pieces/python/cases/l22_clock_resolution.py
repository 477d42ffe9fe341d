"""end_time = time() + clock resolution; a timer runs when  when < end_time  (strict)."""
import asyncio
class Loop(asyncio.SelectorEventLoop):
    now = 50.0
    def time(self): return self.now
for res in (1e-9, 0.25):
    for when in (49.0, 50.0, 50.0 + res / 2, 50.0 + res, 50.0 + 2 * res):
        loop = Loop(); loop._clock_resolution = res
        ran = []
        loop.call_at(when, ran.append, "ran")
        loop.stop(); loop.run_forever()
        print("resolution", res, "now 50 when", when, ran or "waits")
        loop.close()
import time
print("real resolution", time.get_clock_info("monotonic").resolution)
