"""Handles made inside the library: readers, future wake-ups and self-pipe show a library line as 'created at'."""
# real clock
import asyncio, logging, os, socket, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
loop = asyncio.new_event_loop(); loop.slow_callback_duration = 0
a, b = socket.socketpair(); b.send(b"x")
def on_read(): loop.remove_reader(a)
def done(f): pass
def schedule():
    loop.add_reader(a, on_read)
    f = loop.create_future(); f.add_done_callback(done); f.set_result(1)
    loop.call_soon_threadsafe(loop.stop)
loop.call_soon(schedule); loop.run_forever(); loop.close(); a.close(); b.close()
