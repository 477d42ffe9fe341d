"""One iteration: callbacks that were ready, then descriptors, then timers by their deadline."""
import asyncio, socket, time
loop = asyncio.new_event_loop()
a, b = socket.socketpair(); b.send(b"x")
loop.add_reader(a, lambda: (print("reader"), loop.remove_reader(a)))
loop.call_later(0.002, print, "timer 2"); loop.call_later(0.001, print, "timer 1")
loop.call_later(0.003, loop.stop)
loop.call_soon(print, "soon 1"); loop.call_soon(print, "soon 2")
time.sleep(0.01)
loop.run_forever()
loop.close(); a.close(); b.close()
