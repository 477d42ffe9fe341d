#include "chapters/12_wait_graph/event_loop.hpp"
