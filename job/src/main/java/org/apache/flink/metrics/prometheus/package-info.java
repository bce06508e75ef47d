/** A reporter for the embedded cluster that needs what Flink's own one keeps in its package. */
package org.apache.flink.metrics.prometheus;
