"""run_forever() inside a running loop is refused; in 3.13.0 the refusal also clears the outer loop's running state."""
# only 3.13.0
import asyncio
loop = asyncio.new_event_loop()
def inside():
    try: loop.run_forever()
    except RuntimeError as e: print("RuntimeError", e)
    print("outer still marked as running:", loop.is_running(), "running loop:", asyncio._get_running_loop() is loop)
    loop.stop()
loop.call_soon(inside); loop.run_forever()
print("returned"); loop.close()
