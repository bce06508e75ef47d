package io.rwkvtts.plan;

/**
 * A limit.
 *
 * @param what is full
 * @param listeners at which it is
 * @param remedy what to do then
 */
public record Breaking(String what, double listeners, String remedy) {}
