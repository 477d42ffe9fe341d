"""close() with callbacks, timers and tasks left: no word about them, even in debug mode."""
import asyncio, gc
loop = asyncio.new_event_loop()
async def work(): await asyncio.sleep(1)
loop.call_soon(print, "dropped"); loop.call_later(1, print, "dropped")
t = loop.create_task(work()); loop.stop(); loop.run_forever()
loop.call_soon(print, "dropped too")
loop.close(); print("closed; task is", t.done()); t._log_destroy_pending = False; del t; gc.collect(); print("end")
