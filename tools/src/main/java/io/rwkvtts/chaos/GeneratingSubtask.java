package io.rwkvtts.chaos;

/**
 * Where a subtask of Synthesize is.
 *
 * @param taskManager name of its TaskManager
 * @param running whether its present attempt runs
 * @param deployedAtMs when that was deployed, epoch milliseconds; -1 if it is not yet
 */
record GeneratingSubtask(String taskManager, boolean running, long deployedAtMs) {}
