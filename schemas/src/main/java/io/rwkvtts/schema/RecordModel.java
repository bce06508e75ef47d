package io.rwkvtts.schema;

import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;

/**
 * Avro's data model with one record class that is known beforehand. Avro would look the class up by
 * the schema's name and refuse it unless each JVM is started with the package marked as trusted.
 */
final class RecordModel extends SpecificData {

    private final Supplier<?> newRecord;

    RecordModel(Supplier<?> newRecord) {
        this.newRecord = newRecord;
    }

    @Override
    public Object newRecord(Object old, Schema schema) {
        return newRecord.get();
    }
}
