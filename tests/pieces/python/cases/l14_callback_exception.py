"""An exception in a callback goes to the exception handler; the loop carries on."""
import asyncio
loop = asyncio.new_event_loop()
def broken(a, b):
    return a / b
def schedule():
    loop.call_soon(broken, 1, 0)
loop.call_soon(schedule)
loop.call_later(0.005, print, "still running")
loop.call_later(0.010, loop.stop)
loop.run_forever(); loop.close()
