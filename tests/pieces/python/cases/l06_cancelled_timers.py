"""When the heap throws cancelled timers away: more than 100 timers, and more than half cancelled."""
import asyncio
def left(timers, cancelled, first=1):
    loop = asyncio.new_event_loop()
    handles = [loop.call_later(1000 + i, print) for i in range(timers)]
    for h in handles[first:first + cancelled]: h.cancel()
    loop.stop(); loop.run_forever()
    text = f"{len(loop._scheduled)} left, {loop._timer_cancelled_count} of them counted as cancelled"
    loop.close()
    return text
for timers, cancelled in ((100, 99), (101, 50), (101, 51), (200, 100), (200, 101)):
    print(f"{timers} timers, {cancelled} cancelled: {left(timers, cancelled)}")
print(f"10 timers, the first 3 cancelled: {left(10, 3, first=0)}")
