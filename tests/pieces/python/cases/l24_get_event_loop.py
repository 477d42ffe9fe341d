"""get_event_loop() without a loop set: implicit creation and its warning."""
import asyncio
loop = asyncio.get_event_loop()
print(loop)
print(asyncio.get_event_loop() is loop)
loop.close()
asyncio.set_event_loop(None)
try:
    print(asyncio.get_event_loop())
except RuntimeError as e:
    print("RuntimeError", e)
