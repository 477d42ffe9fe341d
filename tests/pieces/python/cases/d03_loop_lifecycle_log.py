"""What the loop itself logs: selector at creation (always), Close (debug only)."""
import asyncio, logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(levelname)7s: %(name)s: %(message)s")
loop = asyncio.new_event_loop(); loop.set_debug("debug" in sys.argv)
loop.run_until_complete(asyncio.sleep(0)); loop.close(); loop.close()
