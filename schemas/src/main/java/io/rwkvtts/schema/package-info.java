/**
 * What is written to the topics: the records that Avro generates from {@code src/main/avro}, and
 * {@link io.rwkvtts.schema.WireCodec}, which turns them into bytes and back.
 *
 * <p>Each folder {@code src/main/avro/v<n>} is a release and is never edited. A change is a new
 * folder with all schemas, readable by the rules of Avro's schema resolution in both directions.
 * Every decoder knows every release up to its own, so readers are upgraded before writers.
 */
package io.rwkvtts.schema;
