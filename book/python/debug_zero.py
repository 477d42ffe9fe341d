import asyncio
import os

# #region main
for value in "1", "0", "":
    os.environ["PYTHONASYNCIODEBUG"] = value
    loop = asyncio.new_event_loop()
    print(repr(value), loop.get_debug())
    loop.close()
# #endregion main
