"""Loggers in a tree: the logger's level is asked, not its ancestors'; every handler on the way up gets the record."""
import logging, sys
def handler(name, level=0):
    h = logging.StreamHandler(sys.stdout); h.setLevel(level)
    h.setFormatter(logging.Formatter(f"   {name}: %(name)s %(levelname)s %(message)s")); return h
root, a, b = logging.getLogger(), logging.getLogger("a"), logging.getLogger("a.x.b")
root.addHandler(handler("root")); a.addHandler(handler("a")); b.addHandler(handler("b", logging.ERROR))
print("parent of a.x.b:", b.parent.name, "effective level:", b.getEffectiveLevel()); b.warning("1"); b.info("2")
a.setLevel(logging.CRITICAL); print("a at CRITICAL, and of a.x.b:", b.getEffectiveLevel()); b.error("3")
b.setLevel(logging.DEBUG); print("a.x.b at DEBUG"); b.debug("4"); b.error("5")
a.propagate = False; print("a does not propagate"); b.info("6")
logging.getLogger("a.x").addHandler(handler("a.x")); print("a.x is there now:", b.parent.name); b.info("7")
logging.disable(logging.ERROR); print("disabled up to ERROR:", b.isEnabledFor(40), b.isEnabledFor(50)); b.error("8"); b.critical("9")
logging.disable(logging.NOTSET); b.info("10")
