"""A loop still referenced when the interpreter exits. When does the warning come?"""
import asyncio, sys
if "logging" in sys.argv:
    import logging, warnings
    logging.basicConfig(level=logging.DEBUG)
loop = asyncio.new_event_loop()
if "set" in sys.argv: asyncio.set_event_loop(loop)
loop.run_until_complete(asyncio.sleep(0))
print("end of program")
