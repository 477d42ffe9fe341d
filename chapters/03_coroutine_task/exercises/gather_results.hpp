// gather_results: wait for many futures at once.
// This file is the contract: do not edit it. Yours is gather_results.cpp.
#pragma once

#include <string>
#include <vector>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace exercises {

// Waits until all futures have their results, and returns these in the order of
// the arguments, whichever came first. The futures keep theirs. Some may be
// done already, and one may be given twice. With none at all it does not wait,
// and does not even suspend.
//
// The first error in time ends the wait: it is thrown at once, and the other
// futures go on as if they had never been given to us: no callback of ours does
// anything when they end, or throws, and their errors are not read. So an error
// that comes later still counts as one that was never retrieved. Among futures
// that are done before the call, the first argument's error counts. A future
// that was cancelled has an error, too: CancelledError.
//
// When the task that awaits is cancelled meanwhile, so are all futures that are
// not done, and the CancelledError goes on. It does so, too, if the last result
// or an error has ended the wait, and the task has only not gone on yet; what
// becomes of the other futures is up to you then.
//
// Write it yourself: without ch03::gather and its helpers.
ch03::Coroutine<std::vector<std::string>> gather_results(
    std::vector<ch03::Future<std::string>> futures);

}  // namespace exercises
