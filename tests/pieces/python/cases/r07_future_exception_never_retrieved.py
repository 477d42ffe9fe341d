"""A future whose exception is never asked for."""
import asyncio
loop = asyncio.new_event_loop()
f = loop.create_future(); f.set_exception(OSError(2, "gone")); del f
print("--")
f = loop.create_future(); f.set_exception(OSError(2, "gone")); f.cancel(); del f; print("cancel() after set_exception: silent")
f = loop.create_future(); f.set_exception(OSError(2, "gone")); f._log_traceback = False; del f; print("_log_traceback = False: silent")
loop.close()
