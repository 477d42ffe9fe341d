"""basicConfig: defaults, a second call, force, wrong settings, a field that does not exist."""
import logging, sys
def t(**settings):
    try: logging.basicConfig(**settings)
    except (ValueError, TypeError) as e: print(type(e).__name__, e)
t(stream=sys.stdout); logging.warning("default format"); logging.info("below the default level")
t(format="%(message)s", level=logging.DEBUG); logging.warning("a second call changes nothing"); logging.info("not even the level")
t(format="forced: %(message)s", level="INFO", stream=sys.stdout, force=True); logging.info("with force it does")
def clear():
    for h in logging.root.handlers[:]: logging.root.removeHandler(h)
for wrong in ({"stream": sys.stdout, "filename": "never_written.log"}, {"level": "NOISY"}, {"style": "!"}, {"colour": "red"}):
    clear(); t(**wrong); print("   handlers that it left:", len(logging.root.handlers))
clear()
t(format="%(nothing)s %(message)s", stream=sys.stdout); logging.error("a field that is not there")
