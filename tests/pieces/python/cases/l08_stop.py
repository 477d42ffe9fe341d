"""stop() lets the iteration finish: all of its snapshot runs, and nothing that it schedules."""
import asyncio
loop = asyncio.new_event_loop()
def first():
    print("first"); loop.stop(); loop.stop()
    loop.call_soon(print, "scheduled after stop()")
loop.call_soon(first); loop.call_soon(print, "second")
loop.run_forever(); print("stopped")
loop.call_soon(loop.stop)
loop.run_forever(); print("stopped again")
loop.close()
