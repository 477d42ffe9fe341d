"""The six actions of a filter, on the text A at the lines 5, 5 and 6, and B at line 7; and any other action."""
import warnings
def show(message, category, filename, lineno, file=None, line=None): print(f"   {message} at {lineno}")
warnings.showwarning = show
def calls(registry):
    for text, line in (("A", 5), ("A", 5), ("A", 6), ("B", 7)):
        warnings.warn_explicit(text, UserWarning, "module.py", line, registry=registry)
for action in ("default", "always", "ignore", "once", "module", "error"):
    warnings.resetwarnings(); warnings.simplefilter(action); print(action)
    registry = {}
    try: calls(registry)
    except UserWarning as e: print("   raised", repr(e))
warnings.resetwarnings(); print("no filter"); registry = {}; calls(registry)
print("again"); calls(registry)
warnings.simplefilter("default"); print("again, after a change of the filters"); calls(registry)
try: warnings.simplefilter("sometimes")
except Exception as e: print(type(e).__name__, e)
