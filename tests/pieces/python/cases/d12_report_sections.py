"""What debug mode adds to a report: where the object, or else the running handle, was created."""
import asyncio, logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
loop = asyncio.new_event_loop()
def report(**context):
    print("---", *context)
    loop.call_exception_handler({"message": "a report", **context})
def inside():
    future = loop.create_future()
    report()
    if loop.get_debug(): report(source_traceback=future._source_traceback)
    report(future=future)
    loop.stop()
loop.call_soon(inside)
loop.run_forever()
print("outside of a handle"); report()
loop.close()
