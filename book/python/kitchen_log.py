# #region main
import asyncio
import logging
import sys

log = logging.getLogger("kitchen")


async def brew(cup, spoons):
    log.debug("%s: grinding %s spoons", cup, spoons)
    await asyncio.sleep(0.1)
    log.info("%s: ready", cup)


logging.basicConfig(level=logging.DEBUG, stream=sys.stdout,
                    format="%(levelname)8s %(name)-8s %(message)s")
asyncio.run(brew("first cup", 2))
# #endregion main
