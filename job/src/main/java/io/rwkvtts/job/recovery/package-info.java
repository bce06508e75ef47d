/**
 * Starting from a checkpoint: which one, whether its files are all there, and what becomes of a job
 * whose checkpoint is damaged.
 */
package io.rwkvtts.job.recovery;
