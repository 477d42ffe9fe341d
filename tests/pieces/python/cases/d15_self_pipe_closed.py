"""call_soon_threadsafe when the self-pipe is broken: a DEBUG record with a traceback, in debug mode only."""
import asyncio, logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(levelname)7s: %(message)s", stream=sys.stdout)
loop = asyncio.new_event_loop()
csock = loop._csock; csock.close()
loop.call_soon_threadsafe(print, "callback was queued all the same")
loop.stop(); loop.run_forever(); loop.close()
