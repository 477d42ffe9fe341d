"""A cancelled timer that falls due behind a live one leaves the heap without being uncounted: _timer_cancelled_count drifts."""
import asyncio
class Loop(asyncio.SelectorEventLoop):
    now = 10.0
    def time(self): return self.now
loop = Loop()
for i in range(3):
    loop.call_at(1.0, print, "live", i)
    loop.call_at(2.0, print, "cancelled").cancel()
    loop.stop(); loop.run_forever()
    print("heap", len(loop._scheduled), "cancelled count", loop._timer_cancelled_count)
loop.close()
