// with_timeout: nobody shall wait for ever.
// This file is the contract: do not edit it. Yours is with_timeout.cpp.
#pragma once

#include <chrono>
#include <string>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace exercises {

// Awaits the work for as long as the limit. If it ends in time, its result is
// returned, or its error thrown.
//
// When the limit has passed, the work is cancelled, and may tidy up. What it
// makes of that counts: it may still return a result, or throw another error.
// If it throws the CancelledError, the caller gets a ch03::TimeoutError.
//
// A cancellation from outside is no timeout. When somebody else cancels the
// task that awaits, so is the work, and the CancelledError goes on to the
// caller; also if the limit passes at that very moment.
//
// It uses one timer of the running loop. However it ends, that timer does not
// wait any more, and cancelling() of the task that awaits is what it would be
// without a limit.
//
// A limit of zero is a limit like others: the work begins, and if it never
// waits, its result counts.
//
// Write it yourself: without ch03::wait_for and TimeoutScope.
ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit);

}  // namespace exercises
