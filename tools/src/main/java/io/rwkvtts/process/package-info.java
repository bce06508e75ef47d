/** Processes that this one starts and that end with it. */
package io.rwkvtts.process;
