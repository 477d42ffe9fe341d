"""Default filters, -W, PYTHONWARNINGS and simplefilter: later wins, first match decides."""
import warnings
def show(): print([(a, c.__name__, (m if isinstance(m, str) else m and m.pattern)) for a, _, c, m, _ in warnings.filters])
show()
warnings.simplefilter("always", ResourceWarning); show()
warnings.filterwarnings("ignore", message="noise.*"); print(warnings.filters[0][0], warnings.filters[0][1].pattern)
try: warnings.warn("NOISE is matched without case"); warnings.warn("quiet noise is not: match is at the start")
except UserWarning as e: print("raised", e)
