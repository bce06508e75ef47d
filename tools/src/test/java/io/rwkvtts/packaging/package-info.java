/**
 * Tests of what the build makes beside classes: the jar for a cluster, the launcher, and the pages
 * that are generated from the code.
 */
package io.rwkvtts.packaging;
