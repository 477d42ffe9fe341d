"""A loop that is dropped without close()."""
import asyncio, gc
def make():
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))
make()
gc.collect()
print("end of program")
