package io.rwkvtts.plan;

import java.util.function.IntToLongFunction;

/**
 * What a model takes in memory.
 *
 * @param stateBytes of one recurrent state
 * @param processBytes of a process with one engine, by its slots
 */
public record ModelMemory(long stateBytes, IntToLongFunction processBytes) {}
