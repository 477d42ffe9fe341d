"""asyncio.run: wrong argument, exception, SystemExit, KeyboardInterrupt; exit codes."""
import asyncio, sys
async def value(): return 7
async def exc(): raise ValueError("out of run")
async def sysexit(): sys.exit(5)
async def kbd(): raise KeyboardInterrupt
if sys.argv[1] == "notcoro":
    try: asyncio.run(value)
    except (ValueError, TypeError) as e: print(type(e).__name__, str(e).split(" at 0x")[0])
else: print(asyncio.run(globals()[sys.argv[1]]()))
