"""BaseException out of a callback: two of them leave run_forever(), and the rest of the queue stays."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)s: %(message)s", stream=sys.stdout)
logging.getLogger("asyncio").addFilter(lambda record: setattr(record, "exc_info", None) or True)
class Mine(BaseException): pass
for kind in (Mine, asyncio.CancelledError, SystemExit, KeyboardInterrupt):
    loop = asyncio.new_event_loop()
    def leave(): raise kind("out")
    loop.call_soon(leave); loop.call_soon(print, "   the callback behind it"); loop.call_soon(loop.stop)
    try: loop.run_forever(); print(kind.__name__, "was reported")
    except BaseException as e:
        print(type(e).__name__, "left run_forever(), running:", loop.is_running())
        loop.run_forever(); print("   and it could run again")
    loop.close()
