import asyncio
import threading
import time


# #region main
def worker(schedule):
    time.sleep(0.1)
    schedule(report)


def report():
    late = time.monotonic() - start > 0.4
    print("late" if late else "in time")


for name in "call_soon", "call_soon_threadsafe":
    loop = asyncio.new_event_loop()
    print(name, end=": ")
    start = time.monotonic()
    loop.call_later(0.6, loop.stop)
    # #endregion main
    thread = threading.Thread(target=worker, args=[getattr(loop, name)])
    thread.start()
    loop.run_forever()
    thread.join()
    loop.close()
