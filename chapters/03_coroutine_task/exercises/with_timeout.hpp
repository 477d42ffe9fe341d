// with_timeout: work that may take only so long.
// This file is the contract: do not edit it. Yours is with_timeout.cpp.
#pragma once

#include <chrono>
#include <string>

#include "chapters/03_coroutine_task/ensure_future.hpp"

namespace exercises {

// Awaits the work for as long as the limit, which is not rounded. If it ends in
// time, its result is returned, or its error thrown.
//
// When the limit has passed, the work is cancelled, and we wait until it has
// tidied up. Then it counts how it ends: it may still return a result, or throw
// another error. If it throws the CancelledError, the caller gets a
// ch03::TimeoutError.
//
// A cancellation from outside is no timeout. When something else cancels the
// task that awaits, so is the work, and the CancelledError goes on to the
// caller; also if the limit passes at that very moment, or has passed while the
// work still tidies up. So does a CancelledError that the work throws in time.
// Here, too, it counts how the work ends: if it returns a result all the same,
// or throws another error, that is what the caller gets.
//
// It uses one timer of the running loop. However it ends, that timer does not
// wait any more, and cancelling() of the task that awaits is what it would be
// without a limit, whatever it was before. So one limit may be inside another.
//
// A limit of zero or less is a limit like others: the work begins. Work that
// never waits cannot be cancelled: its result counts, however late it is.
//
// Write it yourself: without ch03::wait_for and TimeoutScope.
ch03::Coroutine<std::string> with_timeout(ch03::Coroutine<std::string> work,
                                          std::chrono::nanoseconds limit);

}  // namespace exercises
