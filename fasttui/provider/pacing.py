"""Reads a frame's worth at a time: many deltas share one wake-up, and a paint can follow at once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

# A read that took longer than this waited for the network; the rest is bookkeeping.
_WAITED_S = 0.001
# What is read so soon after a frame began belongs to it: a busy event loop makes ready bytes look late.
_SAME_FRAME_S = 0.004


async def paced(
    chunks: AsyncGenerator[bytes, None],
    frame_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncGenerator[bytes, None]:
    """`chunks` as they are; after a read that waited, the next ones gather until the frame is over.

    What comes after a pause is handed on at once. Only a read that waited is followed by a sleep:
    one that found bytes ready never is, so that a fast stream is not held to a chunk a frame.
    Closing this closes `chunks`.
    """
    async with aclosing(chunks):
        began_s = clock() - frame_s
        while True:
            asked_s = clock()
            try:
                chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            now_s = clock()
            if now_s - asked_s > _WAITED_S and now_s - began_s > _SAME_FRAME_S:
                if now_s < began_s + frame_s:
                    await sleep(began_s + frame_s - now_s)
                began_s = clock()
            yield chunk
