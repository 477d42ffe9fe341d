"""set_exception_handler: what a handler gets, one that raises, and back to the default."""
import asyncio, logging, sys
logging.basicConfig(format="%(levelname)s: %(message)s", stream=sys.stdout)
loop = asyncio.new_event_loop()
def broken(): raise ValueError("boom")
def run(): loop.call_soon(broken); loop.stop(); loop.run_forever()
def handler(loop, context):
    print("handler:", sorted(context), context["message"], repr(context["exception"]))
def raises(loop, context): raise KeyError("in the handler")
loop.set_exception_handler(handler); print(loop.get_exception_handler() is handler); run()
loop.set_exception_handler(raises); run()
loop.set_exception_handler(None); print(loop.get_exception_handler()); run()
try: loop.set_exception_handler(3)
except TypeError as e: print("TypeError", e)
loop.close()
