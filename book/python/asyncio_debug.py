"""Blocks its event loop, and with -v lets the loop tell about it."""
# #region imports
import argparse
import asyncio
import logging
import time
import warnings

logger = logging.getLogger()
# #endregion imports


# #region inner
async def inner(block):
    logger.info("inner starting")
    time.sleep(block)  # a blocking call: nothing else runs
    logger.info("inner completed")
# #endregion inner


# #region outer
async def outer(loop, block):
    logger.info("outer starting")
    time.sleep(0.001)
    await asyncio.ensure_future(loop.create_task(inner(block)))
    logger.info("outer completed")
# #endregion outer


# #region options
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("-v", "--verbose", action="store_true")
parser.add_argument("--block", type=float, default=0.1)
parser.add_argument("--slow-callback-duration", type=float, default=0.001)
parser.add_argument("--close", action="store_true")
settings = parser.parse_args()
# #endregion options

# #region set_up
logging.basicConfig(level=logging.DEBUG,
                    format="%(levelname)7s: %(message)s")
loop = asyncio.new_event_loop()
# #endregion set_up
# #region tell
if settings.verbose:
    logger.info("enabling debugging")
    loop.set_debug(True)
    loop.slow_callback_duration = settings.slow_callback_duration
    warnings.simplefilter("always", ResourceWarning)
# #endregion tell

# #region run
logger.info("entering event loop")
loop.run_until_complete(outer(loop, settings.block))
if settings.close:
    loop.close()
# #endregion run
